"""What may be written in a field: how long, on how many lines, and how often; nothing is cut or mended silently."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ONE_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_PROSE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _line(limit: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not text.strip() or len(text) > limit or _ONE_LINE.search(text):
            raise ValueError(f"one line of 1 to {limit} characters is expected")
        return text

    return check


def _prose(limit: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > limit or _PROSE.search(text):
            raise ValueError(f"text of at most {limit} characters is expected")
        return text

    return check


def _reason(text: str) -> str:
    if not text.strip():
        raise ValueError("a reason is expected")
    return _prose(2_000)(text)


def _day(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("a day such as 2026-11-22 is expected")
    return value


Title = Annotated[str, AfterValidator(_line(500))]
Label = Annotated[str, AfterValidator(_line(200))]
"""A category, a place, a partner, a body."""
Pseudonym = Annotated[str, AfterValidator(_line(128))]
"""Whoever did it, as the deployment calls them in public; never a name in clear."""
Summary = Annotated[str, AfterValidator(_prose(20_000))]
Note = Annotated[str, AfterValidator(_prose(2_000))]
Reason = Annotated[str, AfterValidator(_reason)]
Partners = Annotated[tuple[Label, ...], Field(max_length=50)]
Reasons = Annotated[tuple[Reason, ...], Field(max_length=50)]
Quantity = Annotated[int, Field(ge=1, le=1_000_000_000)]
Day = Annotated[date, BeforeValidator(_day)]
