"""What a decision is evaluated from: counts of ballots, opinions, casting votes, objections, lots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kernel.numbers import parse_exact, show
from rules.decision.measures import Opinion

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteCount:
    """One ballot of one chamber: exact weights, and heads. `members` is everyone on the roll when it opened."""

    yes: Fraction = ZERO
    no: Fraction = ZERO
    abstain: Fraction = ZERO
    blank: Fraction = ZERO
    invalid: Fraction = ZERO
    members: Fraction = ZERO
    heads_present: int = 0
    heads_members: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "yes": show(self.yes),
            "no": show(self.no),
            "abstain": show(self.abstain),
            "blank": show(self.blank),
            "invalid": show(self.invalid),
            "members": show(self.members),
            "heads_present": self.heads_present,
            "heads_members": self.heads_members,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> VoteCount:
        """Read what `to_json` writes; raises `KeyError` or `ValueError` for anything else."""
        return cls(
            yes=parse_exact(data["yes"]),
            no=parse_exact(data["no"]),
            abstain=parse_exact(data["abstain"]),
            blank=parse_exact(data["blank"]),
            invalid=parse_exact(data["invalid"]),
            members=parse_exact(data["members"]),
            heads_present=int(data["heads_present"]),
            heads_members=int(data["heads_members"]),
        )


@dataclass(frozen=True, slots=True)
class Advice:
    """An opinion given (`silent` false), or what silence past the deadline is taken to mean."""

    opinion: Opinion
    silent: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"opinion": self.opinion.value, "silent": self.silent}


@dataclass(frozen=True, slots=True)
class Objection:
    """One member's objection, or (in published totals) that of `heads` members.

    `met` holds the criteria it was found to meet; None while nobody has tested it.
    """

    member: str
    weight: Fraction = Fraction(1)
    reason: str = ""
    met: frozenset[str] | None = None
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known so far about one motion, by chamber. `votes` lists the sealed ballots of a chamber in order.

    `vacant` holds (chamber, role, ballot) for each role that nobody held on the roll of a ballot.
    """

    votes: Mapping[str, Sequence[VoteCount]] = field(default_factory=dict)
    advice: Mapping[str, Advice] = field(default_factory=dict)
    casting: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    objections: Mapping[str, Sequence[Objection]] = field(default_factory=dict)
    eligible: Mapping[str, Fraction] = field(default_factory=dict)
    windows_closed: AbstractSet[str] = frozenset()
    lots: Mapping[str, str] = field(default_factory=dict)
    vacant: AbstractSet[tuple[str, str, int]] = frozenset()
