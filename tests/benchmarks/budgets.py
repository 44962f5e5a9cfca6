"""What Equal Shares with add1 costs on real elections, against pabutools on the same files, exactly and with the same result."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from pabutools import fractions
from pabutools.election import Additive_Cardinal_Sat, Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
from pabutools.tiebreaking import TieBreakingRule

from tally.allocation import Allocation, AllocationRules, allocate
from tally.counting import WeightedChoice, count
from tally.grouping import group
from tally.pabulib_import import choices
from tally.payments import EqualSharesRecord
from testkit.shared import shared_data
from tests.benchmarks import elections
from tests.benchmarks.targets import Asked, Section, Target

WIELICZKA = "Poland_Wieliczka_2023_Green_Budget.pb"
SMALL = "Poland_Swiecie_2023.pb"
FASTER = 20
TIMED = 12
"""So many of add1's steps are timed with pabutools, spread evenly over all of them: the whole would take it minutes."""

TEXT = """## Equal Shares with add1

CPU time from ballots in memory to the outcome with its record, in exact fractions. pabutools {version} runs as it does
fastest: voters who said the same are grouped beforehand (its multiprofile, not timed), and with gmpy2's fractions or
with floats, whichever is faster. Its own add1 ends at the first exhaustive outcome; so each step is a run of its own, of
which {timed} are timed, evenly spread from none added to the last that fits, and their mean counts for every step. In
each of those both bought the same projects.

| file | ballots | different | projects | steps | Comitia, s | pabutools, s | its numbers | faster |
|---|---:|---:|---:|---:|---:|---:|---|---:|
{rows}

In the first file a project is worth its cost to whoever approves it, in the second the points it was given.

"""

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Raced:
    """One file: its size, add1's steps, the seconds of both; `numbers` is how pabutools had its fractions."""

    file: str
    ballots: int
    different: int
    projects: int
    steps: int
    ours: float
    theirs: float
    numbers: str

    @property
    def faster(self) -> float:
        """How many times."""
        return self.theirs / self.ours

    def row(self) -> str:
        """The line of the table."""
        sizes = f"{self.ballots:,} | {self.different:,} | {self.projects} | {self.steps}"
        seconds = f"{self.ours:.2f} | {self.theirs:.1f} | {self.numbers} | **{self.faster:.0f}**"
        return f"| {Path(self.file).stem} | {sizes} | {seconds} |"


def section(asked: Asked) -> Section:
    """Race on Wieliczka's approvals and on the points of Katowice, the greedy file with most ballots."""
    timed = asked.of(TIMED, 2)
    raced = [
        race(SMALL if asked.quick else WIELICZKA, Cost_Sat, "cost", timed),
        race(elections.KATOWICE, Additive_Cardinal_Sat, "cardinality", timed),
    ]
    rows = "\n".join(each.row() for each in raced)
    targets = [Target(f"Equal Shares with add1, {Path(each.file).stem}", each.faster, FASTER) for each in raced]
    return Section(TEXT.format(version=version("pabutools"), timed=timed, rows=rows), targets)


def race(name: str, sat: Any, utility: str, timed: int) -> Raced:
    """Our whole add1, the best of three times; some of its steps by pabutools, checked to buy the same."""
    path = shared_data("pabulib", name)
    file, held = elections.read(path)
    ballots = [WeightedChoice(choice, 1) for _, choice in choices(file)]
    counted = count(held.ballot, held.options, ballots)

    def bought(added: int | None) -> Allocation:
        """By add1, or with so much more for each voter."""
        budget = file.budget + (added or 0) * len(ballots)
        more: dict[str, Any] = {"completion": "add1"} if added is None else {}
        rules = AllocationRules(
            rule="equal-shares", budget=budget, utility=utility, tie_break=("earlier_submission",), **more
        )
        return allocate(rules, held.options, counted.scores, counted.supporters, b"", groups=group(ballots))

    tries = [_timed(partial(bought, None)) for _ in range(3)]
    record = tries[0][0].record
    if not isinstance(record, EqualSharesRecord) or record.steps is None:
        raise RuntimeError(f"{name}: add1 left no record")
    places = {option.option: option.submitted for option in held.options.values()}
    theirs = Pabutools(path, sat, places)
    seconds = {"gmpy2": 0.0, "float": 0.0}
    for place in range(timed):
        added = record.steps * place // (timed - 1)
        for numbers in seconds:
            funded, spent = _timed(partial(theirs.bought, added * len(ballots), numbers))
            seconds[numbers] += spent
            if numbers == "gmpy2" and funded != set(bought(added).winners):
                raise RuntimeError(f"{name}: with {added} more for each voter pabutools buys something else")
    numbers = min(seconds, key=lambda each: seconds[each])
    return Raced(
        file=name,
        ballots=len(ballots),
        different=len(group(ballots)),
        projects=len(held.options),
        steps=record.steps,
        ours=min(spent for _, spent in tries),
        theirs=seconds[numbers] / timed * (record.steps + 2),  # from none added to the one over the budget
        numbers=numbers,
    )


class Pabutools:
    """A file as pabutools reads it, its voters grouped; ties in the file's order, as ours."""

    def __init__(self, path: Path, sat: Any, places: dict[str, int]) -> None:
        self.instance, profile = parse_pabulib(str(path))
        self.profile = profile.as_multiprofile()
        self.sat = sat
        self.ties = TieBreakingRule(lambda instance, profile, project: places[project.name])

    def bought(self, more: int, numbers: str) -> set[str]:
        """What Equal Shares buys with so much more in all."""
        fractions.FRACTION = numbers
        instance = deepcopy(self.instance)
        instance.budget_limit = self.instance.budget_limit + more
        found = method_of_equal_shares(instance, self.profile, sat_class=self.sat, tie_breaking=self.ties)
        fractions.FRACTION = "gmpy2"
        return {project.name for project in found}


def _timed(work: Callable[[], _Made]) -> tuple[_Made, float]:
    began = time.process_time()
    made = work()
    return made, time.process_time() - began
