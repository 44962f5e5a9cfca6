"""What a measurement must reach, and a section of the document with what it reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Target:
    """A ratio that is asked for."""

    what: str
    found: float
    least: float

    @property
    def held(self) -> bool:
        """Whether it was reached."""
        return self.found >= self.least

    def __str__(self) -> str:
        return f"{self.what}: {self.found:.2f}, at least {self.least:g} is asked{'' if self.held else ': MISSED'}"


@dataclass(frozen=True)
class Section:
    """A part of the document, in Markdown, and what was asked of it."""

    text: str
    targets: Sequence[Target] = ()


@dataclass(frozen=True)
class Asked:
    """Where a section may keep files, and whether it is only tried out: small numbers, ratios that mean nothing."""

    folder: Path
    quick: bool = False

    def of(self, full: int, quick: int) -> int:
        """A number of things to measure with."""
        return quick if self.quick else full


Measure = Callable[[Asked], Section]
