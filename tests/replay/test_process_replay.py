"""The replay of a process's own steps: dates bind, and what has begun is not amended."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from kernel import canonical
from kernel.records import Record
from replay.replay import Replay
from rules import templates
from rules.charter import Charter, load_charter

LATE = "2026-11-30T00:00:00.000000Z"


def budget(**phases: dict[str, Any]) -> dict[str, Any]:
    """The départemental budget's charter as the log holds it, with fields of some phases changed."""
    charter = load_charter(templates.text("departmental-budget"))
    assert isinstance(charter, Charter)
    written = charter.to_json()
    for phase in written["phases"]:
        phase.update(phases.get(phase["name"], {}))
    return written


def replayed(*events: tuple[str, dict[str, Any]], charter: dict[str, Any], at: str = LATE) -> list[str]:
    """What the replay says of a process opened under a charter, then these events, all recorded at one instant."""
    opened = {"process_id": "p", "title": "t", "organiser": "o", "charter": charter, "charter_hash": digest(charter)}
    replay = Replay()
    for index, (type_, data) in enumerate([("processes.ProcessOpened", opened), *events]):
        replay.apply(
            Record(
                process_id="p",
                stream_id="processes/p",
                stream_version=index + 1,
                event_id=str(index),
                type=type_,
                schema=1,
                actor="a",
                correlation_id="c",
                causation_id=None,
                traceparent=None,
                payload=canonical.dumps(data),
                salt=bytes(32),
                position=index + 1,
                process_index=index,
                recorded_at=at,
            )
        )
    return [finding.sentence() for check in replay.findings.checks.values() for finding in check.findings]


def digest(charter: dict[str, Any]) -> str:
    return hashlib.sha256(canonical.dumps(charter)).hexdigest()


def opens(phase: str, trigger: str = "command", due: str | None = None) -> tuple[str, dict[str, Any]]:
    return "processes.PhaseOpened", {"phase": phase, "trigger": trigger, "due": due}


def closes(phase: str) -> tuple[str, dict[str, Any]]:
    return "processes.PhaseClosed", {"phase": phase, "trigger": "command", "due": None}


PUBLISHED = ("proposals.ShortlistPublished", {"matter": "projects", "options": []})
MIDNIGHT = "2026-11-30T00:00:00.000000Z"

DATES: dict[str, tuple[str, str, str | None, list[str]]] = {
    "an hour before its date": (
        "2026-11-29T23:00:00.000000Z",
        "command",
        None,
        [f"phases: event 1: recorded_at: expected not before {MIDNIGHT}, found 2026-11-29T23:00:00.000000Z"],
    ),
    "at the first instant of its date, by command": (MIDNIGHT, "command", None, []),
    "at the first instant of its date, by the date": (MIDNIGHT, "date", MIDNIGHT, []),
    "by another date": (
        MIDNIGHT,
        "date",
        "2026-11-29T00:00:00.000000Z",
        [f"phases: event 1: due: expected {MIDNIGHT}, found 2026-11-29T00:00:00.000000Z"],
    ),
    "by command, with a date": (
        MIDNIGHT,
        "command",
        MIDNIGHT,
        [f"phases: event 1: due: expected None, found {MIDNIGHT}"],
    ),
}


@pytest.mark.parametrize(("at", "trigger", "due", "found"), DATES.values(), ids=DATES.keys())
def test_a_phase_opens_no_earlier_than_its_date(at: str, trigger: str, due: str | None, found: list[str]) -> None:
    charter = budget(ideas={"opens": "2026-11-30"})
    assert replayed(opens("ideas", trigger, due), charter=charter, at=at) == found


def amended(before: dict[str, Any], after: dict[str, Any], *changed: str) -> tuple[str, dict[str, Any]]:
    data = {"charter": after, "charter_hash": digest(after), "previous_hash": digest(before), "changed": list(changed)}
    return "processes.CharterAmended", data | {"reason": "r", "authority": "a"}


def with_budget(charter: dict[str, Any], amount: str) -> dict[str, Any]:
    matter = charter["matters"][0]
    return charter | {"matters": [matter | {"allocation": matter["allocation"] | {"budget": amount}}]}


BUDGET = "/matters/projects/allocation/budget"


def test_the_budget_may_be_amended_until_voting_begins_and_not_after() -> None:
    before = budget()
    after = with_budget(before, "1900000")
    start = [opens("ideas"), closes("ideas"), opens("review"), PUBLISHED, closes("review")]
    early = replayed(*start, amended(before, after, BUDGET), opens("vote"), charter=before)
    late = replayed(*start, opens("vote"), amended(before, after, BUDGET), charter=before)
    assert early == []
    assert late == ["charter: event 7: matters[0].allocation.budget: expected 1800000, found 1900000"]


def test_voting_has_begun_also_where_the_open_phase_no_longer_allows_it() -> None:
    moving = budget(ideas={"allows": ["submit", "move"]}) | {"amendment": {"allows": ["/phases/**", "/matters/**"]}}
    silent = moving | {"phases": budget(ideas={"allows": ["submit"]})["phases"]}
    after = with_budget(silent, "1900000")
    fewer = amended(moving, silent, "/phases/ideas/allows")
    late = replayed(opens("ideas"), fewer, amended(silent, after, BUDGET), charter=moving)
    assert late == ["charter: event 3: matters[0].allocation.budget: expected 1800000, found 1900000"]
    early = replayed(fewer, opens("ideas"), amended(silent, after, BUDGET), charter=moving)
    assert early == []


def test_a_motion_is_withdrawn_only_while_motions_may_be_moved() -> None:
    found = load_charter(templates.text("bicameral-firm"))
    assert isinstance(found, Charter)
    charter = found.to_json()
    proposed = (
        "chambers.MotionProposed",
        {"motion": "m1", "matter": "government", "title": "t", "text": "", "mover": "a"},
    )
    withdrawn = ("chambers.MotionWithdrawn", {"motion": "m1", "reason": "a mistake"})
    opened, closed = opens("decisions"), closes("decisions")
    assert replayed(opened, proposed, withdrawn, closed, charter=charter) == []
    late = replayed(opened, proposed, closed, withdrawn, charter=charter)
    assert late == ["decisions: event 4: phase: expected one that allows move, found none open"]


def test_a_vote_does_not_open_before_its_shortlist_is_published() -> None:
    steps = [opens("ideas"), closes("ideas"), opens("review"), closes("review"), opens("vote")]
    found = replayed(*steps, charter=budget())
    assert found == ["phases: event 5: shortlist: expected of projects, published before, found (nothing)"]
