"""An option considered for money, and the step that says what became of it and why."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kernel.numbers import show


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an option: `remaining` is the money left before it; `why` says the reason in a few words."""

    option: str
    score: Fraction
    cost: Fraction
    remaining: Fraction
    taken: bool
    why: str

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON, exact numbers as text."""
        return {
            "option": self.option,
            "score": show(self.score),
            "cost": show(self.cost),
            "remaining": show(self.remaining),
            "taken": self.taken,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Considered:
    """An option whose turn it is; of options of one `group` only one may be funded by greedy-exclusive."""

    option: str
    score: Fraction
    cost: Fraction
    group: str | None = None

    def take(self, remaining: Fraction, why: str = "fits") -> Step:
        """It is funded."""
        return Step(self.option, self.score, self.cost, remaining, True, why)

    def leave(self, remaining: Fraction, why: str) -> Step:
        """It is not funded."""
        return Step(self.option, self.score, self.cost, remaining, False, why)
