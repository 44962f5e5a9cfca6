"""The problem without names: how many people of each kind there are, and how many of them a panel may hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tally.sortition import Pool, Quota

Composition: TypeAlias = tuple[int, ...]
"""How many people of each kind are on a panel."""


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that a quota counts together, and its limits."""

    kinds: tuple[int, ...]
    at_least: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Problem:
    """People who have the same values everywhere are of one kind, and can have the same chance.

    Kinds are ordered by their first person and groups by their kinds, so that no label of a category matters.
    """

    size: int
    kinds: tuple[tuple[str, ...], ...]
    groups: Mapping[Group, Quota]

    @property
    def numbers(self) -> tuple[int, ...]:
        """How many people of each kind there are."""
        return tuple(map(len, self.kinds))


def problem_of(pool: Pool, quotas: Sequence[Quota], size: int) -> Problem:
    """Group the pool's people by their values."""
    by_values: dict[tuple[str, ...], list[str]] = {}
    for person, values in pool.people.items():
        by_values.setdefault(values, []).append(person)
    listed = sorted(by_values.items(), key=lambda kind: kind[1])
    groups = {}
    for quota in quotas:
        place = pool.categories.index(quota.category)
        kinds = tuple(number for number, (values, _) in enumerate(listed) if values[place] == quota.value)
        groups[Group(kinds, quota.at_least, quota.at_most)] = quota
    ordered = {group: groups[group] for group in sorted(groups, key=lambda group: (group.kinds, group.at_least))}
    return Problem(size, tuple(tuple(people) for _, people in listed), ordered)
