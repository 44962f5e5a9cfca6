"""A decision and the evidence give an outcome with its reasons, always the same: the public way into `rules.decision`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rules.decision import (
    advice,
    all_of,
    any_of,
    at_least,
    chamber_vote,
    consent,
    override,
    sequence,
    tie_break,
    veto,
)
from rules.decision.advice import opinion, silence
from rules.decision.derived_chamber import derive_units, unit_vote
from rules.decision.evidence import Advice, Evidence, Objection, VoteCount
from rules.decision.measures import Base, Blank, CastingVote, Majority, Opinion, Quorum, SecondVote
from rules.decision.model import (
    AdviceRule,
    Advised,
    AllOf,
    AnyOf,
    AtLeast,
    ChamberVote,
    Consent,
    Decision,
    InSequence,
    Override,
    TieBreak,
    Veto,
)
from rules.decision.outcome import Ask, ChamberOutcome, Outcome, Reason, Status
from rules.decision.result import Question
from rules.decision.walk import advice_rules, chambers_of, objecting_chambers, parts, roles_of, voting_chambers

__all__ = [
    "OPERATORS",
    "Advice",
    "AdviceRule",
    "Advised",
    "AllOf",
    "AnyOf",
    "Ask",
    "AtLeast",
    "Base",
    "Blank",
    "CastingVote",
    "ChamberOutcome",
    "ChamberVote",
    "Consent",
    "Decision",
    "Evidence",
    "InSequence",
    "Majority",
    "Objection",
    "Opinion",
    "Outcome",
    "Override",
    "Quorum",
    "Reason",
    "SecondVote",
    "Status",
    "TieBreak",
    "Veto",
    "VoteCount",
    "advice_rules",
    "chambers_of",
    "derive_units",
    "evaluate",
    "objecting_chambers",
    "opinion",
    "parts",
    "roles_of",
    "silence",
    "unit_vote",
    "voting_chambers",
]

OPERATORS: Mapping[type[Any], Callable[[Any, Question], Outcome]] = {
    ChamberVote: chamber_vote.evaluate,
    AllOf: all_of.evaluate,
    AnyOf: any_of.evaluate,
    AtLeast: at_least.evaluate,
    InSequence: sequence.evaluate,
    Advised: advice.evaluate,
    Veto: veto.evaluate,
    Override: override.evaluate,
    TieBreak: tie_break.evaluate,
    Consent: consent.evaluate,
}


def evaluate(decision: Decision, evidence: Evidence) -> Outcome:
    """The outcome so far: while it is pending, `asks` says what to ask next; asks already made are named again."""
    return _evaluate(decision, Question(evidence, {}, _evaluate))


def _evaluate(node: Decision, question: Question) -> Outcome:
    return OPERATORS[type(node)](node, question)
