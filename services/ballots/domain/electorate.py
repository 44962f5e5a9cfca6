"""The electorate of a box: who was on the chamber's roll when it was frozen, in office that day, with which weight and unit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from kernel import canonical
from kernel.numbers import show


class Elector(NamedTuple):
    """What a ballot of theirs weighs, and in which unit it counts."""

    weight: Fraction
    unit: str | None


class Member(NamedTuple):
    """Someone on a roll. `begins` and `ends` (ISO dates, both included, None open) bound the mandate."""

    weight: Fraction
    unit: str | None
    roles: tuple[str, ...]
    begins: str | None
    ends: str | None

    def in_office(self, on: str) -> bool:
        """Whether the mandate covers this day."""
        return (self.begins is None or self.begins <= on) and (self.ends is None or on <= self.ends)


class RollDiffers(Exception):
    """The members read from the log are not those that were frozen: one of the two services folds the roll wrongly."""


@dataclass(frozen=True)
class Electorate:
    """Electors by name, as frozen; empty where electors are only counted on sheets."""

    electors: Mapping[str, Elector]


NO_ELECTORATE = Electorate(MappingProxyType({}))


class Enrolled(NamedTuple):
    """These members are on the roll, or are so with other particulars."""

    members: Mapping[str, Member]


class Left(NamedTuple):
    """This member is on the roll no more."""

    member: str


def freeze(changes: Iterable[Enrolled | Left], on: str, digest: str) -> Electorate:
    """The electorate that the changes before the freeze leave on the day `on`; raises `RollDiffers` on another digest."""
    roll: dict[str, Member] = {}
    for change in changes:
        if isinstance(change, Enrolled):
            roll.update(change.members)
        else:
            roll.pop(change.member, None)
    frozen = {name: member for name, member in roll.items() if member.in_office(on)}
    found = roll_digest(frozen)
    if found != digest:
        raise RollDiffers(f"the roll frozen on {on} has digest {digest}; its {len(frozen)} members give {found}")
    return Electorate(MappingProxyType(_electors(frozen)))


def roll_digest(members: Mapping[str, Member]) -> str:
    """SHA-256, in hex, of the canonical JSON of `[[member, weight, unit, [roles sorted]], …]` sorted by member."""
    rows = [[name, show(one.weight), one.unit, sorted(one.roles)] for name, one in sorted(members.items())]
    return hashlib.sha256(canonical.dumps(rows)).hexdigest()


def _electors(members: Mapping[str, Member]) -> dict[str, Elector]:
    """One `Elector` object per weight and unit: a city's roll holds few different ones."""
    kinds: dict[tuple[int, int, str | None], Elector] = {}
    found = {}
    for name, (weight, unit, *_) in members.items():
        kind = (weight.numerator, weight.denominator, unit)
        elector = kinds.get(kind)
        if elector is None:
            elector = kinds[kind] = Elector(weight, unit)
        found[name] = elector
    return found
