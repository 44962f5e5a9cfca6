"""The words of this service: what a member, a mandate, a weight and a count are, and how each is spelled."""

from __future__ import annotations

import re
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from kernel.ids import Name
from kernel.instants import parse_instant, show_instant
from kernel.numbers import Exact

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Title = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Prose = Annotated[str, StringConstraints(max_length=20_000)]
Because = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


def _day(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError(f"a date such as 2026-11-22 is expected, found {value[:40]!r}")
    return value


def _instant(value: Any) -> Any:
    return parse_instant(value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar date, written `2026-11-22` and in no other way."""

Instant = Annotated[datetime, BeforeValidator(_instant), PlainSerializer(show_instant, return_type=str)]
"""A UTC instant, written as `kernel.instants` writes it."""


def _in_order(roles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(roles)))


Roles = Annotated[tuple[Name, ...], Field(max_length=50), AfterValidator(_in_order)]
"""The roles that a member holds, each once, sorted."""

QuestionKind = Literal["vote", "advice", "objections"]
Opinion = Literal["positive", "negative", "none"]
YesNo = Literal["yes", "no"]


class Value(BaseModel):
    """A frozen value that knows all of its fields."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )


class Mandate(Value):
    """The days between which a member sits, both included; None is no bound."""

    begins: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    def covers(self, day: date) -> bool:
        return (self.begins is None or self.begins <= day) and (self.until is None or day <= self.until)


class Member(Value):
    """One line of a roll: who sits, with what weight, in which roles, counted in which unit, and when."""

    member: Name
    weight: Exact = Fraction(1)
    roles: Roles = ()
    unit: Name | None = None
    mandate: Mandate = Mandate()


class Counts(Value):
    """How a chamber voted: by weight, and by heads present and on the roll. Where no roll is kept, `members` is 0."""

    yes: Exact
    no: Exact
    abstain: Exact
    blank: Exact
    invalid: Exact
    members: Exact
    heads_present: int
    heads_members: int


class Criterion(Value):
    """One criterion of the charter, in its words, and whether an objection meets it."""

    criterion: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    met: bool


class UnitCount(Value):
    """How a unit's electors voted, and so how the unit votes."""

    yes: Exact
    no: Exact
    vote: YesNo
