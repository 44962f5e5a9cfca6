"""Opening and closing phases: one at a time, in the charter's order, not before its dates, the last completing it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kernel.events import Event
from kernel.refusal import Kind
from processes.domain.evolution import UNOPENED, evolve
from processes.domain.phases import close_phase, open_phase
from processes.domain.states import Cancelled, Completed, Open
from testkit.scenario import scenario
from tests.services.processes import building as a

opening = scenario(UNOPENED, evolve, open_phase)
closing = scenario(UNOPENED, evolve, close_phase)

NOTHING: frozenset[str] = frozenset()
PUBLISHED = frozenset({"projects"})


def test_the_first_phase_of_the_charter_opens_first() -> None:
    opening(a.opened()).when(a.open_phase("ideas"), NOTHING).then(a.phase_opened("ideas"))


def test_the_phase_that_follows_opens_next() -> None:
    before = (a.opened(), *a.passed("ideas"))
    opening(*before).when(a.open_phase("vote"), PUBLISHED).then(a.phase_opened("vote"))


def test_phases_follow_next_and_not_the_order_in_which_they_are_written() -> None:
    lines = a.CHARTER.splitlines()
    places = [place for place, line in enumerate(lines) if "{name: vote" in line or "{name: delivery" in line]
    lines[places[0]], lines[places[1]] = lines[places[1]], lines[places[0]]
    before = (a.opened("\n".join(lines)), *a.passed("ideas"))
    opening(*before).when(a.open_phase("vote"), PUBLISHED).then(a.phase_opened("vote"))
    opening(*before).when(a.open_phase("delivery"), PUBLISHED).refused("phase_out_of_order", expected="vote")


@pytest.mark.parametrize(
    ("before", "phase", "reason"),
    [
        pytest.param((), "vote", "phase_out_of_order", id="the second before the first"),
        pytest.param(a.passed("ideas"), "delivery", "phase_out_of_order", id="the third before the second"),
        pytest.param((a.phase_opened("ideas"),), "ideas", "phase_already_open", id="the one that is open"),
        pytest.param((a.phase_opened("ideas"),), "vote", "another_phase_is_open", id="the next while one is open"),
        pytest.param(a.passed("ideas"), "ideas", "phase_already_closed", id="one that has closed"),
    ],
)
def test_refuses_to_open_out_of_turn(before: tuple[Event, ...], phase: str, reason: str) -> None:
    opening(a.opened(), *before).when(a.open_phase(phase), PUBLISHED).refused(reason, phase=phase)


def test_refuses_a_vote_before_its_shortlist_is_published() -> None:
    before = (a.opened(), *a.passed("ideas"))
    refused = opening(*before).when(a.open_phase("vote"), frozenset({"roads"})).refused("shortlist_not_published")
    assert refused.details == {"phase": "vote", "matter": "projects"}
    assert "publish the shortlist" in refused.sentence()


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        pytest.param(datetime(2026, 11, 30, 23, 59, 59, 999999, UTC), False, id="the last instant of the day before"),
        pytest.param(datetime(2026, 12, 1, tzinfo=UTC), True, id="the first instant of the day"),
        pytest.param(datetime(2027, 1, 1, tzinfo=UTC), True, id="a month late"),
    ],
)
def test_a_phase_with_a_date_does_not_open_before_it(at: datetime, holds: bool) -> None:
    decided = opening(a.opened(a.DATED)).when(a.open_phase("ideas", at), NOTHING)
    if holds:
        decided.then(a.phase_opened("ideas"))
    else:
        decided.refused("phase_not_due", due="2026-12-01T00:00:00.000000Z", now="2026-11-30T23:59:59.999999Z")


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        pytest.param(datetime(2026, 12, 10, 23, 59, 59, 999999, UTC), False, id="the last instant of the last day"),
        pytest.param(datetime(2026, 12, 11, tzinfo=UTC), True, id="the day has ended"),
    ],
)
def test_a_phase_with_a_date_does_not_close_before_that_day_has_ended(at: datetime, holds: bool) -> None:
    decided = closing(a.opened(a.DATED), a.phase_opened("ideas")).when(a.close_phase("ideas", at))
    if holds:
        decided.then(a.phase_closed("ideas"))
    else:
        decided.refused("phase_not_due", due="2026-12-11T00:00:00.000000Z")


def test_the_open_phase_is_closed() -> None:
    closing(a.opened(), a.phase_opened("ideas")).when(a.close_phase("ideas")).then(a.phase_closed("ideas"))


@pytest.mark.parametrize(
    ("before", "phase", "now"),
    [
        pytest.param((), "ideas", None, id="before any is open"),
        pytest.param((a.phase_opened("ideas"),), "vote", "ideas", id="another one"),
        pytest.param(a.passed("ideas"), "ideas", None, id="twice"),
    ],
)
def test_refuses_to_close_a_phase_that_is_not_open(before: tuple[Event, ...], phase: str, now: str | None) -> None:
    closing(a.opened(), *before).when(a.close_phase(phase)).refused("phase_not_open", phase=phase, open=now)


def test_closing_the_last_phase_completes_the_process() -> None:
    given = closing(a.opened(), *a.passed("ideas", "vote"), a.phase_opened("delivery"))
    given.when(a.close_phase("delivery")).then(a.phase_closed("delivery"), a.completed)
    state = given.given(a.phase_closed("delivery"), a.completed).state
    assert isinstance(state, Completed)
    assert set(state.course.phases.values()) == {"closed"}


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        pytest.param((), "unknown_process", id="that nobody opened"),
        pytest.param((a.opened(), a.cancelled), "process_cancelled", id="that was cancelled"),
        pytest.param(
            (a.opened(), *a.passed("ideas", "vote", "delivery"), a.completed),
            "process_completed",
            id="that is completed",
        ),
    ],
)
def test_refuses_phases_of_a_process(before: tuple[Event, ...], reason: str) -> None:
    opening(*before).when(a.open_phase("ideas"), NOTHING).refused(reason, process=a.PROCESS)
    closing(*before).when(a.close_phase("ideas")).refused(reason, process=a.PROCESS)


def test_refuses_a_phase_that_the_charter_does_not_have() -> None:
    for decided in (
        opening(a.opened()).when(a.open_phase("party"), NOTHING),
        closing(a.opened()).when(a.close_phase("party")),
    ):
        refused = decided.refused("unknown_phase", phase="party", phases="ideas, vote, delivery")
        assert refused.kind is Kind.NOT_FOUND


def test_a_process_is_open_while_a_phase_waits() -> None:
    state = opening(a.opened(), *a.passed("ideas")).state
    assert isinstance(state, Open)
    assert state.course.phase is None


def test_an_event_that_cannot_follow_is_a_damaged_log() -> None:
    state = opening(a.opened(), a.cancelled).state
    assert isinstance(state, Cancelled)
    with pytest.raises(ValueError, match=r"processes\.PhaseOpened cannot follow .* cancelled"):
        evolve(state, a.phase_opened("ideas"))


def test_a_charter_in_the_log_that_cannot_be_read_is_named() -> None:
    damaged = a.opened().model_copy(update={"charter": {"comitia": 1}})
    with pytest.raises(ValueError, match="charter that this version of Comitia cannot read"):
        evolve(UNOPENED, damaged)
