"""Ballots as CSV: `count,rank1,rank2,…` with names, undervote or overvote; or a row `scale,…`, then `count` and names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from kernel.refusal import Refused
from tally.ballot_file import BallotFile, MalformedError, candidates, limited, named, weight
from tally.forms import Number
from tally.grouping import Said
from tally.irv_minneapolis import UNDECLARED
from tally.papers import OVERVOTED, SKIPPED

COUNT = "count"
SCALE = "scale"
MAX_GRADES = 100
RANKS = {"": SKIPPED, "undervote": SKIPPED, "overvote": OVERVOTED}
"""What may stand at a rank instead of a name."""

Row = tuple[int, list[str]]


def parse(text: str) -> BallotFile | Refused:
    """Rankings as Minneapolis publishes them, each row with the number of ballots that say so; or grades.

    Candidates are numbered by name in rankings, whoever comes first in the file; `UWI`, all undeclared write-ins, keeps
    that id. In grades, the scale is given best first, and an empty cell is no grade.
    """
    try:
        return _parse(_rows(text))
    except MalformedError as error:
        return error.refused


def _rows(text: str) -> Iterator[Row]:
    """Each row that is not blank, with the line it starts on, its cells without the spaces around them."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    start = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        expected = 'fields separated by commas, quoted with " where they hold one'
        raise MalformedError(start, "row", str(error), expected) from error


def _parse(rows: Iterator[Row]) -> BallotFile:
    line, header = next(rows, (1, [""]))
    if header[0] == SCALE:
        return _grades(_scale(line, header), rows, line)
    if header[0] != COUNT or len(header) < 2 or header[1:] != [f"rank{place}" for place in range(1, len(header))]:
        expected = f"the header {COUNT},rank1,rank2,… of rankings, or a row {SCALE},… with the grades, best first"
        raise MalformedError(line, "header", ",".join(header) or "nothing", expected)
    return _rankings(len(header) - 1, rows, line)


def _rankings(ranks: int, rows: Iterator[Row], line: int) -> BallotFile:
    said: dict[tuple[str, ...], Number] = {}
    known: set[str] = set()
    for line, row in rows:
        _check_width(line, row, ranks + 1)
        for place, cell in enumerate(row[1:], 1):
            if cell not in RANKS and cell not in known:
                known.add(named(line, f"rank{place}", cell, {}))
        ballot = tuple(row[1:])
        said[ballot] = said.get(ballot, 0) + weight(line, COUNT, row[0])
    limited(line, "candidates", len(known))
    names = sorted(known)
    ids = {name: name if name == UNDECLARED else str(place) for place, name in enumerate(names, 1)}
    words = {**ids, **RANKS}
    groups: dict[Said, Number] = {}
    for ballot, count in said.items():
        choice = tuple(words[cell] for cell in ballot)
        groups[choice] = groups.get(choice, 0) + count
    return BallotFile(options=candidates(ids.values()), names={ids[name]: name for name in names}, groups=groups)


def _scale(line: int, row: Sequence[str]) -> tuple[str, ...]:
    scale = tuple(row[1:])
    if not 2 <= len(scale) <= MAX_GRADES or len(set(scale)) != len(scale) or "" in scale:
        raise MalformedError(line, SCALE, ",".join(scale), f"2 to {MAX_GRADES} grades, best first, each once")
    return scale


def _grades(scale: tuple[str, ...], rows: Iterator[Row], end: int) -> BallotFile:
    line, header = next(rows, (end + 1, [""]))
    if header[0] != COUNT or len(header) < 2:
        found = ",".join(header) or "the end of the file"
        raise MalformedError(line, "header", found, f"{COUNT}, and the candidates' names")
    limited(line, "candidates", len(header) - 1)
    known: dict[str, int] = {}
    for place, name in enumerate(header[1:], 1):
        known[named(line, f"name of candidate {place}", name, known)] = line
    names = {str(place): name for place, name in enumerate(known, 1)}
    groups: dict[Said, Number] = {}
    for line, row in rows:
        _check_width(line, row, len(header))
        given = {str(place): grade for place, grade in enumerate(row[1:], 1) if grade}
        for option, grade in given.items():
            if grade not in scale:
                raise MalformedError(line, names[option], grade, f"one of {', '.join(scale)}, or nothing")
        choice = tuple(sorted(given.items()))
        groups[choice] = groups.get(choice, 0) + weight(line, COUNT, row[0])
    return BallotFile(options=candidates(names), names=names, groups=groups, scale=scale)


def _check_width(line: int, row: Sequence[str], width: int) -> None:
    if len(row) != width:
        raise MalformedError(line, "row", f"{len(row)} fields", f"{width} fields, as the header has")
