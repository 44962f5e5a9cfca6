"""Silence past a deadline means what the charter says, and a window to object closes; each once, as the log orders it."""

from __future__ import annotations

from datetime import datetime

from chambers.domain.case import Case
from chambers.domain.deciding import follow_up
from chambers.domain.events import AdviceLapsed, ObjectionWindowClosed
from chambers.domain.motions import AskedMotion, Question
from chambers.domain.values import QuestionKind
from kernel.events import Event
from rules.decisions import advice_rules, silence


def lapse_advice(case: Case, chamber: str, at: datetime, *, box_sealed: bool) -> tuple[Event, ...]:
    """The chamber kept silent. A box sealed before is an opinion that is only being counted, and no silence."""
    question, decision = _due(case, chamber, "advice", at), case.decision()
    rule = advice_rules(decision).get(chamber) if decision is not None else None
    if question is None or rule is None or question.deadline is None or box_sealed:
        return ()
    meaning = silence(rule).opinion.value
    lapsed = AdviceLapsed(motion=case.motion, chamber=chamber, deadline=question.deadline, meaning=meaning)
    return follow_up(case, (lapsed,), at)


def box_of_advice(case: Case, chamber: str) -> str | None:
    """The box in which a chamber that was asked for its advice gives it."""
    question = case.state.question_to(chamber, "advice") if isinstance(case.state, AskedMotion) else None
    return None if question is None else question.box


def close_objections(case: Case, chamber: str, at: datetime) -> tuple[Event, ...]:
    """Nobody may object any more."""
    question = _due(case, chamber, "objections", at)
    if question is None or question.deadline is None:
        return ()
    closed = ObjectionWindowClosed(motion=case.motion, chamber=chamber, deadline=question.deadline)
    return follow_up(case, (closed,), at)


def _due(case: Case, chamber: str, kind: QuestionKind, at: datetime) -> Question | None:
    """The unanswered question whose deadline has come."""
    if not isinstance(case.state, AskedMotion):
        return None
    question = case.state.question_to(chamber, kind)
    if question is None or question.deadline is None or case.state.answered(question) or at < question.deadline:
        return None
    return question
