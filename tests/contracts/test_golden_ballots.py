"""Each event of the ballots service keeps, for ever, the exact bytes that its golden file holds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from ballots.domain.events import (
    CATALOGUE,
    BallotArrivedLate,
    BallotCast,
    BoxOpened,
    BoxSealed,
    BoxTallied,
    CountSheetFiled,
    OptionOffered,
    RollUsed,
    StationKnown,
    StationRegistered,
)
from kernel import canonical
from kernel.events import Event
from tests.contracts.golden_records import as_record

GOLDEN = Path(__file__).parent / "golden"

BOX_OPENED = BoxOpened(
    box="projects",
    matter="projects",
    chamber="residents",
    motion=None,
    round=1,
    ballot={"form": "approval", "min": 1, "max": 3, "revisable": True},
    options=[
        OptionOffered(option="M/01/X", cost=Fraction(2465500), submitted=1),
        OptionOffered(option="fête", cost=Fraction(1, 3), submitted=2),
        OptionOffered(option="nothing", cost=None, submitted=3),
    ],
    allocation={"rule": "greedy", "budget": "3004498", "tie_break": ["lower_cost", "lot"]},
    electors="enrolled",
    roll=RollUsed(members=3, weight=Fraction(7, 2), digest="ab" * 32),
    units=["north", "south"],
    stations=[StationKnown(station="town-hall", key="cd" * 32, unit="north")],
    deadline="2026-11-30T00:00:00.000000Z",
)
"""As schema 1 could say it."""

BOX_WITH_AN_ELECTION = BOX_OPENED.model_copy(
    update={
        "ballot": {"form": "grades", "grades": ["Très bien", "Bien"], "min": 1, "order": "lot"},
        "options": [
            OptionOffered(option="fête", cost=Fraction(1, 3), submitted=2, district="north", group="square"),
            OptionOffered(option="M/01/X", cost=None, submitted=1),
        ],
        "allocation": None,
        "election": {"method": "majority-judgment", "seats": 1},
        "order_seed": "02" * 32,
    }
)
"""As schema 2 could say it; schema 3 says the same of a box that closes once it is moot."""

OLDER: tuple[tuple[int, Event], ...] = ((1, BOX_OPENED), (2, BOX_WITH_AN_ELECTION))
"""Events of which an older schema is in logs, each as it said it."""

EXAMPLES: tuple[Event, ...] = (
    BOX_WITH_AN_ELECTION,
    StationRegistered(box="projects", station="town-hall", key="cd" * 32, unit=None),
    BallotCast(box="projects", voter="ana", choice={"M/01/X": "3", "fête": "1/2"}, channel="web", replaces=1),
    BallotArrivedLate(box="projects", voter="bo", choice=["fête", "M/01/X"], channel="kiosk"),
    CountSheetFiled(
        box="projects",
        station="town-hall",
        unit="north",
        voters=12,
        totals={"M/01/X": Fraction(9), "fête": Fraction(5, 2)},
        blank=1,
        invalid=2,
        replaces=1,
        note="recounted",
        signature="ef" * 64,
    ),
    BoxSealed(box="projects", ballots=3, sheets=1, trigger="phase"),
    BoxTallied(
        box="projects",
        matter="projects",
        chamber="residents",
        motion=None,
        round=1,
        count={"form": "approval", "ballots": 3, "scores": {"M/01/X": "9", "fête": "5/2"}},
        allocation={"rule": "greedy", "winners": ["M/01/X"], "spent": "2465500"},
        seed="01" * 32,
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
    assert CATALOGUE[event.TYPE].read(as_record(event.TYPE, event.SCHEMA, written)) == event


@pytest.mark.parametrize(("schema", "event"), OLDER, ids=lambda each: getattr(each, "TYPE", each))
def test_an_older_schema_is_read_for_ever(schema: int, event: Event) -> None:
    written = (GOLDEN / f"{event.TYPE}.v{schema}.json").read_bytes()
    assert CATALOGUE[event.TYPE].read(as_record(event.TYPE, schema, written)) == event


def test_every_event_of_ballots_has_a_golden_file_for_each_schema_and_no_other_has() -> None:
    assert {event.TYPE for event in EXAMPLES} == set(CATALOGUE)
    older = {f"{event.TYPE}.v{schema}.json" for schema, event in OLDER}
    assert {golden(event).name for event in EXAMPLES} | older == {path.name for path in GOLDEN.glob("ballots.*.json")}
