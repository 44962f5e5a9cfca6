"""Equal scores are ordered by the first declared tie-break that tells them apart; what all leave tied, by lot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias

from kernel.numbers import show
from tally.forms import Number, Option
from tally.lots import Lot, draw_lot


class TieBreak(StrEnum):
    """How two options of equal score may be told apart; what each compares is in `COMPARISONS`.

    `previous_stage` belongs to counts in stages: more votes at the latest earlier stage at which they were unequal.
    """

    MORE_VOTES_ELSEWHERE = "more_votes_elsewhere"
    LOWER_COST = "lower_cost"
    HIGHER_COST = "higher_cost"
    EARLIER_SUBMISSION = "earlier_submission"
    PREVIOUS_STAGE = "previous_stage"
    LOT = "lot"


OF_TOTALS = tuple(rule for rule in TieBreak if rule is not TieBreak.PREVIOUS_STAGE)
"""Those that need no stages: what may order the projects of a budget."""

Comparison: TypeAlias = Callable[[Option, int], Number]

COMPARISONS: Mapping[TieBreak, Comparison] = {
    TieBreak.MORE_VOTES_ELSEWHERE: lambda option, supporters: (
        -supporters
    ),  # the count of voters behind it, not its score
    TieBreak.LOWER_COST: lambda option, supporters: option.price,
    TieBreak.HIGHER_COST: lambda option, supporters: -option.price,
    TieBreak.EARLIER_SUBMISSION: lambda option, supporters: option.submitted,
}


@dataclass(frozen=True, slots=True)
class Tie:
    """Options of equal score, the one tie-break that told some of them apart, and the order they came out in.

    Where it left some still tied, the next `Tie` in the list is about those.
    """

    options: tuple[str, ...]
    score: Fraction
    broken_by: TieBreak
    order: tuple[str, ...]
    lot: Lot | None = None

    def to_json(self) -> dict[str, Any]:
        """Options, score, the tie-break, the order, and for a lot all that redoes it."""
        return {
            "options": list(self.options),
            "score": show(self.score),
            "broken_by": self.broken_by.value,
            "order": list(self.order),
            "lot": None if self.lot is None else self.lot.to_json(),
        }


@dataclass(frozen=True, slots=True)
class SeedNeeded:
    """A lot must be drawn among these options, of this score, and no seed was given."""

    options: tuple[str, ...]
    score: Fraction


@dataclass(slots=True)
class TieBreaker:
    """Orders options of equal score and remembers each tie it broke; `needs` is set when a lot lacked its seed.

    `stages` are the votes at each stage so far, in a count that has stages.
    """

    tie_break: Sequence[TieBreak]
    supporters: Mapping[str, int]
    seed: bytes | None
    stages: Sequence[Mapping[str, Number]] = ()
    ties: list[Tie] = field(default_factory=list)
    lots: int = 0
    needs: SeedNeeded | None = None

    def order(self, tied: Sequence[Option], score: Fraction) -> list[Option]:
        """The options in the order to consider them; until told apart, listed by order of submission, then id."""
        listed = sorted(tied, key=lambda option: (option.submitted, option.option))
        return self._order(listed, score, tuple(self.tie_break))

    def _order(self, tied: list[Option], score: Fraction, rules: tuple[TieBreak, ...]) -> list[Option]:
        if len(tied) < 2:
            return tied
        if not rules or rules[0] is TieBreak.LOT:
            return self._draw(tied, score)
        groups = self._groups(tied, rules[0])
        if len(groups) == 1:
            return self._order(tied, score, rules[1:])
        left = rules if rules[0] is TieBreak.PREVIOUS_STAGE else rules[1:]  # those still equal: at a stage before that
        place = len(self.ties)
        ordered = [option for value in sorted(groups) for option in self._order(groups[value], score, left)]
        self.ties.insert(place, Tie(_ids(tied), score, rules[0], _ids(ordered)))
        return ordered

    def _groups(self, tied: Sequence[Option], rule: TieBreak) -> dict[Number, list[Option]]:
        """Those that a tie-break leaves equal, by what it compares: the least comes first."""
        if rule is not TieBreak.PREVIOUS_STAGE:
            return _by(tied, lambda option: COMPARISONS[rule](option, self.supporters.get(option.option, 0)))
        for stage in reversed(self.stages):
            groups = _by(tied, _fewer_votes_at(stage))
            if len(groups) > 1:
                return groups
        return {0: list(tied)}

    def _draw(self, tied: list[Option], score: Fraction) -> list[Option]:
        if self.seed is None:
            self.needs = self.needs or SeedNeeded(_ids(tied), score)
            return tied
        self.lots += 1
        lot = draw_lot(self.seed, self.lots, _ids(tied))
        self.ties.append(Tie(_ids(tied), score, TieBreak.LOT, lot.order, lot))
        by_id = {option.option: option for option in tied}
        return [by_id[drawn] for drawn in lot.order]


def _fewer_votes_at(stage: Mapping[str, Number]) -> Callable[[Option], Number]:
    return lambda option: -stage[option.option]


def _by(options: Sequence[Option], compared: Callable[[Option], Number]) -> dict[Number, list[Option]]:
    groups: dict[Number, list[Option]] = {}
    for option in options:
        groups.setdefault(compared(option), []).append(option)
    return groups


def _ids(options: Sequence[Option]) -> tuple[str, ...]:
    return tuple(option.option for option in options)
