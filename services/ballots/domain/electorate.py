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
    """Electors by name, as frozen; empty where electors are only counted on sheets.

    `others` is what everyone not in `electors` is, where those of them who vote are known to be on the roll.
    """

    electors: Mapping[str, Elector]
    others: Elector | None = None

    def of(self, voter: str) -> Elector:
        """What a counted ballot of theirs weighs; raises `KeyError` for someone not on the roll."""
        found = self.electors.get(voter, self.others)
        if found is None:
            raise KeyError(voter)
        return found


PLAIN = Elector(Fraction(1), None)
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


def set_apart(changes: Iterable[Enrolled | Left]) -> Electorate:
    """The electorate for counting ballots that were admitted: only members set apart by a weight or a unit are kept.

    Whoever else has a ballot in the box is on its roll, whose digest was checked when it opened, and weighs 1.
    """
    apart: dict[str, Member] = {}
    for change in changes:
        if isinstance(change, Left):
            apart.pop(change.member, None)
            continue
        for name, member in change.members.items():
            if (member.weight, member.unit) != PLAIN:
                apart[name] = member
            else:
                apart.pop(name, None)
    return Electorate(MappingProxyType(_electors(apart)), PLAIN)


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
