"""After each answer the decision is evaluated again: it asks what it needs next, each thing once, or it has its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import cast

from chambers.domain.case import Case, electorate_name
from chambers.domain.events import ChamberAsked, MotionDecided, RollFrozen
from chambers.domain.evidence import gather
from chambers.domain.freezing import freeze
from chambers.domain.motions import AskedMotion, Question
from chambers.domain.rolls import electors
from chambers.domain.values import QuestionKind
from kernel.events import Event
from kernel.instants import add_duration
from kernel.refusal import Refused
from rules.charter import Chamber, Charter
from rules.decisions import Ask, Consent, Decision, Outcome, Status, evaluate, parts

KINDS: Mapping[str, QuestionKind] = MappingProxyType(
    {"vote": "vote", "advice": "advice", "objection_window": "objections"}
)
"""What the rules ask for, and the question it becomes. A casting vote is asked for by the tie itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """What follows, in the order of the log; `refused` is why something that should be asked cannot be asked now."""

    events: tuple[Event, ...] = ()
    refused: Refused | None = None


def standing(case: Case, motion: AskedMotion, decision: Decision) -> Outcome:
    """Where the decision stands on what its chambers have said so far."""
    return evaluate(decision, gather(case, motion))


def advance(case: Case, motion: AskedMotion, decision: Decision, at: datetime) -> Step:
    """Decide the motion, or ask what the decision asks next."""
    outcome = standing(case, motion, decision)
    if outcome.status is not Status.PENDING:
        return Step((_decided(case, motion, outcome),))
    return _ask_next(case, motion, outcome, at) if case.may_ask else Step()


def follow_up(case: Case, answers: tuple[Event, ...], at: datetime) -> tuple[Event, ...]:
    """The answers and what they lead to. What cannot be asked now is asked when the motion is put again."""
    answered = case.after(*answers)
    decision = answered.decision()
    if decision is None or not isinstance(answered.state, AskedMotion):
        return answers
    return in_order((*answers, *advance(answered, answered.state, decision, at).events))


def in_order(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Rolls are frozen before anything is asked of them."""
    return tuple(sorted(events, key=lambda event: not isinstance(event, RollFrozen)))


def _decided(case: Case, motion: AskedMotion, outcome: Outcome) -> MotionDecided:
    told = outcome.to_json()
    return MotionDecided(
        motion=case.motion,
        matter=motion.proposed.matter,
        outcome=told["outcome"],
        reasons=tuple(told["reasons"]),
        chambers=told["chambers"],
    )


def _ask_next(case: Case, motion: AskedMotion, outcome: Outcome, at: datetime) -> Step:
    events: list[Event] = []
    known = {(each.chamber, each.kind, each.round) for each in motion.asked}
    boxes = {each.box for each in motion.asked} | {matter.name for matter in case.charter.matters}
    refused: Refused | None = None
    for ask in outcome.asks:
        chamber = asked_chamber(case.charter, ask)
        if chamber is None or (chamber.name, KINDS[ask.kind], ask.round) in known:
            continue
        question = _question(case.motion, chamber, ask, boxes, at)
        known.add((question.chamber, question.kind, question.round))
        boxes.add(question.box)
        frozen = _electorate(case, chamber, question, at)
        if isinstance(frozen, Refused):
            refused = refused or frozen
            continue
        events += [*frozen, ChamberAsked(motion=case.motion, **dict(question))]
    return Step(in_order(tuple(events)), refused)


def asked_chamber(charter: Charter, ask: Ask) -> Chamber | None:
    """Whose members are asked: those of the chamber, or of the one that it is derived from; None for no such question."""
    return charter.root_chamber(ask.chamber) if ask.kind in KINDS else None


def _question(motion: str, chamber: Chamber, ask: Ask, boxes: set[str | None], at: datetime) -> Question:
    kind = KINDS[ask.kind]
    box = f"{motion}.{chamber.name}.{ask.round}"
    if box in boxes:
        box = f"{box}.{kind}"
    return Question(
        chamber=chamber.name,
        kind=kind,
        round=ask.round,
        box=None if kind == "objections" else box,
        deadline=None if ask.deadline is None else add_duration(at.astimezone(UTC), ask.deadline),
    )


def _electorate(case: Case, chamber: Chamber, question: Question, at: datetime) -> tuple[Event, ...] | Refused:
    """The roll frozen for the question; nothing where electors are only counted."""
    if chamber.electors != "enrolled":
        return ()
    name = electorate_name(case.motion, question)
    vacant = _refuse_without_tester(case, chamber, question, at.astimezone(UTC).date())
    if vacant is not None:
        return vacant
    frozen = freeze(case.rolls[chamber.name], chamber, name, at.astimezone(UTC).date())
    return frozen if isinstance(frozen, Refused) else (cast("Event", frozen),)


def _refuse_without_tester(case: Case, chamber: Chamber, question: Question, on: date) -> Refused | None:
    """Objections are asked for only where somebody may test them; else one that is raised would never be settled."""
    decision = case.decision()
    if question.kind != "objections" or decision is None:
        return None
    for part in parts(decision):
        role = part.consent.tester if isinstance(part, Consent) and part.consent.chamber == chamber.name else None
        sitting = electors(case.rolls[chamber.name].members, on)
        if role is not None and not any(role in each.roles for each in sitting):
            say = "somebody on the roll must hold the role that tests objections; give it to a member, then put the motion"
            return Refused("role_vacant", say=say, chamber=chamber.name, role=role, on=on.isoformat())
    return None
