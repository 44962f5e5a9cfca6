"""Each event of the chambers service keeps, for ever, the exact bytes that its golden file holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from chambers.domain.events import (
    EVENTS,
    AdviceGiven,
    AdviceLapsed,
    CastingVoteGiven,
    ChamberAsked,
    ChamberCounted,
    LotDrawn,
    MemberLeft,
    MembersEnrolled,
    MemberUpdated,
    MotionDecided,
    MotionProposed,
    MotionWithdrawn,
    ObjectionRaised,
    ObjectionTested,
    ObjectionWindowClosed,
    RollFrozen,
)
from chambers.domain.values import Counts, Criterion, Mandate, Member, UnitCount
from kernel import canonical
from kernel.events import Event
from tally.lots import draw_lot

GOLDEN = Path(__file__).parent / "golden"
DEADLINE = datetime(2026, 12, 6, 12, 0, 0, 250_000, tzinfo=UTC)
MANDATE = Mandate(begins=date(2026, 1, 1), until=date(2029, 12, 31))

LOT = draw_lot(b"\xab" * 32, 1, ("yes", "no"))

EXAMPLES: tuple[Event, ...] = (
    MembersEnrolled(
        chamber="board",
        members=(
            Member(member="zoë", weight=Fraction(5, 2), roles=("director", "chair"), unit="north", mandate=MANDATE),
            Member(member="ana"),
        ),
    ),
    MemberUpdated(
        chamber="board",
        member="ana",
        weight=Fraction(1, 3),
        roles=("director",),
        unit=None,
        mandate=Mandate(until=date(2027, 2, 28)),
    ),
    MemberLeft(chamber="board", member="ana", reason="resigned"),
    RollFrozen(
        chamber="board", box="m1.board.1", on=date(2026, 11, 22), members=2, weight=Fraction(17, 6), digest="ab" * 32
    ),
    MotionProposed(motion="m1", matter="government", title="A new plant", text="In Sète.", mover="zoë"),
    MotionWithdrawn(motion="m1", reason="the site was sold"),
    ChamberAsked(motion="m1", chamber="workers", kind="advice", round=1, box="m1.workers.1", deadline=DEADLINE),
    ChamberCounted(
        motion="m1",
        chamber="sites",
        round=2,
        box="m1.staff.2",
        counts=Counts(
            yes=Fraction(1),
            no=Fraction(1, 2),
            abstain=Fraction(0),
            blank=Fraction(0),
            invalid=Fraction(0),
            members=Fraction(3, 2),
            heads_present=2,
            heads_members=2,
        ),
        units={
            "south": UnitCount(yes=Fraction(3), no=Fraction(3), vote="no"),
            "north": UnitCount(yes=Fraction(9, 2), no=Fraction(1), vote="yes"),
        },
    ),
    AdviceGiven(motion="m1", chamber="workers", opinion="positive", box="m1.workers.1"),
    AdviceLapsed(motion="m1", chamber="workers", deadline=DEADLINE, meaning="negative"),
    CastingVoteGiven(motion="m1", chamber="board", round=1, role="chair", member="zoë", choice="yes"),
    ObjectionRaised(motion="m1", chamber="tribunes", member="tom", reason="it harms the plebs"),
    LotDrawn(
        motion="m1",
        chamber="board",
        round=2,
        box="m1.board.2",
        seed=LOT.seed,
        lot=LOT.to_json(),
        outcome="no",
    ),
    ObjectionTested(
        motion="m1",
        chamber="circle",
        member="tom",
        role="facilitator",
        tester="zoë",
        criteria=(Criterion(criterion="it is paramount", met=True), Criterion(criterion="it is reasoned", met=False)),
        reason="no reason was given",
        stands=False,
    ),
    ObjectionWindowClosed(motion="m1", chamber="tribunes", deadline=DEADLINE),
    MotionDecided(
        motion="m1",
        matter="government",
        outcome="adopted",
        reasons=(
            {"rule": "majority", "chamber": "board", "text": "yes 3 of 4", "numbers": {"yes": "3", "base": "4"}},
            {"rule": "all_of", "chamber": None, "text": "2 of 2 adopt", "numbers": {}},
        ),
        chambers={
            "board": {
                "outcome": "adopted",
                "yes": "3",
                "no": "1",
                "abstain": "0",
                "base": "4",
                "quorum": None,
                "round": 1,
            }
        },
    ),
)


def golden(event: Event) -> Path:
    return GOLDEN / f"{event.TYPE}.v{event.SCHEMA}.json"


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.TYPE)
def test_an_events_bytes_never_change(event: Event) -> None:
    assert event.payload() == golden(event).read_bytes()


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.TYPE)
def test_a_golden_file_is_canonical_and_read_back_as_the_same_event(event: Event) -> None:
    written = golden(event).read_bytes()
    assert canonical.dumps(canonical.loads_canonical(written)) == written
    assert EVENTS[event.TYPE].model_validate_json(written) == event


def test_every_event_of_chambers_has_a_golden_file_and_no_other_has() -> None:
    assert {event.TYPE for event in EXAMPLES} == set(EVENTS)
    assert {golden(event).name for event in EXAMPLES} == {path.name for path in GOLDEN.glob("chambers.*.json")}
