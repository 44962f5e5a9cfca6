"""As much of PromQL as tells which metrics an expression names, and with which labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""\s+|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<variable>\$\w+|\$\{\w+\})|(?P<range>\[[^\]]*\])"""
    r"""|(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)|(?P<number>\d+(?:\.\d+)?[smhd]?)|(?P<sign>=~|!~|!=|==|>=|<=|[-+*/%^(){},=<>])"""
)
_GROUPING = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_WORDS = frozenset({"and", "or", "unless", "offset", "bool"})


@dataclass
class Selected:
    """A metric of an expression, and the labels that it is selected by with what is asked of them."""

    name: str
    labels: dict[str, str] = field(default_factory=dict)


@dataclass
class Expression:
    """What an expression names."""

    metrics: list[Selected]
    grouping: set[str]


def parse(text: str) -> Expression:
    """The metrics and labels of an expression; raises `ValueError` for what is no PromQL that is known here."""
    tokens = list(_tokens(text))
    found = Expression([], set())
    place = 0
    while place < len(tokens):
        kind, token = tokens[place]
        following = tokens[place + 1][1] if place + 1 < len(tokens) else ""
        if kind == "name" and token in _GROUPING:
            place, names = _list(tokens, place + 1)
            found.grouping |= names
        elif kind == "name" and token not in _WORDS and following != "(" and not _aggregates(following):
            place, selected = _selected(tokens, place)
            found.metrics.append(selected)
        else:
            place += 1
    return found


def _aggregates(following: str) -> bool:
    return following in ("by", "without")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"at {place} of {text!r}: not known")
        place = match.end()
        if match.lastgroup:
            yield match.lastgroup, match[match.lastgroup]


def _list(tokens: list[tuple[str, str]], place: int) -> tuple[int, set[str]]:
    """`(a, b)`, which may be left out after group_left."""
    if tokens[place][1] != "(":
        return place, set()
    end = next(i for i in range(place, len(tokens)) if tokens[i][1] == ")")
    return end + 1, {token for kind, token in tokens[place:end] if kind == "name"}


def _selected(tokens: list[tuple[str, str]], place: int) -> tuple[int, Selected]:
    """`name` or `name{label="text", …}`."""
    selected = Selected(tokens[place][1])
    if place + 1 >= len(tokens) or tokens[place + 1][1] != "{":
        return place + 1, selected
    end = next(i for i in range(place, len(tokens)) if tokens[i] == ("sign", "}"))
    inside = tokens[place + 2 : end]
    for (kind, label), (_, sign), (of, text) in zip(inside[::4], inside[1::4], inside[2::4], strict=True):
        if (kind, of) != ("name", "text") or sign not in ("=", "!=", "=~", "!~"):
            raise ValueError(f"a label's matcher is expected, found {label} {sign} {text}")
        selected.labels[label] = text
    return end + 1, selected
