"""Of two workers of a service one works and the other stands by; what they do is right even when both believe to lead."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import pytest
from eventsourcing.persistence import Tracking

from eventlog.contract import LogRecorder, LogUnreachable
from kernel.records import Record
from runtime.followers import Follower
from runtime.lanes import LaneProgress
from runtime.leases import Lead
from runtime.service import Context, Service
from runtime.settings import Settings
from runtime.views_sqlite import SQLiteViews
from tests.runtime.test_followers import Happen, Told, until

pytestmark = pytest.mark.slow

LEASE = 1.0


class Office:
    """Leases as the database gives them, in memory; those of a holder that was `cut off` cannot be asked for."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        with self._lock:
            who, until_ = self._held.get(name, (holder, 0.0))
            if who != holder and until_ > time.monotonic():
                return False
            self._held[name] = holder, time.monotonic() + seconds
            return True

    def release(self, name: str, holder: str) -> None:
        with self._lock:
            if self._held.get(name, ("", 0.0))[0] == holder:
                del self._held[name]


class Forgetful(Office):
    """Gives every lease to whoever asks."""

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        return True


@dataclass
class Door:
    """One worker's way to the office: shut, it does not answer."""

    office: Office
    shut: bool = False

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        if self.shut:
            raise LogUnreachable("the network is cut")
        return self.office.lease(name, holder, seconds)

    def release(self, name: str, holder: str) -> None:
        if self.shut:
            raise LogUnreachable("the network is cut")
        self.office.release(name, holder)


@dataclass
class Worker:
    """A worker of the trial service: what it did, and its door to the office."""

    follower: Follower
    door: Door
    done: list[int]
    ticks: list[datetime]


@dataclass
class Shift:
    """Workers of one service over one log; started as they are hired, all stopped at the end."""

    context: Context
    log: LogRecorder
    folder: Path
    opened: ExitStack
    office: Office = field(default_factory=Office)

    def hire(self, *, start: bool = True, **options: bool) -> Worker:
        done: list[int] = []
        ticks: list[datetime] = []

        def react(record: Record) -> None:
            done.append(record.position)
            self.log.insert_tracking(Tracking("trial.reactions", record.position))

        door = Door(self.office)
        views = self.opened.enter_context(closing(SQLiteViews(self.folder / "shared.db")))
        service = Service(
            "trial", (), (Told(),), MappingProxyType({"trial.Told": react}), MappingProxyType({"tick": ticks.append})
        )
        context = replace(
            self.context,
            leases=door,
            views=views,
            settings=Settings(data_dir=self.folder, lease_seconds=LEASE, timer_seconds=0.2),
        )
        worker = Worker(Follower(service, context, timers_every=0.05, **options), door, done, ticks)
        if start:
            worker.follower.start()
            self.opened.callback(worker.follower.stop)
        return worker

    def numbers(self) -> list[int]:
        with closing(SQLiteViews(self.folder / "shared.db")) as views:
            return [row["number"] for row in views.read("SELECT number FROM numbers")]


@pytest.fixture
def shift(context: Context, log: LogRecorder, tmp_path: Path) -> Iterator[Shift]:
    with ExitStack() as opened:
        yield Shift(context, log, tmp_path, opened)


def leading(worker: Worker) -> bool:
    return all(lane.leading for lane in worker.follower.progress())


def test_one_works_and_the_other_stands_by(shift: Shift, happen: Happen) -> None:
    first = shift.hire()
    assert until(lambda: leading(first))
    second = shift.hire()
    for number in range(5):
        happen("trial.Told", number)
    assert until(lambda: len(shift.numbers()) == 5)
    assert (first.done, second.done, second.ticks) == ([1, 2, 3, 4, 5], [], [])
    assert first.ticks


def test_another_takes_over_at_once_from_one_that_stops(shift: Shift, happen: Happen) -> None:
    first = shift.hire()
    assert until(lambda: leading(first))
    second = shift.hire()
    happen("trial.Told", 1)
    assert until(lambda: len(shift.numbers()) == 1)
    first.follower.stop()
    happen("trial.Told", 2)
    assert until(lambda: second.done == [2] and shift.numbers() == [1, 2])


