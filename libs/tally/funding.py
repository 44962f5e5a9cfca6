"""What an allocation rule is given, what it gives back, and the order in which options are considered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from kernel.numbers import MAX_DIGITS, show
from tally import greedy_threshold
from tally.allocation_rules import AllocationRules
from tally.consideration import Considered, Step
from tally.forms import Option
from tally.grouping import Groups
from tally.ties import TieBreaker

DECIMALS = 9


class Record(Protocol):
    """What a rule that needs whole ballots keeps beside its steps."""

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON."""


@dataclass(frozen=True, slots=True)
class Vote:
    """Options to fund from one budget, with their scores, and the whole ballots where the rule needs them."""

    rules: AllocationRules
    budget: Fraction
    options: Mapping[str, Option]
    scores: Mapping[str, Fraction]
    groups: Groups
    breaker: TieBreaker

    def eligible(self) -> dict[str, Option]:
        """The options that somebody chose and that reach the threshold, in the order of their names."""
        threshold = self.rules.threshold or Fraction(0)
        return {
            name: self.options[name]
            for name in sorted(self.options)
            if self.score(name) > 0 and greedy_threshold.reaches(self.score(name), threshold)
        }

    def score(self, option: str) -> Fraction:
        """The option's score, 0 where it has none."""
        return self.scores.get(option, Fraction(0))

    def ranked(self, options: Mapping[str, Option]) -> list[Option]:
        """From the highest score down, without breaking ties: for what is only listed."""
        return sorted(
            options.values(), key=lambda option: (-self.score(option.option), option.submitted, option.option)
        )

    def in_order(self, options: Mapping[str, Option]) -> Iterator[Considered]:
        """From the highest score down; a tie is broken only when the rule gets as far as it."""
        by_score: dict[Fraction, list[Option]] = {}
        for name, option in options.items():
            by_score.setdefault(self.score(name), []).append(option)
        for score in sorted(by_score, reverse=True):
            for option in self.breaker.order(by_score[score], score):
                if self.breaker.needs is not None:
                    return
                yield Considered(option.option, score, Fraction(option.price), option.group)


@dataclass(frozen=True, slots=True)
class Funded:
    """A step for each option that was considered, and the rule's own record."""

    steps: tuple[Step, ...]
    record: Record | None = None

    @property
    def spent(self) -> Fraction:
        """What the options taken cost together."""
        return sum((step.cost for step in self.steps if step.taken), Fraction(0))

    @property
    def winners(self) -> tuple[str, ...]:
        """The options taken, in order."""
        return tuple(step.option for step in self.steps if step.taken)


def brief(value: Fraction) -> str:
    """As `show` where `parse_exact` reads it back; a longer number is cut to nine decimals, and ends in `…` to say so.

    Shares that are divided again and again have hundreds of digits. Whoever checks them computes them.
    """
    exact = show(value)
    if len(exact) <= MAX_DIGITS:
        return exact
    return f"{decimal(value, DECIMALS)}…"


def decimal(value: Fraction, places: int) -> str:
    """The number cut to so many decimals, for reading."""
    cut = abs(value.numerator) * 10**places // value.denominator
    whole, rest = divmod(cut, 10**places)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{rest:0{places}}" if places else "")
