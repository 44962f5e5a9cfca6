"""What each event makes of a process; an event that cannot follow means a broken log."""

from __future__ import annotations

from typing import Any

from kernel.events import Event
from kernel.refusal import Refused
from processes.domain.events import (
    CharterAmended,
    PhaseClosed,
    PhaseOpened,
    ProcessCancelled,
    ProcessCompleted,
    ProcessOpened,
)
from processes.domain.states import Cancelled, Completed, Course, Known, Open, PhaseStatus, ProcessState, Unopened
from rules.charter import Action, Charter, parse_charter

UNOPENED: ProcessState = Unopened()
VOTING = frozenset({Action.VOTE, Action.MOVE})


def evolve(state: ProcessState, event: Event) -> Known:
    """The process after `event`; raises `ValueError` where the event cannot follow."""
    match state, event:
        case Unopened(), ProcessOpened():
            return Open(course=_begin(event))
        case Open(), PhaseOpened():
            return Open(course=_mark(state.course, event.phase, "open"))
        case Open(), PhaseClosed():
            return Open(course=_mark(state.course, event.phase, "closed"))
        case Open(), CharterAmended():
            return Open(course=_amend(state.course, event))
        case Open(), ProcessCompleted():
            return Completed(course=state.course)
        case Open(), ProcessCancelled():
            return Cancelled(course=state.course, reason=event.reason, authority=event.authority)
    raise ValueError(f"{event.TYPE} cannot follow on a process that is {state.status}: the log is damaged")


def _begin(event: ProcessOpened) -> Course:
    charter = _read(event.charter)
    return Course(
        process_id=event.process_id,
        title=event.title,
        organiser=event.organiser,
        charter=charter,
        charter_hash=event.charter_hash,
        phases={phase.name: "waiting" for phase in charter.phases},
    )


def _mark(course: Course, phase: str, status: PhaseStatus) -> Course:
    return _note_voting(course.model_copy(update={"phases": {**course.phases, phase: status}}))


def _amend(course: Course, event: CharterAmended) -> Course:
    charter = _read(event.charter)
    phases: dict[str, PhaseStatus] = {each.name: course.phases.get(each.name, "waiting") for each in charter.phases}
    changed = {
        "charter": charter,
        "charter_hash": event.charter_hash,
        "phases": phases,
        "amendments": course.amendments + 1,
    }
    return _note_voting(course.model_copy(update=changed))


def _note_voting(course: Course) -> Course:
    """Where the open phase is the first that lets votes be asked for or cast, it stays so, whatever is amended later."""
    phase = course.phase
    if course.voting is not None or phase is None or not (phase.votes or VOTING & set(phase.allows)):
        return course
    return course.model_copy(update={"voting": phase.name})


def _read(written: dict[str, Any]) -> Charter:
    charter = parse_charter(written)
    if isinstance(charter, Refused):
        raise ValueError(f"the log holds a charter that this version of Comitia cannot read: {charter}")
    return charter
