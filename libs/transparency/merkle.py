"""A Merkle tree of 0-prefixed leaves and 1-prefixed pairs proves inclusion and consistency (RFC 9162 §2.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def hash_leaf(leaf: bytes) -> bytes:
    """RFC 9162 §2.1.1: the 32-byte hash of one leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """RFC 9162 §2.1.1: the 32-byte hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class CompactRange:
    """A growing tree kept as the roots of its complete subtrees: O(log n) memory, a root at any moment."""

    __slots__ = ("_nodes", "size")

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._nodes: list[bytes] = []
        for leaf_hash in hashes:
            self.append(leaf_hash)

    def append(self, leaf_hash: bytes) -> None:
        """Add the next leaf by its hash."""
        node, size = leaf_hash, self.size
        while size & 1:
            node = hash_children(self._nodes.pop(), node)
            size >>= 1
        self._nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root of all leaves so far; SHA-256 of nothing for an empty tree."""
        if not self._nodes:
            return EMPTY_ROOT
        root = self._nodes[-1]
        for node in reversed(self._nodes[:-1]):
            root = hash_children(node, root)
        return root


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root of a tree given its leaf hashes in order."""
    return CompactRange(hashes).root()


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """RFC 9162 §2.1.3.1: the ranges `[start, end)` of leaves whose roots prove a leaf's inclusion, in order.

    Raises `ValueError` unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size} leaves")
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(size1: int, size2: int) -> list[tuple[int, int]]:
    """RFC 9162 §2.1.4.1: the ranges whose roots prove that a tree of `size1` grew into one of `size2`, in order.

    Empty when the sizes are equal or `size1` is 0. Raises `ValueError` unless 0 <= size1 <= size2.
    """
    if not 0 <= size1 <= size2:
        raise ValueError(f"a tree of {size1} leaves cannot grow into one of {size2}")
    if size1 == 0:
        return []
    start, end, ranges = 0, size2, []
    while end != size1:
        middle = start + _split(end - start)
        if size1 <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:
        ranges.append((start, end))
    return ranges[::-1]


def inclusion_proof(index: int, size: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The inclusion proof of leaf `index` in the tree of the first `size` leaf hashes."""
    _check_enough(size, hashes)
    return [root_of(hashes[start:end]) for start, end in inclusion_ranges(index, size)]


def consistency_proof(size1: int, size2: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The consistency proof between the trees of the first `size1` and `size2` leaf hashes."""
    _check_enough(size2, hashes)
    return [root_of(hashes[start:end]) for start, end in consistency_ranges(size1, size2)]


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 §2.1.3.2: whether `proof` shows that the leaf is at `index` of the tree with this size and root."""
    if not 0 <= index < size or not _all_hashes(leaf_hash, root, *proof):
        return False
    first, last, node = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            node = hash_children(sibling, node)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            node = hash_children(node, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> bool:
    """RFC 9162 §2.1.4.2: whether `proof` shows that the second tree grew from the first.

    Everything grows from the empty tree, whose root is fixed; equal sizes need equal roots; both take an empty proof.
    """
    if not 0 <= size1 <= size2:
        return False
    if size1 == 0 and root1 != EMPTY_ROOT:
        return False
    if size1 == size2:
        return not proof and root1 == root2
    if size1 == 0:
        return not proof and _all_hashes(root2)
    return verify_subtree_consistency(0, size1, size2, proof, root1, root2)


def verify_subtree_inclusion(
    index: int, start: int, end: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """draft-ietf-plants-merkle-tree-certs §4: inclusion of leaf `index` in the subtree of leaves `[start, end)`."""
    if not _is_subtree(start, end) or not start <= index < end:
        return False
    return verify_inclusion(index - start, end - start, leaf_hash, proof, root)


def verify_subtree_consistency(
    start: int, end: int, size: int, proof: Sequence[bytes], subtree_root: bytes, root: bytes
) -> bool:
    """draft-ietf-plants-merkle-tree-certs §4: whether the subtree of leaves `[start, end)` is part of the tree.

    An empty subtree is part of every tree. With `start` 0 this is RFC 9162 §2.1.4.2.
    """
    if not _is_subtree(start, end) or end > size:
        return False
    if start == end:
        return not proof and subtree_root == EMPTY_ROOT
    if start == 0 and end == size:
        return not proof and subtree_root == root
    if not _all_hashes(subtree_root, root, *proof):
        return False
    return _climb(start, end - 1, size - 1, list(proof), subtree_root) == (subtree_root, root)


def _climb(first: int, last: int, top: int, proof: list[bytes], known: bytes) -> tuple[bytes, bytes] | None:
    """The roots of subtree and tree that a proof leads to, or None when it has the wrong number of hashes."""
    while first != last and (last == top or last & 1):
        first, last, top = first >> 1, last >> 1, top >> 1
    if first == last:
        inner = outer = known
    elif proof:
        inner = outer = proof.pop(0)
    else:
        return None
    for sibling in proof:
        if top == 0:
            return None
        if last & 1 or last == top:
            if first < last:
                inner = hash_children(sibling, inner)
            outer = hash_children(sibling, outer)
            while not last & 1 and last:
                first, last, top = first >> 1, last >> 1, top >> 1
        else:
            outer = hash_children(outer, sibling)
        first, last, top = first >> 1, last >> 1, top >> 1
    return (inner, outer) if top == 0 else None


def _is_subtree(start: int, end: int) -> bool:
    """A subtree starts at a multiple of its width, rounded up to a power of two."""
    if not 0 <= start <= end:
        return False
    return start == end or start % (1 << (end - start - 1).bit_length()) == 0


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def _all_hashes(*hashes: bytes) -> bool:
    return all(len(one) == HASH_BYTES for one in hashes)


def _check_enough(size: int, hashes: Sequence[bytes]) -> None:
    if len(hashes) < size:
        raise ValueError(f"a tree of {size} leaves needs as many hashes, found {len(hashes)}")
