"""Money follows the count: from the highest score down, ties as declared, under one of the `RULES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias, overload

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kernel.numbers import Exact, show
from tally import greedy, greedy_no_skip, greedy_threshold, poznan_80
from tally.consideration import Considered, Step
from tally.forms import Option
from tally.ties import SeedNeeded, Tie, TieBreak, TieBreaker

__all__ = ["RULES", "Allocation", "AllocationRules", "Rule", "SeedNeeded", "Step", "Tie", "TieBreak", "allocate"]


class Rule(StrEnum):
    """The allocation rules, each stated in its own module."""

    GREEDY = "greedy"
    GREEDY_NO_SKIP = "greedy-no-skip"
    GREEDY_THRESHOLD = "greedy-threshold"
    POZNAN_80 = "poznan-80"


Walk: TypeAlias = Callable[[Iterator[Considered], Fraction], Iterator[Step]]
"""Options in the order to consider them, the budget → a step for each option considered."""

RULES: Mapping[Rule, Walk] = {
    Rule.GREEDY: greedy.steps,
    Rule.GREEDY_NO_SKIP: greedy_no_skip.steps,
    Rule.GREEDY_THRESHOLD: greedy_threshold.steps,
    Rule.POZNAN_80: poznan_80.steps,
}


class AllocationRules(BaseModel):
    """The allocation as a charter declares it. What `tie_break` leaves tied is drawn by lot.

    `threshold` is the least score that can be funded; greedy-threshold needs one, any other rule may have one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Rule
    budget: Exact = Field(ge=0)
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    threshold: Exact | None = Field(default=None, ge=0)
    tie_break: tuple[TieBreak, ...] = Field(default=(TieBreak.LOT,), min_length=1)

    @model_validator(mode="after")
    def _is_consistent(self) -> AllocationRules:
        if self.threshold is None and self.rule is Rule.GREEDY_THRESHOLD:
            raise ValueError("greedy-threshold declares its threshold: the least score that can be funded")
        if len(set(self.tie_break)) != len(self.tie_break):
            raise ValueError(f"each tie-break is listed once; found {', '.join(self.tie_break)}")
        if TieBreak.LOT in self.tie_break[:-1]:
            raise ValueError("a lot tells all apart: nothing follows it in tie_break")
        if TieBreak.PREVIOUS_STAGE in self.tie_break:
            raise ValueError("previous_stage belongs to a count in stages; an allocation has none")
        return self


@dataclass(frozen=True, slots=True)
class Allocation:
    """What was funded, in order of selection, with each option considered and each tie met on the way."""

    rule: Rule
    budget: Fraction
    spent: Fraction
    tie_break: tuple[TieBreak, ...]
    winners: tuple[str, ...]
    steps: tuple[Step, ...]
    ties: tuple[Tie, ...]

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON, exact numbers as text."""
        return {
            "rule": self.rule.value,
            "budget": show(self.budget),
            "spent": show(self.spent),
            "tie_break": [rule.value for rule in self.tie_break],
            "winners": list(self.winners),
            "steps": [step.to_json() for step in self.steps],
            "ties": [tie.to_json() for tie in self.ties],
        }


@overload
def allocate(
    rules: AllocationRules,
    options: Mapping[str, Option],
    scores: Mapping[str, Fraction],
    supporters: Mapping[str, int],
    seed: bytes,
) -> Allocation: ...


@overload
def allocate(
    rules: AllocationRules,
    options: Mapping[str, Option],
    scores: Mapping[str, Fraction],
    supporters: Mapping[str, int],
    seed: bytes | None = None,
) -> Allocation | SeedNeeded: ...


def allocate(
    rules: AllocationRules,
    options: Mapping[str, Option],
    scores: Mapping[str, Fraction],
    supporters: Mapping[str, int],
    seed: bytes | None = None,
) -> Allocation | SeedNeeded:
    """Fund options from their scores; one that nobody chose (score 0 or none) or below the threshold is left out.

    `supporters` settles `more_votes_elsewhere`, `seed` the lots; a lot met without a seed is returned as needed.
    """
    breaker = TieBreaker(rules.tie_break, supporters, seed)
    walk = RULES[rules.rule]
    steps = tuple(walk(_in_order(options, scores, rules.threshold or Fraction(0), breaker), rules.budget))
    if breaker.needs is not None:
        return breaker.needs
    taken = [step for step in steps if step.taken]
    spent = sum((step.cost for step in taken), Fraction(0))
    winners = tuple(step.option for step in taken)
    return Allocation(rules.rule, rules.budget, spent, rules.tie_break, winners, steps, tuple(breaker.ties))


def _in_order(
    options: Mapping[str, Option], scores: Mapping[str, Fraction], threshold: Fraction, breaker: TieBreaker
) -> Iterator[Considered]:
    """From the highest score down; a tie is broken only when the rule gets as far as it."""
    by_score: dict[Fraction, list[Option]] = {}
    for name, option in options.items():
        score = scores.get(name, Fraction(0))
        if score > 0 and greedy_threshold.reaches(score, threshold):
            by_score.setdefault(score, []).append(option)
    for score in sorted(by_score, reverse=True):
        for option in breaker.order(by_score[score], score):
            if breaker.needs is not None:
                return
            yield Considered(option.option, score, Fraction(option.price))
