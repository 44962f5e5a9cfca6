"""A unit votes yes when its own electors' yes is more than their no, otherwise no; equality is no, unless declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal, Protocol

from rules.decision.evidence import VoteCount


class WeightedUnit(Protocol):
    """A unit as the charter lists it."""

    @property
    def code(self) -> str: ...
    @property
    def weight(self) -> Fraction: ...


def unit_vote(electors: VoteCount, equality: Literal["no", "yes"] = "no") -> Literal["no", "yes"]:
    """How a unit votes when its electors voted so."""
    if electors.yes == electors.no:
        return equality
    return "yes" if electors.yes > electors.no else "no"


def derive_units(
    units: Sequence[WeightedUnit],
    electors_by_unit: Mapping[str, VoteCount],
    equality: Literal["no", "yes"] = "no",
) -> VoteCount:
    """The derived chamber's count: every unit is a member; one missing from `electors_by_unit` did not vote at all."""
    weights = {"yes": Fraction(0), "no": Fraction(0)}
    voting = [unit for unit in units if unit.code in electors_by_unit]
    for unit in voting:
        weights[unit_vote(electors_by_unit[unit.code], equality)] += unit.weight
    return VoteCount(
        yes=weights["yes"],
        no=weights["no"],
        members=sum((unit.weight for unit in units), Fraction(0)),
        heads_present=len(voting),
        heads_members=len(units),
    )
