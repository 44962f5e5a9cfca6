"""Decisions are taken in order; the first that does not adopt ends it, later chambers are not asked; advice never ends it."""

from __future__ import annotations

from rules.decision.model import InSequence
from rules.decision.outcome import Outcome, Reason, Status
from rules.decision.result import Question, together

GOES_ON = (Status.ADOPTED, Status.ADVISED)


def evaluate(node: InSequence, question: Question) -> Outcome:
    """Adopted when all have adopted; advised when all were advice."""
    parts: list[Outcome] = []
    for number, step in enumerate(node.sequence, 1):
        part = question.ask(step)
        parts.append(part)
        question = question.after(part)
        if part.status not in GOES_ON:
            text = f"step {number} of {len(node.sequence)} is {part.status.value}"
            left = len(node.sequence) - number
            if part.status is not Status.PENDING and left:
                text += f": the {left} after it are not asked"
            return together(part.status, parts, Reason("sequence", text))
    adopted = any(part.status is Status.ADOPTED for part in parts)
    status = Status.ADOPTED if adopted else Status.ADVISED
    return together(status, parts, Reason("sequence", f"every step was taken: {status.value}"))
