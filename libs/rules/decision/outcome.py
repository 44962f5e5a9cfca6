"""An outcome with its reasons: each number used and each rule applied, in order, and what must be asked next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from kernel.numbers import show
from rules.decision.evidence import Advice


class Status(StrEnum):
    ADOPTED = "adopted"
    REJECTED = "rejected"
    TIED = "tied"
    INQUORATE = "inquorate"
    PENDING = "pending"
    ADVISED = "advised"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule applied: its name, the chamber it was applied to, a sentence, and the numbers used."""

    rule: str
    text: str
    chamber: str | None = None
    numbers: Mapping[str, Fraction] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        numbers = {name: show(value) for name, value in self.numbers.items()}
        return {"rule": self.rule, "chamber": self.chamber, "text": self.text, "numbers": numbers}


@dataclass(frozen=True, slots=True)
class Ask:
    """What must be asked next: `kind` is vote, advice, casting_vote, lot, objection_window or test_objections.

    `round` counts the ballots of this chamber from 1. `deadline` is an ISO 8601 duration from the moment of asking.
    """

    chamber: str
    kind: str
    round: int = 1
    role: str | None = None
    deadline: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "chamber": self.chamber,
            "kind": self.kind,
            "round": self.round,
            "role": self.role,
            "deadline": self.deadline,
        }


@dataclass(frozen=True, slots=True)
class ChamberOutcome:
    """One chamber's last ballot: exact weights, the base measured against, and the quorum if one was required."""

    outcome: Status
    yes: Fraction
    no: Fraction
    abstain: Fraction
    base: Fraction
    base_name: str
    round: int
    needed: Fraction | None = None
    quorum: Mapping[str, str | bool] | None = field(default=None, hash=False)

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome.value,
            "yes": show(self.yes),
            "no": show(self.no),
            "abstain": show(self.abstain),
            "base": show(self.base),
            "base_name": self.base_name,
            "needed": None if self.needed is None else show(self.needed),
            "quorum": None if self.quorum is None else dict(self.quorum),
            "round": self.round,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a decision, or of one of its parts. `choice` names the option taken by a `tie_break`."""

    status: Status
    reasons: tuple[Reason, ...] = ()
    chambers: Mapping[str, ChamberOutcome] = field(default_factory=dict, hash=False)
    asks: tuple[Ask, ...] = ()
    choice: str | None = None
    advice: Mapping[str, Advice] = field(default_factory=dict, hash=False)
    used: Mapping[str, int] = field(default_factory=dict, hash=False, compare=False, repr=False)
    """Ballots of each chamber that have been read so far: the next question to it is a new ballot."""

    def to_json(self) -> dict[str, Any]:
        return {
            "outcome": self.status.value,
            "choice": self.choice,
            "advice": {name: given.to_json() for name, given in self.advice.items()},
            "chambers": {name: chamber.to_json() for name, chamber in self.chambers.items()},
            "reasons": [reason.to_json() for reason in self.reasons],
            "asks": [ask.to_json() for ask in self.asks],
        }
