"""A real tile log: its 16 checkpoints open, their roots come out of its entries, each grew from all those before."""

from __future__ import annotations

import itertools
from pathlib import Path

from testkit.shared import shared_data
from transparency import merkle
from transparency.checkpoints import Checkpoint, open_checkpoint
from transparency.notes import VerifierKey

VKEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def _key() -> VerifierKey:
    key = VerifierKey.parse(VKEY)
    assert isinstance(key, VerifierKey)
    return key


def _checkpoint(path: Path) -> Checkpoint:
    checkpoint = open_checkpoint(path.read_bytes(), _key())
    assert isinstance(checkpoint, Checkpoint), f"{path.name}: {checkpoint}"
    return checkpoint


def _checkpoints() -> list[Checkpoint]:
    return [_checkpoint(shared_data("tessera-log", f"checkpoint.{size}")) for size in range(16)]


def _entries(size: int) -> list[bytes]:
    """C2SP tlog-tiles: a bundle of entries, each after its length in two bytes."""
    data = shared_data("tessera-log", "tile", "entries", "000.p", str(size)).read_bytes()
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    return entries


def _tile(size: int) -> list[bytes]:
    data = shared_data("tessera-log", "tile", "0", "000.p", str(size)).read_bytes()
    return [data[start : start + 32] for start in range(0, len(data), 32)]


def test_all_16_checkpoints_open_with_the_published_key() -> None:
    assert [checkpoint.size for checkpoint in _checkpoints()] == list(range(16))
    assert _checkpoint(shared_data("tessera-log", "checkpoint")) == _checkpoints()[15]


def test_each_root_is_recomputed_from_the_entries_and_from_the_tile() -> None:
    recomputed = 0
    for checkpoint in _checkpoints()[1:]:
        entries, tile = _entries(checkpoint.size), _tile(checkpoint.size)
        assert [merkle.hash_leaf(entry) for entry in entries] == tile
        assert merkle.root_of(tile) == checkpoint.root
        recomputed += 1
    assert recomputed == 15
    assert _checkpoints()[0].root == merkle.EMPTY_ROOT


def test_each_checkpoint_is_proven_to_have_grown_from_every_earlier_one() -> None:
    tile, proven = _tile(15), 0
    for old, new in itertools.combinations(_checkpoints(), 2):
        proof = merkle.consistency_proof(old.size, new.size, tile)
        assert merkle.verify_consistency(old.size, new.size, proof, old.root, new.root)
        proven += 1
    assert proven == 16 * 15 // 2


def test_every_entry_is_proven_to_be_in_every_checkpoint_that_holds_it() -> None:
    tile, proven = _tile(15), 0
    for checkpoint in _checkpoints():
        for index in range(checkpoint.size):
            proof = merkle.inclusion_proof(index, checkpoint.size, tile)
            assert merkle.verify_inclusion(index, checkpoint.size, tile[index], proof, checkpoint.root)
            proven += 1
    assert proven == 15 * 16 // 2
