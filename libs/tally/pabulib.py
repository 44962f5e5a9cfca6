"""A Pabulib file is recounted from its votes, by the rule META names, and set beside the published result."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kernel.canonical import dumps
from kernel.numbers import show
from kernel.refusal import Refused
from tally.allocation import Allocation, AllocationRules, Rule, SeedNeeded, allocate, needs_ballots
from tally.counting import Count, WeightedChoice, count
from tally.grouping import group
from tally.pabulib_file import PabulibFile, Project, VoteType, parse, read
from tally.pabulib_import import GREEDY_CUSTOM, choices, election, is_poznan_80

__all__ = ["Official", "PabulibFile", "Recount", "official", "parse", "read", "recount"]


@dataclass(frozen=True, slots=True)
class Official:
    """The winners that the city published, in the file's order, and whether the recount found the same ones."""

    winners: tuple[str, ...]
    matches: bool


@dataclass(frozen=True, slots=True)
class Recount:
    """A recount: the rule with its declared tie-breaks, the count, what was funded, what the city published."""

    rules: AllocationRules
    count: Count
    allocation: Allocation
    official: Official | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """What `comitia recount` prints: exact numbers as text, winners as selected, highest scores first, then by id."""
        ranked = sorted(self.count.scores.items(), key=lambda item: -item[1])
        threshold = self.rules.threshold
        return {
            "rule": self.rules.rule.value,
            "tie_break": [rule.value for rule in self.rules.tie_break],
            "threshold": None if threshold is None else show(threshold),
            "voters": self.count.voters,
            "currency": self.rules.currency,
            "budget": show(self.allocation.budget),
            "spent": show(self.allocation.spent),
            "winners": list(self.allocation.winners),
            "scores": {option: show(score) for option, score in ranked},
            "ties": [tie.to_json() for tie in self.allocation.ties],
            "official": None
            if self.official is None
            else {"winners": list(self.official.winners), "matches": self.official.matches},
            "notes": list(self.notes),
            **({} if self.allocation.record is None else {"record": self.allocation.record.to_json()}),
        }


def recount(file: PabulibFile, rule: str | None = None, tie_break: Sequence[str] | None = None) -> Recount | Refused:
    """Count the votes and allocate by META's rule, or by `rule`; ties by `tie_break`, or in the file's order.

    Lots are drawn from `seed_of(file)`: nothing that nobody could know beforehand, but the same for everyone.
    """
    held = election(file, rule, tie_break)
    if isinstance(held, Refused):
        return held
    counted = count(held.ballot, held.options, _ballots(file))
    groups = group(_ballots(file)) if needs_ballots(held.allocation) else None
    allocation = allocate(held.allocation, held.options, counted.scores, counted.supporters, groups=groups)
    if isinstance(allocation, SeedNeeded):
        seed = seed_of(file)
        allocation = allocate(held.allocation, held.options, counted.scores, counted.supporters, seed, groups=groups)
    published = official(file)
    found = None if published is None else Official(published, set(published) == set(allocation.winners))
    notes = (*held.notes, *_differences(file, counted), *_other_money(file, published))
    return Recount(held.allocation, counted, allocation, found, notes)


def _ballots(file: PabulibFile) -> Iterator[WeightedChoice]:
    return (WeightedChoice(choice, 1) for _, choice in choices(file))


def seed_of(file: PabulibFile) -> bytes:
    """SHA-256 of the canonical JSON of the votes."""
    votes = [[vote.voter, list(vote.projects), [show(points) for points in vote.points]] for vote in file.votes]
    return hashlib.sha256(dumps(votes)).digest()


def official(file: PabulibFile) -> tuple[str, ...] | None:
    """The projects that the file's own rule funded, by its `selected`; None where the city published none.

    That is 1, and under Poznań's rule 2, the project of which 80 % was left. Else 2 and 3 are other money.
    """
    funded = (1, 2) if file.meta["rule"] in (GREEDY_CUSTOM, Rule.POZNAN_80) and is_poznan_80(file) else (1,)
    if any(project.selected is None for project in file.projects):
        return None
    return tuple(project.project for project in file.projects if project.selected in funded)


def _other_money(file: PabulibFile, published: tuple[str, ...] | None) -> Iterator[str]:
    for project in file.projects:
        if project.selected and published is not None and project.project not in published:
            yield f"{project.project} was funded from other money (selected {project.selected}), outside the rule"


def _differences(file: PabulibFile, counted: Count) -> Iterator[str]:
    """Where the votes and scores in PROJECTS are not what the votes in VOTES add up to."""
    gives_points = file.vote_type in (VoteType.CUMULATIVE, VoteType.ORDINAL)
    for project in file.projects:
        yield from _difference(project, "votes", project.votes, Fraction(counted.supporters[project.project]))
        if gives_points:
            yield from _difference(project, "score", project.score, counted.scores[project.project])


def _difference(project: Project, column: str, written: Fraction | None, counted: Fraction) -> Iterator[str]:
    if written is not None and written != counted:
        yield f"line {project.line}: {column} of {project.project} is {show(written)}, the votes give {show(counted)}"
