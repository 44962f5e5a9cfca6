"""Money follows the count: from the highest score down, ties as declared, under one of the `RULES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias, overload

from kernel.numbers import show
from tally import (
    envelopes,
    equal_shares,
    greedy,
    greedy_exclusive,
    greedy_no_skip,
    greedy_threshold,
    phragmen,
    poznan_80,
)
from tally.allocation_rules import AllocationRules, Comparison, Completion, Envelopes, Left, Rule, Utility
from tally.consideration import Considered, Step
from tally.envelopes import Envelope
from tally.forms import Option
from tally.funding import Funded, Record, Vote
from tally.grouping import Groups
from tally.ties import SeedNeeded, Tie, TieBreak, TieBreaker

__all__ = [
    "BALLOT_RULES",
    "RULES",
    "Allocation",
    "AllocationRules",
    "Comparison",
    "Completion",
    "Envelope",
    "Envelopes",
    "Left",
    "Rule",
    "SeedNeeded",
    "Step",
    "Tie",
    "TieBreak",
    "Utility",
    "allocate",
    "needs_ballots",
]

Walk: TypeAlias = Callable[[Iterator[Considered], Fraction], Iterator[Step]]
"""Options in the order to consider them, the budget → a step for each option considered."""

RULES: Mapping[Rule, Walk] = {
    Rule.GREEDY: greedy.steps,
    Rule.GREEDY_NO_SKIP: greedy_no_skip.steps,
    Rule.GREEDY_THRESHOLD: greedy_threshold.steps,
    Rule.POZNAN_80: poznan_80.steps,
    Rule.GREEDY_EXCLUSIVE: greedy_exclusive.steps,
}
"""Rules that need no more than scores."""

BALLOT_RULES: Mapping[Rule, Callable[[Vote], Funded]] = {
    Rule.EQUAL_SHARES: equal_shares.fund,
    Rule.PHRAGMEN: phragmen.fund,
}
"""Rules that need whole ballots."""


def needs_ballots(rules: AllocationRules) -> bool:
    """Whether `allocate` needs `groups`: totals alone do not decide."""
    return rules.rule in BALLOT_RULES


@dataclass(frozen=True, slots=True)
class Allocation:
    """What was funded, in order of selection, with each option considered and each tie met on the way.

    `record` is the rule's own where it needs whole ballots: an `EqualSharesRecord` or a `PhragmenRecord`; with
    envelopes, each of them has its own.
    """

    rule: Rule
    budget: Fraction
    spent: Fraction
    tie_break: tuple[TieBreak, ...]
    winners: tuple[str, ...]
    steps: tuple[Step, ...]
    ties: tuple[Tie, ...]
    record: Record | None = None
    envelopes: tuple[Envelope, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON, exact numbers as text; `record` and `envelopes` only where there are any."""
        more: dict[str, Any] = {}
        if self.record is not None:
            more["record"] = self.record.to_json()
        if self.envelopes:
            more["envelopes"] = [envelope.to_json() for envelope in self.envelopes]
        return {
            "rule": self.rule.value,
            "budget": show(self.budget),
            "spent": show(self.spent),
            "tie_break": [rule.value for rule in self.tie_break],
            "winners": list(self.winners),
            "steps": [step.to_json() for step in self.steps],
            "ties": [tie.to_json() for tie in self.ties],
            **more,
        }


@overload
def allocate(
    rules: AllocationRules,
    options: Mapping[str, Option],
    scores: Mapping[str, Fraction],
    supporters: Mapping[str, int],
    seed: bytes,
    *,
    groups: Groups | None = None,
) -> Allocation: ...


@overload
def allocate(
    rules: AllocationRules,
    options: Mapping[str, Option],
    scores: Mapping[str, Fraction],
    supporters: Mapping[str, int],
    seed: bytes | None = None,
    *,
    groups: Groups | None = None,
) -> Allocation | SeedNeeded: ...


def allocate(
    rules: AllocationRules,
    options: Mapping[str, Option],
    scores: Mapping[str, Fraction],
    supporters: Mapping[str, int],
    seed: bytes | None = None,
    *,
    groups: Groups | None = None,
) -> Allocation | SeedNeeded:
    """Fund options from their scores; one that nobody chose (score 0 or none) or below the threshold is left out.

    `supporters` settles `more_votes_elsewhere`, `seed` the lots; a lot met without a seed is returned as needed.
    `groups` are the whole ballots (`tally.grouping`), for rules that `needs_ballots`; without them, `ValueError`.
    """
    if groups is None and needs_ballots(rules):
        raise ValueError(f"{rules.rule.value} needs the ballots themselves: groups is missing")
    breaker = TieBreaker(rules.tie_break, supporters, seed)
    vote = Vote(rules, rules.budget, options, scores, groups or {}, breaker)
    filled: list[Envelope] = []
    if rules.envelopes is None:
        funded = _fund(vote)
    else:
        steps, filled = envelopes.fund(vote, rules.envelopes, _fund)
        funded = Funded(steps)
    if breaker.needs is not None:
        return breaker.needs
    return Allocation(
        rule=rules.rule,
        budget=rules.budget,
        spent=funded.spent,
        tie_break=rules.tie_break,
        winners=funded.winners,
        steps=funded.steps,
        ties=tuple(breaker.ties),
        record=funded.record,
        envelopes=tuple(filled),
    )


def _fund(vote: Vote) -> Funded:
    by_ballots = BALLOT_RULES.get(vote.rules.rule)
    if by_ballots is not None:
        return by_ballots(vote)
    return Funded(tuple(RULES[vote.rules.rule](vote.in_order(vote.eligible()), vote.budget)))
