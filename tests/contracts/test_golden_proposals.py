"""Each event of the proposals service keeps its bytes for ever: changing a golden file is never the fix, a v2 is."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from kernel.events import Event
from proposals.domain.events import (
    EVENTS,
    DeliveryCompleted,
    DeliveryPlanned,
    DeliveryRecorded,
    PlannedMilestone,
    ProposalNamedLaureate,
    ProposalReviewed,
    ProposalRevised,
    ProposalShortlisted,
    ProposalSubmitted,
    ProposalWithdrawn,
    ShortlistOption,
    ShortlistPublished,
)
from tests.contracts.golden_records import as_record

GOLDEN = Path(__file__).parent / "golden"

REVIEWED = ProposalReviewed(
    proposal="boîtes/dons",
    feasible=True,
    cost=Fraction(24001, 2),
    reasons=("within the département's powers",),
    official="official-12",
    service="collèges",
)
PUBLISHED = ShortlistPublished(
    matter="projects",
    options=(
        ShortlistOption(option="boîtes/dons", cost=Fraction(24001, 2), submitted=1),
        ShortlistOption(option="p-17", cost=Fraction(9000), submitted=17),
    ),
)

OLDER: tuple[tuple[int, Event], ...] = ((1, REVIEWED), (1, PUBLISHED))
"""Events of which an older schema is in logs, each as it said it."""

EXAMPLES: tuple[Event, ...] = (
    ProposalSubmitted(
        proposal="boîtes/dons",
        title="Boîtes à dons dans les collèges",
        summary="Une boîte par collège.\nVidée chaque mois.",
        author="resident-0417",
        category="solidarité",
        place=None,
        partners=("Secours populaire", "Croix-Rouge"),
    ),
    ProposalRevised(
        proposal="boîtes/dons",
        title="Boîtes à dons",
        summary="",
        category=None,
        place="Montpellier",
        partners=(),
        revision=1,
    ),
    ProposalWithdrawn(proposal="boîtes/dons", reason="built already"),
    REVIEWED.model_copy(update={"district": "Pignan", "group": "place-du-marché"}),
    ProposalShortlisted(proposal="boîtes/dons", matter="projects", cost=Fraction(24001, 2), by="committee"),
    ShortlistPublished(
        matter="projects",
        options=(
            ShortlistOption(option="boîtes/dons", cost=Fraction(24001, 2), submitted=1, district="Pignan"),
            ShortlistOption(option="p-17", cost=Fraction(9000), submitted=17, group="place-du-marché"),
        ),
    ),
    ProposalNamedLaureate(proposal="boîtes/dons", matter="projects", box="projects", rank=3, cost=Fraction(24001, 2)),
    DeliveryPlanned(
        proposal="boîtes/dons",
        official="official-12",
        milestones=(
            PlannedMilestone(milestone="boxes", what="boxes installed", quantity=4, place="collèges", due=None),
            PlannedMilestone(milestone="signs", what="signs", quantity=2, place="Lodève", due=date(2027, 6, 30)),
        ),
    ),
    DeliveryRecorded(
        proposal="boîtes/dons",
        milestone="boxes",
        quantity=3,
        place="Collège Joffre",
        on=date(2026, 11, 16),
        official="official-12",
        note="",
    ),
    DeliveryCompleted(proposal="boîtes/dons"),
)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.TYPE)
def test_an_event_has_the_bytes_it_always_had(event: Event) -> None:
    golden = (GOLDEN / f"{event.TYPE}.v{event.SCHEMA}.json").read_bytes()
    assert event.payload() == golden
    assert type(event).read(as_record(event.TYPE, event.SCHEMA, golden)) == event


@pytest.mark.parametrize(("schema", "event"), OLDER, ids=lambda each: getattr(each, "TYPE", each))
def test_an_older_schema_is_read_for_ever(schema: int, event: Event) -> None:
    golden = (GOLDEN / f"{event.TYPE}.v{schema}.json").read_bytes()
    assert type(event).read(as_record(event.TYPE, schema, golden)) == event


def test_every_event_in_the_catalogue_has_a_golden_file_and_no_file_is_left_over() -> None:
    files = {path.name for path in GOLDEN.glob("proposals.*.json")}
    older = {f"{event.TYPE}.v{schema}.json" for schema, event in OLDER}
    assert files == {f"{event.TYPE}.v{event.SCHEMA}.json" for event in EVENTS.values()} | older
    assert {event.TYPE for event in EXAMPLES} == set(EVENTS)
