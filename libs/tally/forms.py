"""A choice is valid when it has the ballot's form and keeps every limit; the first limit broken is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kernel.ids import Name
from kernel.numbers import Exact, show
from kernel.refusal import Refused
from tally import grades, points, quadratic
from tally.choices import Number, listed, pairs_of, refused, short, whole, wrong_form
from tally.grades import MAX_GRADES, Grade

__all__ = [
    "MAX_OPTIONS",
    "SCORED_VOTES",
    "VOTES",
    "BallotRules",
    "Choice",
    "Form",
    "Number",
    "Option",
    "Order",
    "PointsUse",
    "Secrecy",
    "check_choice",
    "whole",
]

Choice: TypeAlias = str | list[str] | dict[str, str]
"""A canonical choice: "yes"; ["p1"]; ["p1", "p2"] (sorted; a ranking: best first); {"p1": "3"} (sorted, exact).

A graded choice is {option: grade}, a quadratic one {option: votes}.
"""

MAX_OPTIONS = 65_535
"""As many as one lot can draw."""


class Form(StrEnum):
    """What a voter is asked for."""

    YES_NO_ABSTAIN = "yes_no_abstain"
    CHOOSE_ONE = "choose_one"
    APPROVAL = "approval"
    POINTS = "points"
    RANKING = "ranking"
    GRADES = "grades"
    QUADRATIC = "quadratic"


class PointsUse(StrEnum):
    """Whether the points must all be given out."""

    EXACTLY = "exactly"
    AT_MOST = "at_most"


class Secrecy(StrEnum):
    """Whether choices are published under the voter's own id or under a pseudonym."""

    OPEN = "open"
    PSEUDONYMOUS = "pseudonymous"


class Order(StrEnum):
    """In which order the options are listed on the ballot."""

    SUBMITTED = "submitted"
    LOT = "lot"


VOTES = ("yes", "no", "abstain", "blank")
SCORED_VOTES = ("yes", "no", "abstain")


class Option(BaseModel):
    """Something that can be chosen: its id, its cost (None where money is no part of it), its order of submission.

    `district` is the one whose envelope pays for it (None: the whole city's); options of one `group` exclude each other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    option: Name
    cost: Exact | None = Field(default=None, ge=0)
    submitted: int = Field(default=0, ge=0)
    district: Name | None = Field(default=None, exclude_if=lambda value: value is None)
    group: Name | None = Field(default=None, exclude_if=lambda value: value is None)

    @cached_property
    def price(self) -> Number:
        """The cost, 0 where there is none."""
        return 0 if self.cost is None else whole(self.cost)


class BallotRules(BaseModel):
    """The ballot as a charter declares it. `min` and `max` count the options in a choice; `min: 0` allows a blank one.

    `points` is what a voter may give in all, `max_per_option` to one option; `ranking_points` what each place is worth,
    best first (without it, Borda: `max`, or the number of options, minus the place counted from 0). `grades` is the scale,
    best first; with `grade_all` a choice that is not blank grades every option. `credits` is what a quadratic ballot's
    votes may cost, a number of votes costing its square. A knapsack ballot is one of approvals with `budget_limit`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Form
    min: int = Field(default=1, ge=0, le=MAX_OPTIONS)
    max: int | None = Field(default=None, ge=1, le=MAX_OPTIONS)
    points: Exact | None = Field(default=None, gt=0)
    points_use: PointsUse = PointsUse.AT_MOST
    max_per_option: Exact | None = Field(default=None, gt=0)
    ranking_points: tuple[Exact, ...] | None = Field(default=None, min_length=1, max_length=MAX_OPTIONS)
    revisable: bool = False
    budget_limit: bool = False
    secrecy: Secrecy = Secrecy.PSEUDONYMOUS
    grades: tuple[Grade, ...] | None = Field(
        default=None, min_length=2, max_length=MAX_GRADES, exclude_if=lambda value: value is None
    )
    grade_all: bool = Field(default=False, exclude_if=lambda value: not value)
    credits: int | None = Field(
        default=None, ge=1, le=quadratic.MAX_CREDITS, strict=True, exclude_if=lambda value: value is None
    )
    votes_against: bool = Field(default=False, exclude_if=lambda value: not value)
    order: Order = Field(default=Order.SUBMITTED, exclude_if=lambda value: value == Order.SUBMITTED)

    @model_validator(mode="after")
    def _limits_fit_the_form(self) -> BallotRules:
        for problem in _problems(self):
            raise ValueError(problem)
        return self

    @cached_property
    def most(self) -> int | None:
        """The greatest number of options in a choice; None when only the number of options limits it."""
        if self.form is Form.CHOOSE_ONE:
            return 1
        if self.max is None and self.ranking_points is not None:
            return len(self.ranking_points)
        return self.max

    @cached_property
    def total_points(self) -> Number | None:
        """`points`, an int where whole."""
        return None if self.points is None else whole(self.points)

    @cached_property
    def option_points(self) -> Number | None:
        """`max_per_option`, an int where whole."""
        return None if self.max_per_option is None else whole(self.max_per_option)

    def place_points(self, options: int) -> tuple[Number, ...]:
        """What each place of a ranking is worth, best first, among so many options."""
        if self.ranking_points is not None:
            return tuple(whole(points) for points in self.ranking_points)
        places = options if self.max is None else self.max
        return tuple(places - place for place in range(places))


