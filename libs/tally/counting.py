"""Each ballot adds its voter's weight to what it chose, each sheet its totals; their order never matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from kernel.ids import Name
from kernel.numbers import Exact, show
from kernel.refusal import Kind, Refused
from tally.forms import FINEST, SCORED_VOTES, BallotRules, Choice, Form, Number, Option, PointsUse, whole

MAX_VOTERS = 10**12


class WeightedChoice(NamedTuple):
    """A counted ballot: its choice as `check_choice` returned it, its voter's weight and unit (None without units)."""

    choice: Choice
    weight: Fraction | int
    unit: str | None = None


class Sheet(BaseModel):
    """A station's signed totals. `voters` is everyone who voted there, blank and invalid included; each weighs 1.

    `totals` holds votes per option (yes, no, abstain), or points per option where the form gives points.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    station: Name
    unit: str | None = None
    voters: int = Field(ge=0, le=MAX_VOTERS)
    totals: dict[Name, Exact]
    blank: int = Field(default=0, ge=0, le=MAX_VOTERS)
    invalid: int = Field(default=0, ge=0, le=MAX_VOTERS)

    @property
    def valid(self) -> int:
        """Voters who chose something."""
        return self.voters - self.blank - self.invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was counted, in all or in one unit.

    `weight` is the weight of everyone who voted, blank and invalid included; `scores` sums weight (times points) per
    option; `supporters` counts heads, not weights, behind each option (a sheet of points does not tell, and adds none).
    """

    ballots: int
    sheets: int
    voters: int
    weight: Fraction
    scores: Mapping[str, Fraction]
    supporters: Mapping[str, int]
    blank: Fraction
    invalid: Fraction

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON: exact numbers as text, heads as numbers."""
        return {
            "ballots": self.ballots,
            "sheets": self.sheets,
            "voters": self.voters,
            "weight": show(self.weight),
            "scores": {option: show(score) for option, score in self.scores.items()},
            "supporters": dict(self.supporters),
            "blank": show(self.blank),
            "invalid": show(self.invalid),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Part):
    """The count of a box: the whole, and each unit that had a voter or a sheet."""

    form: Form
    units: Mapping[str, Part]

    def to_json(self) -> dict[str, Any]:
        """As `Part.to_json`, with the form and the units."""
        units = {unit: part.to_json() for unit, part in self.units.items()}
        return {"form": self.form.value, **Part.to_json(self), "units": units}


def count(
    rules: BallotRules,
    options: Mapping[str, Option],
    ballots: Iterable[WeightedChoice],
    sheets: Iterable[Sheet] = (),
) -> Count:
    """Count a stream of ballots and sheets, exactly; memory grows with options and units, never with ballots.

    Choices are as `check_choice` returned them and sheets as `check_sheet` passed them; others raise `KeyError`.
    """
    names = SCORED_VOTES if rules.form is Form.YES_NO_ABSTAIN else tuple(sorted(options))
    by_unit: dict[str | None, _Sum] = {}
    places = rules.place_points(len(options)) if rules.form is Form.RANKING else ()
    read: dict[str, Number] = {}
    form = rules.form
    for choice, weight, unit in ballots:
        part = by_unit.get(unit)
        if part is None:
            part = by_unit[unit] = _Sum(names)
        if weight.denominator == 1:
            weight = weight.numerator
        part.ballots += 1
        part.weight += weight
        if form is Form.POINTS:
            part.add_points(choice, weight, read)
        elif form is Form.RANKING:
            part.add_ranking(choice, weight, places)
        elif form is Form.YES_NO_ABSTAIN:
            part.add_vote(choice, weight)
        else:
            part.add_options(choice, weight)
    for sheet in sheets:
        by_unit.setdefault(sheet.unit, _Sum(names)).add_sheet(sheet, heads=form not in (Form.POINTS, Form.RANKING))
    return _count(form, names, by_unit)


class _Sum:
    """Running totals of one unit; ints as long as everything is whole."""

    __slots__ = ("ballots", "blank", "invalid", "scores", "sheets", "supporters", "voters_on_sheets", "weight")

    def __init__(self, names: Iterable[str]) -> None:
        self.scores: dict[str, Number] = dict.fromkeys(names, 0)
        self.supporters: dict[str, int] = dict.fromkeys(names, 0)
        self.ballots = self.sheets = self.voters_on_sheets = 0
        self.weight: Number = 0
        self.blank: Number = 0
        self.invalid: Number = 0

    def add_vote(self, vote: Any, weight: Number) -> None:
        if vote == "blank":
            self.blank += weight
        else:
            self.scores[vote] += weight
            self.supporters[vote] += 1

    def add_options(self, chosen: Any, weight: Number) -> None:
        if not chosen:
            self.blank += weight
        scores, supporters = self.scores, self.supporters
        for option in chosen:
            scores[option] += weight
            supporters[option] += 1

    def add_ranking(self, ranked: Any, weight: Number, places: tuple[Number, ...]) -> None:
        if not ranked:
            self.blank += weight
        scores, supporters = self.scores, self.supporters
        for option, points in zip(ranked, places, strict=False):
            scores[option] += weight * points
            supporters[option] += 1

    def add_points(self, given: Any, weight: Number, read: dict[str, Number]) -> None:
        if not given:
            self.blank += weight
        scores, supporters = self.scores, self.supporters
        for option, written in given.items():
            points = read.get(written)
            if points is None:
                if len(read) > 1000:
                    read.clear()
                points = read[written] = whole(Fraction(written))
            scores[option] += weight * points
            supporters[option] += 1

    def add_sheet(self, sheet: Sheet, *, heads: bool) -> None:
        self.sheets += 1
        self.voters_on_sheets += sheet.voters
        self.weight += sheet.voters
        self.blank += sheet.blank
        self.invalid += sheet.invalid
        for option, total in sheet.totals.items():
            self.scores[option] += whole(total)
            if heads:
                self.supporters[option] += int(total)

    def fields(self) -> dict[str, Any]:
        return {
            "ballots": self.ballots,
            "sheets": self.sheets,
            "voters": self.ballots + self.voters_on_sheets,
            "weight": Fraction(self.weight),
            "scores": MappingProxyType({option: Fraction(score) for option, score in self.scores.items()}),
            "supporters": MappingProxyType(self.supporters),
            "blank": Fraction(self.blank),
            "invalid": Fraction(self.invalid),
        }


def _count(form: Form, names: Iterable[str], by_unit: Mapping[str | None, _Sum]) -> Count:
    everyone = _Sum(names)
    for part in by_unit.values():
        for name in ("ballots", "sheets", "voters_on_sheets", "weight", "blank", "invalid"):
            setattr(everyone, name, getattr(everyone, name) + getattr(part, name))
        for option, score in part.scores.items():
            everyone.scores[option] += score
            everyone.supporters[option] += part.supporters[option]
    units = {unit: Part(**by_unit[unit].fields()) for unit in sorted(unit for unit in by_unit if unit is not None)}
    return Count(form=form, units=MappingProxyType(units), **everyone.fields())


def check_sheet(rules: BallotRules, options: Mapping[str, Option], sheet: Sheet) -> Refused | None:
    """Whether so many voters can have cast these totals under these rules; the first total that cannot be is named."""
    known = SCORED_VOTES if rules.form is Form.YES_NO_ABSTAIN else options
    if sheet.valid < 0:
        say = f"blank and invalid ballots are at most the {sheet.voters} voters"
        return _refused("sheet_voters", say, voters=sheet.voters, blank=sheet.blank, invalid=sheet.invalid)
    single, low, high = _bounds(rules, len(options), sheet.valid)
    in_points = rules.form in (Form.POINTS, Form.RANKING)
    for option, total in sheet.totals.items():
        if option not in known:
            return _refused("unknown_option", "give totals only for this ballot's options", option=option)
        if total < 0 or total > single:
            say = f"a total is from 0 to {single}, for {sheet.valid} valid ballots"
            return _refused("sheet_total", say, option=option, total=total, maximum=single)
        if (FINEST if in_points else 1) % total.denominator:
            say = "points have at most six decimals" if in_points else "votes are whole numbers"
            return _refused("sheet_total", say, option=option, total=total, maximum=single)
    return _check_sum(sum(sheet.totals.values(), Fraction(0)), low, high, sheet.valid)


def _check_sum(total: Fraction, low: Number, high: Number, valid: int) -> Refused | None:
    if low <= total <= high:
        return None
    expected = f"exactly {high}" if low == high else f"from {low} to {high}"
    say = f"the totals of {valid} valid ballots add up to {expected}"
    return _refused("sheet_sum", say, total=total, minimum=low, maximum=high, valid=valid)


def _bounds(rules: BallotRules, options: int, valid: int) -> tuple[Number, Number, Number]:
    """The greatest total of one option, and the least and greatest sum of all totals, that `valid` ballots can give."""
    most = options if rules.most is None else min(rules.most, options)
    if rules.form is Form.YES_NO_ABSTAIN or rules.form is Form.CHOOSE_ONE:
        return valid, valid, valid
    least = max(rules.min, 1)
    if rules.form is Form.RANKING:
        places = rules.place_points(options)
        return valid * max(places, default=0), valid * sum(places[:least]), valid * sum(places[:most])
    if rules.form is Form.APPROVAL:
        return valid, valid * least, valid * most
    total, single = rules.total_points, rules.option_points
    limits = [limit for limit in (total, None if single is None else most * single) if limit is not None]
    high = min(limits)
    low = high if rules.points_use is PointsUse.EXACTLY else 0
    return valid * (high if single is None else min(single, high)), valid * low, valid * high


def _refused(reason: str, say: str, **details: str | Number) -> Refused:
    return Refused(reason, kind=Kind.INVALID, say=say, **details)
