"""Envelopes: each district's own money, what becomes of what is left, and exclusive groups within and across them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from kernel.numbers import show
from tally.allocation import Allocation, AllocationRules, SeedNeeded, allocate
from tally.forms import Option
from tally.grouping import Said

NORTH, SOUTH = "north", "south"
OPTIONS = {
    "n1": Option(option="n1", cost="40", submitted=1, district=NORTH),
    "n2": Option(option="n2", cost="20", submitted=2, district=NORTH),
    "s1": Option(option="s1", cost="30", submitted=3, district=SOUTH),
    "s2": Option(option="s2", cost="30", submitted=4, district=SOUTH),
    "c1": Option(option="c1", cost="50", submitted=5),
    "c2": Option(option="c2", cost="15", submitted=6),
}
SCORES = {"n1": 9, "n2": 8, "s1": 7, "s2": 6, "c1": 5, "c2": 4}
BALLOTS: dict[Said, int | Fraction] = {("n1", "n2"): 4, ("s1", "s2"): 2, ("c1",): 3, ("c2",): 1}


def fund(left: str = "kept", rule: str = "greedy", budget: str = "150", **more: Any) -> Allocation:
    """150: 50 for the north, 40 for the south, so 60 for the whole city."""
    envelopes = more.pop("envelopes", {NORTH: "50", SOUTH: "40"})
    options = more.pop("options", OPTIONS)
    rules = AllocationRules(
        rule=rule,
        budget=budget,
        tie_break=("earlier_submission",),
        envelopes={"districts": envelopes, "left": left},
        **more,
    )
    scores = {name: Fraction(score) for name, score in SCORES.items()}
    return allocate(rules, options, scores, {}, b"", groups=BALLOTS)


def test_each_district_spends_its_own_and_the_city_what_is_not_given_out() -> None:
    found = fund()
    assert [
        (each.of, each.district, show(each.budget), show(each.spent), each.winners) for each in found.envelopes
    ] == [
        ("district", NORTH, "50", "40", ("n1",)),
        ("district", SOUTH, "40", "30", ("s1",)),
        ("city_wide", None, "60", "50", ("c1",)),
    ]
    assert found.winners == ("n1", "s1", "c1")
    assert found.spent == 120


LEFT = [
    pytest.param("kept", {}, ("c1",), id="kept: the 20 that districts leave are not spent, c2 does not fit in 10"),
    pytest.param("city_wide", {}, ("c1", "c2"), id="city_wide: with 20 more there are 80, enough for both"),
    pytest.param("city_wide", {"budget": "135"}, ("c1", "c2"), id="city_wide: 45 and 20 are just enough for both"),
    pytest.param("city_wide", {"budget": "134.99"}, ("c1",), id="city_wide: a cent less is not"),
    pytest.param("all", {}, ("c1", "n2"), id="all: the 30 that all leave go to n2, the best of what is not funded"),
    pytest.param("all", {"budget": "140"}, ("c1", "n2"), id="all: the 20 that districts leave are enough for n2"),
    pytest.param("all", {"budget": "139.99"}, ("c2", "n2", "s2"), id="all: a cent less, and c1 does not fit"),
]


@pytest.mark.parametrize(("left", "more", "rest"), LEFT)
def test_what_districts_leave_is_used_as_declared(left: str, more: dict[str, Any], rest: tuple[str, ...]) -> None:
    found = fund(left, **more)
    assert found.winners == ("n1", "s1", *rest)
    assert found.spent <= found.budget


def test_an_option_of_a_district_without_an_envelope_waits_for_what_all_leave() -> None:
    found = fund(envelopes={SOUTH: "40"}, budget="100")
    assert found.winners == ("s1", "c1")
    assert [(step.option, step.why) for step in found.steps if step.option in ("n1", "n2")] == [
        ("n1", "its district, north, has no envelope"),
        ("n2", "its district, north, has no envelope"),
    ]
    assert fund("all", envelopes={SOUTH: "40"}, budget="100").winners == ("s1", "c1", "n2")


def test_equal_shares_are_those_of_who_named_an_option_of_the_envelope() -> None:
    found = fund(rule="equal-shares", utility="cost")
    records = [each.to_json()["record"] for each in found.envelopes]
    assert [(each["weight"], each["share"]) for each in records] == [("4", "25/2"), ("2", "20"), ("4", "15")]
    assert found.winners == ("n1", "s1", "c2")
    assert "record" not in found.to_json()


@pytest.mark.parametrize("rule", ["greedy", "phragmen", "greedy-no-skip", "poznan-80"])
def test_every_rule_goes_by_envelopes(rule: str) -> None:
    found = fund(rule=rule)
    assert [each.district for each in found.envelopes] == [NORTH, SOUTH, None]
    assert all(each.winners for each in found.envelopes)


def test_a_lot_in_any_envelope_asks_for_its_seed_and_lots_are_numbered_through() -> None:
    """n1 and n2 are tied, and s1 and s2."""
    rules = AllocationRules(rule="greedy", budget="100", envelopes={"districts": {NORTH: "50", SOUTH: "40"}})
    scores = dict.fromkeys(("n1", "n2", "s1", "s2"), Fraction(1))
    assert isinstance(allocate(rules, OPTIONS, scores, {}), SeedNeeded)
    drawn = allocate(rules, OPTIONS, scores, {}, b"seed")
    keys = [tie.lot.key for tie in drawn.ties if tie.lot]
    assert len(set(keys)) == len(keys) == 2


def in_groups(**groups: str) -> dict[str, Option]:
    """The options, some of them excluding each other."""
    return {name: option.model_copy(update={"group": groups.get(name)}) for name, option in OPTIONS.items()}


EXCLUSIVE = [
    pytest.param({}, ("n1", "n2", "s1", "s2", "c1", "c2"), id="without groups it is greedy"),
    pytest.param({"n1": "x", "n2": "x"}, ("n1", "s1", "s2", "c1", "c2"), id="the first of a group excludes the second"),
    pytest.param(
        {"n2": "x", "s1": "y"}, ("n1", "n2", "s1", "s2", "c1", "c2"), id="alone in a group nothing is excluded"
    ),
    pytest.param({"n1": "x", "s1": "x", "c2": "x"}, ("n1", "n2", "s2", "c1"), id="it excludes all others of its group"),
]


@pytest.mark.parametrize(("groups", "winners"), EXCLUSIVE)
def test_of_a_group_only_the_first_is_funded(groups: dict[str, str], winners: tuple[str, ...]) -> None:
    rules = AllocationRules(rule="greedy-exclusive", budget="1000")
    scores = {name: Fraction(score) for name, score in SCORES.items()}
    found = allocate(rules, in_groups(**groups), scores, {}, b"")
    assert found.winners == winners
    excluded = [step.why for step in found.steps if not step.taken]
    assert excluded == ["excluded by n1, of the same group x"] * len(excluded)


def test_what_does_not_fit_excludes_nothing() -> None:
    rules = AllocationRules(rule="greedy-exclusive", budget="39")
    found = allocate(rules, in_groups(n1="x", n2="x"), {"n1": Fraction(2), "n2": Fraction(1)}, {}, b"")
    assert found.winners == ("n2",)


def test_other_rules_take_no_notice_of_groups() -> None:
    rules = AllocationRules(rule="greedy", budget="60")
    found = allocate(rules, in_groups(n1="x", n2="x"), {"n1": Fraction(2), "n2": Fraction(1)}, {}, b"")
    assert found.winners == ("n1", "n2")


def test_an_option_funded_from_one_envelope_excludes_those_of_its_group_in_the_others() -> None:
    found = fund(rule="greedy-exclusive", options=in_groups(n1="x", s1="x"))
    assert found.winners == ("n1", "s2", "c1")
    assert [step.why for step in found.steps if step.option == "s1"] == ["excluded by n1, of the same group x"]


@pytest.mark.parametrize(("threshold", "told"), [("7", 1), ("7.01", 0)], ids=["at the threshold", "below it"])
def test_of_an_option_below_the_threshold_nothing_is_told_whatever_its_group(threshold: str, told: int) -> None:
    found = fund(rule="greedy-exclusive", options=in_groups(n1="x", s1="x"), threshold=threshold)
    assert [step.option for step in found.steps].count("s1") == told


def test_an_option_writes_its_district_and_group_only_where_it_has_one() -> None:
    plain = Option(option="a", cost="1")
    assert plain.model_dump(mode="json") == {"option": "a", "cost": "1", "submitted": 0}
    placed = Option(option="a", cost="1", district=NORTH, group="x")
    assert placed.model_dump(mode="json") == {**plain.model_dump(mode="json"), "district": NORTH, "group": "x"}
    assert Option.model_validate(placed.model_dump(mode="json")) == placed


def test_rules_write_only_what_is_declared_and_read_it_back() -> None:
    """What older charters could declare is written as it was, so that their hashes hold."""
    plain = AllocationRules(rule="greedy", budget="1")
    assert plain.model_dump(mode="json") == {
        "rule": "greedy",
        "budget": "1",
        "currency": "EUR",
        "threshold": None,
        "tie_break": ["lot"],
    }
    full = AllocationRules(
        rule="equal-shares",
        budget="10",
        utility="cardinality",
        completion="add1u",
        step="1/2",
        comparison="exclusion",
        envelopes={"districts": {NORTH: "3.5"}, "left": "all"},
    )
    written = full.model_dump(mode="json")
    assert written["envelopes"] == {"districts": {NORTH: "7/2"}, "left": "all"}
    assert AllocationRules.model_validate(written) == full


def test_an_allocation_by_an_older_rule_is_written_as_it_was() -> None:
    found = allocate(AllocationRules(rule="greedy", budget="1"), OPTIONS, {}, {}, b"").to_json()
    assert list(found) == ["rule", "budget", "spent", "tie_break", "winners", "steps", "ties"]
