"""The read model of leaves gives the roots and proofs of the log, however and how often it is extended."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from audit.projections import TILE, Leaves
from tests.services.audit.conftest import PROCESS, Town, at_once
from transparency import merkle


@pytest.fixture
def leaves(town: Town, tmp_path: Path) -> Leaves:
    """The leaves of a log of 3 tiles and a bit, none of them computed yet."""
    town.happen(times=3 * TILE + 7)
    return Leaves(tmp_path / "some-leaves.db", town.log)


def _hashes(town: Town) -> list[bytes]:
    return [merkle.hash_leaf(record.leaf()) for record in town.log.read_process(PROCESS)]


def test_roots_and_proofs_are_those_of_the_whole_list(town: Town, leaves: Leaves) -> None:
    hashes = _hashes(town)
    leaves.extend(PROCESS, len(hashes))
    chance = random.Random(1)
    sizes = {
        1,
        2,
        TILE - 1,
        TILE,
        TILE + 1,
        2 * TILE,
        3 * TILE,
        len(hashes),
        *(chance.randint(1, 775) for _ in range(20)),
    }
    for size in sizes:
        index, old = chance.randrange(size), chance.randrange(size)
        assert leaves.root(PROCESS, size) == merkle.root_of(hashes[:size])
        assert leaves.inclusion_proof(PROCESS, index, size) == merkle.inclusion_proof(index, size, hashes)
        assert leaves.consistency_proof(PROCESS, old, size) == merkle.consistency_proof(old, size, hashes)
        assert leaves.leaf_hash(PROCESS, index) == hashes[index]
        assert b"".join(leaves.hashes(PROCESS, size)) == b"".join(hashes[:size])


def test_extending_step_by_step_gives_the_same_as_at_once(town: Town, leaves: Leaves, tmp_path: Path) -> None:
    for size in (0, 1, 5, TILE - 1, TILE, TILE + 1, 2 * TILE + 3, 2 * TILE + 3, 10, 3 * TILE + 7):
        leaves.extend(PROCESS, size)
    whole = Leaves(tmp_path / "whole.db", town.log)
    whole.extend(PROCESS, 3 * TILE + 7)
    assert leaves.root(PROCESS, 3 * TILE + 7) == whole.root(PROCESS, 3 * TILE + 7)
    assert list(leaves.hashes(PROCESS, 3 * TILE + 7)) == list(whole.hashes(PROCESS, 3 * TILE + 7))


def test_threads_that_extend_at_once_never_undo_each_other(town: Town, leaves: Leaves) -> None:
    sizes = [TILE + 50 * number for number in range(10)]
    at_once(*(lambda size=size: leaves.extend(PROCESS, size) for size in sizes))
    assert leaves.root(PROCESS, max(sizes)) == merkle.root_of(_hashes(town)[: max(sizes)])


def test_what_was_computed_is_not_read_from_the_log_again(town: Town, tmp_path: Path) -> None:
    town.happen(times=10)
    Leaves(tmp_path / "kept.db", town.log).extend(PROCESS, 10)
    town.happen(process="other")
    again = Leaves(tmp_path / "kept.db", town.log)
    assert again.root(PROCESS, 10) == merkle.root_of(_hashes(town))


def test_the_log_cannot_be_outrun(town: Town, leaves: Leaves) -> None:
    with pytest.raises(ValueError, match="has 775 events, not 776"):
        leaves.extend(PROCESS, 776)


def test_what_was_not_computed_is_not_made_up(leaves: Leaves) -> None:
    leaves.extend(PROCESS, TILE)
    for size in (TILE + 1, 2 * TILE, 3 * TILE):
        with pytest.raises(LookupError, match="not computed"):
            leaves.root(PROCESS, size)
