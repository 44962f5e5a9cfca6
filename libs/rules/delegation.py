"""A member has at most one delegation for all matters and one for each matter; that for the matter comes before that for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Annotated, Literal, NamedTuple, TypeAlias

from pydantic import Field, model_validator

from kernel.numbers import show
from rules.decision.measures import Part

DelegationKind: TypeAlias = Literal["proxy", "liquid"]

MAX_PROXIES = 10**6


class DelegationRules(Part):
    """How members of a chamber may be represented: `proxies` at most so many held by one member; `liquid` transitively."""

    proxies: Annotated[int, Field(strict=True, ge=1, le=MAX_PROXIES)] | None = None
    liquid: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _some_kind(self) -> DelegationRules:
        if self.proxies is None and not self.liquid:
            raise ValueError(
                "proxies (how many one member may hold), liquid: true, or both are expected, found neither"
            )
        return self

    def allows(self, kind: DelegationKind) -> bool:
        """Whether members may give a delegation of this kind."""
        return self.liquid if kind == "liquid" else kind == "proxy" and self.proxies is not None


class Delegation(NamedTuple):
    """`member` lets `delegate` vote for them, in one matter, or in all where `matter` is None."""

    member: str
    delegate: str
    kind: DelegationKind
    matter: str | None = None

    def concerns(self, matter: str | None) -> bool:
        """Whether it can come to count in this matter."""
        return self.matter is None or self.matter == matter


Standing: TypeAlias = Mapping[str, tuple[Delegation, ...]]
"""Each member's delegations, given and not revoked."""


class Represented(NamedTuple):
    """`member` did not vote and is counted, with their own weight, as `cast_by` voted; `delegate` is whom they named.

    Where the two differ, `delegate` is represented as well: the chain is read from one to the next.
    """

    member: str
    delegate: str
    cast_by: str
    weight: Fraction

    def to_json(self) -> dict[str, str]:
        """As it stands in the count of a box."""
        return {**self._asdict(), "weight": show(self.weight)}


def in_force(given: Iterable[Delegation], matter: str) -> dict[str, Delegation]:
    """The delegation of each member that counts in a matter, in the order in which they were given."""
    general: dict[str, Delegation] = {}
    special: dict[str, Delegation] = {}
    order: list[Delegation] = []
    for each in given:
        if each.concerns(matter):
            (general if each.matter is None else special)[each.member] = each
            order.append(each)
    chosen = {**general, **special}
    return {each.member: each for each in order if chosen[each.member] == each}
