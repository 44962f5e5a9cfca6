"""A Pabulib file (META, PROJECTS, VOTES) is read whole, or refused with line, field, what was found, what is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from kernel.refusal import Refused
from tally.forms import MAX_OPTIONS
from tally.pabulib_rows import MalformedError, Section, bad, identifier, items, number, sections_of

META_KEYS = ("num_projects", "num_votes", "budget", "vote_type", "rule")
LENGTHS = ("num_projects", "min_length", "max_length")
COUNTS = ("num_votes", *LENGTHS)
AMOUNTS = (
    "budget",
    "min_sum_points",
    "max_sum_points",
    "max_points",
    "max_sum_cost",
    "min_project_score_threshold",
)
SELECTED = ("0", "1", "2", "3")


class VoteType(StrEnum):
    """The ballot forms of Pabulib that can be counted here."""

    APPROVAL = "approval"
    CHOOSE_ONE = "choose-1"
    CUMULATIVE = "cumulative"
    ORDINAL = "ordinal"


@dataclass(frozen=True, slots=True)
class Project:
    """A row of PROJECTS. As published, or None: `votes`, `score`, `selected` (1 funded, 2 and 3 from other money)."""

    project: str
    name: str
    category: str | None
    cost: Fraction
    votes: Fraction | None
    score: Fraction | None
    selected: int | None
    line: int


@dataclass(frozen=True, slots=True)
class Vote:
    """A row of VOTES: projects in the order written, and the points of each under a vote type that gives points."""

    voter: str
    projects: tuple[str, ...]
    points: tuple[Fraction, ...]

    @property
    def supported(self) -> tuple[str, ...]:
        """The projects without those given 0 points."""
        if not self.points:
            return self.projects
        return tuple(project for project, points in zip(self.projects, self.points, strict=True) if points)


@dataclass(frozen=True, slots=True)
class PabulibFile:
    """A whole file. `numbers` holds the limits and thresholds of META, `lines` the line each key of META stands on."""

    meta: Mapping[str, str]
    lines: Mapping[str, int]
    numbers: Mapping[str, Fraction]
    vote_type: VoteType
    budget: Fraction
    projects: tuple[Project, ...]
    votes: tuple[Vote, ...]


def read(data: bytes) -> PabulibFile | Refused:
    """Parse a file's bytes, which are UTF-8."""
    try:
        return parse(data.decode())
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return bad(line, "encoding", f"byte 0x{data[error.start]:02x}", "UTF-8 text", "encoding_wrong")


def parse(text: str) -> PabulibFile | Refused:
    """Parse a file's text. Every row has its header's columns, and there are as many rows as META says."""
    try:
        return _parse(text)
    except MalformedError as error:
        return error.refused


def _parse(text: str) -> PabulibFile:
    if text.startswith("\ufeff"):
        expected = "META as the first word: save as UTF-8 without a byte-order mark"
        raise MalformedError(1, "file", "a byte-order mark (U+FEFF)", expected, "byte_order_mark")
    sections = sections_of(text)
    meta, lines = _meta(sections["META"])
    numbers = _numbers(meta, lines)
    vote_type = meta["vote_type"]
    if vote_type not in tuple(VoteType):
        expected = f"one of {', '.join(VoteType)}"
        raise MalformedError(lines["vote_type"], "vote_type", vote_type, expected, "vote_type_unsupported")
    if vote_type == VoteType.ORDINAL and "max_length" not in numbers:
        raise MalformedError(lines["vote_type"], "max_length", "nothing", "META to give it: a place is worth it less")
    projects = _projects(sections["PROJECTS"])
    longest = numbers.get("max_length") if vote_type == VoteType.ORDINAL else None
    votes = _votes(sections["VOTES"], VoteType(vote_type), projects, longest)
    end = text.count("\n") + 1
    _check_rows(lines["num_projects"], "num_projects", numbers, "PROJECTS", len(projects), sections["VOTES"].line)
    _check_rows(lines["num_votes"], "num_votes", numbers, "VOTES", len(votes), end)
    return PabulibFile(
        MappingProxyType(meta),
        MappingProxyType(lines),
        MappingProxyType(numbers),
        VoteType(vote_type),
        numbers["budget"],
        tuple(projects.values()),
        votes,
    )


