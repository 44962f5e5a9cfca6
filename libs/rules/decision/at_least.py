"""Adopted when at least k of the listed decisions, each counted alone, adopt; all are asked, and advice never counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from rules.decision.model import AtLeast
from rules.decision.outcome import Outcome, Reason, Status
from rules.decision.result import Question, together


def evaluate(node: AtLeast, question: Question) -> Outcome:
    return combine("at_least", node.at_least.k, question.ask_all(node.at_least.of))


def combine(rule: str, needed: int | None, parts: Sequence[Outcome]) -> Outcome:
    """`needed` adoptions of `parts` (None = of all that are not advice).

    Pending while any part is; rejected when too many refused; otherwise what is not adopted for want of a quorum is
    inquorate, and what is left is tied.
    """
    statuses = Counter(part.status for part in parts)
    if statuses[Status.PENDING]:
        return together(Status.PENDING, parts)
    voting = len(parts) - statuses[Status.ADVISED]
    if not voting:
        return together(Status.ADVISED, parts)
    k = voting if needed is None else needed
    adopted, refused = statuses[Status.ADOPTED], statuses[Status.REJECTED]
    if adopted >= k:
        status = Status.ADOPTED
    elif voting - refused < k:
        status = Status.REJECTED
    else:
        status = Status.INQUORATE if statuses[Status.INQUORATE] else Status.TIED
    text = f"{adopted} of {voting} adopt and {k} must: {status.value}"
    numbers = {"adopted": Fraction(adopted), "rejected": Fraction(refused), "needed": Fraction(k)}
    return together(status, parts, Reason(rule, text, None, numbers))
