"""One phase is open at a time, in the charter's order, not before its date; closing the last completes the process."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime

from kernel.events import Event
from kernel.ids import Name
from kernel.instants import show_instant
from kernel.refusal import Kind, Refused
from processes.domain.command import Command, refuse_unless_open
from processes.domain.events import PhaseClosed, PhaseOpened, ProcessCompleted, Trigger
from processes.domain.states import Course, ProcessState
from rules.charter import Phase


class OpenPhase(Command):
    phase: Name
    at: datetime


class ClosePhase(Command):
    phase: Name
    at: datetime


def open_phase(state: ProcessState, command: OpenPhase, published: AbstractSet[str]) -> tuple[Event, ...] | Refused:
    """`published` names the matters whose shortlist is published."""
    process = refuse_unless_open(state, command.process_id)
    if isinstance(process, Refused):
        return process
    phase = process.course.charter.phase(command.phase)
    if phase is None:
        return _unknown_phase(process.course, command.phase)
    refused = (
        _refuse_out_of_turn(process.course, phase)
        or _refuse_early(phase, "opens", phase.opens_at(), command.at)
        or refuse_without_shortlist(phase, published)
    )
    return refused or opening(phase, "command", None)


def close_phase(state: ProcessState, command: ClosePhase) -> tuple[Event, ...] | Refused:
    process = refuse_unless_open(state, command.process_id)
    if isinstance(process, Refused):
        return process
    phase = process.course.charter.phase(command.phase)
    if phase is None:
        return _unknown_phase(process.course, command.phase)
    refused = _refuse_not_open(process.course, phase) or _refuse_early(phase, "closes", phase.closes_at(), command.at)
    return refused or closing(phase, "command", None)


def opening(phase: Phase, trigger: Trigger, due: datetime | None) -> tuple[Event, ...]:
    return (PhaseOpened(phase=phase.name, trigger=trigger, due=show_instant(due) if due else None),)


def closing(phase: Phase, trigger: Trigger, due: datetime | None) -> tuple[Event, ...]:
    closed = PhaseClosed(phase=phase.name, trigger=trigger, due=show_instant(due) if due else None)
    return (closed,) if phase.next else (closed, ProcessCompleted())


def refuse_without_shortlist(phase: Phase, published: AbstractSet[str]) -> Refused | None:
    """Nobody can vote on what is not yet known: the matter's shortlist comes first."""
    if phase.votes is None or phase.votes in published:
        return None
    said = "what will be voted on is not known yet; publish the shortlist of the matter first"
    return Refused("shortlist_not_published", say=said, phase=phase.name, matter=phase.votes)


def _refuse_out_of_turn(course: Course, phase: Phase) -> Refused | None:
    standing = course.phases[phase.name]
    if standing != "waiting":
        said = "a phase opens once, and this one did; phases that wait can be opened in their order"
        return Refused(f"phase_already_{standing}", say=said, phase=phase.name)
    if course.phase is not None:
        said = f"one phase is open at a time; close {course.phase.name!r} first"
        return Refused("another_phase_is_open", say=said, phase=phase.name, open=course.phase.name)
    following = course.next_phase()
    if following is not None and following.name != phase.name:
        said = f"phases follow one another as the charter says; open {following.name!r} next"
        return Refused("phase_out_of_order", say=said, phase=phase.name, expected=following.name)
    return None


def _refuse_not_open(course: Course, phase: Phase) -> Refused | None:
    if course.phases[phase.name] == "open":
        return None
    now = course.phase.name if course.phase else None
    said = f"only the open phase can be closed; open now: {now or 'none'}"
    return Refused("phase_not_open", say=said, phase=phase.name, status=course.phases[phase.name], open=now)


def _refuse_early(phase: Phase, edge: str, due: datetime | None, at: datetime) -> Refused | None:
    if due is None or at >= due:
        return None
    said = f"the charter fixes when this phase {edge}; it does so by itself then, unless the charter is amended"
    return Refused("phase_not_due", say=said, phase=phase.name, due=show_instant(due), now=show_instant(at))


def _unknown_phase(course: Course, name: str) -> Refused:
    phases = ", ".join(each.name for each in course.path())
    said = f"the charter has no such phase; it has: {phases}"
    return Refused("unknown_phase", kind=Kind.NOT_FOUND, say=said, phase=name, phases=phases)
