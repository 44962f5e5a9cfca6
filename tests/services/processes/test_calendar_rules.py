"""The calendar: phases with dates open and close by themselves, at their instants, and wait for what must come first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kernel.events import Event
from processes.domain.calendar import happens, next_due
from processes.domain.evolution import UNOPENED, evolve
from processes.domain.states import ProcessState
from testkit.scenario import scenario
from tests.services.processes import building as a

OPENS = datetime(2026, 12, 1, tzinfo=UTC)
CLOSES = datetime(2026, 12, 11, tzinfo=UTC)
A_TICK = timedelta(microseconds=1)
PUBLISHED = frozenset({"projects"})
NOTHING: frozenset[str] = frozenset()


def state(*events: Event) -> ProcessState:
    return scenario(UNOPENED, evolve, lambda _: ())(*events).state


@pytest.mark.parametrize(
    ("events", "key"),
    [
        pytest.param((), None, id="nothing before the process is open"),
        pytest.param((a.opened(),), None, id="nothing without dates"),
        pytest.param((a.opened(a.DATED),), "opens|ideas|2026-12-01T00:00:00.000000Z", id="the first phase opens"),
        pytest.param(
            (a.opened(a.DATED), a.phase_opened("ideas")),
            "closes|ideas|2026-12-11T00:00:00.000000Z",
            id="the open phase closes when its last day has ended",
        ),
        pytest.param(
            (a.opened(a.DATED), *a.passed("ideas")), "opens|vote|2026-12-11T00:00:00.000000Z", id="the next opens"
        ),
        pytest.param(
            (a.opened(a.DATED), *a.passed("ideas", "vote")), None, id="one without a date waits for a command"
        ),
        pytest.param((a.opened(a.DATED), a.cancelled), None, id="nothing once it is cancelled"),
        pytest.param(
            (a.opened(a.DATED), *a.passed("ideas", "vote", "delivery"), a.completed), None, id="nothing once completed"
        ),
    ],
)
def test_one_dated_change_comes_next(events: tuple[Event, ...], key: str | None) -> None:
    due = next_due(state(*events))
    assert (due.key if due else None) == key


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        pytest.param(OPENS - A_TICK, False, id="an instant before"),
        pytest.param(OPENS, True, id="at the instant"),
        pytest.param(OPENS + timedelta(days=90), True, id="three months after"),
    ],
)
def test_a_phase_opens_at_its_instant_and_says_when_it_was_due(now: datetime, holds: bool) -> None:
    due = next_due(state(a.opened(a.DATED)))
    assert due is not None
    expected = (a.phase_opened("ideas", "2026-12-01T00:00:00.000000Z"),)
    assert happens(due, now, NOTHING) == (expected if holds else ())


def test_a_phase_closes_at_its_instant_and_says_when_it_was_due() -> None:
    due = next_due(state(a.opened(a.DATED), a.phase_opened("ideas")))
    assert due is not None
    assert happens(due, CLOSES - A_TICK, NOTHING) == ()
    assert happens(due, CLOSES, NOTHING) == (a.phase_closed("ideas", "2026-12-11T00:00:00.000000Z"),)


def test_a_vote_waits_for_its_shortlist_whatever_the_date() -> None:
    due = next_due(state(a.opened(a.DATED), *a.passed("ideas")))
    assert due is not None
    assert happens(due, CLOSES, NOTHING) == ()
    assert happens(due, CLOSES, PUBLISHED) == (a.phase_opened("vote", "2026-12-11T00:00:00.000000Z"),)


def test_the_last_phase_closing_by_date_completes_the_process() -> None:
    due = next_due(state(a.opened(a.DATED), *a.passed("ideas", "vote"), a.phase_opened("delivery")))
    assert due is not None
    closed = a.phase_closed("delivery", "2027-07-01T00:00:00.000000Z")
    assert happens(due, datetime(2027, 7, 1, tzinfo=UTC), NOTHING) == (closed, a.completed)
