"""A refusal is a value that names its reason and carries its numbers; it is never raised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from kernel.numbers import show

Detail: TypeAlias = str | int | Fraction | bool | None


class Kind(StrEnum):
    """What class of refusal it is; `runtime` maps each to one gRPC status code."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    NOT_FOUND = "not_found"
    EXISTS = "exists"
    PRECONDITION = "precondition"
    DENIED = "denied"
    CONFLICT = "conflict"
    EXHAUSTED = "exhausted"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, init=False)
class Refused:
    """Why a command was refused: a stable reason, the numbers, and a sentence saying what would be right.

    `Refused("quorum_not_met", needed=40, got=39)`. Reasons are snake_case and published: integrators match on them.
    """

    reason: str
    kind: Kind
    say: str
    details: Mapping[str, Detail] = field(hash=False)

    def __init__(self, reason: str, /, *, kind: Kind = Kind.PRECONDITION, say: str = "", **details: Detail) -> None:
        object.__setattr__(self, "reason", reason)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "say", say)
        object.__setattr__(self, "details", dict(details))

    def metadata(self) -> dict[str, str]:
        """The details as text, numbers exact: the metadata of `google.rpc.ErrorInfo`."""
        return {name: _text(value) for name, value in self.details.items()}

    def sentence(self) -> str:
        """One line for a person: what was refused, the numbers, and what to do next."""
        said = self.say or self.reason.replace("_", " ")
        numbers = ", ".join(f"{name}: {value}" for name, value in self.metadata().items())
        return f"{said} ({numbers})" if numbers else said

    def __str__(self) -> str:
        return f"{self.reason}: {self.sentence()}"


def _text(value: Detail) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return show(value)
    return "" if value is None else str(value)


def shorten(text: str, limit: int = 120) -> str:
    """At most `limit` characters, the last of them an ellipsis when something was cut off."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def first_of(names: Sequence[str], most: int) -> str:
    """The names with commas; of more than `most` the first, and an ellipsis."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def unknown_process(process_id: str) -> Refused:
    """What every service answers about a process that was never opened."""
    say = "no such process in this log; open it first, or check its id"
    return Refused("unknown_process", kind=Kind.NOT_FOUND, say=say, process=process_id[:128])
