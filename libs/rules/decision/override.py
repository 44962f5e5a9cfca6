"""What a first decision refused (or left tied) is put to a second, whose own majority may reverse it; what it adopted is not."""

from __future__ import annotations

from rules.decision.model import Override
from rules.decision.outcome import Outcome, Reason, Status
from rules.decision.result import Question, together

REFUSALS = (Status.REJECTED, Status.TIED)


def evaluate(node: Override, question: Question) -> Outcome:
    """An inquorate first decision refused nothing, so it stays inquorate; a chamber asked twice votes anew."""
    first = question.ask(node.override.of)
    if first.status not in REFUSALS:
        return first
    second = question.after(first).ask(node.override.by)
    verdict = {
        Status.ADOPTED: "the refusal is reversed",
        Status.PENDING: "the refusal may still be reversed",
    }.get(second.status, "the refusal stands")
    return together(second.status, (first, second), Reason("override", verdict))
