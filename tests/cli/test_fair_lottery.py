"""The fairest lottery against brute force: the least chance is the exact optimum over every feasible panel, but for rounding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.lotteries.fair import fair_panels
from cli.lotteries.make import fair_lottery
from cli.lotteries.problem import problem_of
from kernel.refusal import Refused
from tally.sortition import Drawn, Lottery, Pool, Quota, draw
from tally.sortition_check import chances, check_panel
from tally.sortition_quotas import ceiling, conflict, panel_faults

TICKETS = 1000
GENDERS, AGES = ("f", "m", "x"), ("old", "young")
SEED = bytes(32)

people = st.lists(st.tuples(st.sampled_from(AGES), st.sampled_from(GENDERS)), min_size=2, max_size=8)
limits = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4)), min_size=5, max_size=5)


def pool_of(values: Sequence[tuple[str, str]]) -> Pool:
    return Pool(("age", "gender"), {f"p{place}": value for place, value in enumerate(values)})


def quotas_of(pairs: Sequence[tuple[int, int]]) -> tuple[Quota, ...]:
    named = [("age", value) for value in AGES] + [("gender", value) for value in GENDERS]
    return tuple(
        Quota(category=category, value=value, at_least=low, at_most=low + more)
        for (category, value), (low, more) in zip(named, pairs, strict=True)
    )


def feasible(pool: Pool, quotas: Sequence[Quota], size: int) -> list[tuple[str, ...]]:
    """Every panel that may be drawn, tried one by one."""
    return [panel for panel in combinations(pool.people, size) if not any(panel_faults(pool, quotas, size, panel))]


def greatest_least_chance(panels: Sequence[Sequence[str]]) -> Fraction:
    """The value of the game "name a person, draw a panel" over those on some panel, by the simplex method in fractions.

    Of weights on people such that no panel weighs more than 1, the greatest sum is 1 divided by the value; Bland's rule.
    """
    persons = sorted({person for panel in panels for person in panel})
    width = len(persons) + len(panels)
    rows = [
        [Fraction(person in panel) for person in persons]
        + [Fraction(place == other) for other in range(len(panels))]
        + [Fraction(1)]
        for place, panel in enumerate(panels)
    ]
    goal = [Fraction(-1)] * len(persons) + [Fraction(0)] * (len(panels) + 1)
    basis = [len(persons) + place for place in range(len(panels))]
    while (entering := next((place for place in range(width) if goal[place] < 0), None)) is not None:
        ratios = [(row[-1] / row[entering], basis[place], place) for place, row in enumerate(rows) if row[entering] > 0]
        _, _, leaving = min(ratios)
        pivot = [value / rows[leaving][entering] for value in rows[leaving]]
        rows = [
            pivot
            if place == leaving
            else [value - row[entering] * part for value, part in zip(row, pivot, strict=True)]
            for place, row in enumerate(rows)
        ]
        goal = [value - goal[entering] * part for value, part in zip(goal, pivot, strict=True)]
        basis[leaving] = entering
    return 1 / goal[-1]


def test_the_oracle_knows_games_whose_value_is_known() -> None:
    assert greatest_least_chance(list(combinations("abcd", 2))) == Fraction(1, 2)
    assert greatest_least_chance(["ab", "ac"]) == Fraction(1, 2)
    assert greatest_least_chance(["ab", "bc", "ca"]) == Fraction(2, 3)
    assert greatest_least_chance(["ab", "ac", "ad"]) == Fraction(1, 3)
    assert greatest_least_chance(["abc", "cd", "de", "ea"]) == Fraction(1, 2)


def lottery_of(pool: Pool, quotas: Sequence[Quota], size: int, tickets: int = TICKETS) -> Lottery | Refused:
    return conflict(pool, quotas, size) or fair_lottery(pool, quotas, size, "a lottery to come", tickets)


def check_against_brute_force(pool: Pool, quotas: Sequence[Quota], size: int) -> bool:
    """Whether a panel exists; if so, that the lottery over them is as fair as any, as checked and as drawn."""
    panels = feasible(pool, quotas, size)
    made = lottery_of(pool, quotas, size)
    if isinstance(made, Refused):
        assert panels == [], made
        return False
    best = greatest_least_chance(panels)
    held = made.tickets_of()
    assert set(held) == {person for panel in panels for person in panel}, "everyone who can be drawn can be drawn"
    least = Fraction(min(held.values()), TICKETS)
    assert best - Fraction(2, TICKETS) <= least <= best
    assert sum(held.values()) == size * TICKETS
    if len(held) == len(pool.people):
        assert best <= ceiling(pool, quotas, size)
    drawn = draw(made, SEED)
    assert isinstance(drawn, Drawn)
    assert drawn.panel in panels
    assert all(check.held for check in check_panel(made, pool, quotas, drawn))
    return True


@given(people, limits, st.integers(1, 4))
def test_no_lottery_over_feasible_panels_is_fairer(
    values: list[tuple[str, str]], pairs: list[tuple[int, int]], size: int
) -> None:
    check_against_brute_force(pool_of(values), quotas_of(pairs), size)


@pytest.mark.slow
def test_no_lottery_over_feasible_panels_is_fairer_in_a_thousand_pools() -> None:
    """Quotas are drawn around a panel of the pool, so that most can be met; counted, so that none is compared unseen."""
    chance = Random(2021)
    compared, unequal = 0, 0
    for _ in range(1_000):
        number = chance.randint(3, 9)
        values = [(chance.choice(AGES), chance.choices(GENDERS, (4, 4, 1))[0]) for _ in range(number)]
        size = chance.randint(1, min(number, 5))
        panel = chance.sample(values, size)
        wanted = [sum(value in person for person in panel) for value in (*AGES, *GENDERS)]
        below = [min(amount, chance.randint(0, 1)) for amount in wanted]
        pairs = [(amount - less, less + chance.randint(0, 1)) for amount, less in zip(wanted, below, strict=True)]
        pool, quotas = pool_of(values), quotas_of(pairs)
        compared += check_against_brute_force(pool, quotas, size)
        unequal += greatest_least_chance(feasible(pool, quotas, size)) < Fraction(size, number)
    assert compared == 1_000
    assert unequal > 300, "quotas that bind are what this is about"


@given(people, limits, st.integers(1, 4), st.permutations(GENDERS))
def test_what_categories_and_values_are_called_never_matters(
    values: list[tuple[str, str]], pairs: list[tuple[int, int]], size: int, renamed: list[str]
) -> None:
    pool, quotas = pool_of(values), quotas_of(pairs)
    new = dict(zip(GENDERS, renamed, strict=True))
    other = Pool(("a-gender", "b-age"), {person: (new[gender], age) for person, (age, gender) in pool.people.items()})
    same = [
        Quota(
            category="b-age" if quota.category == "age" else "a-gender",
            value=new.get(quota.value, quota.value),
            at_least=quota.at_least,
            at_most=quota.at_most,
        )
        for quota in reversed(quotas)
    ]
    assert fair_panels(problem_of(pool, quotas, size), TICKETS) == fair_panels(problem_of(other, same, size), TICKETS)


def test_people_alike_have_the_same_chance_but_for_one_ticket() -> None:
    pool = pool_of([("old", "f")] * 3 + [("old", "m")] * 5 + [("young", "m")] * 4)
    made = lottery_of(pool, quotas_of([(1, 2), (1, 2), (1, 2), (0, 4), (0, 0)]), 3)
    assert isinstance(made, Lottery)
    held = made.tickets_of()
    for alike in (range(3), range(3, 8), range(8, 12)):
        counts = {held[f"p{place}"] for place in alike}
        assert max(counts) - min(counts) <= 1


def test_the_second_least_chance_is_raised_too() -> None:
    """Seven young people share one seat. Of the other two seats, three old women and two old men have 2/5 each."""
    pool = pool_of([("young", "f")] * 7 + [("old", "f")] * 3 + [("old", "m")] * 2)
    made = lottery_of(pool, quotas_of([(2, 0), (1, 0), (0, 4), (0, 4), (0, 0)]), 3, tickets=70)
    assert isinstance(made, Lottery)
    held = made.tickets_of()
    assert [held[f"p{place}"] for place in range(12)] == [10] * 7 + [28] * 5


@pytest.mark.parametrize(
    ("size", "tickets"),
    [
        pytest.param(2, 1, id="one ticket names one panel"),
        pytest.param(4, 7, id="a panel of everyone"),
        pytest.param(1, 3, id="fewer tickets than people"),
    ],
)
def test_a_lottery_of_few_tickets_is_still_one(size: int, tickets: int) -> None:
    pool, quotas = pool_of([("old", "f")] * 4), quotas_of([(0, 4), (0, 0), (0, 4), (0, 0), (0, 0)])
    made = lottery_of(pool, quotas, size, tickets)
    assert isinstance(made, Lottery)
    assert all(check.held for check in check_panel(made, pool, quotas))
    held = made.tickets_of()
    assert max(held.values()) - min(held[person] for person in pool.people) <= 1


CONFLICTS = [
    pytest.param(
        [("old", "f"), ("old", "f"), ("young", "m"), ("young", "m")],
        [(2, 0), (0, 4), (0, 4), (1, 3), (0, 4)],
        None,
        3,
        id="two old, one man: the old are women, and a young man is left",
    ),
    pytest.param(
        [("old", "f"), ("old", "f"), ("young", "m"), ("young", "m")],
        [(2, 0), (0, 4), (0, 4), (2, 2), (0, 4)],
        "1 conflicting",
        3,
        id="two old, two men: three seats do not hold four people",
    ),
]


@pytest.mark.parametrize(("values", "pairs", "conflicting", "size"), CONFLICTS)
def test_quotas_that_conflict_across_categories_are_named(
    values: list[tuple[str, str]], pairs: list[tuple[int, int]], conflicting: str | None, size: int
) -> None:
    pool, quotas = pool_of(values), quotas_of(pairs)
    assert conflict(pool, quotas, size) is None
    made = lottery_of(pool, quotas, size)
    assert isinstance(made, Refused) is (conflicting is not None)
    if isinstance(made, Refused):
        assert (made.reason, made.details["conflicting"]) == ("quotas_conflict", 1)
        assert "would have to be" in made.say
        assert feasible(pool, quotas, size) == []


@given(people, limits, st.integers(1, 4))
def test_the_change_that_a_refusal_names_makes_a_panel_possible(
    values: list[tuple[str, str]], pairs: list[tuple[int, int]], size: int
) -> None:
    pool, quotas = pool_of(values), quotas_of(pairs)
    made = lottery_of(pool, quotas, size)
    if not isinstance(made, Refused) or made.reason != "quotas_conflict":
        return
    changed = []
    for quota in quotas:
        needed = {"at_least": quota.at_least, "at_most": quota.at_most}
        for told in made.say.partition(": ")[2].split("; "):
            words = told.split()
            if told.startswith(f"{quota.name}:"):
                needed[words[2]] = int(words[-1])
        changed.append(Quota(category=quota.category, value=quota.value, **needed))
    assert feasible(pool, changed, size) != []


@pytest.mark.slow
def test_a_pool_of_a_thousand_gives_a_panel_of_a_hundred() -> None:
    """Shares as in a real invitation: those who answer are not those who live there."""
    shares = {
        "age": {"16-29": (12, 22), "30-44": (20, 26), "45-59": (30, 25), "60+": (38, 27)},
        "area": {"centre": (30, 20), "east": (20, 20), "north": (10, 20), "south": (15, 20), "west": (25, 20)},
        "education": {"high": (60, 30), "low": (10, 30), "middle": (30, 40)},
        "gender": {"f": (45, 51), "m": (53, 48), "x": (2, 1)},
    }
    columns = []
    for step, (category, values) in zip((1, 3, 7, 11), shares.items(), strict=True):
        listed = [value for value, (percent, _) in values.items() for _ in range(percent * 10)]
        columns.append([listed[place * step * 37 % 1000] for place in range(1000)])
        assert len(set(columns[-1])) == len(values), category
    pool = Pool(tuple(shares), {f"p{place:04}": values for place, values in enumerate(zip(*columns, strict=True))})
    quotas = tuple(
        Quota(category=category, value=value, at_least=max(wanted - 1, 0), at_most=wanted + 1)
        for category, values in shares.items()
        for value, (_, wanted) in values.items()
    )
    made = lottery_of(pool, quotas, 100)
    assert isinstance(made, Lottery), made
    assert all(check.held for check in check_panel(made, pool, quotas, draw(made, SEED)))  # type: ignore[arg-type]
    told = chances(made, pool, quotas)
    assert told.ceiling - Fraction(3, TICKETS) <= told.least <= told.ceiling
