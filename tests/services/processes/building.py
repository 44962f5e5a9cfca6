"""A charter and the events and commands of one process, with every field that a test does not care about filled in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from kernel.events import Event
from processes.domain.amendment import AmendCharter
from processes.domain.cancellation import CancelProcess
from processes.domain.events import (
    CharterAmended,
    PhaseClosed,
    PhaseOpened,
    ProcessCancelled,
    ProcessCompleted,
    ProcessOpened,
)
from processes.domain.opening import OpenProcess
from processes.domain.phases import ClosePhase, OpenPhase
from rules.charter import Charter, charter_hash, load_charter

PROCESS = "budget-2026"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

CHARTER = """\
comitia: 1
name: budget
title: A budget
phases:
  - {name: ideas, title: Ideas, allows: [submit, revise], next: vote}
  - {name: vote, title: Vote, allows: [vote], votes: projects, next: delivery}
  - {name: delivery, title: Delivery, allows: [deliver], next: null}
chambers:
  - {name: residents, title: Residents}
matters:
  - name: projects
    title: Which projects
    kind: selection
    chamber: residents
    ballot: {form: approval, min: 1, max: 3, revisable: true, secrecy: pseudonymous}
    allocation: {rule: greedy, budget: 1800000, currency: EUR, tie_break: [lower_cost, lot]}
amendment:
  allows: [/title, /phases, "/phases/**", "/matters/**", "/chambers/**"]
"""

ENDLESS = CHARTER.replace(
    "matters:\n",
    """matters:
  - name: advice
    title: What the sites think
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {advice: {chamber: sites, deadline: P1D, silence: none}}
""",
).replace(
    "  - {name: residents, title: Residents}\n",
    """  - {name: residents, title: Residents}
  - {name: sites, title: Sites, derived: {from: residents}, units: [{code: north}]}
""",
)
"""A charter with a matter of which no motion could ever be held."""

DATED = (
    CHARTER.replace("title: Ideas,", "title: Ideas, opens: 2026-12-01, closes: 2026-12-10,")
    .replace("title: Vote,", "title: Vote, opens: 2026-12-11, closes: 2026-12-20,")
    .replace("title: Delivery,", "title: Delivery, closes: 2027-06-30,")
)
"""Ideas from 1 to 10 December, the vote from 11 to 20, delivery when somebody opens it until the end of June."""

Change = Callable[[str], str]


def charter(text: str = CHARTER) -> Charter:
    """The charter of `text`, which must be valid."""
    found = load_charter(text)
    assert isinstance(found, Charter), found
    return found


def opened(text: str = CHARTER) -> ProcessOpened:
    rules = charter(text)
    return ProcessOpened(
        process_id=PROCESS,
        title="Budget 2026",
        organiser="The council",
        charter=rules.to_json(),
        charter_hash=charter_hash(rules),
    )


def amended(before: str, after: str, *changed: str) -> CharterAmended:
    rules = charter(after)
    return CharterAmended(
        charter=rules.to_json(),
        charter_hash=charter_hash(rules),
        previous_hash=charter_hash(charter(before)),
        changed=changed,
        reason="more time",
        authority="the council",
    )


def phase_opened(phase: str, due: str | None = None) -> PhaseOpened:
    return PhaseOpened(phase=phase, trigger="date" if due else "command", due=due)


def phase_closed(phase: str, due: str | None = None) -> PhaseClosed:
    return PhaseClosed(phase=phase, trigger="date" if due else "command", due=due)


def passed(*phases: str) -> tuple[Event, ...]:
    """Each phase opened and closed by command."""
    return tuple(event for phase in phases for event in (phase_opened(phase), phase_closed(phase)))


cancelled = ProcessCancelled(reason="no money", authority="the council")
completed = ProcessCompleted()


def open_process(**changes: Any) -> OpenProcess:
    told = {"process_id": PROCESS, "title": "Budget 2026", "organiser": "The council", "charter_yaml": CHARTER}
    return OpenProcess(**(told | changes))


def open_phase(phase: str, at: datetime = NOON) -> OpenPhase:
    return OpenPhase(process_id=PROCESS, phase=phase, at=at)


def close_phase(phase: str, at: datetime = NOON) -> ClosePhase:
    return ClosePhase(process_id=PROCESS, phase=phase, at=at)


def amend(text: str) -> AmendCharter:
    return AmendCharter(process_id=PROCESS, charter_yaml=text, reason="more time", authority="the council")


def cancel() -> CancelProcess:
    return CancelProcess(process_id=PROCESS, reason="no money", authority="the council")
