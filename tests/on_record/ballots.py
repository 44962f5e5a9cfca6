"""What is refused of ballots, sheets, lotteries and rules as a charter declares them: what is wrong, and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ValidationError

from tally.allocation_rules import AllocationRules
from tally.counting import Sheet
from tally.election import ElectionRules
from tally.forms import BallotRules, Option, check_choice
from tally.sheets import check_sheet
from tally.sortition import Pool, Quota, read_drawn, read_lottery
from tally.sortition_quotas import conflict
from tests.on_record.record import Record, Saying, in_words

OPTIONS: Mapping[str, Option] = {
    name: Option(option=name, cost=cost) for name, cost in (("p1", "100"), ("p2", "60"), ("p3", "40.5"))
}
MANY: Mapping[str, Option] = {f"o{place:02}": Option(option=f"o{place:02}") for place in range(21)}

YES_NO = {"form": "yes_no_abstain"}
UP_TO_TWO = {"form": "approval", "max": 2}
TEN_POINTS = {"form": "points", "points": "10", "max_per_option": "6"}
ALL_TEN = {"form": "points", "points": "10", "points_use": "exactly"}
BEST_TWO = {"form": "ranking", "ranking_points": ["3", "1"]}


def choice(rules: dict[str, Any], raw: object, options: Mapping[str, Option] = OPTIONS) -> Saying:
    def say() -> list[str]:
        found = check_choice(BallotRules(**rules), options, Fraction("140.5"), raw)
        return in_words(found)

    return say


def sheet(
    rules: dict[str, Any],
    voters: int,
    totals: dict[str, Any],
    blank: int = 0,
    invalid: int = 0,
    options: Mapping[str, Option] = OPTIONS,
) -> Saying:
    def say() -> list[str]:
        filed = Sheet(station="s1", voters=voters, totals=totals, blank=blank, invalid=invalid)
        found = check_sheet(BallotRules(**rules), options, filed)
        return in_words(found)

    return say


def panel(size: int, women: tuple[int, int], men: tuple[int, int]) -> Saying:
    """Quotas for a pool of two women and three men."""
    limits = {"w": women, "m": men}
    quotas = [Quota(category="g", value=value, at_least=low, at_most=high) for value, (low, high) in limits.items()]
    pool = Pool(("g",), {name: (name[0],) for name in ("m1", "m2", "m3", "w1", "w2")})

    def say() -> list[str]:
        found = conflict(pool, quotas, size)
        return in_words(found)

    return say


def published(read: Callable[[bytes], object], data: bytes) -> Saying:
    def say() -> list[str]:
        found = read(data)
        return in_words(found)

    return say


def declared(model: type[BaseModel], **fields: Any) -> Saying:
    """What is wrong with rules as a charter declares them: pydantic tells the first mistake."""

    def say() -> list[str]:
        try:
            model(**fields)
        except ValidationError as error:
            return ["; ".join(each["msg"].removeprefix("Value error, ") for each in error.errors())]
        raise AssertionError(fields)

    return say


def ballot(form: str, **fields: Any) -> Saying:
    return declared(BallotRules, form=form, **fields)


def money(rule: str, **fields: Any) -> Saying:
    return declared(AllocationRules, rule=rule, budget=fields.pop("budget", "100"), **fields)


def seats(method: str, **fields: Any) -> Saying:
    return declared(ElectionRules, method=method, **fields)


GRADED: dict[str, Any] = {"form": "grades", "grades": ["good", "poor"]}
SQUARES: dict[str, Any] = {"form": "quadratic", "credits": 9}
AGAINST: dict[str, Any] = {**SQUARES, "votes_against": True}

DECLARED: dict[str, Saying] = {
    "a max below the min": ballot("approval", min=3, max=2),
    "a choose_one ballot of two": ballot("choose_one", max=2),
    "a choose_one ballot of at least two": ballot("choose_one", min=2),
    "a points ballot without points": ballot("points"),
    "a points ballot to use exactly, without points": ballot("points", max_per_option="2", points_use="exactly"),
    "points in an approval ballot": ballot("approval", points="2"),
    "points per option in a ranking ballot": ballot("ranking", max_per_option="2"),
    "ranking_points in an approval ballot": ballot("approval", ranking_points=["1"]),
    "ranking_points that rise": ballot("ranking", ranking_points=["1", "3/2"]),
    "ranking_points below zero": ballot("ranking", ranking_points=["1", "-1/2"]),
    "ranking_points for fewer places than max": ballot("ranking", ranking_points=["2", "1"], max=3),
    "ranking_points for fewer places than min": ballot("ranking", ranking_points=["2", "1"], min=3),
    "a yes_no_abstain ballot with a max": ballot("yes_no_abstain", max=1),
    "a yes_no_abstain ballot with a budget limit": ballot("yes_no_abstain", budget_limit=True),
    "a yes_no_abstain ballot in order by lot": ballot("yes_no_abstain", order="lot"),
    "a grades ballot with a budget limit": ballot(**GRADED, budget_limit=True),
    "a quadratic ballot with a budget limit": ballot(**SQUARES, budget_limit=True),
    "grades in an approval ballot": ballot("approval", grades=["good", "poor"]),
    "grade_all in an approval ballot": ballot("approval", grade_all=True),
    "credits in an approval ballot": ballot("approval", credits=9),
    "votes against in an approval ballot": ballot("approval", votes_against=True),
    "a grades ballot without grades": ballot("grades"),
    "a grades ballot with two grades twice": ballot("grades", grades=["good", "poor", "poor", "good"]),
    "a grades ballot that grades all, up to two": ballot(**GRADED, grade_all=True, max=2),
    "a quadratic ballot without credits": ballot("quadratic"),
    "a quadratic ballot with fewer credits than its min": ballot("quadratic", credits=1, min=2),
    "a threshold missing": money("greedy-threshold"),
    "a tie-break of a budget twice": money("greedy", tie_break=["lower_cost", "lower_cost"]),
    "a tie-break of a budget after a lot": money("greedy", tie_break=["lot", "lower_cost"]),
    "a tie-break of a budget after another and a lot": money("greedy", tie_break=["higher_cost", "lot", "lower_cost"]),
    "a stage of a budget": money("greedy", tie_break=["previous_stage"]),
    "equal-shares without utility": money("equal-shares"),
    "utility in greedy": money("greedy", utility="cost"),
    "a comparison in phragmen": money("phragmen", comparison="exclusion"),
    "a completion in greedy": money("greedy", completion="greedy"),
    "phragmen completed by add1": money("phragmen", completion="add1"),
    "phragmen completed by add1u": money("phragmen", completion="add1u"),
    "a step without add1": money("equal-shares", utility="cost", completion="greedy", step="2"),
    "a step in greedy": money("greedy", step="2"),
    "envelopes over the budget": money("greedy", envelopes={"districts": {"north": "60", "south": "40.01"}}),
    "two seats by irv": seats("irv", seats=2),
    "two seats in Minneapolis": seats("irv-minneapolis", seats=2),
    "a tie-break of an election twice": seats("irv", tie_break=["previous_stage", "previous_stage"]),
    "a tie-break of an election after another and a lot": seats(
        "irv", tie_break=["previous_stage", "lot", "earlier_submission"]
    ),
    "a tie-break of an election after a lot": seats("irv", tie_break=["lot", "earlier_submission"]),
    "a stage of a method without any": seats("borda", tie_break=["previous_stage"]),
    "votes elsewhere in an election": seats("irv", tie_break=["more_votes_elsewhere"]),
    "points in an election by irv": seats("irv", points=["1"]),
    "points of borda below zero": seats("borda", points=["1", "-1"]),
    "points of borda that rise": seats("borda", points=["1", "2"]),
    "decimals in an election by stv-scottish": seats("stv-scottish", decimals=6),
    "omega in an election by irv": seats("irv", omega="0.1"),
}

REFUSALS: dict[str, Saying] = {
    "a panel larger than its pool": panel(6, (0, 6), (0, 6)),
    "a quota for more women than there are": panel(4, (3, 4), (0, 4)),
    "quotas for more than the seats": panel(4, (2, 4), (3, 4)),
    "quotas for fewer than the seats": panel(4, (0, 1), (0, 2)),
    "quotas that the people cannot fill": panel(5, (0, 5), (0, 2)),
    "a lottery that is no JSON": published(read_lottery, b"tickets"),
    "a lottery that is something else": published(read_lottery, b"{}"),
    "a draw that is no JSON": published(read_drawn, b"ticket"),
    "a draw that is something else": published(read_drawn, b"[]"),
    "a word that is no vote": choice(YES_NO, "maybe"),
    "a list where a word is asked for": choice(YES_NO, ["yes"]),
    "a word where a list is asked for": choice(UP_TO_TWO, "p1"),
    "an option that is no text": choice(UP_TO_TWO, [7]),
    "a long word is cut": choice(YES_NO, "x" * 81),
    "a word of eighty characters is not": choice(YES_NO, "x" * 80),
    "too few options": choice({"form": "approval", "min": 2}, ["p1"]),
    "too many options": choice(UP_TO_TWO, ["p1", "p2", "p3"]),
    "more options than there are": choice({"form": "approval"}, ["p1", "p2", "p3", "p1"]),
    "an unknown option": choice(UP_TO_TWO, ["p9"]),
    "an unknown option among twenty": choice({"form": "approval"}, ["p9"], dict(list(MANY.items())[:20])),
    "an unknown option among twenty-one": choice({"form": "approval"}, ["p9"], MANY),
    "an option twice, after another": choice({"form": "ranking"}, ["p1", "p2", "p2"]),
    "an option three times": choice({"form": "approval"}, ["p1", "p1", "p1"]),
    "over the budget": choice({"form": "approval", "budget_limit": True}, ["p1", "p2"]),
    "points over the budget": choice({**TEN_POINTS, "budget_limit": True}, {"p1": "1", "p2": "1"}),
    "points for an option twice": choice(TEN_POINTS, [["p1", "1"], ["p1", "1"]]),
    "negative points": choice(TEN_POINTS, {"p1": "-1"}),
    "no points": choice(TEN_POINTS, {"p1": "0"}),
    "points over the limit of an option": choice(TEN_POINTS, {"p1": "13/2"}),
    "points too fine": choice(TEN_POINTS, {"p1": "1/3"}),
    "the second of two points": choice(TEN_POINTS, {"p2": "x", "p1": "1"}),
    "points in all over the limit": choice(TEN_POINTS, {"p1": "6", "p2": "9/2"}),
    "points in all under what is asked for": choice(ALL_TEN, {"p1": "9"}),
    "points that are no number": choice(TEN_POINTS, {"p1": "many"}),
    "points that are true": choice(TEN_POINTS, {"p1": True}),
    "points of sixty-one digits": choice(TEN_POINTS, {"p1": 10**60}),
    "points of sixty digits": choice(TEN_POINTS, {"p1": 10**60 - 1}),
    "negative points of sixty-one digits": choice(TEN_POINTS, {"p1": -(10**60)}),
    "points as a word": choice(TEN_POINTS, "p1"),
    "points in threes": choice(TEN_POINTS, [["p1", "1", "2"]]),
    "a sheet with more blank ballots than voters": sheet(YES_NO, 3, {}, 2, 2),
    "a sheet for an option unknown": sheet(UP_TO_TWO, 3, {"p9": 1}),
    "a sheet with a total above the voters": sheet(UP_TO_TWO, 3, {"p1": 4}, 0, 0),
    "a sheet with a total above the valid ballots": sheet(UP_TO_TWO, 5, {"p1": 4}, 1, 1),
    "a sheet with a negative total": sheet(UP_TO_TWO, 3, {"p1": -1}),
    "a sheet with half a vote": sheet(UP_TO_TWO, 3, {"p1": "1/2"}),
    "a sheet with points too fine": sheet(TEN_POINTS, 3, {"p1": "1/3"}),
    "a sheet with points over an option's": sheet(TEN_POINTS, 3, {"p1": 19}),
    "a sheet with points over what all can give": sheet(TEN_POINTS, 3, {"p1": 18, "p2": 13}),
    "a sheet with points under what all must give": sheet(ALL_TEN, 3, {"p1": 29}),
    "a sheet with points limited by the options only": sheet(
        {"form": "points", "max_per_option": "2", "max": 2}, 3, {"p1": 6, "p2": 6, "p3": 1}
    ),
    "a sheet with a vote lost": sheet({"form": "choose_one"}, 3, {"p1": 1, "p2": 1}),
    "a sheet with fewer votes than voters": sheet(UP_TO_TWO, 4, {"p1": 2}, 0, 1),
    "a sheet with more votes than two each": sheet(UP_TO_TWO, 3, {"p1": 3, "p2": 3, "p3": 1}),
    "a sheet with a first place too many": sheet(BEST_TWO, 2, {"p1": 6, "p2": 6}),
    "a sheet with a first place missing": sheet(BEST_TWO, 2, {"p1": 5}),
    "a sheet with more than two first places": sheet(BEST_TWO, 2, {"p1": 7}),
    "a sheet for a graded ballot": sheet(GRADED, 2, {"p1": 1}),
    "a sheet with more votes than credits buy": sheet(SQUARES, 2, {"p1": 7}),
    "a sheet with a vote against where there is none": sheet(SQUARES, 2, {"p1": -1}),
    "a sheet with more votes against than credits buy": sheet(AGAINST, 2, {"p1": -7}),
    "a sheet with more votes in all than credits buy": sheet(SQUARES, 2, {"p1": 4, "p2": 4, "p3": 3}),
    "a sheet with more votes against in all than credits buy": sheet(AGAINST, 2, {"p1": -4, "p2": -4, "p3": -3}),
    "a sheet with fewer votes than one each": sheet(SQUARES, 2, {"p1": 1}),
    "a sheet with votes where there is no option": sheet(SQUARES, 2, {}, options={}),
    "a grade that is none": choice(GRADED, {"p1": "fine"}),
    "a grade that is no word": choice(GRADED, {"p1": 1}),
    "a grade for an option twice": choice(GRADED, [["p1", "good"], ["p1", "poor"]]),
    "an option without a grade where all are graded": choice(
        {**GRADED, "grade_all": True}, {"p1": "good", "p2": "poor"}
    ),
    "one option graded of three where all are": choice({**GRADED, "grade_all": True}, {"p1": "good"}),
    "grades as a word": choice(GRADED, "good"),
    "votes over the credits": choice(SQUARES, {"p1": 2, "p2": 3}),
    "half a vote": choice(SQUARES, {"p1": "3/2"}),
    "no vote": choice(SQUARES, {"p1": 0}),
    "a vote against where there is none": choice(SQUARES, {"p1": -1}),
    "votes against over the credits": choice(AGAINST, {"p1": -3, "p2": 1}),
    "votes as a word": choice(SQUARES, "p1"),
    **DECLARED,
}


RECORD = Record(__file__, REFUSALS)