def _numbers(meta: Mapping[str, str], lines: Mapping[str, int]) -> dict[str, Fraction]:
    numbers = {key: number(lines[key], key, meta[key]) for key in (*AMOUNTS, *COUNTS) if meta.get(key)}
    for key in LENGTHS:
        if key in numbers and (numbers[key].denominator != 1 or numbers[key] > MAX_OPTIONS):
            expected = f"a whole number of at most {MAX_OPTIONS}"
            raise MalformedError(lines[key], key, meta[key], expected, "number_malformed")
    return numbers


def _check_rows(line: int, key: str, numbers: Mapping[str, Fraction], section: str, rows: int, end: int) -> None:
    if numbers[key] != rows:
        expected = f"{numbers[key]} rows, as META says on line {line}; is the file whole?"
        raise MalformedError(end, key, f"{rows} rows in {section}", expected, "rows_missing_or_added")


def _meta(section: Section) -> tuple[dict[str, str], dict[str, int]]:
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, row in section.rows:
        key = section.get(row, "key")
        if key in meta:
            raise MalformedError(line, "key", key, f"each key once; the first is on line {lines[key]}")
        meta[key], lines[key] = section.get(row, "value"), line
    for key in META_KEYS:
        if not meta.get(key):
            raise MalformedError(lines.get(key, section.line), key, "nothing", f"META to give {key}", "key_missing")
    return meta, lines


def _projects(section: Section) -> dict[str, Project]:
    projects: dict[str, Project] = {}
    published = "selected" in section.columns
    for line, row in section.rows:
        project = identifier(line, "project_id", section.get(row, "project_id"))
        if "," in project:
            raise MalformedError(line, "project_id", project, "an id without commas, which separate ids in a vote")
        if project in projects:
            first = projects[project].line
            raise MalformedError(line, "project_id", project, f"each project once; the first is on line {first}")
        selected = section.get(row, "selected") if published else None
        if selected is not None and selected not in SELECTED:
            raise MalformedError(line, "selected", selected, "0, 1, 2 or 3")
        votes, score = section.get(row, "votes"), section.get(row, "score")
        projects[project] = Project(
            project=project,
            name=section.get(row, "name") or project,
            category=section.get(row, "category") or None,
            cost=number(line, "cost", section.get(row, "cost")),
            votes=number(line, "votes", votes) if votes else None,
            score=number(line, "score", score) if score else None,
            selected=None if selected is None else int(selected),
            line=line,
        )
    return projects


def _votes(
    section: Section, vote_type: VoteType, projects: Mapping[str, Project], longest: Fraction | None
) -> tuple[Vote, ...]:
    gives_points = vote_type is VoteType.CUMULATIVE
    if gives_points and "points" not in section.columns:
        found = ";".join(section.columns)
        expected = "a column points, for cumulative votes"
        raise MalformedError(section.line + 1, "header", found, expected, "column_missing")
    seen: dict[str, int] = {}
    votes = []
    for line, row in section.rows:
        voter = identifier(line, "voter_id", section.get(row, "voter_id"))
        if voter in seen:
            raise MalformedError(line, "voter_id", voter, f"each voter once; the first is on line {seen[voter]}")
        seen[voter] = line
        chosen = items(section.get(row, "vote"))
        _check_chosen(line, chosen, vote_type, projects, longest)
        points: tuple[Fraction, ...] = ()
        if gives_points:
            written = items(section.get(row, "points"))
            if len(written) != len(chosen):
                expected = f"{len(chosen)}, one for each project (a decimal is written with a point)"
                raise MalformedError(line, "points", f"{len(written)} numbers", expected, "points_mismatch")
            points = tuple(number(line, "points", text) for text in written)
        votes.append(Vote(voter, chosen, points))
    return tuple(votes)


def _check_chosen(
    line: int,
    chosen: tuple[str, ...],
    vote_type: VoteType,
    projects: Mapping[str, Project],
    longest: Fraction | None,
) -> None:
    for project in chosen:
        if project not in projects:
            raise MalformedError(line, "vote", project, "a project_id of PROJECTS", "unknown_project")
    if len(set(chosen)) != len(chosen):
        raise MalformedError(line, "vote", ",".join(chosen), "each project once", "project_twice")
    if vote_type is VoteType.CHOOSE_ONE and len(chosen) != 1:
        raise MalformedError(line, "vote", f"{len(chosen)} projects", "exactly one, as vote_type choose-1 says")
    if longest is not None and len(chosen) > longest:
        raise MalformedError(line, "vote", f"{len(chosen)} projects", f"at most {longest}, META's max_length")
