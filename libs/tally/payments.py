"""The record of Equal Shares: the rounds in order, each price, who paid how much, and what kept the others out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kernel.numbers import show
from tally.allocation_rules import Utility
from tally.comparison import Compared
from tally.equal_shares_run import Bought, Market
from tally.funding import brief

LISTED = 12
"""So many different last remains are listed for a round; more are summed up, so that the record stays small."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What each weight of 1 paid, and the weight of those who paid so much."""

    each: Fraction
    weight: Fraction

    def to_json(self) -> list[str]:
        """[each, weight]."""
        return [brief(self.each), show(self.weight)]


@dataclass(frozen=True, slots=True)
class Round:
    """An option bought. `price` is what a point of support costs, `for_utility` what a unit of utility does.

    `in_full` paid the price times their points; `rest` gave all they had left. Together they paid the cost.
    """

    option: str
    cost: Fraction
    price: Fraction
    for_utility: Fraction
    in_full: tuple[Payment, ...]
    rest: tuple[Payment, ...]

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON; more than `LISTED` different remains as their least, greatest, weight and sum."""
        rest: dict[str, Any] = {"paid": [each.to_json() for each in self.rest]}
        if len(self.rest) > LISTED:
            rest = {
                "amounts": len(self.rest),
                "least": brief(self.rest[0].each),
                "most": brief(self.rest[-1].each),
                "weight": show(sum((each.weight for each in self.rest), Fraction(0))),
                "sum": brief(sum((each.each * each.weight for each in self.rest), Fraction(0))),
            }
        return {
            "option": self.option,
            "price": brief(self.price),
            "for_utility": brief(self.for_utility),
            "in_full": [each.to_json() for each in self.in_full],
            "rest": rest,
        }


@dataclass(frozen=True, slots=True)
class Unbought:
    """An option that its supporters could not pay for at the end, and what they had left together."""

    option: str
    cost: Fraction
    money: Fraction

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON."""
        return {"option": self.option, "cost": show(self.cost), "money": brief(self.money)}


@dataclass(frozen=True, slots=True)
class EqualSharesRecord:
    """All that led to the outcome. `share` is what each weight of 1 could spend, `added` being what add1 gave of it.

    `steps` is how often add1 added, `stopped` why no more; None where it was not asked for.
    """

    utility: Utility
    weight: Fraction
    share: Fraction
    added: Fraction
    steps: int | None
    stopped: str | None
    rounds: tuple[Round, ...]
    unbought: tuple[Unbought, ...]
    completed: tuple[str, ...]
    comparison: Compared | None

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON, exact numbers as text, long ones cut and marked so (`brief`)."""
        return {
            "utility": self.utility.value,
            "weight": show(self.weight),
            "share": brief(self.share),
            "added": show(self.added),
            "steps": self.steps,
            "stopped": self.stopped,
            "rounds": [each.to_json() for each in self.rounds],
            "unbought": [each.to_json() for each in self.unbought],
            "completed": list(self.completed),
            "comparison": None if self.comparison is None else self.comparison.to_json(),
        }


def rounds_of(market: Market, share: int, bought: Sequence[Bought]) -> tuple[tuple[Round, ...], tuple[Unbought, ...]]:
    """What each voter paid in each round, from the prices alone, and what was left for the options not bought."""
    ledger = _Ledger(market, share)
    rounds = tuple(ledger.buy(each) for each in bought)
    taken = {each.place for each in bought}
    unbought = tuple(ledger.left_for(place) for place in range(len(market.options)) if place not in taken)
    return rounds, unbought


class _Ledger:
    """Each voter's money, all of it in units of 1/scale of the market's: the scale in which the run keeps it."""

    def __init__(self, market: Market, share: int) -> None:
        self.market = market
        self.scale = 1
        self.money = [share] * len(market.support.weights)

    def buy(self, bought: Bought) -> Round:
        market = self.market
        if bought.each > 1:
            self.money = [money * bought.each for money in self.money]
            self.scale *= bought.each
        in_full: dict[int, int] = {}
        rest: dict[int, int] = {}
        for points, voters in market.backers[bought.place]:
            for voter in voters:
                money, due = self.money[voter], bought.paid * points
                paid = min(money, due)
                to = in_full if money >= due else rest
                to[paid] = to.get(paid, 0) + market.support.weights[voter]
                self.money[voter] = money - paid
        return Round(
            option=market.options[bought.place],
            cost=Fraction(market.costs[bought.place], market.coin),
            price=market.for_a_point(bought.paid, bought.each, bought.scale),
            for_utility=market.for_utility(bought.place, bought.paid, bought.each, bought.scale),
            in_full=self._payments(in_full),
            rest=self._payments({paid: weight for paid, weight in rest.items() if paid}),
        )

    def left_for(self, place: int) -> Unbought:
        """The option, and the money of its supporters."""
        market = self.market
        voters = [voter for _, voters in market.backers[place] for voter in voters]
        money = sum(self.money[voter] * market.support.weights[voter] for voter in voters)
        cost = Fraction(market.costs[place], market.coin)
        return Unbought(market.options[place], cost, Fraction(money, self.scale * market.coin))

    def _payments(self, paid: dict[int, int]) -> tuple[Payment, ...]:
        unit = self.market.support.unit
        whole = self.scale * self.market.coin
        return tuple(Payment(Fraction(each * unit, whole), Fraction(paid[each], unit)) for each in sorted(paid))
