"""What the operators share: asking their parts in turn or side by side, and putting the outcomes together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from rules.decision.evidence import Evidence
from rules.decision.model import Decision
from rules.decision.outcome import Outcome, Reason, Status

Evaluate: TypeAlias = Callable[[Decision, "Question"], Outcome]


@dataclass(frozen=True, slots=True)
class Question:
    """What an operator is given: the evidence, the ballots of each chamber already used, and how to ask a part."""

    evidence: Evidence
    used: Mapping[str, int]
    evaluate: Evaluate

    def ask(self, node: Decision) -> Outcome:
        return self.evaluate(node, self)

    def ask_all(self, nodes: Sequence[Decision]) -> tuple[Outcome, ...]:
        """Parts asked at the same time: two that name one chamber read the same ballot."""
        return tuple(self.ask(node) for node in nodes)

    def after(self, outcome: Outcome) -> Question:
        """The question once `outcome` was reached: a chamber asked again votes anew."""
        return replace(self, used=outcome.used)


def together(status: Status, parts: Sequence[Outcome], reason: Reason | None = None) -> Outcome:
    """One outcome from its parts: their reasons in order, then this one; it asks only while it is pending."""
    used: dict[str, int] = {}
    for part in parts:
        for name, number in part.used.items():
            used[name] = max(number, used.get(name, 0))
    reasons = tuple(dict.fromkeys(each for part in parts for each in part.reasons))
    return Outcome(
        status=status,
        reasons=reasons if reason is None else (*reasons, reason),
        chambers={name: chamber for part in parts for name, chamber in part.chambers.items()},
        asks=tuple(dict.fromkeys(ask for part in parts for ask in part.asks)) if status is Status.PENDING else (),
        advice={name: given for part in parts for name, given in part.advice.items()},
        choice=next((part.choice for part in parts if part.choice is not None), None),
        used=used,
    )
