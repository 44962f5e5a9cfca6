"""Elections, budgets and boxes, and each count in full: `python -m tests.tally.counts_in_full` writes them to read again.

What a count says goes into the log and is compared by the auditor word for word, so none of it may change unseen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tally.allocation import AllocationRules, allocate
from tally.counting import Sheet, WeightedChoice, count
from tally.forms import BallotRules, Option
from tally.grouping import group
from tally.papers import OVERVOTED, SKIPPED
from tests.on_record.record import Record, Saying
from tests.tally.elections import GRADES, SEED, groups, held

WIDTH = 180

Counting = Callable[[], dict[str, Any]]


def election(method: str, names: Iterable[str], said: Mapping[Any, Any], seats: int = 1, **more: Any) -> Counting:
    return lambda: held(method, names, said, seats, **more).to_json()


HALVES = {tuple("AB"): Fraction(7, 2), tuple("BCA"): Fraction(5, 2), tuple("CB"): 2, tuple("D"): 1, (): Fraction(3, 2)}
HALF = {("D",): Fraction(11, 2)}
SURPLUS = groups("9 AB, 3 AC, 4 B, 3 CD, 2 D, 1")
TIED = groups("4 AC, 4 BC, 2 C, 2 DA, 1 DB")
CYCLE = groups("5 ABC, 4 BCA, 3 CAB, 2 D")
MARKED = {
    ("A", "B"): 6,
    ("B", SKIPPED, "A"): 4,
    ("C", SKIPPED, SKIPPED, "A"): 2,
    ("C", OVERVOTED, "B"): 1,
    (OVERVOTED,): 1,
    (SKIPPED, SKIPPED): 1,
    ("UWI", "A"): 1,
    ("D", "C"): 1,
}
SKIPPING = {
    ("A",): 5,
    ("B", "A"): Fraction(9, 2),
    ("C", SKIPPED, SKIPPED, "A"): Fraction(3, 2),
    ("D", SKIPPED, SKIPPED, "B"): Fraction(1, 2),
    ("D", "C", SKIPPED, SKIPPED, "B"): Fraction(1, 2),
}
GRADED = {
    (("A", "good"), ("B", "excellent")): 3,
    (("A", "good"), ("C", "fair")): Fraction(5, 2),
    (("B", "poor"), ("C", "good")): 2,
    (): 1,
}

ELECTIONS: dict[str, Counting] = {
    **{f"{method}: halves of a vote, and blank ones": election(method, "ABCD", HALVES) for method in ("irv", "schulze")},
    **{f"{method}: one place, a cycle": election(method, "ABCD", CYCLE) for method in ("irv", "schulze", "borda")},
    **{f"{method}: two places, a surplus": election(method, "ABCD", SURPLUS, 2) for method in ("stv-scottish", "stv-meek")},
    **{
        f"{method}: more places than options": election(method, "AB", groups("2 A, 1 BA"), 3)
        for method in ("stv-scottish", "stv-meek", "schulze", "borda")
    },
    **{
        f"{method}: no ballot": election(method, "AB", groups("2"))
        for method in ("stv-scottish", "stv-meek", "irv", "irv-minneapolis", "schulze", "borda")
    },
    "stv-scottish: ties broken by the stage before, and by lot": election("stv-scottish", "ABCD", TIED, 2),
    "stv-scottish: halves of a vote": election("stv-scottish", "ABCD", HALVES, 2),
    "stv-meek: six decimals, a wide omega": election("stv-meek", "ABCD", SURPLUS, 2, decimals=6, omega="0.01"),
    "stv-meek: halves of a vote, a wide omega": election("stv-meek", "ABCD", {**HALVES, tuple("AD"): 3}, 2, omega="1"),
    "stv-meek: an omega of half a vote, halves": election("stv-meek", "BACGDE", HALF, 5, decimals=1, omega="1/2"),
    "stv-meek: an omega of one vote": election("stv-meek", "CAEF", groups("1 FE"), 2, omega="1"),
    "stv-meek: three decimals": election("stv-meek", "EBGACF", groups("1 BAFEGC, 1 FGAB"), 3, decimals=3),
    "stv-meek: a surplus of just omega": election("stv-meek", "CADGF", groups("1 DA, 4 G"), 3, decimals=1, omega="1/2"),
    "stv-meek: exactly the quota": election("stv-meek", "ECAF", groups("1 AFEC"), 3, decimals=1),
    "stv-meek: past two who are elected and one who is not": election("stv-meek", "CGEAB", groups("3 ABGEC"), 3, omega="2"),
    "stv-meek: exhausted again and again": election("stv-meek", "FDACBE", groups("2 DBF"), 4, decimals=5),
    "stv-scottish: equal ones as submitted": election("stv-scottish", "BACGDE", groups("6 D"), 5),
    "stv-scottish: two equal surpluses": election("stv-scottish", "DCEBAF", groups("3 DC, 3 FE"), 5),
    "stv-meek: ties by lot": election("stv-meek", "ABCD", TIED, 2),
    "irv: ranks left empty or overvoted are passed over": election("irv", ["D", "C", "B", "A", "UWI"], MARKED),
    "irv-minneapolis: two papers end at skipped ranks": election("irv-minneapolis", "DCBA", SKIPPING),
    "irv: ties broken by the order of submission": election("irv", "ABCD", TIED, tie_break=["earlier_submission"]),
    "irv-minneapolis: marks": election("irv-minneapolis", ["A", "B", "C", "D", "UWI"], MARKED),
    "irv-minneapolis: nobody can be eliminated at once": election("irv-minneapolis", "ABC", groups("2 A, 2 B, 2 C")),
    "irv-minneapolis: all who cannot win go at once": election("irv-minneapolis", "ABCDE", groups("9 A, 6 BA, 2 CB, 1 DB, 1 EB")),
    "borda: declared points, halves": election("borda", "ABCD", HALVES, 2, points=["3", "3/2"]),
    "borda: a tie for the second place": election("borda", "ABC", groups("2 ABC, 2 ACB"), 2),
    "schulze: two places, tied paths": election("schulze", "ABCD", groups("2 AB, 2 CD, 1 BC"), 2),
    "majority-judgment: halves, grades missing, a blank one": election("majority-judgment", "ABC", GRADED, 2, scale=GRADES),
    "majority-judgment: no ballot": election("majority-judgment", "AB", {}, scale=GRADES),
}  # fmt: skip

PROJECTS = {
    option.option: option
    for option in (
        Option(option="n1", cost="40", submitted=1, district="north", group="g"),
        Option(option="n2", cost="20.5", submitted=2, district="north"),
        Option(option="s1", cost="30", submitted=3, district="south", group="g"),
        Option(option="s2", cost="30", submitted=4, district="south"),
        Option(option="c1", cost="50", submitted=5, group="h"),
        Option(option="c2", cost="15", submitted=6, group="h"),
        Option(option="dear", cost="500", submitted=7),
        Option(option="free", submitted=8),
        Option(option="nobody", cost="1", submitted=9, group="g"),
        Option(option="w1", cost="5", submitted=10, district="west"),
    )
}
APPROVED = [
    (["n1", "n2"], "4", 4),
    (["n1", "s1", "c1"], "3/2", 3),
    (["s1", "s2"], "2", 2),
    (["c1", "c2"], "3", 3),
    (["c2", "dear", "free"], "1", 1),
    (["w1", "dear"], "2", 1),
]
POINTED = [({"n1": "3", "c1": "1/2"}, "2", 2), ({"c1": "5", "s2": "1"}, "1", 1), ({"n2": "2", "s2": "2"}, "3/2", 3)]


def cast(said: Sequence[tuple[Any, str, int]]) -> list[WeightedChoice]:
    """Each choice by so many voters, who weigh so much together."""
    return [WeightedChoice(choice, Fraction(weight) / heads) for choice, weight, heads in said for _ in range(heads)]


def budget(rule: str, money: str, said: Sequence[tuple[Any, str, int]] = APPROVED, **more: Any) -> Counting:
    def funded() -> dict[str, Any]:
        rules = AllocationRules(rule=rule, budget=money, **more)
        form: dict[str, Any] = {"form": "points", "points": "10"} if said is POINTED else {"form": "approval"}
        counted = count(BallotRules(**form), PROJECTS, cast(said))
        found = allocate(rules, PROJECTS, counted.scores, counted.supporters, SEED, groups=group(cast(said)))
        return found.to_json()

    return funded


ALL_TIES = ("more_votes_elsewhere", "lower_cost", "earlier_submission", "lot")
DISTRICTS = {"north": "45", "south": "31"}
COST: dict[str, Any] = {"utility": "cost"}
CARDINALITY: dict[str, Any] = {"utility": "cardinality"}
RULES: dict[str, dict[str, Any]] = {
    "greedy": {},
    "greedy-no-skip": {},
    "greedy-threshold": {"threshold": "3"},
    "poznan-80": {},
    "greedy-exclusive": {},
    "phragmen": {},
    "equal-shares": COST,
}

BUDGETS: dict[str, Counting] = {
    **{f"{rule}: 140": budget(rule, "140", **more) for rule, more in RULES.items()},
    **{f"{rule}: 105.50, ties as declared": budget(rule, "105.50", tie_break=ALL_TIES, **more) for rule, more in RULES.items()},
    **{f"{rule}: no money": budget(rule, "0", **RULES[rule]) for rule in ("greedy", "equal-shares", "phragmen")},
    **{f"{rule}: points": budget(rule, "100", POINTED, **more) for rule, more in RULES.items()},
    **{f"{rule}: no ballot": budget(rule, "100", [], **RULES[rule]) for rule in ("greedy", "equal-shares", "phragmen")},
    **{
        f"{rule}: envelopes, what is left {left}": budget(rule, "140", envelopes={"districts": DISTRICTS, "left": left}, **more)
        for rule, more in RULES.items()
        for left in (("kept", "city_wide", "all") if rule in ("greedy-exclusive", "greedy") else ("all",))
    },
    "greedy-exclusive: an option of a group funded from another envelope": budget(
        "greedy-exclusive", "75", envelopes={"districts": {"south": "35", "north": "40"}}
    ),
    "greedy-exclusive: a light option of a group funded from another envelope": budget(
        "greedy-exclusive", "75", [(["n1"], "2", 2), (["s1"], "1/2", 1)], envelopes={"districts": {"south": "35", "north": "40"}}
    ),
    "phragmen: one that costs the whole budget": budget("phragmen", "50", [(["n1"], "2", 2), (["c1"], "1", 1)]),
    "phragmen: completed": budget("phragmen", "106", completion="greedy"),
    "equal-shares: cardinality": budget("equal-shares", "140", **CARDINALITY),
    "equal-shares: cardinality of points": budget("equal-shares", "100", POINTED, **CARDINALITY),
    **{f"equal-shares: {name}": budget("equal-shares", "140", completion=name, **COST) for name in ("add1", "add1u", "greedy")},
    "equal-shares: add1 by halves": budget("equal-shares", "140", completion="add1", step="1/2", **CARDINALITY),
    "equal-shares: compared by satisfaction": budget("equal-shares", "80", comparison="satisfaction", **COST),
    "equal-shares: compared by exclusion": budget("equal-shares", "80", comparison="exclusion", **COST),
    "equal-shares: compared, and greedy preferred": budget(
        "equal-shares", "50", [(["c1"], "6", 6), (["n2"], "2", 2), (["c2"], "2", 2)], comparison="exclusion", **CARDINALITY
    ),
}  # fmt: skip


def box(form: dict[str, Any], said: Sequence[tuple[Any, str, str | None]], *sheets: Sheet) -> Counting:
    """Two options, each ballot with a weight and a unit."""
    ballots = [WeightedChoice(choice, Fraction(weight), unit) for choice, weight, unit in said]
    options = {name: Option(option=name) for name in ("p", "q")}
    return lambda: count(BallotRules(**form), options, ballots, sheets).to_json()


def sheet(unit: str | None, voters: int, totals: dict[str, Any], blank: int = 1, invalid: int = 2) -> Sheet:
    return Sheet(station="s", unit=unit, voters=voters, totals=totals, blank=blank, invalid=invalid)


BOXES: dict[str, Counting] = {
    "yes, no, abstain: two units, paper in one": box(
        {"form": "yes_no_abstain"},
        [("yes", "1", "u"), ("no", "1/2", "u"), ("abstain", "1", "v"), ("blank", "2", "v"), ("yes", "1", "v")],
        sheet("v", 10, {"yes": 4, "no": 2, "abstain": 1}),
        sheet("w", 4, {"yes": 1}),
    ),
    "choose one: a blank one": box({"form": "choose_one", "min": 0}, [(["p"], "3", None), ([], "1/3", None)]),
    "approval: with paper": box(
        {"form": "approval"}, [(["p", "q"], "2", None), (["q"], "1", None)], sheet(None, 6, {"p": 2, "q": 3})
    ),
    "points: with paper": box(
        {"form": "points", "points": "10"},
        [({"p": "5/2", "q": "1"}, "2", "u"), ({"p": "5/2"}, "1", "u")],
        sheet("u", 6, {"p": "12.5"}),
    ),
    "ranking": box({"form": "ranking"}, [(["p", "q"], "1", None), (["q"], "2", None), (["q", "p"], "1/2", None)]),
    "ranking: places named": box({"form": "ranking", "ranking_points": ["5/2"]}, [(["p"], "1", None), (["q"], "2", None)]),
    "grades: two units": box(
        {"form": "grades", "grades": list(GRADES)},
        [({"p": "good", "q": "fair"}, "2", "u"), ({"p": "good"}, "1", "u"), ({"p": "good", "q": "poor"}, "1/2", "v")],
    ),
    "quadratic: votes against": box(
        {"form": "quadratic", "credits": 16, "votes_against": True},
        [({"p": "3", "q": "-2"}, "2", None), ({"q": "4"}, "1", None), ({"p": "1"}, "1", None)],
    ),
    "nothing": box({"form": "approval"}, []),
}  # fmt: skip

COUNTS: dict[str, Counting] = {**ELECTIONS, **BUDGETS, **{f"box, {name}": each for name, each in BOXES.items()}}


def in_full(value: Any, room: int = WIDTH) -> list[str]:
    """JSON as lines: what fits on a line is on one, in the order in which it is written."""
    whole = json.dumps(value, ensure_ascii=False)
    if len(whole) <= room or not value or not isinstance(value, dict | list):
        return [whole]
    named = (
        [(f"{key}: ", each) for key, each in value.items()] if isinstance(value, dict) else [("- ", v) for v in value]
    )
    lines: list[str] = []
    for name, each in named:
        first, *more = in_full(each, room - max(4, len(name)))
        lines += [f"{name}{first}"] if not more else [name.rstrip(), f"    {first}", *(f"    {line}" for line in more)]
    return lines


def in_lines(counting: Counting) -> Saying:
    return lambda: in_full(counting())


RECORD = Record(__file__, {name: in_lines(counting) for name, counting in COUNTS.items()})
