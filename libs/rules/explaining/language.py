"""A language as sentences need it: its phrases, its numbers, dates and durations, and how it lists and contracts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from kernel.numbers import show

Phrases: TypeAlias = Mapping[str, str | tuple[str, str]]
"""By key; a pair is (for one, for several), chosen by the number `n` that it tells."""

_DURATION = re.compile(r"P(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_UNITS = ("months", "days", "hours", "minutes", "seconds")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence or more, at its depth: 0 for a heading, deeper for what belongs to the line above."""

    depth: int
    text: str


@dataclass(frozen=True, slots=True)
class Language:
    """`is_one` says which numbers take the singular; `contract` joins words that the language runs together."""

    code: str
    phrases: Phrases
    thousands: str
    point: str
    is_one: Callable[[Fraction], bool]
    contract: Callable[[str], str]

    def say(self, key: str, n: Fraction | int | None = None, **parts: str) -> str:
        """The phrase with its parts in place; `n` is shown as `{n}` and chooses between singular and plural."""
        phrase = self.phrases[key]
        if n is not None:
            parts["n"] = self.number(n)
        if isinstance(phrase, tuple):
            phrase = phrase[0 if n is not None and self.is_one(Fraction(n)) else 1]
        return phrase.format(**parts)

    def number(self, value: Fraction | int) -> str:
        """Exact: grouped by thousands, with decimals where they end, else as a ratio."""
        exact = Fraction(value)
        if exact.denominator == 1:
            return f"{exact.numerator:,}".replace(",", self.thousands)
        decimals = _decimals(exact.denominator)
        if decimals is None:
            return show(exact)
        whole, rest = divmod(abs(exact), 1)
        sign = "-" if exact < 0 else ""
        digits = str(int(rest * 10**decimals)).rjust(decimals, "0")
        return f"{sign}{self.number(whole)}{self.point}{digits}"

    def share(self, value: Fraction) -> str:
        """A part of a whole: in words where the language has them, as a percentage where that ends, else as a ratio."""
        key = f"share.{show(value)}"
        if key in self.phrases:
            return self.say(key)
        if _decimals((value * 100).denominator) is not None:
            return self.say("share.percent", percent=self.number(value * 100))
        return self.say("share.ratio", ratio=show(value))

    def more_than(self, value: Fraction) -> str:
        return self.contract(self.say("more_than", share=self.share(value)))

    def at_least(self, value: Fraction) -> str:
        return self.contract(self.say("at_least", share=self.share(value)))

    def day(self, day: date) -> str:
        number = self.say("day.first") if day.day == 1 else str(day.day)
        return self.say("day", day=number, month=self.say(f"month.{day.month}"), year=str(day.year))

    def duration(self, text: str) -> str:
        """An ISO 8601 duration as a charter may write one: `P1M` is a month, `P14D` 14 days."""
        match = _DURATION.fullmatch(text)
        amounts = [int(part or 0) for part in match.groups()] if match else []
        told = [self.say(f"duration.{unit}", amount) for unit, amount in zip(_UNITS, amounts, strict=False) if amount]
        return self.listed(told) if told else self.say("duration.seconds", 0)

    def quoted(self, text: str) -> str:
        return self.say("quoted", text=text)

    def listed(self, items: Iterable[str]) -> str:
        """`a`, `a and b`, `a, b and c`; with nothing in it, nothing."""
        *first, last = list(items) or [""]
        return self.say("list.and", first=", ".join(first), last=last) if first else last

    def names(self, names: Iterable[str]) -> str:
        return self.listed(map(self.quoted, names))


def _decimals(denominator: int) -> int | None:
    """How many decimals a fraction in lowest terms with this denominator has; None when they never end."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None
