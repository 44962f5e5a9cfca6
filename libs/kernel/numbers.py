"""Exact numbers: every weight, share, amount and score is a `Fraction`, written as a whole number, a decimal or a ratio."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

MAX_DIGITS = 60
WIDE_DIGITS = 4000
"""Of a sum that no person wrote, such as votes scaled by many colleges' turnouts."""

_LONGEST = 10**WIDE_DIGITS
_WRITTEN = re.compile(r"-?(0|[1-9][0-9]*)(/[1-9][0-9]*|\.[0-9]+)?", re.ASCII)


def parse_exact(text: str, most: int = MAX_DIGITS) -> Fraction:
    """Read `12`, `-3`, `0.25` or `1/3`; raises `ValueError` naming what was found for anything else.

    At most `most` characters, as written and as `show` writes it, so that hostile input cannot make arithmetic
    slow and every number that was read can be written and read again.
    """
    if len(text) > most:
        raise ValueError(f"a number of at most {most} characters is expected, found {len(text)}")
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"an exact number such as 12, 0.25 or 1/3 is expected, found {text!r}")
    value = Fraction(text)
    if len(show(value)) > most:
        raise ValueError(f"a number of at most {most} characters as a ratio is expected, found {text!r}")
    return value


def show(value: Fraction) -> str:
    """The one spelling of an exact number: a whole number, or a ratio in lowest terms. `parse_exact` reads it back."""
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def whole(value: int) -> str:
    """A whole number as text; in words where it is longer than any that is read, since Python may refuse to write it."""
    return str(value) if abs(value) < _LONGEST else f"a number of more than {WIDE_DIGITS} digits"


def _accept(value: Any) -> Any:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool | float):
        raise ValueError(f"an exact number is expected, found {value!r}; write it as text, such as '0.25' or '1/3'")
    if isinstance(value, int):
        return parse_exact(whole(value))
    if isinstance(value, str):
        return parse_exact(value)
    raise ValueError(f"an exact number is expected, found {type(value).__name__}")


Exact = Annotated[
    Fraction,
    BeforeValidator(_accept),
    PlainSerializer(show, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?(0|[1-9][0-9]*)(/[1-9][0-9]*|\.[0-9]+)?$"}),
]
"""A pydantic field holding a `Fraction`, read from text or a whole number, serialised by `show`."""


def _accept_wide(value: Any) -> Any:
    return parse_exact(value, WIDE_DIGITS) if isinstance(value, str) else _accept(value)


WideExact = Annotated[Fraction, BeforeValidator(_accept_wide), PlainSerializer(show, return_type=str)]
"""As `Exact`, of up to `WIDE_DIGITS` characters: for what is computed, never for what a client sends."""