def test_another_takes_over_from_one_that_is_cut_off_which_then_does_nothing_more(shift: Shift, happen: Happen) -> None:
    first = shift.hire()
    assert until(lambda: leading(first))
    second = shift.hire()
    first.door.shut = True
    assert until(lambda: leading(second) and not leading(first))
    happen("trial.Told", 1)
    assert until(lambda: second.done == [1] and shift.numbers() == [1])
    first.door.shut = False
    second.follower.stop()
    assert until(lambda: leading(first))
    happen("trial.Told", 2)
    assert until(lambda: first.done == [2] and shift.numbers() == [1, 2])


def test_two_who_both_believe_to_lead_fold_each_record_once(shift: Shift, happen: Happen) -> None:
    shift.office = Forgetful()
    first, second = shift.hire(), shift.hire()
    assert until(lambda: leading(first) and leading(second))
    for number in range(300):
        happen("trial.Told", number)
    assert until(lambda: len(shift.numbers()) >= 300)
    time.sleep(0.3)
    assert shift.numbers() == list(range(300))
    assert leading(first)
    assert leading(second)


def test_who_stands_by_tells_how_far_the_others_have_come(shift: Shift, happen: Happen) -> None:
    first = shift.hire()
    assert until(lambda: leading(first))
    second = shift.hire()
    for _ in range(10):
        happen("trial.Flood")

    def caught_up(lane: LaneProgress) -> bool:
        return (lane.position, lane.head, lane.behind_seconds, lane.failing) == (10, 10, 0.0, False)

    assert until(lambda: all(map(caught_up, (*first.follower.progress(), *second.follower.progress()))))
    assert [lane.leading for lane in second.follower.progress()] == [False, False]
    assert [lane.name for lane in second.follower.progress()] == ["trial.reactions", "trial.numbers"]


def test_a_hinted_follower_reads_when_it_is_nudged_or_its_timer_comes(shift: Shift, happen: Happen) -> None:
    worker = shift.hire(hinted=True)
    assert until(lambda: leading(worker))
    happen("trial.Told", 1)
    worker.follower.nudge("trial.Told")
    assert until(lambda: worker.done == [1] and shift.numbers() == [1])
    happen("trial.Told", 2)
    assert until(lambda: worker.done == [1, 2] and shift.numbers() == [1, 2])


@pytest.mark.parametrize(("type_", "woken"), [("trial.Told", True), ("trial.Flood", False), ("", True)])
def test_a_nudge_wakes_whoever_handles_the_type(
    context: Context, happen: Callable[..., Record], type_: str, woken: bool
) -> None:
    seen: list[int] = []
    service = Service("trial", (), (), {"trial.Told": lambda record: seen.append(record.position)})
    patient = replace(context, settings=Settings(data_dir=context.settings.data_dir, timer_seconds=60))
    follower = Follower(service, patient, hinted=True)
    follower.start()
    time.sleep(0.2)
    happen("trial.Told", 1)
    follower.nudge(type_)
    assert until(lambda: seen == [1], 5 if woken else 0.3) == woken
    began = time.monotonic()
    follower.stop()
    assert time.monotonic() - began < 1, "stopping does not wait for the timer"


def test_progress_tells_how_long_the_next_record_has_waited(context: Context, happen: Happen) -> None:
    happen("trial.Told", 1)
    happen("trial.Told", 2)

    def broken(record: Record) -> None:
        raise RuntimeError("for ever")

    later = replace(context, clock=lambda: datetime.fromisoformat("2026-11-22T12:00:07.500000Z"))
    (lane,) = Follower(Service("trial", (), (), {"trial.Told": broken}), later).progress()
    assert (lane.position, lane.head, lane.behind_seconds) == (0, 2, 7.5)


def test_a_lease_that_was_not_renewed_in_time_is_held_no_more_by_its_holders_own_clock() -> None:
    lead = Lead(Office(), "trial", "me", 0.05)
    lead.renew()
    assert (lead.held, lead.term) == (True, 1)
    time.sleep(0.06)
    assert not lead.held
    lead.renew()
    assert (lead.held, lead.term) == (True, 2)
