"""Each district's options are funded from its own envelope by the same rule, the city-wide ones from what is not given out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from kernel.numbers import show
from tally.allocation_rules import Envelopes, Left, Rule
from tally.consideration import Considered, Step
from tally.forms import Option
from tally.funding import Funded, Record, Vote
from tally.support import among

DISTRICT, CITY_WIDE, ALL = "district", "city_wide", "all"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What became of an envelope: of a district, of the city-wide options, or of all (what the others left)."""

    of: str
    district: str | None
    budget: Fraction
    spent: Fraction
    winners: tuple[str, ...]
    record: Record | None

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON."""
        return {
            "of": self.of,
            "district": self.district,
            "budget": show(self.budget),
            "spent": show(self.spent),
            "winners": list(self.winners),
            "record": None if self.record is None else self.record.to_json(),
        }


def fund(vote: Vote, envelopes: Envelopes, one: Callable[[Vote], Funded]) -> tuple[tuple[Step, ...], list[Envelope]]:
    """The steps of all envelopes in turn: the districts by name, the city-wide options, and then what `left` says.

    kept: what districts leave is not spent. city_wide: it is added to the city-wide envelope. all: when every envelope
    has been used, what they left together funds options of any kind that are not funded yet. Where whole ballots count,
    an envelope is shared by those who named one of its options. Incomplete when `vote.breaker` then needs a seed.
    """
    filling = _Filling(vote, one)
    for district in sorted(envelopes.districts):
        options = {name: each for name, each in vote.options.items() if each.district == district}
        filling.fill(DISTRICT, district, options, envelopes.districts[district])
    given = sum(envelopes.districts.values(), Fraction(0))
    budget = vote.budget - given
    if envelopes.left is Left.CITY_WIDE:
        budget += filling.left
    filling.fill(CITY_WIDE, None, {name: each for name, each in vote.options.items() if each.district is None}, budget)
    if envelopes.left is Left.ALL:
        taken = filling.winners()
        rest = {name: each for name, each in vote.options.items() if name not in taken}
        filling.fill(ALL, None, rest, filling.left)
    else:
        filling.leave_out(envelopes)
    return tuple(filling.steps), filling.filled


@dataclass(slots=True)
class _Filling:
    vote: Vote
    one: Callable[[Vote], Funded]
    steps: list[Step] = field(default_factory=list)
    filled: list[Envelope] = field(default_factory=list)
    left: Fraction = Fraction(0)
    """What the envelopes so far have left; one that was overspent (poznan-80's reserve) leaves nothing."""

    def winners(self) -> dict[str, Option]:
        """The options funded so far."""
        return {step.option: self.vote.options[step.option] for step in self.steps if step.taken}

    def fill(self, of: str, district: str | None, options: Mapping[str, Option], budget: Fraction) -> None:
        """One envelope; an option that something funded from another excludes is told, and takes no part."""
        vote = self.vote
        if vote.breaker.needs is not None:
            return
        allowed = self._not_excluded(options, budget)
        part = replace(vote, budget=budget, options=allowed, groups=among(vote.groups, options))
        funded = self.one(part)
        self.steps += funded.steps
        self.filled.append(Envelope(of, district, budget, funded.spent, funded.winners, funded.record))
        self.left += max(budget - funded.spent, Fraction(0))

    def _not_excluded(self, options: Mapping[str, Option], budget: Fraction) -> Mapping[str, Option]:
        if self.vote.rules.rule is not Rule.GREEDY_EXCLUSIVE:
            return options
        funded = {each.group: name for name, each in self.winners().items() if each.group is not None}
        for each in self.vote.ranked(self.vote.eligible()):
            if each.option in options and each.group in funded:
                why = f"excluded by {funded[each.group]}, of the same group {each.group}"
                self.steps.append(self._considered(each).leave(budget, why))
        return {name: each for name, each in options.items() if each.group not in funded}

    def leave_out(self, envelopes: Envelopes) -> None:
        """Options of a district that has no envelope."""
        for each in self.vote.ranked(self.vote.eligible()):
            if each.district is not None and each.district not in envelopes.districts:
                why = f"its district, {each.district}, has no envelope"
                self.steps.append(self._considered(each).leave(Fraction(0), why))

    def _considered(self, option: Option) -> Considered:
        return Considered(option.option, self.vote.score(option.option), Fraction(option.price))
