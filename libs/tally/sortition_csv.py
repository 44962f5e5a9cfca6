"""A pool is `person` and one column for each category of the quotas; quotas are `category,value,at_least,at_most`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from kernel.ids import NAME_PATTERN
from kernel.refusal import Kind, Refused, shorten
from tally.sortition import MAX_PEOPLE, Pool, Quota

PERSON = "person"
QUOTA_COLUMNS = ("category", "value", "at_least", "at_most")
MAX_CHARACTERS = 64 * 1024 * 1024
MAX_QUOTAS = 1_000
BOM = "\ufeff"
_ID = re.compile(NAME_PATTERN)
_WHOLE = re.compile(r"0|[1-9][0-9]{0,6}", re.ASCII)
_WORD = re.compile(r"[^\x00-\x1f\x7f]{1,128}")

Row = tuple[int, list[str]]


class _Malformed(Exception):
    """Carries a refusal out of a reader; never leaves this module."""

    def __init__(self, line: int, column: str, found: str, expected: str) -> None:
        super().__init__(expected)
        say = "this file cannot be used as it is"
        details: dict[str, str | int] = {"line": line, "column": column, "found": shorten(found), "expected": expected}
        self.refused = Refused("file_malformed", kind=Kind.INVALID, say=say, **details)


def read_quotas(text: str) -> tuple[Quota, ...] | Refused:
    """The quotas of a panel, in order of category and value; each category's values are all that its people may have."""
    try:
        return tuple(sorted(_quotas(text), key=lambda quota: (quota.category, quota.value)))
    except _Malformed as error:
        return error.refused


def read_pool(text: str, quotas: Sequence[Quota]) -> Pool | Refused:
    """Everyone who may be drawn. A column that no quota is about is refused: the pool is published, so it holds no more."""
    try:
        return _pool(text, quotas)
    except _Malformed as error:
        return error.refused


def _quotas(text: str) -> Iterator[Quota]:
    seen: dict[tuple[str, str], int] = {}
    rows = _rows(text)
    header = _header(rows, QUOTA_COLUMNS)
    if set(header) != set(QUOTA_COLUMNS):
        raise _Malformed(1, "", ",".join(header), f"the columns {','.join(QUOTA_COLUMNS)} and no others")
    for line, fields in rows:
        row = dict(zip(header, fields, strict=True))
        category, value = (_word(line, column, row[column]) for column in ("category", "value"))
        low, high = (_whole(line, column, row[column]) for column in ("at_least", "at_most"))
        if category == PERSON:
            raise _Malformed(line, "category", category, "a category other than the column of pseudonyms")
        if low > high:
            raise _Malformed(line, "at_most", str(high), f"at least the {low} of at_least")
        first = seen.setdefault((category, value), line)
        if first != line:
            raise _Malformed(line, "value", f"{category},{value} as in line {first}", "each value of a category once")
        yield Quota(category=category, value=value, at_least=low, at_most=high)
    if not seen:
        raise _Malformed(2, "", "no quota", "at least one line: category,value,at_least,at_most")
    if len(seen) > MAX_QUOTAS:
        raise _Malformed(line, "", f"{len(seen)} quotas", f"at most {MAX_QUOTAS}")


def _pool(text: str, quotas: Sequence[Quota]) -> Pool:
    categories = tuple(sorted({quota.category for quota in quotas}))
    allowed = {category: [quota.value for quota in quotas if quota.category == category] for category in categories}
    rows = _rows(text)
    header = _header(rows, (PERSON, *categories))
    extra = [column for column in header if column not in (PERSON, *categories)]
    if extra:
        expected = f"only {','.join((PERSON, *categories))}: the pool is published, and the draw needs no more"
        raise _Malformed(1, extra[0], ",".join(header), expected)
    people: dict[str, tuple[str, ...]] = {}
    for line, fields in rows:
        row = dict(zip(header, fields, strict=True))
        person = row.pop(PERSON)
        if not _ID.fullmatch(person):
            raise _Malformed(line, PERSON, repr(person), "a pseudonym of 1 to 128 characters without spaces")
        if person in people:
            raise _Malformed(line, PERSON, person, "each person once")
        for category in categories:
            if row[category] not in allowed[category]:
                listed = ", ".join(allowed[category][:20])
                raise _Malformed(line, category, repr(row[category]), f"a value that the quotas list: {listed}")
        people[person] = tuple(row[category] for category in categories)
        if len(people) > MAX_PEOPLE:
            raise _Malformed(line, PERSON, f"more than {MAX_PEOPLE} people", f"at most {MAX_PEOPLE}")
    if not people:
        raise _Malformed(2, PERSON, "nobody", "at least one person")
    return Pool(categories, {person: people[person] for person in sorted(people)})


def _rows(text: str) -> Iterator[Row]:
    """Each row that is not empty, with the line it starts on; its fields without the spaces around them."""
    if len(text) > MAX_CHARACTERS:
        raise _Malformed(1, "", f"{len(text)} characters", f"at most {MAX_CHARACTERS} characters")
    lines = text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader((line + "\n" for line in lines), strict=True)
    width, start = 0, 1
    try:
        for fields in reader:
            stripped = [field.strip() for field in fields]
            if any(stripped):
                width = width or len(stripped)
                if len(stripped) != width:
                    expected = f"{width} columns, as in the header"
                    raise _Malformed(start, "", f"{len(stripped)} columns", expected)
                yield start, stripped
            start = reader.line_num + 1
    except csv.Error as error:
        raise _Malformed(start, "", str(error), "well-formed CSV") from error


def _header(rows: Iterator[Row], needed: Sequence[str]) -> list[str]:
    line, header = next(rows, (1, []))
    expected = f"a header with {','.join(needed)}, separated by commas"
    missing = [column for column in needed if column not in header]
    if missing:
        raise _Malformed(line, missing[0], ",".join(header) or "nothing", expected)
    if len(set(header)) != len(header):
        raise _Malformed(line, "", ",".join(header), "each column once")
    return header


def _whole(line: int, column: str, text: str) -> int:
    if not _WHOLE.fullmatch(text) or int(text) > MAX_PEOPLE:
        raise _Malformed(line, column, repr(text), f"a whole number from 0 to {MAX_PEOPLE}")
    return int(text)


def _word(line: int, column: str, text: str) -> str:
    if not _WORD.fullmatch(text):
        raise _Malformed(line, column, repr(text), "1 to 128 characters, none of them a control character")
    return text
