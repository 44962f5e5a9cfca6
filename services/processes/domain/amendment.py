"""A charter is amended only where it allows it, never for what has begun, nor for how votes already asked for count."""

from __future__ import annotations

from kernel.events import Event
from kernel.refusal import Refused
from processes.domain.command import Command, refuse_unless_open
from processes.domain.events import CharterAmended
from processes.domain.evolution import evolve
from processes.domain.states import Course, PhaseStatus, ProcessState
from processes.domain.texts import Reason
from rules.amendment import check_amendment
from rules.carrying import what_never_ends
from rules.charter import Phase, charter_hash, load_charter


class AmendCharter(Command):
    charter_yaml: str
    reason: Reason
    authority: Reason


def amend(state: ProcessState, command: AmendCharter) -> tuple[Event, ...] | Refused:
    process = refuse_unless_open(state, command.process_id)
    if isinstance(process, Refused):
        return process
    course, charter = process.course, load_charter(command.charter_yaml)
    if isinstance(charter, Refused):
        return charter
    changed = check_amendment(course.charter, charter)
    if isinstance(changed, Refused):
        return changed
    endless = what_never_ends(charter)
    if endless is not None and what_never_ends(course.charter) is None:
        return endless
    amended = CharterAmended(
        charter=charter.to_json(),
        charter_hash=charter_hash(charter),
        previous_hash=course.charter_hash,
        changed=tuple(changed),
        reason=command.reason,
        authority=command.authority,
    )
    after = evolve(process, amended).course
    return _refuse_rewriting_the_past(course, after) or _refuse_changing_votes(course, after) or (amended,)


def _refuse_rewriting_the_past(before: Course, after: Course) -> Refused | None:
    """Closed phases stay as they were and lead on to a phase still to come; the open one stays where it is."""
    path = after.path()
    for place, phase in enumerate(before.path()):
        standing = before.phases[phase.name]
        found = path[place] if place < len(path) else None
        if standing != "waiting" and not _still(phase, found, standing):
            said = "what has begun stays as it was; amend only phases that are still to come"
            return Refused("amendment_rewrites_the_past", say=said, phase=phase.name, status=standing)
    if after.phase is None and after.next_phase() is None:
        said = "the charter would end without a last phase to close; keep one, or cancel the process"
        return Refused("amendment_leaves_no_phase", say=said, phases_left=0, needed=1)
    return None


def _still(before: Phase, after: Phase | None, standing: PhaseStatus) -> bool:
    if after is None:
        return False
    if standing == "open":
        return (after.name, after.votes) == (before.name, before.votes)
    return after.model_copy(update={"next": before.next}) == before


def _refuse_changing_votes(before: Course, after: Course) -> Refused | None:
    """Once votes could be asked for or cast, who votes on what and how it is counted stays as it was."""
    parts = ("chambers", "matters")
    changed = ", ".join(part for part in parts if getattr(before.charter, part) != getattr(after.charter, part))
    if before.voting is None or not changed:
        return None
    said = "voting has begun: chambers and matters stay as they were; open another process for other rules"
    return Refused("amendment_after_voting_began", say=said, changed=changed, phase=before.voting)
