"""A choice that gives each option something names each option once; a refusal shows what was found, shortened."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

from kernel.refusal import Kind, Refused

Number: TypeAlias = int | Fraction
"""An exact number, an `int` where it is whole, because adding ints is ten times as fast."""

LISTED = 20


def whole(value: Fraction) -> Number:
    """The same number, as an `int` where it is whole."""
    return value.numerator if value.denominator == 1 else value


def pairs_of(raw: object, what: str) -> list[tuple[Any, Any]] | Refused:
    """{option: given} or [[option, given], …] as pairs, in which an option named twice can be found out."""
    if isinstance(raw, dict):
        return list(raw.items())
    if isinstance(raw, list | tuple) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in raw):
        return [(pair[0], pair[1]) for pair in raw]
    return wrong_form(f"{what} for each option", raw)


def listed(options: Iterable[str]) -> str:
    """The first options' names, for a refusal to show."""
    names = list(options)
    return ", ".join(names[:LISTED]) + (f" and {len(names) - LISTED} more" if len(names) > LISTED else "")


def refused(reason: str, say: str, **details: str | Number) -> Refused:
    """A refusal of a choice."""
    return Refused(reason, kind=Kind.INVALID, say=say, **details)


def wrong_form(expected: str, found: object) -> Refused:
    """The refusal of a choice that has not the ballot's form."""
    return refused("wrong_form", f"the choice is {expected}", expected=expected, found=short(found))


def short(found: object) -> str:
    """What was found, as a few words."""
    if isinstance(found, str):
        return found if len(found) <= 80 else f"{found[:80]}… ({len(found)} characters)"
    return type(found).__name__
