"""Published counts as CSV: a header `chamber,voter,option,count`, then one line for each number; errors name line and column."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from kernel.numbers import MAX_DIGITS, parse_exact, show
from kernel.refusal import Kind, Refused, shorten

COLUMNS = ("chamber", "voter", "option", "count")
OPTIONS = ("yes", "no", "abstain", "blank", "invalid", "absent")
MAX_CHARACTERS = 64 * 1024 * 1024
BOM = "\ufeff"
FINEST = 10**MAX_DIGITS
"""The greatest common denominator of all counts: sums of finer ones could be too long to be written."""


@dataclass(frozen=True, slots=True)
class Row:
    """One number: how much of a chamber (`voter` empty), or of a member or unit of it, chose an option."""

    line: int
    chamber: str
    voter: str
    option: str
    count: Fraction


def counts_fault(reason: str, line: int, column: str, *, found: str, expected: str) -> Refused:
    """What is wrong with a file of counts, and where."""
    say = "these counts cannot be used as they are"
    details: dict[str, str | int] = {"line": line, "column": column, "found": shorten(found), "expected": expected}
    return Refused(reason, kind=Kind.INVALID, say=say, **details)


def read_counts(text: str) -> tuple[Row, ...] | Refused:
    """The rows of a file of counts; a byte-order mark and empty lines are skipped. Never raises."""
    if len(text) > MAX_CHARACTERS:
        found, expected = f"{len(text)} characters", f"at most {MAX_CHARACTERS} characters"
        return counts_fault("counts_too_long", 1, "", found=found, expected=expected)
    lines = text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader((line + "\n" for line in lines), strict=True)
    rows: list[Row] = []
    seen: dict[tuple[str, str, str], int] = {}
    common = 1
    try:
        listed = ((reader.line_num, [field.strip() for field in fields]) for fields in reader)
        filled = ((line, fields) for line, fields in listed if any(fields))
        places = _header(filled)
        if isinstance(places, Refused):
            return places
        for line, fields in filled:
            row = _row(line, fields, places)
            if isinstance(row, Refused):
                return row
            first = seen.setdefault((row.chamber, row.voter, row.option), line)
            if first != line:
                found = f"{row.chamber},{row.voter},{row.option} as in line {first}"
                return counts_fault("row_twice", line, "option", found=found, expected="each number once")
            common = lcm(common, row.count.denominator)
            if common > FINEST:
                expected = f"counts with a common denominator of at most {MAX_DIGITS} digits"
                return counts_fault("counts_too_fine", line, "count", found=show(row.count), expected=expected)
            rows.append(row)
    except csv.Error as error:
        return counts_fault("counts_not_csv", reader.line_num, "", found=str(error), expected="well-formed CSV")
    return tuple(rows)


def _header(filled: Iterator[tuple[int, list[str]]]) -> dict[str, int] | Refused:
    expected = ",".join(COLUMNS)
    line, fields = next(filled, (1, []))
    found = ",".join(fields)
    if not fields:
        return counts_fault("counts_empty", line, "", found="nothing", expected=f"the header {expected}")
    for delimiter, name in ((";", "semicolons"), ("\t", "tabs")):
        if delimiter in found and len(fields) < len(COLUMNS):
            hint = f"commas between columns: {expected}"
            return counts_fault("wrong_delimiter", line, "", found=f"{name}: {found}", expected=hint)
    for column in COLUMNS:
        if fields.count(column) != 1:
            times = "no such column" if column not in fields else f"it {fields.count(column)} times"
            return counts_fault(
                "column_missing" if column not in fields else "column_twice",
                line,
                column,
                found=f"{times} in {found}",
                expected=f"the header {expected}",
            )
    return {column: fields.index(column) for column in COLUMNS} | {"": len(fields)}


def _row(line: int, fields: list[str], places: dict[str, int]) -> Row | Refused:
    if len(fields) != places[""]:
        found, expected = f"{len(fields)} columns", f"{places['']} columns, as in the header"
        return counts_fault("row_length", line, "", found=found, expected=expected)
    chamber, voter, option, written = (fields[places[column]] for column in COLUMNS)
    if option not in OPTIONS:
        expected = "one of " + ", ".join(OPTIONS)
        return counts_fault("unknown_option", line, "option", found=repr(option), expected=expected)
    try:
        count = parse_exact(written)
    except ValueError:
        expected = "a number such as 12, 8.5 or 17/2"
        return counts_fault("not_a_number", line, "count", found=repr(written), expected=expected)
    if count < 0:
        return counts_fault("negative_count", line, "count", found=written, expected="0 or more")
    return Row(line, chamber, voter, option, count)