def _problems(rules: BallotRules) -> Iterator[str]:
    form = rules.form
    if rules.max is not None and rules.max < rules.min:
        yield f"max is at least min, {rules.min}; found {rules.max}"
    if form is Form.CHOOSE_ONE and (rules.min > 1 or rules.max not in (None, 1)):
        yield f"a choose_one ballot has min 0 or 1 and max 1; found min {rules.min}, max {rules.max}"
    if form is Form.POINTS and rules.points is None and (rules.max_per_option is None or rules.points_use == "exactly"):
        yield "a points ballot declares points, or max_per_option with points_use: at_most"
    if rules.ranking_points is not None:
        yield from _ranking_problems(rules, rules.ranking_points)
    if form is Form.YES_NO_ABSTAIN and (rules.max is not None or rules.budget_limit or rules.order is Order.LOT):
        yield "a yes_no_abstain ballot has no max, no budget_limit and no order"
    if form in (Form.GRADES, Form.QUADRATIC) and rules.budget_limit:
        yield f"budget_limit belongs to a ballot that chooses options; found in {form.value}"
    yield from _foreign_fields(rules)
    if form is Form.GRADES:
        yield from ("a grades ballot declares its grades, best first",) if rules.grades is None else ()
        yield from grades.scale_problems(rules.grades or ())
        yield from ("grade_all grades every option: leave out max",) if rules.grade_all and rules.max else ()
    if form is Form.QUADRATIC and (rules.credits is None or rules.credits < rules.min):
        yield f"a quadratic ballot declares its credits, at least min, {rules.min}; found {rules.credits}"


def _foreign_fields(rules: BallotRules) -> Iterator[str]:
    """What only one form has, in another."""
    if rules.form is not Form.POINTS and (rules.points is not None or rules.max_per_option is not None):
        yield f"points and max_per_option belong to a points ballot; found in {rules.form.value}"
    if rules.form is not Form.GRADES and (rules.grades is not None or rules.grade_all):
        yield f"grades and grade_all belong to a grades ballot; found in {rules.form.value}"
    if rules.form is not Form.QUADRATIC and (rules.credits is not None or rules.votes_against):
        yield f"credits and votes_against belong to a quadratic ballot; found in {rules.form.value}"


def _ranking_problems(rules: BallotRules, worth: Sequence[Fraction]) -> Iterable[str]:
    if rules.form is not Form.RANKING:
        yield f"ranking_points belong to a ranking ballot; found in {rules.form.value}"
    if any(points < 0 for points in worth) or any(worse > better for better, worse in pairwise(worth)):
        yield f"ranking_points are zero or more, and never rise; found {', '.join(map(show, worth))}"
    if max(rules.min, rules.max or 0) > len(worth):
        yield f"ranking_points name a worth for each of {max(rules.min, rules.max or 0)} places; found {len(worth)}"


def check_choice(
    rules: BallotRules, options: Mapping[str, Option], budget: Fraction | None, raw: object
) -> Choice | Refused:
    """The canonical form of a choice as it came in, or why it is refused.

    `raw` is JSON: a word, a list of options, or what each option is given as {option: given} or [[option, given], …] (in
    which an option named twice is found out). `budget` is what the options chosen may cost together under `budget_limit`.
    """
    if rules.form is Form.YES_NO_ABSTAIN:
        if isinstance(raw, str) and raw in VOTES:
            return raw
        return wrong_form("yes, no, abstain or blank", raw)
    if rules.form in GIVEN:
        return _check_given(rules, options, budget, raw)
    if not isinstance(raw, list | tuple):
        return wrong_form("a list of options", raw)
    found = _check_options(rules, options, budget, raw)
    if found is not None:
        return found
    return list(raw) if rules.form is Form.RANKING else sorted(raw)


def _check_options(
    rules: BallotRules, options: Mapping[str, Option], budget: Fraction | None, chosen: Sequence[Any]
) -> Refused | None:
    """The limits every list of options keeps: as many as allowed, each known, none twice, within the budget."""
    number, most = len(chosen), rules.most
    if number < rules.min:
        return refused("too_few_options", f"choose at least {rules.min}", found=number, minimum=rules.min)
    if most is None:
        most = len(options)
    if number > most:
        return refused("too_many_options", f"choose at most {most}", found=number, maximum=most)
    for option in chosen:
        if not isinstance(option, str):
            return wrong_form("options named by text", option)
        if option not in options:
            say = "choose only among this ballot's options"
            return refused("unknown_option", say, option=short(option), options=listed(options))
    if number > 1 and len(set(chosen)) != number:
        twice = next(option for option in chosen if chosen.count(option) > 1)
        return refused("option_twice", "name each option once", option=twice, times=chosen.count(twice))
    if rules.budget_limit and budget is not None:
        cost = sum(options[option].price for option in chosen)
        if cost > budget:
            say = f"choose options that cost at most {show(budget)} together"
            return refused("over_budget", say, cost=cost, budget=budget, over=cost - budget)
    return None


GIVEN: Mapping[Form, str] = {Form.POINTS: "points", Form.GRADES: "a grade", Form.QUADRATIC: "votes"}
"""The forms in which an option is given something, and what."""


def _check_given(
    rules: BallotRules, options: Mapping[str, Option], budget: Fraction | None, raw: object
) -> Choice | Refused:
    pairs = pairs_of(raw, GIVEN[rules.form])
    if isinstance(pairs, Refused):
        return pairs
    found = _check_options(rules, options, budget, [option for option, _ in pairs])
    if found is not None:
        return found
    if len(pairs) > 1:
        pairs.sort(key=lambda pair: pair[0])
    if rules.form is Form.GRADES:
        if rules.grade_all and 0 < len(pairs) < len(options):
            say = "grade every option"
            return refused("too_few_options", say, found=len(pairs), minimum=len(options))
        return grades.check_grades(pairs, rules.grades or ())
    if rules.form is Form.QUADRATIC:
        return quadratic.check_votes(pairs, rules.credits or 0, against=rules.votes_against)
    exactly = rules.points_use is PointsUse.EXACTLY
    return points.check_points(pairs, rules.option_points, rules.total_points, exactly=exactly)
