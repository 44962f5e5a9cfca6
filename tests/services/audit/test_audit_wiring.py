"""In by the log, out by the effect: when a step of a process ends, a checkpoint is signed without anyone asking."""

from __future__ import annotations

import sqlite3
import time

import pytest

from audit.reactions import REACTIONS
from runtime.followers import Follower
from tests.services.audit.conftest import ORIGIN, Town

pytestmark = pytest.mark.slow

ENDS = (
    "ballots.BoxSealed",
    "ballots.BoxTallied",
    "chambers.MotionDecided",
    "processes.PhaseClosed",
    "processes.ProcessCompleted",
)


def _signed(town: Town) -> list[tuple[str, int]]:
    db = sqlite3.connect(town.settings.data_dir / "checkpoints.db")
    rows: list[tuple[str, int]] = db.execute("SELECT origin, size FROM checkpoints ORDER BY size").fetchall()
    db.close()
    return rows


def _follow_to_the_end(town: Town) -> None:
    follower = Follower(town.service, town.context)
    follower.start()
    deadline = time.monotonic() + 10
    while follower.position < town.log.last_position() and time.monotonic() < deadline:
        time.sleep(0.01)
    follower.stop()
    assert not follower.failing


def test_these_events_and_no_others_have_a_checkpoint_signed() -> None:
    assert tuple(sorted(REACTIONS)) == ENDS


@pytest.mark.parametrize("type_", ENDS)
def test_the_end_of_a_step_has_the_log_signed_up_to_it(town: Town, type_: str) -> None:
    town.happen(times=4)
    town.happen(type_)
    town.happen(times=2)
    _follow_to_the_end(town)
    assert _signed(town) == [(ORIGIN, 5)]


def test_nothing_else_has_a_checkpoint_signed(town: Town) -> None:
    town.happen(times=4)
    _follow_to_the_end(town)
    assert _signed(town) == []


def test_following_again_from_the_start_signs_nothing_new(town: Town) -> None:
    record = town.happen("ballots.BoxSealed")
    town.happen(times=3)
    _follow_to_the_end(town)
    town.react(record)
    town.react(record)
    assert _signed(town) == [(ORIGIN, 1)]


def test_steps_that_end_together_are_each_signed(town: Town) -> None:
    town.happen(times=2)
    town.happen("processes.PhaseClosed")
    town.happen("processes.ProcessCompleted")
    _follow_to_the_end(town)
    assert _signed(town) == [(ORIGIN, 3), (ORIGIN, 4)]
