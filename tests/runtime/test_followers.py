"""A follower does what follows from each record once, in order; what fails is tried again and holds up nothing else."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from eventsourcing.persistence import Tracking

from eventlog.contract import LogRecorder
from kernel.records import Record
from runtime import lanes
from runtime.followers import Follower
from runtime.service import Context, Reaction, Service, Timer
from runtime.views import Cursor

pytestmark = pytest.mark.slow

Happen = Callable[..., Record]


@dataclass(frozen=True)
class Told:
    """Every number told; a failure while `bad` holds it."""

    bad: set[int] = field(default_factory=set)
    name: str = "trial.numbers"
    types: frozenset[str] = frozenset({"trial.Told"})
    tables: tuple[str, ...] = ("CREATE TABLE numbers (number INTEGER)",)
    into: str = "numbers"

    def apply(self, record: Record, cursor: Cursor) -> None:
        number = record.data()["number"]
        if number in self.bad:
            raise ValueError(f"cannot add {number}")
        cursor.execute(f"INSERT INTO {self.into} VALUES (?)", (number,))


def service(
    reactions: Mapping[str, Reaction] | None = None,
    timers: Mapping[str, Timer] | None = None,
    projections: tuple[Told, ...] = (),
) -> Service:
    return Service("trial", (), projections, reactions or {}, timers or {})


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "FIRST_PAUSE", 0.01)


def run(trial: Service, context: Context, condition: Callable[[], bool]) -> bool:
    """Follow until the condition holds, then stop."""
    follower = Follower(trial, context, timers_every=0.02)
    follower.start()
    try:
        return until(condition)
    finally:
        follower.stop()


def test_a_reaction_sees_each_record_of_its_types_once_and_in_order(context: Context, happen: Happen) -> None:
    seen: list[int] = []
    before = [happen(kind, number).position for number, kind in enumerate(["trial.Told", "trial.Else", "trial.Told"])]
    trial = service({"trial.Told": lambda record: seen.append(record.position)})
    follower = Follower(trial, context)
    follower.start()
    assert until(lambda: len(seen) == 2)
    after = happen("trial.Told", 4).position
    assert until(lambda: len(seen) == 3)
    follower.stop()
    assert seen == [before[0], before[2], after]


def test_what_was_reacted_to_is_not_reacted_to_again_after_a_restart(
    context: Context, log: LogRecorder, happen: Happen
) -> None:
    seen: list[int] = []

    def react(record: Record) -> None:
        seen.append(record.position)
        log.insert_tracking(Tracking("trial.reactions", record.position))

    trial = service({"trial.Told": react})
    happen("trial.Told")
    assert run(trial, context, lambda: len(seen) == 1)
    happen("trial.Told")
    assert run(trial, context, lambda: len(seen) == 2)
    assert seen == [1, 2]


def test_the_position_moves_over_what_is_not_handled(context: Context, log: LogRecorder, happen: Happen) -> None:
    for _ in range(5):
        happen("trial.Flood")
    trial = service({"trial.Told": lambda record: None})
    follower = Follower(trial, context)
    follower.start()
    assert until(lambda: follower.position == 5)
    follower.stop()
    assert log.max_tracking_id("trial.reactions") == 5


def test_a_flood_of_what_nobody_handles_is_looked_at_only_now_and_then(
    context: Context, log: LogRecorder, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    plain = log.read

    def read(*, after: int = 0, until: int | None = None, limit: int, types: Collection[str] = ()) -> list[Record]:
        reads.append(after)
        return plain(after=after, until=until, limit=limit, types=types)

    monkeypatch.setattr(log, "read", read)
    follower = Follower(service({"trial.Told": lambda record: None}), context)
    follower.start()
    for _ in range(2_000):
        happen("trial.Flood")
    assert until(lambda: follower.position == 2_000)
    follower.stop()
    assert len(reads) < 200


def test_a_record_that_fails_is_tried_again_until_it_succeeds_and_never_passed_over(
    context: Context, happen: Happen, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[int] = []

    def react(record: Record) -> None:
        tried.append(record.position)
        if tried.count(1) < 3:
            raise RuntimeError("not yet")

    happen("trial.Told")
    happen("trial.Told")
    with caplog.at_level(logging.ERROR, "runtime.lanes"):
        assert run(service({"trial.Told": react}), context, lambda: 2 in tried)
    assert tried == [1, 1, 1, 2]
    assert [entry.levelname for entry in caplog.records] == ["ERROR", "ERROR"]
    assert "trial.reactions stopped after position 0" in caplog.text


def test_a_reaction_that_fails_holds_up_no_read_model_and_no_timer(context: Context, happen: Happen) -> None:
    ticks: list[datetime] = []

    def broken(record: Record) -> None:
        raise RuntimeError("for ever")

    happen("trial.Told", 7)
    follower = Follower(service({"trial.Told": broken}, {"tick": ticks.append}, (Told(),)), context, timers_every=0.01)
    follower.start()
    assert until(lambda: context.views.position("trial.numbers") == 1 and len(ticks) >= 3)
    assert until(lambda: follower.failing == ("trial.reactions",))
    follower.stop()


def test_a_record_that_a_read_model_cannot_take_keeps_what_came_before_it(context: Context, happen: Happen) -> None:
    for number in (1, 2, 13, 4):
        happen("trial.Told", number)
    numbers = Told({13})
    healthy = Told(name="trial.healthy", tables=("CREATE TABLE healthy (number INTEGER)",), into="healthy")
    follower = Follower(service(projections=(numbers, healthy)), context)
    follower.start()
    assert until(lambda: follower.failing == ("trial.numbers",) and context.views.position("trial.healthy") == 4)
    assert context.views.position("trial.numbers") == 2
    numbers.bad.clear()
    assert until(lambda: context.views.position("trial.numbers") == 4)
    follower.stop()
    assert [row["number"] for row in context.views.read("SELECT number FROM numbers")] == [1, 2, 13, 4]


def test_a_timer_that_fails_does_not_keep_the_others_from_being_called(context: Context) -> None:
    ticks: list[datetime] = []

    def broken(now: datetime) -> None:
        raise RuntimeError("for ever")

    assert run(service(timers={"broken": broken, "sound": ticks.append}), context, lambda: len(ticks) >= 3)
    assert set(ticks) == {context.clock()}


def test_a_log_that_cannot_be_read_for_a_while_ends_no_thread(
    context: Context, log: LogRecorder, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.followers.RECOVERY", 0.01)
    seen: list[int] = []
    failures = iter([OSError("the disk is away")] * 3)
    position = log.last_position

    def last_position() -> int:
        for failure in failures:
            raise failure
        return position()

    monkeypatch.setattr(log, "last_position", last_position)
    happen("trial.Told")
    assert run(service({"trial.Told": lambda record: seen.append(record.position)}), context, lambda: seen == [1])


def test_stopping_is_prompt_and_can_be_done_twice(context: Context) -> None:
    follower = Follower(service({"trial.Told": lambda record: None}, projections=(Told(),)), context)
    follower.start()
    began = time.monotonic()
    follower.stop()
    follower.stop()
    assert time.monotonic() - began < 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("trial ")]


def test_a_service_that_follows_nothing_needs_no_thread(context: Context) -> None:
    follower = Follower(service(), context)
    follower.start()
    assert follower.position > 10**12
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("trial ")]
    follower.stop()
