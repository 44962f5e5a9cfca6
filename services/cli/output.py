"""What the command prints and how it ends: status 0 when all held, 1 when a check failed, 2 when the input is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kernel.refusal import Refused

HELD, FAILED, WRONG = 0, 1, 2

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON document on standard output; names and numbers as they are, UTF-8."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


class Telling(Protocol):
    """A refusal, decided here or by a server."""

    @property
    def reason(self) -> str: ...

    def sentence(self) -> str: ...

    def metadata(self) -> dict[str, str]: ...


def wrong(refused: Telling | str, *, as_json: bool = False) -> NoReturn:
    """Say why the input is refused, on standard error, and end with status 2."""
    if isinstance(refused, str):
        refused = Refused("input_wrong", say=refused)
    if as_json:
        told = {"error": refused.reason, "message": refused.sentence(), "details": refused.metadata()}
        typer.echo(json.dumps(told, ensure_ascii=False), err=True)
    else:
        err.print(f"error: {refused.sentence()}", markup=False)
    raise typer.Exit(WRONG)


def read_text(path: Path, *, as_json: bool = False) -> str:
    """A UTF-8 text file (a byte-order mark is dropped), or the end with status 2."""
    return decode(read_bytes(path, as_json=as_json), path, as_json=as_json)


def read_bytes(path: Path, *, as_json: bool = False) -> bytes:
    """A file's bytes, or the end with status 2."""
    try:
        return path.read_bytes()
    except OSError as error:
        wrong(Refused("file_unreadable", say=f"cannot read {path}: {error.strerror}", file=str(path)), as_json=as_json)


def decode(data: bytes, path: Path, *, as_json: bool = False) -> str:
    """UTF-8 text, or the end with status 2 naming the byte that is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        refused = Refused(
            "not_utf8", say=f"{path} is not UTF-8 text", line=line, byte=error.start, found=f"0x{data[error.start]:02x}"
        )
        wrong(refused, as_json=as_json)


def progress() -> Progress:
    """A progress bar on standard error, gone when done; silent when that is not a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err, transient=True)
