"""Each event of the processes service keeps its bytes for ever: changing a golden file is never the fix, a v2 is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.events import Event
from processes.domain.events import (
    EVENTS,
    CharterAmended,
    PhaseClosed,
    PhaseOpened,
    ProcessCancelled,
    ProcessCompleted,
    ProcessOpened,
)

GOLDEN = Path(__file__).parent / "golden"
CHARTER = {"comitia": 1, "name": "budget", "phases": [{"allows": ["submit"], "name": "ideas", "next": None}]}

EXAMPLES: tuple[Event, ...] = (
    ProcessOpened(
        process_id="budget-2026",
        title="Budget participatif 2026",
        organiser="Département",
        charter=CHARTER,
        charter_hash="6a" * 32,
    ),
    PhaseOpened(phase="ideas", trigger="date", due="2026-12-01T00:00:00.000000Z"),
    PhaseClosed(phase="ideas", trigger="command", due=None),
    CharterAmended(
        charter=CHARTER,
        charter_hash="7b" * 32,
        previous_hash="6a" * 32,
        changed=("/phases/ideas/closes",),
        reason="more time for ideas",
        authority="assembly of 22 November 2026",
    ),
    ProcessCancelled(reason="no money", authority="assembly of 22 November 2026"),
    ProcessCompleted(),
)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.TYPE)
def test_an_event_has_the_bytes_it_always_had(event: Event) -> None:
    golden = (GOLDEN / f"{event.TYPE}.v{event.SCHEMA}.json").read_bytes()
    assert event.payload() == golden
    assert type(event).model_validate_json(golden) == event


def test_every_event_in_the_catalogue_has_a_golden_file_and_no_file_is_left_over() -> None:
    files = {path.name for path in GOLDEN.glob("processes.*.json")}
    assert files == {f"{event.TYPE}.v{event.SCHEMA}.json" for event in EVENTS.values()}
    assert {event.TYPE for event in EXAMPLES} == set(EVENTS)
