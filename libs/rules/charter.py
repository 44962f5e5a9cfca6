"""The charter: what a process may do, written in YAML, checked whole, canonicalised and hashed before it is in force."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError

from kernel import canonical
from kernel.ids import Name
from kernel.numbers import Exact
from kernel.refusal import Refused
from rules.amendment import amendment_changes, check_amendment
from rules.charter_checks import check_references
from rules.charter_faults import from_validation, show_value
from rules.decision.measures import Part
from rules.decision.model import Decision
from rules.decision.walk import chambers_of
from rules.delegation import DelegationRules
from rules.seats import Seats
from rules.yaml_text import Lines, read_yaml
from tally.allocation import AllocationRules
from tally.election import ElectionRules
from tally.forms import BallotRules

__all__ = [
    "Action",
    "Amendment",
    "Chamber",
    "Charter",
    "Derived",
    "Matter",
    "Phase",
    "Source",
    "Unit",
    "amendment_changes",
    "charter_hash",
    "check_amendment",
    "load_charter",
    "parse_charter",
]

Title: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Prose: TypeAlias = Annotated[str, StringConstraints(max_length=20_000)]


def _written_date(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError(f"a date such as 2026-11-22 is expected, found {value!r}")
    if not isinstance(value, (str, date)) or isinstance(value, datetime):
        raise ValueError(f"a date such as 2026-11-22 is expected, found {show_value(value)}")
    return value


Day: TypeAlias = Annotated[date, BeforeValidator(_written_date)]


class Action(StrEnum):
    """What a phase may allow."""

    ENROL = "enrol"
    SUBMIT = "submit"
    REVISE = "revise"
    WITHDRAW = "withdraw"
    REVIEW = "review"
    SHORTLIST = "shortlist"
    MOVE = "move"
    VOTE = "vote"
    DELIVER = "deliver"


class Source(Part):
    """Where a rule comes from, and whether it was read there or is recalled and still to be checked."""

    cite: Prose
    status: Literal["read", "recalled"]


class Phase(Part):
    """What is allowed while it is open; `next` is null for the last. `closes` is the last day, in UTC."""

    name: Name
    title: Title
    allows: tuple[Action, ...] = ()
    votes: Name | None = None
    opens: Day | None = None
    closes: Day | None = None
    next: Name | None = None

    def opens_at(self) -> datetime | None:
        """The first instant of the day `opens`."""
        return None if self.opens is None else datetime.combine(self.opens, time(), UTC)

    def closes_at(self) -> datetime | None:
        """The instant at which the day `closes` has ended; of the last day that can be written, its last instant."""
        if self.closes is None:
            return None
        if self.closes == date.max:
            return datetime.combine(self.closes, time.max, UTC)
        return datetime.combine(self.closes, time(), UTC) + timedelta(days=1)


def _positive(value: Any) -> Any:
    if value <= 0:
        raise ValueError(f"a weight above 0 is expected, found {value}")
    return value


class Unit(Part):
    """A member of a derived chamber (a canton, a site, a college); its weight is exact."""

    code: Name
    title: Prose = ""
    weight: Annotated[Exact, AfterValidator(_positive)] = Field(default="1", validate_default=True)


class Derived(Part):
    """A unit votes as its own electors in chamber `from` did; `equality` is what it votes when they tie."""

    source: Name = Field(alias="from")
    equality: Literal["no", "yes"] = "no"


Electorate: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=10**12)]


class Chamber(Part):
    """A body of voters: enrolled on a roll, counted by published totals, or derived from another chamber's units.

    `electorate` says how many electors a counted chamber has: without it, who did not vote is not known there.
    """

    name: Name
    title: Title
    electors: Literal["enrolled", "counted"] = "enrolled"
    roles: tuple[Name, ...] = ()
    seats: Seats | None = None
    derived: Derived | None = None
    units: tuple[Unit, ...] = ()
    electorate: Electorate | None = Field(default=None, exclude_if=lambda value: value is None)
    colleges: Literal["scaled"] | None = Field(default=None, exclude_if=lambda value: value is None)
    """`scaled`: each unit is a college whose votes make up its weight, whatever its turnout."""
    delegation: DelegationRules | None = Field(default=None, exclude_if=lambda value: value is None)
    """How members may be represented; None: only personally."""


class Matter(Part):
    """A kind of question: a motion with its decision, or a selection with its chamber and an allocation or an election."""

    name: Name
    title: Title
    kind: Literal["motion", "selection"]
    ballot: BallotRules
    decision: Decision | None = None
    chamber: Name | None = None
    allocation: AllocationRules | None = None
    election: ElectionRules | None = Field(default=None, exclude_if=lambda value: value is None)


class Amendment(Part):
    """Which parts of the charter may be amended while the process runs: globs over `/phases/vote/closes`-like paths."""

    allows: Annotated[tuple[Annotated[str, StringConstraints(pattern=r"^/", max_length=500)], ...], Field(min_length=1)]


_Named = TypeVar("_Named", Phase, Chamber, Matter)


class Charter(Part):
    """The rules of one process. Built by `load_charter` and `parse_charter` only, which also check references."""

    comitia: Literal[1]
    name: Name
    title: Title
    summary: Prose = ""
    sources: tuple[Source, ...] = ()
    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=200)]
    chambers: Annotated[tuple[Chamber, ...], Field(max_length=1000)] = ()
    matters: Annotated[tuple[Matter, ...], Field(max_length=1000)] = ()
    amendment: Amendment | None = None

    def phase(self, name: str) -> Phase | None:
        return _named(self.phases, name)

    def chamber(self, name: str) -> Chamber | None:
        return _named(self.chambers, name)

    def matter(self, name: str) -> Matter | None:
        return _named(self.matters, name)

    def root_chamber(self, name: str) -> Chamber | None:
        """The chamber whose members hold the ballots of `name`: itself, or the one it is derived from, at any depth."""
        chamber = self.chamber(name)
        while chamber is not None and chamber.derived is not None:
            chamber = self.chamber(chamber.derived.source)
        return chamber

    def units_of(self, name: str) -> tuple[Unit, ...]:
        """The units of a chamber; a derived chamber without its own has those of the chamber it is derived from."""
        chamber = self.chamber(name)
        while chamber is not None and not chamber.units and chamber.derived is not None:
            chamber = self.chamber(chamber.derived.source)
        return () if chamber is None else chamber.units

    def ballot_units(self, name: str) -> tuple[str, ...]:
        """The codes of the units in which a chamber's ballots are counted apart: its own, or its derived chambers'."""
        chamber = self.chamber(name)
        if chamber is None:
            return ()
        derived = (each for each in self.chambers if each.derived is not None and each.derived.source == name)
        counted = (chamber,) if chamber.units else tuple(derived)
        return tuple(dict.fromkeys(unit.code for each in counted for unit in each.units))

    def matters_of(self, chamber: str) -> tuple[str, ...]:
        """The matters in which a chamber's electors vote, in the chamber or in one derived from it."""
        return tuple(each.name for each in self.matters if chamber in self._electing(each))

    def _electing(self, matter: Matter) -> set[str]:
        named = {matter.chamber} if matter.decision is None else chambers_of(matter.decision)
        roots = (self.root_chamber(name) for name in named if name is not None)
        return {root.name for root in roots if root is not None}

    def to_json(self) -> dict[str, Any]:
        """The charter as plain JSON values, every default written out; `parse_charter` reads it back."""
        return self.model_dump(mode="json", by_alias=True)


def load_charter(text: str) -> Charter | Refused:
    """Read a charter from YAML; a refusal names line, field, what was found and what is expected. Never raises."""
    read = read_yaml(text)
    if isinstance(read, Refused):
        return read
    data, lines = read
    return _parse(data, lines)


def parse_charter(data: Mapping[str, Any]) -> Charter | Refused:
    """Read a charter from plain values (as `Charter.to_json` writes them); a refusal names the field. Never raises."""
    return _parse(data, {})


def charter_hash(charter: Charter) -> str:
    """SHA-256, in hex, of the canonical JSON of the charter."""
    return hashlib.sha256(canonical.dumps(charter.to_json())).hexdigest()


def _parse(data: Any, lines: Lines) -> Charter | Refused:
    try:
        charter = Charter.model_validate(data)
    except ValidationError as error:
        return from_validation(error, data, lines)
    return check_references(charter, lines) or charter


def _named(parts: Iterable[_Named], name: str) -> _Named | None:
    return next((part for part in parts if part.name == name), None)
