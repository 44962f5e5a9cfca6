"""A member of the body may object once, giving a reason, from when objections are asked for until the window closes."""

from __future__ import annotations

from datetime import datetime

from chambers.domain.case import Case, awaiting_answers
from chambers.domain.commands import RaiseObjection
from chambers.domain.deciding import follow_up
from chambers.domain.events import ObjectionRaised
from chambers.domain.motions import AskedMotion, Question
from kernel.events import Event
from kernel.instants import show_instant
from kernel.refusal import Kind, Refused


def raise_objection(case: Case, command: RaiseObjection, at: datetime) -> tuple[Event, ...] | Refused:
    """The objection and what it leads to."""
    motion = awaiting_answers(case)
    if isinstance(motion, Refused):
        return motion
    question = motion.question_to(command.chamber, "objections")
    if question is None:
        say = "this chamber was not asked for objections; see GetMotion for what is awaited"
        return Refused("objections_not_asked", say=say, motion=command.motion, chamber=command.chamber)
    refused = _too_late(motion, question, at) or _not_in_the_body(case, question, command)
    if refused is not None:
        return refused
    if motion.objection_of(command.chamber, command.member) is not None:
        say = "this member has objected already; one objection counts"
        return Refused("objection_raised", kind=Kind.EXISTS, say=say, motion=command.motion, member=command.member)
    return follow_up(case, (ObjectionRaised(**command.told()),), at)


def _too_late(motion: AskedMotion, question: Question, at: datetime) -> Refused | None:
    if not motion.answered(question) and (question.deadline is None or at < question.deadline):
        return None
    deadline = "" if question.deadline is None else show_instant(question.deadline)
    say = "the window to object has closed; what was adopted stands, and may be moved against afresh"
    return Refused("window_closed", say=say, chamber=question.chamber, deadline=deadline, now=show_instant(at))


def _not_in_the_body(case: Case, question: Question, command: RaiseObjection) -> Refused | None:
    roll = case.frozen_for(question)
    if roll is not None and roll.elector(command.member) is not None:
        return None
    say = "only members in office when objections were asked for may object"
    members = 0 if roll is None else roll.members
    return Refused(
        "not_on_the_roll", kind=Kind.DENIED, say=say, member=command.member, chamber=command.chamber, members=members
    )
