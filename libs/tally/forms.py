"""A choice is valid when it has the ballot's form and keeps every limit; the first limit broken is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kernel.ids import Name
from kernel.numbers import MAX_DIGITS, Exact, parse_exact, show
from kernel.refusal import Kind, Refused

Choice: TypeAlias = str | list[str] | dict[str, str]
"""A canonical choice: "yes"; ["p1"]; ["p1", "p2"] (sorted; a ranking: best first); {"p1": "3"} (sorted, exact)."""

Number: TypeAlias = int | Fraction
"""An exact number, an `int` where it is whole, because adding ints is ten times as fast."""

LISTED = 20
MAX_OPTIONS = 65_535
"""As many as one lot can draw."""

TOO_GREAT = 10**MAX_DIGITS
FINEST = 10**6
"""Points are multiples of a millionth, so that no choice of fractions by voters can make sums slow."""


class Form(StrEnum):
    """What a voter is asked for."""

    YES_NO_ABSTAIN = "yes_no_abstain"
    CHOOSE_ONE = "choose_one"
    APPROVAL = "approval"
    POINTS = "points"
    RANKING = "ranking"


class PointsUse(StrEnum):
    """Whether the points must all be given out."""

    EXACTLY = "exactly"
    AT_MOST = "at_most"


class Secrecy(StrEnum):
    """Whether choices are published under the voter's own id or under a pseudonym."""

    OPEN = "open"
    PSEUDONYMOUS = "pseudonymous"


_DIGITS = frozenset(map(str, range(1000)))  # read without the general parser: most points are small whole numbers

VOTES = ("yes", "no", "abstain", "blank")
SCORED_VOTES = ("yes", "no", "abstain")


def whole(value: Fraction) -> Number:
    """The same number, as an `int` where it is whole."""
    return value.numerator if value.denominator == 1 else value


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
    best first (without it, Borda: `max`, or the number of options, minus the place counted from 0).
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


