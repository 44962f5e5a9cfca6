"""What may be different: the rule and the money of a selection, its method and seats, a motion's majority and quorum."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kernel.refusal import Kind, Refused
from rules.decisions import Majority, Quorum

MAJORITIES: dict[str, dict[str, Any]] = {
    "simple": {"more_than": "1/2", "of": "expressed"},
    "absolute": {"more_than": "1/2", "of": "members"},
    "two-thirds": {"at_least": "2/3", "of": "expressed"},
    "three-quarters": {"at_least": "3/4", "of": "expressed"},
}
_MAJORITY = re.compile(r"(more-than|at-least|votes)[ :=]([^ ]+)(?: of (members|present|expressed))?")
_QUORUM = re.compile(r"(more-than|at-least|seats)[ :=]([^ ]+)(?: by (weight|heads))?")


@dataclass(frozen=True, slots=True)
class Changes:
    """`allocation` and `election` are fields of the charter's that are put in the place of those in force.

    `tie_break` is put into whichever of the two is counted.
    `quorum` is in force where `no_quorum` is false and it is given; `chamber` restricts a majority or a quorum to one.
    `without_sheets` leaves out what was counted on paper, as rules that need whole ballots do anyway.
    """

    allocation: dict[str, Any] = field(default_factory=dict)
    election: dict[str, Any] = field(default_factory=dict)
    majority: Majority | None = None
    quorum: Quorum | None = None
    no_quorum: bool = False
    chamber: str | None = None
    without_sheets: bool = False
    tie_break: tuple[str, ...] | None = None

    @property
    def of_counts(self) -> bool:
        return bool(self.allocation or self.election) or self.tie_break is not None

    @property
    def of_decisions(self) -> bool:
        return self.majority is not None or self.quorum is not None or self.no_quorum


def parse_majority(text: str) -> Majority | Refused:
    """`simple`, `absolute`, `two-thirds`, `three-quarters`, or as in `more-than 1/2 of members`, `votes 5`."""
    match = _MAJORITY.fullmatch(text)
    if text not in MAJORITIES and match is None:
        known = ", ".join(MAJORITIES)
        return _wrong("majority", text, f"{known}, or such as 'at-least 3/5 of members' or 'votes 5'")
    data = MAJORITIES.get(text, {})
    if match is not None:
        data = {match[1].replace("-", "_"): _number(match[2], whole=match[1] == "votes"), "of": match[3] or "expressed"}
    try:
        return Majority.model_validate(data)
    except ValidationError as error:
        return _wrong("majority", text, error.errors()[0]["msg"])


def parse_quorum(text: str) -> Quorum | Refused:
    """As in `more-than 1/2`, `at-least 1/3 by heads`, `seats 3`."""
    match = _QUORUM.fullmatch(text)
    if match is None:
        return _wrong("quorum", text, "none, or such as 'more-than 1/2', 'at-least 1/3 by heads' or 'seats 3'")
    data = {match[1].replace("-", "_"): _number(match[2], whole=match[1] == "seats"), "count": match[3] or "weight"}
    try:
        return Quorum.model_validate(data)
    except ValidationError as error:
        return _wrong("quorum", text, error.errors()[0]["msg"])


def _number(text: str, *, whole: bool) -> str | int:
    return int(text) if whole and re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) else text


def _wrong(what: str, found: str, expected: str) -> Refused:
    say = f"this is no {what} that can be read"
    return Refused(f"wrong_{what}", kind=Kind.INVALID, say=say, found=found[:100], expected=expected)
