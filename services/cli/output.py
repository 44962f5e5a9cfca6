"""What the command prints and how it ends: status 0 when all held, 1 when a check failed, 2 when the input is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from kernel.refusal import Refused

HELD, FAILED, WRONG = 0, 1, 2
MAX_BYTES = 256 * 1024 * 1024

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """One line in which control characters are spelled out: what a file holds cannot rewrite what a terminal shows."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def say(line: str) -> None:
    """One line on standard output."""
    out.print(printable(line), markup=False)


def print_json(value: Any) -> None:
    """One JSON document on standard output; names and numbers as they are, UTF-8."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on standard output. Its first column, what other commands are given, stays whole on a narrow screen."""
    table = Table(Column(columns[0], no_wrap=True), *columns[1:])
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    out.print(table)


class Telling(Protocol):
    """A refusal, decided here or by a server."""

    @property
    def reason(self) -> str: ...

    def sentence(self) -> str: ...

    def metadata(self) -> dict[str, str]: ...


def wrong(refused: Telling | str, *, file: Path | None = None, as_json: bool = False) -> NoReturn:
    """Say why the input is refused (`FILE:LINE: why`), on standard error, and end with status 2."""
    if isinstance(refused, str):
        refused = Refused("input_wrong", say=refused)
    details, message = refused.metadata(), refused.sentence()
    if file is not None:
        message = ":".join(filter(None, (str(file), details.get("line"), f" {message}")))
        details = {"file": str(file), **details}
    if as_json:
        told = {"error": refused.reason, "message": message, "details": details}
        typer.echo(json.dumps(told, ensure_ascii=False), err=True)
    else:
        err.print(f"error: {printable(message)}", markup=False)
    raise typer.Exit(WRONG)


def read_text(path: Path, *, as_json: bool = False) -> str:
    """A UTF-8 text file (a byte-order mark is dropped), or the end with status 2 naming the byte that is not UTF-8."""
    data = read_bytes(path, as_json=as_json)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refused = Refused(
            "not_utf8",
            say="the file cannot be read as text",
            line=data.count(b"\n", 0, error.start) + 1,
            found=f"byte 0x{data[error.start]:02x}",
            expected="UTF-8 text",
        )
        wrong(refused, file=path, as_json=as_json)


def read_bytes(path: Path, *, as_json: bool = False) -> bytes:
    """A file's bytes, or the end with status 2."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        unreadable(path, error, as_json=as_json)
    if len(data) > MAX_BYTES:
        refused = Refused("file_too_large", say="the file is too large", expected=f"at most {MAX_BYTES} bytes")
        wrong(refused, file=path, as_json=as_json)
    return data


def unreadable(path: Path, error: OSError, *, as_json: bool = False) -> NoReturn:
    """The end with status 2 for a file that cannot be read."""
    why = error.strerror or str(error)
    wrong(Refused("file_unreadable", say=f"the file cannot be read: {why}"), file=path, as_json=as_json)


def unwritable(path: Path, error: OSError, *, as_json: bool = False) -> NoReturn:
    """The end with status 2 for a file that cannot be written."""
    why = error.strerror or str(error)
    wrong(Refused("file_unwritable", say=f"the file cannot be written: {why}"), file=path, as_json=as_json)


def progress() -> Progress:
    """A progress bar on standard error, gone when done; silent when that is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
