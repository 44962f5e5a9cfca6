"""Greedy, Equal Shares and Phragmén on generated elections: the winners are those of pabutools, an independent program."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from pabutools.election import (
    Additive_Cardinal_Sat,
    ApprovalBallot,
    ApprovalProfile,
    CardinalBallot,
    Cardinality_Sat,
    CardinalProfile,
    Cost_Sat,
    Instance,
    Project,
)
from pabutools.rules import (
    exhaustion_by_budget_increase,
    greedy_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)

from tally.allocation import Allocation, AllocationRules, allocate
from tally.counting import WeightedChoice, count
from tally.forms import BallotRules, Option
from tally.grouping import group
from tally.phragmen import PhragmenRecord

pytestmark = pytest.mark.slow

INSTANCES = 1_000


@dataclass(frozen=True)
class Election:
    """Costs by project, what each voter gave to each, and the money. Many small numbers, so that ties are met."""

    costs: Mapping[str, int]
    ballots: list[dict[str, int]]
    budget: int

    @property
    def supported(self) -> set[str]:
        """The projects that anybody named: pabutools goes on to those that nobody did."""
        return {project for ballot in self.ballots for project in ballot}

    def instance(self) -> tuple[Any, dict[str, Any]]:
        """As pabutools has it."""
        projects = {name: Project(name, cost) for name, cost in self.costs.items()}
        return Instance(projects.values(), budget_limit=self.budget), projects


def elections(seed: int, most_points: int = 1) -> Iterator[Election]:
    """So many different ones."""
    chance = random.Random(seed)
    for _ in range(INSTANCES):
        names = [f"p{place}" for place in range(chance.randint(2, 6))]
        costs = {name: chance.randint(1, 9) for name in names}
        ballots = [
            {name: chance.randint(1, most_points) for name in chance.sample(names, chance.randint(1, len(names)))}
            for _ in range(chance.randint(2, 12))
        ]
        yield Election(costs, ballots, chance.randint(1, sum(costs.values())))


def ours(election: Election, form: str, **rules: Any) -> Allocation:
    """Our outcome; ties in the order of the projects' names, as pabutools has them by default."""
    options = {
        name: Option(option=name, cost=cost, submitted=place)
        for place, (name, cost) in enumerate(election.costs.items())
    }
    choices: list[Any] = [sorted(ballot) for ballot in election.ballots]
    ballot = BallotRules(form=form, max_per_option=9 if form == "points" else None)
    if form == "points":
        choices = [{name: str(given) for name, given in sorted(each.items())} for each in election.ballots]
    votes = [WeightedChoice(choice, 1) for choice in choices]
    counted = count(ballot, options, votes)
    declared = AllocationRules(budget=election.budget, tie_break=("earlier_submission",), **rules)
    return allocate(declared, options, counted.scores, counted.supporters, b"", groups=group(votes))


def theirs(election: Election, rule: Callable[[Any, Any], Any], *, points: bool = False) -> set[str]:
    """The winners by pabutools."""
    instance, projects = election.instance()
    if points:
        profile = CardinalProfile(
            [CardinalBallot({projects[name]: given for name, given in each.items()}) for each in election.ballots]
        )
    else:
        profile = ApprovalProfile([ApprovalBallot(projects[name] for name in each) for each in election.ballots])
    return {project.name for project in rule(instance, profile)} & election.supported


def add1(sat: type[Any]) -> Callable[[Any, Any], Any]:
    """Equal Shares with one more for each voter until it is too much, as pabutools runs it.

    Once every voter could pay for everything alone nothing changes any more.
    """

    def rule(instance: Any, profile: Any) -> Any:
        voters = profile.num_ballots()
        enough = voters * (sum(project.cost for project in instance) + 1) + instance.budget_limit
        return exhaustion_by_budget_increase(
            instance,
            profile,
            method_of_equal_shares,
            {"sat_class": sat},
            exhaustive_stop=False,
            budget_step=voters,
            budget_bound=enough,
        )

    return rule


RULES = [
    pytest.param(
        {"rule": "greedy"},
        lambda instance, profile: greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat),
        id="greedy",
    ),
    pytest.param(
        {"rule": "equal-shares", "utility": "cost"},
        lambda instance, profile: method_of_equal_shares(instance, profile, sat_class=Cost_Sat),
        id="equal shares, a project worth its cost",
    ),
    pytest.param(
        {"rule": "equal-shares", "utility": "cardinality"},
        lambda instance, profile: method_of_equal_shares(instance, profile, sat_class=Cardinality_Sat),
        id="equal shares, a project worth one",
    ),
    pytest.param(
        {"rule": "equal-shares", "utility": "cost", "completion": "add1"},
        add1(Cost_Sat),
        id="equal shares with add1, a project worth its cost",
    ),
    pytest.param(
        {"rule": "equal-shares", "utility": "cardinality", "completion": "add1"},
        add1(Cardinality_Sat),
        id="equal shares with add1, a project worth one",
    ),
]


@pytest.mark.parametrize(("declared", "rule"), RULES)
def test_approvals_fund_what_pabutools_funds(declared: dict[str, Any], rule: Callable[[Any, Any], Any]) -> None:
    met: Counter[str] = Counter()
    for election in elections(1):
        found = ours(election, "approval", **declared)
        assert set(found.winners) == theirs(election, rule), election
        met["compared"] += 1
        met["with a tie"] += bool(found.ties)
        met["with a winner"] += bool(found.winners)
    assert met["compared"] == INSTANCES
    assert min(met["with a tie"], met["with a winner"]) > INSTANCES // 10


def test_points_fund_what_pabutools_funds() -> None:
    compared = 0
    for election in elections(2, most_points=4):
        found = ours(election, "points", rule="equal-shares", utility="cardinality")
        expected = theirs(
            election,
            lambda instance, profile: method_of_equal_shares(instance, profile, sat_class=Additive_Cardinal_Sat),
            points=True,
        )
        assert set(found.winners) == expected, election
        compared += 1
    assert compared == INSTANCES


def test_phragmen_funds_what_pabutools_funds_but_for_a_tie_that_does_not_all_fit() -> None:
    """Where one of several that are due together does not fit, pabutools ends before them; we, when its turn comes.

    The declared tie-break says whose turn comes first.
    """
    met: Counter[str] = Counter()
    for election in elections(3):
        found = ours(election, "approval", rule="phragmen")
        expected = theirs(election, sequential_phragmen)
        same = set(found.winners) == expected
        assert same or before_a_tie_that_does_not_all_fit(election, found) == expected, election
        met["same" if same else "such a tie"] += 1
    assert met.total() == INSTANCES
    assert met["same"] > INSTANCES * 9 // 10
    assert met["such a tie"] > 0


def before_a_tie_that_does_not_all_fit(election: Election, found: Allocation) -> set[str] | None:
    """What was bought before the first of those ties."""
    assert isinstance(found.record, PhragmenRecord)
    for tie in found.ties:
        before = [each.option for each in found.record.loads]
        if tie.order[0] in before:
            before = before[: before.index(tie.order[0])]
        left = election.budget - sum(election.costs[name] for name in before)
        if any(election.costs[name] > left for name in tie.options):
            return set(before)
    return None


def test_pabutools_computes_exactly_here() -> None:
    from pabutools import fractions

    assert fractions.frac(1, 3) == Fraction(1, 3)
