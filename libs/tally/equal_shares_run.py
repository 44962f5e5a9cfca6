"""One run of Equal Shares: while supporters can pay for an option, the one of least cost for each unit of utility is bought."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd, lcm
from typing import NamedTuple, TypeAlias

from tally.support import Support, VotersOf

EMPTY = 0
FINE = 64
"""Prices are queued by their whole part in units of 2^-64; where those are equal, the exact prices are compared."""

Choose: TypeAlias = Callable[[Sequence[int], Fraction], int | None]
"""Options that cost the same for a unit of utility, and that price → the one to buy; None when a lot lacks its seed."""


@dataclass(frozen=True, slots=True)
class Market:
    """What does not change between runs. Money is counted in whole units, `coin` of them one of the currency.

    `utility` is what a point is worth: 1 for each option, or (`by_cost`) its cost. `costs` are above zero.
    """

    support: Support
    by_cost: bool
    options: tuple[str, ...]
    costs: tuple[int, ...]
    utility: tuple[int, ...]
    backers: tuple[tuple[VotersOf, ...], ...]
    totals: tuple[int, ...]
    coin: int
    share: int
    step: int
    budget: int

    def for_a_point(self, paid: int, each: int, scale: int) -> Fraction:
        """A price in the currency, for each weight of 1 and each point of the ballots."""
        return Fraction(paid * self.support.unit * self.support.point, each * scale * self.coin)

    def for_utility(self, place: int, paid: int, each: int, scale: int) -> Fraction:
        """The same for a unit of utility: of the currency that an option costs, or of one option."""
        price = self.for_a_point(paid, each, scale) / self.utility[place]
        return price * self.coin if self.by_cost else price


class Bought(NamedTuple):
    """An option and its price: `paid / (each * scale)` units of money for each point; money is kept in units of 1/scale."""

    place: int
    paid: int
    each: int
    scale: int


def market(
    support: Support, costs: Mapping[str, Fraction], *, by_cost: bool, budget: Fraction, step: Fraction
) -> Market:
    """`costs` names the options; those that nobody supports are left out. The budget is shared out by weight.

    The weight is a whole number of units: the budget is whole in the coin in which its share is.
    """
    options = tuple(option for option in sorted(costs) if option in support.supporters)
    share = budget / support.total if support.total else Fraction(0)
    added = step / support.unit
    coin = lcm(share.denominator, added.denominator, *(costs[each].denominator for each in options))
    prices = tuple(int(costs[option] * coin) for option in options)
    return Market(
        support=support,
        by_cost=by_cost,
        options=options,
        costs=prices,
        utility=prices if by_cost else tuple(1 for _ in options),
        backers=tuple(support.supporters[option] for option in options),
        totals=tuple(support.of(option) for option in options),
        coin=coin,
        share=int(share * coin),
        step=int(added * coin),
        budget=int(budget * coin),
    )


class Run:
    """Buys options until none can be paid for, or until what was bought costs more than `limit`."""

    __slots__ = (
        "bought",
        "bound",
        "choose",
        "limit",
        "lot_needed",
        "market",
        "purse",
        "purses",
        "queue",
        "scale",
        "spent",
    )

    def __init__(self, market: Market, share: int, choose: Choose, limit: int) -> None:
        self.market, self.choose, self.limit = market, choose, limit
        self.purse: list[int] = [1] * len(market.support.weights)
        """For each voter, which of `purses`: those with the same history have the same money left. 0 is the empty one."""
        self.purses: list[int] = [0, share]
        self.scale = 1
        self.spent = 0
        self.bought: list[Bought] = []
        self.lot_needed = False
        self.bound = [(cost, total, 1) for cost, total in zip(market.costs, market.totals, strict=True)]
        """For each option a price that it will not fall below: prices only rise, because money only goes."""
        self.queue = [(self._floor(place, *bound), place) for place, bound in enumerate(self.bound)]
        heapify(self.queue)

    def finish(self) -> Run:
        """Buy all that can be bought."""
        while self.spent <= self.limit:
            tied = self._cheapest()
            if not tied:
                break
            place: int | None = tied[0]
            if len(tied) > 1:
                place = self.choose(tied, self.market.for_utility(tied[0], *self.bound[tied[0]]))
            if place is None:
                self.lot_needed = True
                break
            for other in tied:
                if other != place:
                    heappush(self.queue, (self._floor(other, *self.bound[other]), other))
            self._buy(place)
        return self

    def _floor(self, place: int, paid: int, each: int, scale: int) -> int:
        return (paid << FINE) // (each * scale * self.market.utility[place])

    def _cheapest(self) -> list[int]:
        """The options of the least price, taken from the queue; those that cannot be paid for leave it for good.

        Only options whose last price does not exceed the least one found are priced again: the others' prices can
        only have risen.
        """
        queue, least, priced = self.queue, None, []
        while queue and (least is None or queue[0][0] <= least):
            _, place = heappop(queue)
            bound = self._price(place)
            if bound is not None:
                self.bound[place] = bound
                floor = self._floor(place, *bound)
                priced.append((floor, place))
                least = floor if least is None else min(least, floor)
        nearest = [place for floor, place in priced if floor == least]
        for each in priced:
            if each[0] != least:
                heappush(queue, each)
        return self._equals(nearest) if len(nearest) > 1 else nearest

    def _equals(self, places: list[int]) -> list[int]:
        """Those of the exactly least price, in the order of their names; the others go back into the queue."""
        prices = {place: Fraction(self.bound[place][0], self._unit(place)) for place in places}
        least = min(prices.values())
        for place in places:
            if prices[place] != least:
                heappush(self.queue, (self._floor(place, *self.bound[place]), place))
        return sorted(place for place in places if prices[place] == least)

    def _unit(self, place: int) -> int:
        _, each, scale = self.bound[place]
        return each * scale * self.market.utility[place]

    def _price(self, place: int) -> tuple[int, int, int] | None:
        """The least price for a point at which the supporters' payments reach the cost; None where they cannot.

        Whoever cannot pay a price gives all they have, and the others' price rises: from the last known price up,
        until nobody more falls behind. A price that some cannot pay is below the true one.
        """
        purses, scale = self.purses, self.scale
        cost = missing = self.market.costs[place] * scale
        able = given = 0
        waiting: list[tuple[int, list[tuple[int, int]]]] = []
        for points, weights in self._holders(place):
            held = [(purses[purse], weight) for purse, weight in weights.items()]
            missing -= sum([money * weight for money, weight in held])
            able += points * sum(weights.values())
            waiting.append((points, held))
        if missing > 0:
            return None
        paid, each, before = self.bound[place]
        paid *= scale // before
        while True:
            still = []
            for points, held in waiting:
                price = -(-paid * points // each)  # rounded up: money is whole, so whoever has less cannot pay
                behind = [voters for voters in held if voters[0] < price]
                if behind:
                    given += sum([money * weight for money, weight in behind])
                    able -= points * sum([weight for _, weight in behind])
                    held = [voters for voters in held if voters[0] >= price]
                still.append((points, held))
            waiting = still
            if (cost - given) * each == paid * able:
                return paid, each, scale
            paid, each = cost - given, able

    def _holders(self, place: int) -> list[tuple[int, dict[int, int]]]:
        """An option's supporters by what they gave it: the weight behind each purse that is not empty."""
        found = []
        purse, weights = self.purse.__getitem__, self.market.support.weights.__getitem__
        for points, voters in self.market.backers[place]:
            held: dict[int, int] = {}
            for which, weight in zip(map(purse, voters), map(weights, voters), strict=True):
                held[which] = held.get(which, 0) + weight
            held.pop(EMPTY, None)
            found.append((points, held))
        return found

    def _buy(self, place: int) -> None:
        paid, each, scale = self.bound[place]
        common = gcd(paid, each)
        paid, each = paid // common, each // common
        self.bought.append(Bought(place, paid, each, scale))
        self.spent += self.market.costs[place]
        if each > 1:
            self.purses = [money * each for money in self.purses]
            self.scale *= each
        purse, purses = self.purse, self.purses
        for points, voters in self.market.backers[place]:
            after = {EMPTY: EMPTY}
            for voter in voters:
                held = purse[voter]
                if held not in after:
                    after[held] = self._lighter(purses[held] - paid * points)
                purse[voter] = after[held]

    def _lighter(self, money: int) -> int:
        """A purse for those who had so much more before they paid; the empty one where they gave all they had."""
        if money <= 0:
            return EMPTY
        self.purses.append(money)
        return len(self.purses) - 1
