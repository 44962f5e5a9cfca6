"""A file of ballots (BLT, ranks or grades as CSV) is read whole, or refused with line, field, what was found, what is right."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kernel.canonical import dumps
from kernel.numbers import show
from kernel.refusal import Kind, Refused
from tally.forms import Number, Option, whole
from tally.grouping import Said
from tally.papers import unmarked

MAX_CANDIDATES = 1_000
MAX_NAME = 200
SHOWN = 60
NOT_RANKED = "not ranked"
_WEIGHT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class BallotFile:
    """Candidates in the file's order, by id, with their names; the ballots, grouped; `seats` where the file tells them.

    `scale` is empty in a file of rankings, whose ranks may also be `SKIPPED` or `OVERVOTED`.
    """

    options: Mapping[str, Option]
    names: Mapping[str, str]
    groups: Mapping[Said, Number]
    seats: int | None = None
    scale: tuple[str, ...] = ()
    title: str = ""
    withdrawn: tuple[str, ...] = ()


class MalformedError(Exception):
    """Carries a refusal from deep in a reader to its `parse`, which returns it."""

    def __init__(self, line: int, field: str, found: str, expected: str) -> None:
        shown = found if len(found) <= SHOWN else f"{found[:SHOWN]}… ({len(found)} characters)"
        say = "the file of ballots cannot be read"
        details = {"field": field, "found": shown, "expected": expected}
        self.refused = Refused("file_malformed", kind=Kind.INVALID, say=say, line=line, **details)


def weight(line: int, field: str, text: str) -> Number:
    """How many ballots, or what they weigh: a number above 0 of at most 18 digits and 6 decimals."""
    if not _WEIGHT.fullmatch(text) or not (value := Fraction(text)):
        expected = "a number above 0 such as 12 or 0.5, of at most 18 digits and 6 decimals"
        raise MalformedError(line, field, text, expected)
    return whole(value)


def named(line: int, field: str, name: str, known: Mapping[str, int]) -> str:
    """A candidate's name, which no other has; `known` are the names so far, and their lines."""
    if not name or len(name) > MAX_NAME:
        raise MalformedError(line, field, name or "nothing", f"a name of at most {MAX_NAME} characters")
    if name in known:
        raise MalformedError(line, field, name, f"each name once; the first is on line {known[name]}")
    return name


def limited(line: int, field: str, number: int) -> int:
    """A number of candidates that can be counted."""
    if not 1 <= number <= MAX_CANDIDATES:
        raise MalformedError(line, field, str(number), f"1 to {MAX_CANDIDATES} candidates")
    return number


def candidates(ids: Iterable[str]) -> dict[str, Option]:
    """Options in this order."""
    return {name: Option(option=name, submitted=place) for place, name in enumerate(ids, 1)}


def seed_of(file: BallotFile) -> bytes:
    """SHA-256 of the canonical JSON of names and grouped ballots: nothing secret, but the same for every count of them."""
    ballots = sorted([[list(map(_plain, said)), show(Fraction(number))] for said, number in file.groups.items()])
    return hashlib.sha256(dumps([list(file.names.values()), ballots])).digest()


def _plain(said: str | tuple[str, str]) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def as_grades(file: BallotFile) -> BallotFile:
    """Rankings as grades, for majority judgment: the grade is the place among those ranked, not ranked the worst."""
    if file.scale:
        return file
    scale = (*(f"rank {rank}" for rank in range(1, len(file.options) + 1)), NOT_RANKED)
    groups: dict[Said, Number] = {}
    for said, number in file.groups.items():
        ranking = unmarked(option for option in said if isinstance(option, str))
        graded = tuple(sorted((option, scale[place]) for place, option in enumerate(ranking or ())))
        groups[graded] = groups.get(graded, 0) + number
    return replace(file, groups=groups, scale=scale)
