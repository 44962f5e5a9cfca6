"""A Pabulib file's sections, headers, rows and fields; whatever is not as the format says is named with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from kernel.ids import NAME_PATTERN
from kernel.refusal import Kind, Refused

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}
)
"""The sections in order, and the columns that each must have."""

SHOWN = 60
_NUMBER = re.compile(r"[0-9]{1,30}(\.[0-9]{1,6})?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+", re.ASCII)
_ID = re.compile(NAME_PATTERN)


def bad(line: int, name: str, found: str, expected: str, reason: str) -> Refused:
    """The refusal of a file: always where, which field, what was found, what would be right."""
    shown = found if len(found) <= SHOWN else f"{found[:SHOWN]}… ({len(found)} characters)"
    say = "the file is not as Pabulib's format and its own META say"
    return Refused(reason, kind=Kind.INVALID, say=say, line=line, field=name, found=shown, expected=expected)


class MalformedError(Exception):
    """Carries a refusal from deep in the parser to `parse`, which returns it."""

    def __init__(self, line: int, name: str, found: str, expected: str, reason: str = "file_malformed") -> None:
        self.refused = bad(line, name, found, expected, reason)


@dataclass(slots=True)
class Section:
    """A section: the line of its name, its columns by place, its rows with their lines."""

    name: str
    line: int
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def get(self, row: list[str], column: str) -> str:
        """A field without the spaces around it; empty where there is no such column."""
        place = self.columns.get(column)
        return "" if place is None else row[place].strip()


def sections_of(text: str) -> dict[str, Section]:
    """META, PROJECTS and VOTES, in this order and each with its header; raises `MalformedError`."""
    found: dict[str, Section] = {}
    names = iter(COLUMNS)
    section: Section | None = None
    due: str | None = next(names)
    line = 0
    for line, row in _rows(text):
        word = row[0].strip()
        if len(row) == 1 and word in COLUMNS:
            if word != due or (section is not None and not section.columns):
                raise MalformedError(line, "section", word, due or "no further section")
            section = found[word] = Section(word, line)
            due = next(names, None)
        elif section is None:
            raise MalformedError(line, "section", word, "META, alone on the first line", "section_missing")
        elif not section.columns:
            section.columns = _columns(section.name, line, row)
        elif len(row) != len(section.columns):
            expected = f"{len(section.columns)} fields, as the header of {section.name} has"
            raise MalformedError(line, "row", f"{len(row)} fields", expected, "row_malformed")
        else:
            section.rows.append((line, row))
    if due is not None or section is None or not section.columns:
        expected = f"the section {due}" if due else "the header of VOTES"
        raise MalformedError(line + 1, "section", "the end of the file", expected, "section_missing")
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    start = 1
    try:
        for row in reader:
            if any(cell and not cell.isspace() for cell in row):
                yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        expected = 'fields separated by ;, quoted with " where they hold one'
        raise MalformedError(start, "row", str(error), expected, "row_malformed") from error


def _columns(section: str, line: int, row: list[str]) -> dict[str, int]:
    names = [name.strip() for name in row]
    required = COLUMNS[section]
    missing = [name for name in required if name not in names]
    if missing:
        found = ";".join(names)
        reason = "delimiter_wrong" if len(names) == 1 and re.search(r"[,\t|]", found) else "column_missing"
        raise MalformedError(line, "header", found, f"{section} to have {';'.join(required)}, separated by ;", reason)
    if len(set(names)) != len(names):
        raise MalformedError(line, "header", ";".join(names), "each column once")
    return {name: place for place, name in enumerate(names)}


@lru_cache(maxsize=4096)
def _exact(text: str) -> Fraction | None:
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def items(text: str) -> tuple[str, ...]:
    """The items of a comma-separated field."""
    return tuple([item.strip() for item in text.split(",")]) if text else ()


def identifier(line: int, name: str, text: str) -> str:
    """An id as Comitia takes them."""
    if not _ID.fullmatch(text):
        raise MalformedError(line, name, text, "an id of 1 to 128 characters without spaces")
    return text


def number(line: int, name: str, text: str) -> Fraction:
    """A number of at most 30 digits and 6 decimals, with a decimal point."""
    value = _exact(text)
    if value is not None:
        return value
    if _DECIMAL_COMMA.fullmatch(text):
        expected = f"a decimal point: {text.replace(',', '.')} (or {text.replace(',', '')}, if thousands are meant)"
        raise MalformedError(line, name, text, expected, "decimal_comma")
    expected = "a number such as 1500 or 1500.25, of at most 30 digits and 6 decimals"
    raise MalformedError(line, name, text, expected, "number_malformed")
