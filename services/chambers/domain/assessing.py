"""An objection is tested once, against every criterion, by the holder of the declared role, while the decision waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chambers.domain.case import Case, awaiting_answers
from chambers.domain.casting import refuse_unless_holder
from chambers.domain.commands import TestObjection
from chambers.domain.deciding import follow_up, standing
from chambers.domain.events import ObjectionTested
from chambers.domain.motions import AskedMotion
from chambers.domain.values import Criterion
from kernel.events import Event
from kernel.refusal import Kind, Refused
from rules.decisions import Consent, Decision, parts

TESTED_BY = "an objection is tested by the holder of the role, as the roll stood when objections were asked for"


def assess(case: Case, command: TestObjection, at: datetime) -> tuple[Event, ...] | Refused:
    """The test and what it leads to: a standing objection rejects; the motion is adopted once none can stand."""
    motion, decision = awaiting_answers(case), case.decision()
    if isinstance(motion, Refused):
        return motion
    refused = _refuse_unless_open(motion, command)
    if refused is not None:
        return refused
    asks = standing(case, motion, decision).asks if decision is not None else ()
    asked = next((each for each in asks if (each.kind, each.chamber) == ("test_objections", command.chamber)), None)
    question = motion.question_to(command.chamber, "objections")
    if decision is None or asked is None or asked.role is None or question is None:
        say = "this decision tests no objections of this chamber; see GetMotion for what is awaited"
        return Refused("test_not_asked", say=say, motion=command.motion, chamber=command.chamber)
    roll = case.frozen_for(question)
    denied = refuse_unless_holder(roll, asked.role, command.tester, command.chamber, TESTED_BY)
    if denied is not None:
        return denied
    found = _in_order(command, tuple(_criteria(decision, command.chamber)))
    if isinstance(found, Refused):
        return found
    tested = ObjectionTested(
        motion=command.motion,
        chamber=command.chamber,
        member=command.member,
        role=asked.role,
        tester=command.tester,
        criteria=found,
        reason=command.reason,
        stands=all(each.met for each in found),
    )
    return follow_up(case, (tested,), at)


def _refuse_unless_open(motion: AskedMotion, command: TestObjection) -> Refused | None:
    objection = motion.objection_of(command.chamber, command.member)
    if objection is None:
        say = "this member raised no objection; see GetMotion for those that were raised"
        told = ", ".join(each.member for each in motion.objections if each.chamber == command.chamber) or "none"
        return Refused("unknown_objection", kind=Kind.NOT_FOUND, say=say, member=command.member, objections=told)
    if objection.tested is None:
        return None
    say = "the objection was tested already; it is tested once"
    return Refused(
        "objection_tested",
        kind=Kind.EXISTS,
        say=say,
        member=command.member,
        by=objection.tested.tester,
        stands=objection.tested.stands,
    )


def _criteria(decision: Decision, chamber: str) -> Iterator[str]:
    for part in parts(decision):
        if isinstance(part, Consent) and part.consent.chamber == chamber:
            yield from part.consent.criteria


def _in_order(command: TestObjection, declared: tuple[str, ...]) -> tuple[Criterion, ...] | Refused:
    """What was found of each declared criterion, in the charter's order."""
    told = {each.criterion: each for each in command.criteria}
    if len(told) == len(command.criteria) and set(told) == set(declared):
        return tuple(told[each] for each in declared)
    say = "say of each criterion of the charter, in its words and once, whether the objection meets it"
    missing = next((each for each in declared if each not in told), "none")
    unknown = next((each for each in told if each not in declared), "none")
    return Refused(
        "criteria_not_as_declared",
        kind=Kind.INVALID,
        say=say,
        declared=len(declared),
        given=len(command.criteria),
        missing=missing,
        unknown=unknown,
    )
