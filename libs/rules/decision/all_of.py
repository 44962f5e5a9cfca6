"""A motion is adopted when each listed decision, counted alone, adopts it; a refusal in any one of them rejects it."""

from __future__ import annotations

from rules.decision.at_least import combine
from rules.decision.model import AllOf
from rules.decision.outcome import Outcome
from rules.decision.result import Question


def evaluate(node: AllOf, question: Question) -> Outcome:
    """All are asked at once, and the outcome waits for all; advice among them never counts."""
    return combine("all_of", None, question.ask_all(node.all_of))
