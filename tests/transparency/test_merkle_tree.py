"""Laws of the Merkle tree: it agrees with the standard's recursive definition, and proofs prove exactly what is so."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transparency import merkle

HASHES = [merkle.hash_leaf(str(number).encode()) for number in range(70)]
SIZES = st.integers(0, len(HASHES))
A_HASH = st.binary(min_size=32, max_size=32)


def _defined_root(hashes: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = max(1 << power for power in range(len(hashes)) if 1 << power < len(hashes))
    return hashlib.sha256(b"\x01" + _defined_root(hashes[:split]) + _defined_root(hashes[split:])).digest()


@pytest.mark.parametrize("size", range(len(HASHES) + 1))
def test_the_root_is_the_one_the_standard_defines(size: int) -> None:
    assert merkle.root_of(HASHES[:size]) == _defined_root(HASHES[:size])


def test_the_proofs_are_those_of_the_standards_example_of_seven_leaves() -> None:
    """RFC 9162 §2.1.5."""
    a, b, c, d, e, f, g = HASHES[:7]
    pair = merkle.hash_children
    h, i, j = pair(a, b), pair(c, d), pair(e, f)
    k, last = pair(h, i), pair(j, g)
    inclusion = {index: merkle.inclusion_proof(index, 7, HASHES) for index in (0, 3, 4, 6)}
    assert inclusion == {0: [b, i, last], 3: [c, h, last], 4: [f, g, k], 6: [j, k]}
    consistency = {size: merkle.consistency_proof(size, 7, HASHES) for size in (3, 4, 6)}
    assert consistency == {3: [c, d, h, last], 4: [last], 6: [j, g, k]}


def test_every_leaf_of_every_tree_is_proven() -> None:
    proven = 0
    for size in range(1, len(HASHES) + 1):
        root = merkle.root_of(HASHES[:size])
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, HASHES)
            proven += merkle.verify_inclusion(index, size, HASHES[index], proof, root)
    assert proven == 70 * 71 // 2


def test_every_growth_is_proven_and_every_other_old_root_refused() -> None:
    proven = 0
    roots = [merkle.root_of(HASHES[:size]) for size in range(len(HASHES) + 1)]
    for new in range(len(HASHES) + 1):
        for old in range(new + 1):
            proof = merkle.consistency_proof(old, new, HASHES)
            proven += merkle.verify_consistency(old, new, proof, roots[old], roots[new])
            assert not merkle.verify_consistency(old, new, proof, roots[old - 1], roots[new])
    assert proven == 71 * 72 // 2


@given(st.data(), st.integers(1, len(HASHES)))
def test_a_proof_with_one_bit_changed_proves_nothing(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = merkle.root_of(HASHES[:size])
    chain = [HASHES[index], *merkle.inclusion_proof(index, size, HASHES), root]
    place = data.draw(st.integers(0, len(chain) - 1))
    bit = data.draw(st.integers(0, 255))
    chain[place] = (int.from_bytes(chain[place], "big") ^ (1 << bit)).to_bytes(32, "big")
    leaf_hash, *proof, changed_root = chain
    assert not merkle.verify_inclusion(index, size, leaf_hash, proof, changed_root)


@given(SIZES, SIZES, st.lists(st.binary(max_size=40), max_size=9), A_HASH, A_HASH)
def test_no_invented_consistency_proof_is_accepted(
    old: int, new: int, proof: list[bytes], root1: bytes, root2: bytes
) -> None:
    says_nothing = old == 0 and not proof and root1 == merkle.EMPTY_ROOT
    accepted = merkle.verify_consistency(old, new, proof, root1, root2)
    assert not accepted or says_nothing or (old == new and root1 == root2)


@given(st.integers(), st.integers(), st.lists(st.binary(max_size=40), max_size=9), st.binary(max_size=40))
def test_no_invented_inclusion_proof_is_accepted(index: int, size: int, proof: list[bytes], root: bytes) -> None:
    assert not merkle.verify_inclusion(index, size, HASHES[0], proof, root)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_ranges(index, size)


def test_there_is_no_proof_that_a_tree_shrank() -> None:
    with pytest.raises(ValueError, match="cannot grow"):
        merkle.consistency_ranges(4, 3)


def test_a_proof_needs_all_leaf_hashes_of_its_tree() -> None:
    with pytest.raises(ValueError, match="needs as many hashes"):
        merkle.inclusion_proof(0, 3, HASHES[:2])