def _problems(rules: BallotRules) -> Iterable[str]:
    form = rules.form
    if rules.max is not None and rules.max < rules.min:
        yield f"max is at least min, {rules.min}; found {rules.max}"
    if form is Form.CHOOSE_ONE and (rules.min > 1 or rules.max not in (None, 1)):
        yield f"a choose_one ballot has min 0 or 1 and max 1; found min {rules.min}, max {rules.max}"
    if form is not Form.POINTS and (rules.points is not None or rules.max_per_option is not None):
        yield f"points and max_per_option belong to a points ballot; found in {form.value}"
    if form is Form.POINTS and rules.points is None and (rules.max_per_option is None or rules.points_use == "exactly"):
        yield "a points ballot declares points, or max_per_option with points_use: at_most"
    if rules.ranking_points is not None:
        yield from _ranking_problems(rules, rules.ranking_points)
    if form is Form.YES_NO_ABSTAIN and (rules.max is not None or rules.budget_limit):
        yield "a yes_no_abstain ballot has no max and no budget_limit"


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

    `raw` is JSON: a word, a list of options, or points as {option: number} or [[option, number], …] (in which an option
    named twice is found out). `budget` is what the options chosen may cost together under `budget_limit`.
    """
    if rules.form is Form.YES_NO_ABSTAIN:
        if isinstance(raw, str) and raw in VOTES:
            return raw
        return _wrong_form("yes, no, abstain or blank", raw)
    if rules.form is Form.POINTS:
        return _check_points(rules, options, budget, raw)
    if not isinstance(raw, list | tuple):
        return _wrong_form("a list of options", raw)
    refused = _check_options(rules, options, budget, raw)
    if refused is not None:
        return refused
    return list(raw) if rules.form is Form.RANKING else sorted(raw)


def _check_options(
    rules: BallotRules, options: Mapping[str, Option], budget: Fraction | None, chosen: Sequence[Any]
) -> Refused | None:
    """The limits every list of options keeps: as many as allowed, each known, none twice, within the budget."""
    number, most = len(chosen), rules.most
    if number < rules.min:
        return _refused("too_few_options", f"choose at least {rules.min}", found=number, minimum=rules.min)
    if most is None:
        most = len(options)
    if number > most:
        return _refused("too_many_options", f"choose at most {most}", found=number, maximum=most)
    for option in chosen:
        if not isinstance(option, str):
            return _wrong_form("options named by text", option)
        if option not in options:
            say = "choose only among this ballot's options"
            return _refused("unknown_option", say, option=_short(option), options=_listed(options))
    if number > 1 and len(set(chosen)) != number:
        twice = next(option for option in chosen if chosen.count(option) > 1)
        return _refused("option_twice", "name each option once", option=twice, times=chosen.count(twice))
    if rules.budget_limit and budget is not None:
        cost = sum(options[option].price for option in chosen)
        if cost > budget:
            say = f"choose options that cost at most {show(budget)} together"
            return _refused("over_budget", say, cost=cost, budget=budget, over=cost - budget)
    return None


def _check_points(
    rules: BallotRules, options: Mapping[str, Option], budget: Fraction | None, raw: object
) -> Choice | Refused:
    pairs = _pairs(raw)
    if isinstance(pairs, Refused):
        return pairs
    refused = _check_options(rules, options, budget, [option for option, _ in pairs])
    if refused is not None:
        return refused
    if len(pairs) > 1:
        pairs.sort()
    given: dict[str, str] = {}
    total: Number = 0
    for option, written in pairs:
        points = _read_points(option, written)
        if isinstance(points, Refused):
            return points
        if points <= 0:
            reason = "points_negative" if points < 0 else "points_zero"
            return _refused(reason, "give more than 0 points, or leave the option out", option=option, points=points)
        if rules.option_points is not None and points > rules.option_points:
            say = f"give one option at most {rules.option_points}"
            return _refused("points_over_option_limit", say, option=option, points=points, maximum=rules.option_points)
        if not isinstance(points, int) and FINEST % points.denominator:
            return _refused("points_too_fine", "use at most six decimals", option=option, points=points)
        given[option] = str(points)
        total += points
    return _check_total(rules, total, given)


def _check_total(rules: BallotRules, total: Number, given: dict[str, str]) -> Choice | Refused:
    limit = rules.total_points
    if limit is None or total == limit:
        return given
    if total > limit:
        return _refused("points_over_total", f"give out at most {limit} points", points=total, maximum=limit)
    if rules.points_use is PointsUse.EXACTLY and given:
        return _refused("points_not_exact_total", f"give out exactly {limit} points", points=total, expected=limit)
    return given


def _pairs(raw: object) -> list[tuple[Any, Any]] | Refused:
    if isinstance(raw, dict):
        return list(raw.items())
    if isinstance(raw, list | tuple) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in raw):
        return [(pair[0], pair[1]) for pair in raw]
    return _wrong_form("points for each option", raw)


def _read_points(option: str, written: object) -> Number | Refused:
    if isinstance(written, str):
        if written in _DIGITS:
            return int(written)
        try:
            return whole(parse_exact(written))
        except ValueError:
            pass
    elif isinstance(written, Fraction):
        return whole(written)
    elif isinstance(written, int) and not isinstance(written, bool) and abs(written) < TOO_GREAT:
        return written
    say = "write points as 3, 0.5 or 1/2, with at most sixty digits"
    return _refused("points_not_a_number", say, option=option, points=_short(written))


def _listed(options: Iterable[str]) -> str:
    """The first options' names, for a refusal to show."""
    names = list(options)
    return ", ".join(names[:LISTED]) + (f" and {len(names) - LISTED} more" if len(names) > LISTED else "")


def _refused(reason: str, say: str, **details: str | Number) -> Refused:
    return Refused(reason, kind=Kind.INVALID, say=say, **details)


def _wrong_form(expected: str, found: object) -> Refused:
    return _refused("wrong_form", f"the choice is {expected}", expected=expected, found=_short(found))


def _short(found: object) -> str:
    if isinstance(found, str):
        return found if len(found) <= 80 else f"{found[:80]}… ({len(found)} characters)"
    return type(found).__name__
