"""A sealed box that was counted is a chamber's vote, and that of the chambers derived from it; or it is a chamber's opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from chambers.domain.case import Case
from chambers.domain.deciding import follow_up
from chambers.domain.events import AdviceGiven, ChamberCounted
from chambers.domain.motions import AskedMotion, Question
from chambers.domain.values import Counts, UnitCount
from kernel.events import Event
from rules.charter import Chamber
from rules.decisions import Decision, VoteCount, advice_rules, chambers_of, derive_units, opinion, unit_vote


@dataclass(frozen=True, slots=True)
class BoxTallied:
    """What the ballots service counted in a motion's box: weights, heads, and each unit that had a voter."""

    process_id: str
    motion: str
    box: str
    count: VoteCount
    units: Mapping[str, VoteCount]


def count_the_box(case: Case, tallied: BoxTallied, at: datetime) -> tuple[Event, ...]:
    """The chamber's answer and what it leads to; nothing where the question is answered, or the motion has ended."""
    motion, decision = case.state, case.decision()
    if not isinstance(motion, AskedMotion) or decision is None:
        return ()
    question = motion.question_in(tallied.box)
    if question is None or motion.answered(question):
        return ()
    count = _with_the_roll(case, question, tallied.count)
    if question.kind == "advice":
        answers = _advice(case, question, count, decision)
    else:
        answers = _votes(case, question, count, tallied.units, decision)
    return follow_up(case, answers, at) if answers else ()


def _with_the_roll(case: Case, question: Question, count: VoteCount) -> VoteCount:
    """The count, with the weight and heads of the whole roll, or of the electorate that the charter declares; else 0."""
    roll, chamber = case.frozen_for(question), case.charter.chamber(question.chamber)
    if roll is not None:
        return replace(count, members=roll.weight, heads_members=roll.members)
    electorate = 0 if chamber is None else chamber.electorate or 0
    return replace(count, members=Fraction(electorate), heads_members=electorate)


def _advice(case: Case, question: Question, count: VoteCount, decision: Decision) -> tuple[Event, ...]:
    rule = advice_rules(decision).get(question.chamber)
    if rule is None or question.box is None:
        return ()
    given = opinion(rule, count).opinion.value
    return (AdviceGiven(motion=case.motion, chamber=question.chamber, opinion=given, box=question.box),)


def _votes(
    case: Case, question: Question, count: VoteCount, units: Mapping[str, VoteCount], decision: Decision
) -> tuple[Event, ...]:
    answers: list[Event] = [_counted(case, question, question.chamber, count, None)]
    for name in chambers_of(decision):
        chamber = case.charter.chamber(name)
        if chamber is not None and chamber.derived is not None and chamber.derived.source == question.chamber:
            answers.append(_derived(case, question, chamber, units))
    return tuple(answers)


def _derived(case: Case, question: Question, chamber: Chamber, voters: Mapping[str, VoteCount]) -> ChamberCounted:
    equality = chamber.derived.equality if chamber.derived is not None else "no"
    units = case.charter.units_of(chamber.name)
    shown = {
        unit.code: UnitCount(yes=count.yes, no=count.no, vote=unit_vote(count, equality))
        for unit in units
        if (count := voters.get(unit.code)) is not None
    }
    return _counted(case, question, chamber.name, derive_units(units, voters, equality), shown)


def _counted(
    case: Case, question: Question, chamber: str, count: VoteCount, units: Mapping[str, UnitCount] | None
) -> ChamberCounted:
    counts = Counts(**{name: getattr(count, name) for name in Counts.model_fields})
    box = question.box or ""
    return ChamberCounted(
        motion=case.motion, chamber=chamber, round=question.round, box=box, counts=counts, units=units
    )
