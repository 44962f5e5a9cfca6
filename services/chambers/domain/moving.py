"""A motion is moved under a matter decided by motion, put to its chambers, and may be withdrawn until it is decided."""

from __future__ import annotations

from datetime import datetime

from chambers.domain.case import Case, ended, unknown_motion
from chambers.domain.commands import ProposeMotion, PutMotion, WithdrawMotion
from chambers.domain.deciding import advance, standing
from chambers.domain.events import MotionProposed, MotionWithdrawn
from chambers.domain.motions import AskedMotion, NoMotion, ProposedMotion
from kernel.events import Event
from kernel.refusal import Kind, Refused
from rules.carrying import what_cannot_be_carried
from rules.charter import Charter, Matter

MAX_BOX_NAME = 128
LONGEST_ENDING = len(".99999.objections")


def propose(case: Case, command: ProposeMotion) -> tuple[Event, ...] | Refused:
    """The motion moved; refused when its id is taken or its matter cannot be decided by a motion."""
    if not isinstance(case.state, NoMotion):
        say = "this id is another motion's; choose another id"
        return Refused("motion_exists", kind=Kind.EXISTS, say=say, motion=command.motion)
    matter = _decided_by_motion(case.charter, command.matter)
    if isinstance(matter, Refused):
        return matter
    refused = _refuse_name(case.charter, command.motion) or what_cannot_be_carried(case.charter, matter)
    return refused or (MotionProposed(**command.told()),)


def put(case: Case, command: PutMotion, at: datetime) -> tuple[Event, ...] | Refused:
    """Ask what the decision asks next; refused when a roll cannot be frozen, or everything is asked already."""
    state = case.state
    if isinstance(state, NoMotion):
        return unknown_motion(command.motion)
    if not isinstance(state, (ProposedMotion, AskedMotion)):
        return ended(case)
    motion = state if isinstance(state, AskedMotion) else AskedMotion(state)
    matter = _decided_by_motion(case.charter, motion.proposed.matter)
    if isinstance(matter, Refused):
        return matter
    decision = case.decision()
    step = advance(case, motion, decision, at) if decision is not None else None
    if step is not None and step.refused is not None:
        return step.refused
    if step is not None and step.events:
        return step.events
    asks = standing(case, motion, decision).asks if decision is not None else ()
    awaited = ", ".join(f"{ask.chamber}: {ask.kind}" for ask in asks)
    say = "the motion was put already; it waits for its chambers"
    return Refused("motion_already_put", say=say, motion=command.motion, awaited=awaited)


def withdraw(case: Case, command: WithdrawMotion) -> tuple[Event, ...] | Refused:
    """The motion taken back, whoever has answered so far; refused once it is decided."""
    if isinstance(case.state, NoMotion):
        return unknown_motion(command.motion)
    if not isinstance(case.state, (ProposedMotion, AskedMotion)):
        return ended(case)
    return (MotionWithdrawn(**command.told()),)


def _decided_by_motion(charter: Charter, name: str) -> Matter | Refused:
    matter = charter.matter(name)
    motions = ", ".join(each.name for each in charter.matters if each.kind == "motion") or "none"
    if matter is None:
        say = "the charter has no such matter; name one that is decided by motion"
        return Refused("unknown_matter", kind=Kind.NOT_FOUND, say=say, matter=name, motions=motions)
    if matter.decision is None:
        say = "this matter is a selection among proposals; name one that is decided by motion"
        return Refused("matter_is_not_a_motion", say=say, matter=name, matter_kind=matter.kind, motions=motions)
    return matter


def _refuse_name(charter: Charter, motion: str) -> Refused | None:
    """A motion's boxes are named `motion.chamber.round`: short enough, and no two motions' alike."""
    longest = max((len(each.name) for each in charter.chambers), default=0)
    limit = MAX_BOX_NAME - longest - 1 - LONGEST_ENDING
    if len(motion) > limit:
        say = "the names of its boxes would be too long; choose a shorter id"
        return Refused("motion_name_too_long", kind=Kind.INVALID, say=say, length=len(motion), maximum=limit)
    dotted = next((each.name for each in charter.chambers if "." in each.name), None)
    if dotted is not None and "." in motion:
        say = "a chamber of this charter has a dot in its name, so the id of a motion may have none"
        return Refused("motion_name_with_dot", kind=Kind.INVALID, say=say, motion=motion, chamber=dotted)
    return None
