"""How many steps of add1 buy the same: as long as everyone who paid in full still can, and no price is overtaken."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from tally.equal_shares_run import EMPTY, Bought, Market


def steps_unchanged(market: Market, share: int, bought: Sequence[Bought]) -> int:
    """The greatest number of steps after which a run is proved to buy the same in the same order.

    `bought` is what a run with this share bought. With d more for each voter, and the same voters paying in full, all
    money and prices are linear in d; each comparison that the run rests on holds up to some d, and the least counts. There
    is one where an option is left: it is bought once its supporters have enough. Raises `ValueError` where none is.
    """
    proof = _Proof(market, share)
    remaining = dict.fromkeys(range(len(market.options)))
    for each in bought:
        del remaining[each.place]
        proof.buy(each, remaining)
        if proof.most is not None and proof.most < market.step:
            return 0
    for place in remaining:
        proof.cannot_be_bought(place)
    if proof.most is None:
        raise ValueError("every option is bought: more money changes nothing")
    return proof.most // market.step


class _Proof:
    """Money with d more for each is (base + grows * d) / scale for each purse; `most` is the greatest d that is proved."""

    def __init__(self, market: Market, share: int) -> None:
        self.market = market
        self.scale = 1
        self.purse = [1] * len(market.support.weights)
        self.base = [0, share]
        self.grows = [0, 1]
        self.most: int | None = None

    def buy(self, bought: Bought, others: Sequence[int] | dict[int, None]) -> None:
        """One purchase: its payers, then that no other option became cheaper, then the payment."""
        place = bought.place
        cost = self.market.costs[place] * self.scale
        given = growth = able = 0
        for points, purse, weight in self._backing(place):
            # the price is paid / (each * bought.scale); both scales are positive
            if self.base[purse] * bought.each * bought.scale < bought.paid * points * self.scale:
                given += self.base[purse] * weight
                growth += self.grows[purse] * weight
            else:
                able += points * weight
        base, grows = cost - given, -growth
        common = gcd(base, grows, able)
        base, grows, able = base // common, grows // common, able // common
        self._stay_on_their_side(place, base, grows, able)
        for other in others:
            self._is_not_cheaper(other, place, base, grows, able)
        self._pay(place, base, grows, able)

    def cannot_be_bought(self, place: int) -> None:
        """At the end: the supporters' money stays below the cost."""
        base = growth = 0
        for _, purse, weight in self._backing(place):
            base += self.base[purse] * weight
            growth += self.grows[purse] * weight
        self._holds(growth, self.market.costs[place] * self.scale - 1 - base)

    def _is_not_cheaper(self, other: int, place: int, base: int, grows: int, able: int) -> None:
        """At the price of what is bought, the other's supporters could not pay for it.

        What they could give is at most what those short of the price have, and the price from each of the rest:
        whoever those are, and so for any d. Where they could pay exactly, the two are tied, and must stay so.
        """
        utility, unit = self.market.utility[other], able * self.market.utility[place]
        have = growth = rest = 0
        for points, purse, weight in self._backing(other):
            if self.base[purse] * unit < base * points * utility:
                have += self.base[purse] * weight
                growth += self.grows[purse] * weight
            else:
                rest += points * weight
        short = unit * (self.market.costs[other] * self.scale - have) - rest * utility * base
        rises = unit * growth + rest * utility * grows
        if short > 0:
            self._holds(rises, short - 1)
        elif rises:
            self.most = 0
        else:
            self._stay_on_their_side(other, base * utility, grows * utility, unit)

    def _stay_on_their_side(self, place: int, base: int, grows: int, able: int) -> None:
        """Whoever had less than the price has no more than it.

        Whoever had it still has it: prices never rise with d, and what a purse holds rises by d at least.
        """
        for points, purse, _ in self._backing(place):
            before = base * points - self.base[purse] * able
            rises = self.grows[purse] * able - grows * points
            if before > 0:
                self._holds(rises, before)

    def _holds(self, slope: int, room: int) -> None:
        """`slope * d <= room`, where room is zero or more."""
        if slope > 0:
            least = room // slope
            self.most = least if self.most is None else min(self.most, least)

    def _backing(self, place: int) -> list[tuple[int, int, int]]:
        """(points, purse, weight) of an option's supporters who have anything, or would."""
        found: dict[tuple[int, int], int] = {}
        weights = self.market.support.weights
        for points, voters in self.market.backers[place]:
            for voter in voters:
                purse = self.purse[voter]
                if purse != EMPTY:
                    found[points, purse] = found.get((points, purse), 0) + weights[voter]
        return [(points, purse, weight) for (points, purse), weight in found.items()]

    def _pay(self, place: int, base: int, grows: int, able: int) -> None:
        if able > 1:
            self.base = [each * able for each in self.base]
            self.grows = [each * able for each in self.grows]
            self.scale *= able
        after: dict[tuple[int, int], int] = {}
        for points, voters in self.market.backers[place]:
            for voter in voters:
                held = self.purse[voter]
                if held != EMPTY and (points, held) not in after:
                    after[points, held] = self._lighter(held, base * points, grows * points)
                self.purse[voter] = after[points, held] if held != EMPTY else EMPTY

    def _lighter(self, held: int, base: int, grows: int) -> int:
        """What is left in a purse after the price; nothing, for any d, where the price was more than it held."""
        if self.base[held] < base:
            return EMPTY
        self.base.append(self.base[held] - base)
        self.grows.append(self.grows[held] - grows)
        return len(self.base) - 1
