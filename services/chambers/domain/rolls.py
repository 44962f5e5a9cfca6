"""A roll says who sits in a chamber now; it is frozen for each box, and later changes count for later boxes only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import reduce
from math import lcm
from types import MappingProxyType
from typing import Any

from chambers.domain.events import MemberLeft, MembersEnrolled, MemberUpdated, RollFrozen
from chambers.domain.values import Member
from kernel.events import Event
from kernel.numbers import show

Sitting = Mapping[str, Member]


@dataclass(frozen=True, slots=True)
class FrozenRoll:
    """The roll as it stood for one box; `sitting` also holds members whose mandate does not cover `on`."""

    box: str
    on: date
    members: int
    weight: Fraction
    digest: str
    sitting: Sitting

    def elector(self, member: str) -> Member | None:
        """The member's entry, if they were an elector of this box."""
        entry = self.sitting.get(member)
        return entry if entry is not None and entry.mandate.covers(self.on) else None

    def holders(self, role: str) -> list[str]:
        """Which electors of this box held a role, in order of their ids."""
        return sorted(entry.member for entry in electors(self.sitting, self.on) if role in entry.roles)


@dataclass(frozen=True, slots=True)
class Roll:
    """Who sits in a chamber now. `denominator` is a common one of all weights that were ever on this roll."""

    members: Sitting = field(default_factory=lambda: MappingProxyType({}))
    frozen: tuple[FrozenRoll, ...] = ()
    denominator: int = 1

    def frozen_for(self, box: str) -> FrozenRoll | None:
        return next((each for each in self.frozen if each.box == box), None)

    def to_json(self) -> dict[str, Any]:
        """The chamber's part of the process state."""
        members = {name: each.model_dump(mode="json", exclude={"member"}) for name, each in self.members.items()}
        return {"members": members, "frozen": [_frozen_json(each) for each in self.frozen]}


def electors(sitting: Sitting, on: date) -> Iterator[Member]:
    """Those whose mandate covers the day."""
    return (each for each in sitting.values() if each.mandate.covers(on))


def evolve(roll: Roll, event: Event) -> Roll:
    """The roll after one event of its stream."""
    match event:
        case MembersEnrolled():
            joined = {each.member: each for each in event.members}
            common = lcm(roll.denominator, *{each.weight.denominator for each in event.members})
            return replace(roll, members={**roll.members, **joined}, denominator=common)
        case MemberUpdated():
            entry = Member(**{name: getattr(event, name) for name in Member.model_fields})
            common = lcm(roll.denominator, event.weight.denominator)
            return replace(roll, members={**roll.members, event.member: entry}, denominator=common)
        case MemberLeft():
            return replace(roll, members={name: each for name, each in roll.members.items() if name != event.member})
        case RollFrozen():
            frozen = FrozenRoll(event.box, event.on, event.members, event.weight, event.digest, roll.members)
            return replace(roll, frozen=(*roll.frozen, frozen))
    return roll


def after(roll: Roll, events: Iterable[Event]) -> Roll:
    """The roll after several events of its stream."""
    return reduce(evolve, events, roll)


def _frozen_json(frozen: FrozenRoll) -> dict[str, Any]:
    return {
        "box": frozen.box,
        "on": frozen.on.isoformat(),
        "members": frozen.members,
        "weight": show(frozen.weight),
        "digest": frozen.digest,
    }
