"""A motion is adopted when any one of the listed decisions adopts it; it is rejected only when all of them refuse."""

from __future__ import annotations

from rules.decision.at_least import combine
from rules.decision.model import AnyOf
from rules.decision.outcome import Outcome
from rules.decision.result import Question


def evaluate(node: AnyOf, question: Question) -> Outcome:
    """All are asked at once, and the outcome waits for all; advice among them never counts."""
    return combine("any_of", 1, question.ask_all(node.any_of))
