"""Everyone earns at one pace; an option is bought once its supporters can, ties as declared; the first over budget ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Any

from kernel.numbers import show
from tally import greedy
from tally.allocation_rules import Completion
from tally.consideration import Step
from tally.forms import Option
from tally.funding import Funded, Vote, brief, decimal
from tally.support import Support, support


@dataclass(frozen=True, slots=True)
class Load:
    """An option bought, the load of each weight of 1 behind it then, and that weight."""

    option: str
    load: Fraction
    weight: Fraction

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON."""
        return {"option": self.option, "load": brief(self.load), "weight": show(self.weight)}


@dataclass(frozen=True, slots=True)
class PhragmenRecord:
    """The loads in order, the option that ended it with the load at which it would have been bought, the completion."""

    loads: tuple[Load, ...]
    ended_by: Load | None
    completed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON, exact numbers as text, long ones cut and marked so (`brief`)."""
        return {
            "loads": [each.to_json() for each in self.loads],
            "ended_by": None if self.ended_by is None else self.ended_by.to_json(),
            "completed": list(self.completed),
        }


def fund(vote: Vote) -> Funded:
    """Sequential Phragmén with costs: Brill, Forster, Lackner, Maly, Peters, Proportionality in Approval-Based
    Participatory Budgeting (AAAI 2023), §3. Supporters of what is bought all carry the same load after it.

    Naming an option counts as supporting it, with however many points. An option that alone costs more than the budget
    takes no part. Incomplete when `vote.breaker` then needs a seed.
    """
    eligible = vote.eligible()
    affordable = {name: option for name, option in eligible.items() if option.price <= vote.budget}
    race = _Race(support(vote.groups, affordable), affordable)
    steps: list[Step] = []
    loads: list[Load] = []
    remaining = vote.budget
    ended_by = None
    while tied := race.next():
        load = race.loads[tied[0]]
        first = (
            vote.breaker.order([affordable[name] for name in tied], load)[0] if len(tied) > 1 else affordable[tied[0]]
        )
        if vote.breaker.needs is not None:
            return Funded(())
        reached = Load(first.option, load, race.weight(first.option))
        if first.price > remaining:
            ended_by = reached
            break
        why = f"bought by its supporters at a load of {decimal(load, 2)}"
        steps.append(Step(first.option, vote.score(first.option), Fraction(first.price), remaining, True, why))
        loads.append(reached)
        remaining -= first.price
        race.buy(first.option, tied)
    others = {name: option for name, option in eligible.items() if all(step.option != name for step in steps)}
    return _rest(vote, others, remaining, steps, PhragmenRecord(tuple(loads), ended_by, ()))


def _rest(
    vote: Vote, others: Mapping[str, Option], remaining: Fraction, steps: list[Step], record: PhragmenRecord
) -> Funded:
    if vote.rules.completion is Completion.GREEDY:
        added = tuple(greedy.steps(vote.in_order(others), remaining))
        completed = tuple(step.option for step in added if step.taken)
        told = tuple(replace(step, why="fits what is left: completion") if step.taken else step for step in added)
        return Funded((*steps, *told), replace(record, completed=completed))
    for option in vote.ranked(others):
        why = "its supporters would have reached its cost later"
        if option.price > vote.budget:
            why = "costs more than the budget"
        elif record.ended_by is not None and option.option == record.ended_by.option:
            why = "costs more than is left: stop"
        steps.append(Step(option.option, vote.score(option.option), Fraction(option.price), remaining, False, why))
    return Funded(tuple(steps), record)


class _Race:
    """Which option's supporters reach its cost next.

    A voter's load is that of the last option bought that they support, so an option's supporters are counted by that.
    """

    def __init__(self, ballots: Support, options: Mapping[str, Option]) -> None:
        self.ballots = ballots
        self.costs = {name: Fraction(option.price) for name, option in options.items()}
        self.voters = {
            name: tuple(voter for _, voters in ballots.supporters[name] for voter in voters)
            for name in options
            if name in ballots.supporters
        }
        self.last = [0] * len(ballots.weights)
        self.reached = [Fraction(0)]
        self.loads = {name: self._load(name) for name in self.voters}
        self.queue = [(load, name) for name, load in self.loads.items()]
        heapify(self.queue)

    def weight(self, option: str) -> Fraction:
        """The weight of an option's supporters."""
        return Fraction(sum(self.ballots.weights[voter] for voter in self.voters[option]), self.ballots.unit)

    def _load(self, option: str) -> Fraction:
        """The load of each weight of 1 behind it, were it bought now."""
        behind: dict[int, int] = {}
        for voter in self.voters[option]:
            behind[self.last[voter]] = behind.get(self.last[voter], 0) + self.ballots.weights[voter]
        carried = sum((self.reached[last] * weight for last, weight in behind.items()), Fraction(0))
        return (self.costs[option] * self.ballots.unit + carried) / sum(behind.values())

    def next(self) -> list[str]:
        """The options of the least load; loads only rise, so those queued with a greater one need not be computed."""
        least, computed = None, []
        while self.queue and (least is None or self.queue[0][0] <= least):
            _, name = heappop(self.queue)
            load = self.loads[name] = self._load(name)
            computed.append((load, name))
            least = load if least is None else min(least, load)
        for each in computed:
            if each[0] != least:
                heappush(self.queue, each)
        return sorted(name for load, name in computed if load == least)

    def buy(self, option: str, tied: list[str]) -> None:
        """Its supporters carry its load; those that it was tied with wait."""
        self.reached.append(self.loads[option])
        for voter in self.voters[option]:
            self.last[voter] = len(self.reached) - 1
        for name in tied:
            if name != option:
                heappush(self.queue, (self.loads[name], name))
