"""What is wrong with a charter, as a refusal that names line, field, what was found and what is expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from kernel.numbers import whole
from kernel.refusal import Kind, Refused, shorten
from rules.decision.model import OPERATORS
from rules.yaml_text import Lines, Path

CHOSEN = frozenset({*OPERATORS, "chamber", "word", "casting_vote", "second_vote"})
"""What pydantic writes into a location when it has chosen among operators, or among steps after a tie."""


def fault(reason: str, path: Path, lines: Lines, *, found: str, expected: str, more: int = 0) -> Refused:
    """A refusal of the value at `path`; `more` other faults were found with it."""
    details: dict[str, str | int] = {"field": show_path(path)}
    line = _line(path, lines)
    if line is not None:
        details["line"] = line
    details |= {"found": shorten(found), "expected": expected}
    if more:
        details["more_faults"] = more
    return Refused(reason, kind=Kind.INVALID, say="the charter cannot be used as it is written", **details)


def from_validation(error: ValidationError, data: Any, lines: Lines) -> Refused:
    """The first fault that pydantic found, and how many more there are."""
    found = error.errors()
    first = found[0]
    kind, message = first["type"], first["msg"].removeprefix("Value error, ")
    path = _path_in_data(first["loc"], data, absent=kind == "missing")
    shown = show_value(first.get("input"))
    if kind == "extra_forbidden":
        return fault(
            "charter_invalid",
            path,
            lines,
            found=f"the unknown field {path[-1]!r}",
            expected="only fields that a charter has",
            more=len(found) - 1,
        )
    if kind == "missing":
        return fault(
            "charter_invalid",
            path,
            lines,
            found="nothing",
            expected=f"the field {path[-1]!r}",
            more=len(found) - 1,
        )
    return fault("charter_invalid", path, lines, found=shown, expected=message, more=len(found) - 1)


def show_path(path: Path) -> str:
    """`phases[0].allows[1]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "charter"


def _path_in_data(loc: Sequence[str | int], data: Any, *, absent: bool) -> Path:
    """pydantic names the operator it chose beside each field, and where it stood in a key: leave out what is not there.

    With `absent` the last part is a field that the document should have.
    """
    for length in range(len(loc), 0, -1):
        path = _resolve(tuple(loc[:length]), data, set(), absent=absent)
        if path is not None:
            return path
    return ()


def _resolve(loc: Path, data: Any, failed: set[tuple[int, int]], *, absent: bool) -> Path | None:
    """The parts of `loc` that lead through `data`; None when none do."""
    if not loc:
        return ()
    if (len(loc), id(data)) in failed:
        return None
    part, rest = loc[0], loc[1:]
    if absent and not rest and isinstance(data, dict):
        return (part,)
    within = isinstance(data, dict) and part in data
    within = within or (isinstance(data, (list, tuple)) and isinstance(part, int) and part < len(data))
    if within:
        path = _resolve(rest, data[part], failed, absent=absent)
        if path is not None:
            return (part, *path)
    if part in CHOSEN:
        path = _resolve(rest, data, failed, absent=absent)
        if path is not None:
            return path
    failed.add((len(loc), id(data)))
    return None


def _line(path: Path, lines: Lines) -> int | None:
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def show_value(value: Any) -> str:
    """What was found, in few words; a number too long to be written is told to be one."""
    if isinstance(value, dict):
        keys = ", ".join(whole(key) if isinstance(key, int) else str(key) for key in list(value)[:5]) or "nothing"
        return f"a mapping with {keys.encode('utf-8', 'backslashreplace').decode()}"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if isinstance(value, int):
        return whole(value)
    return "null" if value is None else repr(value)
