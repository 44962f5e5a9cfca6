"""A chamber's seats are as many, and shared between roles, as its charter says; otherwise its roll is refused, with numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated

from pydantic import Field, model_validator

from kernel.ids import Name
from kernel.refusal import Refused
from rules.decision.measures import Part, Share

MEMBERS = "members"
Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]


class RoleShare(Part):
    """A role's seats against a share of another role's seats, or of all (`of: members`)."""

    at_least: Share | None = None
    exactly: Share | None = None
    at_most: Share | None = None
    of: Name = MEMBERS


class RoleSeats(Part):
    """How many seats one role holds, as numbers or as a share."""

    exactly: Count | None = None
    at_least: Count | None = None
    at_most: Count | None = None
    share: RoleShare | None = None


class SeatRule(Part):
    """How many members a chamber has, and how many hold each role."""

    exactly: Count | None = None
    at_least: Count | None = None
    at_most: Count | None = None
    odd: bool = False
    roles: dict[Name, RoleSeats] = Field(default_factory=dict)

    def broken(self, members: int, roles: Mapping[str, int]) -> Refused | None:
        """The first rule that these numbers break."""
        for rule, limit, held in _limits(self, members):
            if not held:
                return _refused(f"members {rule} {limit}", members, limit, "members")
        if self.odd and members % 2 == 0:
            return _refused("members odd", members, "an odd number", "members")
        for role, seats in self.roles.items():
            got = roles.get(role, 0)
            for rule, limit, held in _limits(seats, got):
                if not held:
                    return _refused(f"{role} {rule} {limit}", got, limit, role)
            if seats.share is not None:
                whole = members if seats.share.of == MEMBERS else roles.get(seats.share.of, 0)
                for rule, share, held in _share_limits(seats.share, got, whole):
                    if not held:
                        return _refused(f"{role} {rule} {share} of {seats.share.of}", got, share * whole, role)
        return None


class SeatStep(SeatRule):
    """The rule that applies up to (and including) a number of staff, of members or of holders of a role; the last has none.

    It may have steps of its own, by another number: the Swedish board of one member has another rule than larger ones.
    """

    up_to: Count | None = None
    scale: SeatScale | None = Field(default=None, exclude_if=lambda value: value is None)


class SeatScale(Part):
    """Steps of a number: of staff, of members, or of the holders of a role."""

    by: Name
    steps: Annotated[tuple[SeatStep, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _rising(self) -> SeatScale:
        limits = [step.up_to for step in self.steps]
        known = [limit for limit in limits if limit is not None]
        if None in limits[:-1] or known != sorted(set(known)):
            raise ValueError("steps whose up_to rises are expected, the last alone without one")
        return self

    def rules(self) -> Iterator[SeatStep]:
        """Every step, and the steps of its own scale after it."""
        for step in self.steps:
            yield step
            if step.scale is not None:
                yield from step.scale.rules()

    def numbers(self) -> Iterator[str]:
        """What this scale and those inside it go by."""
        yield self.by
        for step in self.steps:
            if step.scale is not None:
                yield from step.scale.numbers()


class Seats(SeatRule):
    """A chamber's seats: one rule, or a scale of rules; `staff` is the number of employees a scale by staff reads."""

    staff: Count | None = None
    scale: SeatScale | None = None

    @model_validator(mode="after")
    def _staff_known(self) -> Seats:
        if self.scale is not None and "staff" in self.scale.numbers() and self.staff is None:
            raise ValueError("staff is expected: the scale is by staff")
        return self

    def check(self, members: int, roles: Mapping[str, int]) -> Refused | None:
        """None when `members`, of whom `roles[r]` hold role `r`, may sit; else `seats_not_as_declared` and the numbers."""
        broken, scale = self.broken(members, roles), self.scale
        while broken is None and scale is not None:
            size = {"staff": self.staff or 0, MEMBERS: members}.get(scale.by, roles.get(scale.by, 0))
            step = _step(scale, size)
            if step is None:
                return _refused(f"{scale.by} within the scale", size, scale.steps[-1].up_to or 0, scale.by)
            broken, scale = step.broken(members, roles), step.scale
        return broken

    def statutory(self) -> int | None:
        """The declared number of seats, when it is one number."""
        if self.exactly is not None:
            return self.exactly
        if self.scale is None or self.scale.by != "staff":
            return None
        step = _step(self.scale, self.staff or 0)
        return None if step is None else step.exactly


def _step(scale: SeatScale, size: int) -> SeatStep | None:
    return next((step for step in scale.steps if step.up_to is None or size <= step.up_to), None)


def _limits(seats: SeatRule | RoleSeats, got: int) -> list[tuple[str, int, bool]]:
    limits = (("exactly", seats.exactly), ("at least", seats.at_least), ("at most", seats.at_most))
    return [(rule, limit, _holds(rule, got, limit)) for rule, limit in limits if limit is not None]


def _share_limits(share: RoleShare, got: int, whole: int) -> list[tuple[str, Fraction, bool]]:
    limits = (("exactly", share.exactly), ("at least", share.at_least), ("at most", share.at_most))
    return [(rule, limit, _holds(rule, got, limit * whole)) for rule, limit in limits if limit is not None]


def _holds(rule: str, got: int, limit: int | Fraction) -> bool:
    if rule == "exactly":
        return got == limit
    return got >= limit if rule == "at least" else got <= limit


def _refused(rule: str, got: int, needed: int | Fraction | str, who: str) -> Refused:
    return Refused(
        "seats_not_as_declared",
        say=f"the charter seats {rule}: fill the roll so",
        rule=rule,
        who=who,
        needed=needed,
        got=got,
    )
