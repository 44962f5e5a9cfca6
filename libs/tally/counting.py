"""Each ballot adds its voter's weight to what it chose, each sheet its totals; their order never matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from kernel.ids import Name
from kernel.numbers import Exact, show
from tally.forms import SCORED_VOTES, BallotRules, Choice, Form, Number, Option, whole

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
    option; `supporters` counts heads, not weights, behind each option (a sheet of points does not tell, and adds none; votes
    against are no support). `grades` is, of a graded ballot, the weight behind each grade of each option: it has no scores.
    """

    ballots: int
    sheets: int
    voters: int
    weight: Fraction
    scores: Mapping[str, Fraction]
    supporters: Mapping[str, int]
    blank: Fraction
    invalid: Fraction
    grades: Mapping[str, Mapping[str, Fraction]] | None = None

    def to_json(self) -> dict[str, Any]:
        """Canonical JSON: exact numbers as text, heads as numbers; `grades` only of a graded ballot."""
        graded = {} if self.grades is None else {"grades": _show_all(self.grades)}
        return {
            "ballots": self.ballots,
            "sheets": self.sheets,
            "voters": self.voters,
            "weight": show(self.weight),
            "scores": {option: show(score) for option, score in self.scores.items()},
            "supporters": dict(self.supporters),
            "blank": show(self.blank),
            "invalid": show(self.invalid),
            **graded,
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

    Choices are as `check_choice` returned them and sheets as `sheets.check_sheet` passed them; others raise `KeyError`.
    """
    form = _Counted(rules, options)
    add = ADD[rules.form]
    by_unit: dict[str | None, _Sum] = {}
    for choice, weight, unit in ballots:
        part = by_unit.get(unit)
        if part is None:
            part = by_unit[unit] = _Sum(form)
        if weight.denominator == 1:
            weight = weight.numerator
        part.ballots += 1
        part.weight += weight
        if choice and choice != "blank":
            add(part, choice, weight)
        else:
            part.blank += weight
    for sheet in sheets:
        by_unit.setdefault(sheet.unit, _Sum(form)).add_sheet(sheet, heads=rules.form in HEADS_ON_SHEETS)
    return _count(form, by_unit)


HEADS_ON_SHEETS = (Form.YES_NO_ABSTAIN, Form.CHOOSE_ONE, Form.APPROVAL)
"""The forms whose totals on paper are heads."""


class _Counted:
    """What is counted: the options by name, the worth of each place of a ranking, the scale of a graded ballot."""

    def __init__(self, rules: BallotRules, options: Mapping[str, Option]) -> None:
        self.form = rules.form
        self.names = SCORED_VOTES if rules.form is Form.YES_NO_ABSTAIN else tuple(sorted(options))
        self.places = rules.place_points(len(options)) if rules.form is Form.RANKING else ()
        self.scale = rules.grades or ()
        self.read: dict[str, Number] = {}

    def points(self, written: str) -> Number:
        """The number written; many voters write the same."""
        points = self.read.get(written)
        if points is None:
            if len(self.read) > 1000:
                self.read.clear()
            points = self.read[written] = whole(Fraction(written))
        return points


class _Sum:
    """Running totals of one unit; ints as long as everything is whole."""

    __slots__ = (
        "ballots",
        "blank",
        "form",
        "grades",
        "invalid",
        "scores",
        "sheets",
        "supporters",
        "voters_on_sheets",
        "weight",
    )

    def __init__(self, form: _Counted) -> None:
        self.form = form
        graded = form.form is Form.GRADES
        self.scores: dict[str, Number] = {} if graded else dict.fromkeys(form.names, 0)
        self.supporters: dict[str, int] = dict.fromkeys(form.names, 0)
        names = form.names if graded else ()
        self.grades: dict[str, dict[str, Number]] = {name: dict.fromkeys(form.scale, 0) for name in names}
        self.ballots = self.sheets = self.voters_on_sheets = 0
        self.weight: Number = 0
        self.blank: Number = 0
        self.invalid: Number = 0

    def add_vote(self, vote: Any, weight: Number) -> None:
        self.scores[vote] += weight
        self.supporters[vote] += 1

    def add_options(self, chosen: Any, weight: Number) -> None:
        scores, supporters = self.scores, self.supporters
        for option in chosen:
            scores[option] += weight
            supporters[option] += 1

    def add_ranking(self, ranked: Any, weight: Number) -> None:
        scores, supporters = self.scores, self.supporters
        for option, points in zip(ranked, self.form.places, strict=False):
            scores[option] += weight * points
            supporters[option] += 1

    def add_points(self, given: Any, weight: Number) -> None:
        scores, supporters, read = self.scores, self.supporters, self.form.points
        for option, written in given.items():
            scores[option] += weight * read(written)
            supporters[option] += 1

    def add_votes(self, given: Any, weight: Number) -> None:
        scores, supporters, read = self.scores, self.supporters, self.form.points
        for option, written in given.items():
            votes = read(written)
            scores[option] += weight * votes
            supporters[option] += votes > 0

    def add_grades(self, given: Any, weight: Number) -> None:
        grades, supporters = self.grades, self.supporters
        for option, grade in given.items():
            grades[option][grade] += weight
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

    def add_all(self, other: _Sum) -> None:
        """The totals of another unit too."""
        for name in ("ballots", "sheets", "voters_on_sheets", "weight", "blank", "invalid"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for option, score in other.scores.items():
            self.scores[option] += score
        for option, heads in other.supporters.items():
            self.supporters[option] += heads
        for option, grades in other.grades.items():
            for grade, weight in grades.items():
                self.grades[option][grade] += weight

    def fields(self) -> dict[str, Any]:
        graded = {option: _exact(weights) for option, weights in self.grades.items()}
        return {
            "ballots": self.ballots,
            "sheets": self.sheets,
            "voters": self.ballots + self.voters_on_sheets,
            "weight": Fraction(self.weight),
            "scores": _exact(self.scores),
            "supporters": MappingProxyType(self.supporters),
            "blank": Fraction(self.blank),
            "invalid": Fraction(self.invalid),
            "grades": MappingProxyType(graded) if self.form.form is Form.GRADES else None,
        }


ADD: Mapping[Form, Callable[[_Sum, Any, Number], None]] = {
    Form.YES_NO_ABSTAIN: _Sum.add_vote,
    Form.CHOOSE_ONE: _Sum.add_options,
    Form.APPROVAL: _Sum.add_options,
    Form.POINTS: _Sum.add_points,
    Form.RANKING: _Sum.add_ranking,
    Form.GRADES: _Sum.add_grades,
    Form.QUADRATIC: _Sum.add_votes,
}
"""What a choice that is not blank adds, in each form."""


def _exact(totals: Mapping[str, Number]) -> Mapping[str, Fraction]:
    return MappingProxyType({name: Fraction(total) for name, total in totals.items()})


def _show_all(grades: Mapping[str, Mapping[str, Fraction]]) -> dict[str, dict[str, str]]:
    return {option: {grade: show(weight) for grade, weight in each.items()} for option, each in grades.items()}


def _count(form: _Counted, by_unit: Mapping[str | None, _Sum]) -> Count:
    everyone = _Sum(form)
    for part in by_unit.values():
        everyone.add_all(part)
    units = {unit: Part(**by_unit[unit].fields()) for unit in sorted(unit for unit in by_unit if unit is not None)}
    return Count(form=form.form, units=MappingProxyType(units), **everyone.fields())
