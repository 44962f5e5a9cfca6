"""What is said word for word, kept in a file beside the module that asks for it, and compared line by line.

A name stands at the start of a line; what is said of it follows, each line indented; an empty line ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kernel.refusal import Refused

INDENT = "    "

Saying = Callable[[], list[str]]
"""Asks, and answers the lines that are said."""
Rows = Iterator[tuple[str, Saying]]


@dataclass(frozen=True)
class Record:
    """What a module asks for, by name, and the file where it is on record."""

    module: str
    said: Mapping[str, Saying]

    @property
    def path(self) -> Path:
        """The file, beside the module."""
        return Path(self.module).with_suffix(".txt")

    @cached_property
    def known(self) -> dict[str, list[str]]:
        """What is on record of each name, in the order of the file."""
        known: dict[str, list[str]] = {}
        lines: list[str] = []
        for line in self.path.read_text(encoding="utf-8").removesuffix("\n").split("\n"):
            if line.startswith(INDENT):
                lines.append(line.removeprefix(INDENT))
            elif line:
                lines = known.setdefault(line, [])
        return known

    def write(self) -> None:
        """Put on record what is said now."""
        told = {name: "".join(f"{INDENT}{line}\n" for line in say()) for name, say in self.said.items()}
        self.path.write_text("\n".join(f"{name}\n{lines}" for name, lines in told.items()), encoding="utf-8")


def in_words(refusal: object) -> list[str]:
    """Reason, kind and sentence of a refusal."""
    assert isinstance(refusal, Refused), refusal
    return [f"{refusal.reason} ({refusal.kind.value}): {refusal.sentence()}"]
