"""A ballot decides only when those present, abstentions included, reach the quorum; else it is inquorate, whatever the votes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kernel.numbers import show
from rules.decision.evidence import VoteCount
from rules.decision.majority import present
from rules.decision.measures import Blank, Presence
from rules.decision.outcome import Reason


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who was present against who was needed, in weight or in heads."""

    present: Fraction
    needed: Fraction
    rule: str
    met: bool
    reason: Reason

    def to_json(self) -> dict[str, str | bool]:
        return {"present": show(self.present), "needed": show(self.needed), "rule": self.rule, "met": self.met}


def attend(chamber: str, quorum: Presence, count: VoteCount, blank: Blank) -> Attendance:
    """Compare the members present with the quorum; `seats` and `count: heads` count heads, a share alone counts weight."""
    members = Fraction(count.heads_members) if quorum.by_heads else count.members
    there = Fraction(count.heads_present) if quorum.by_heads else present(count, blank)
    needed, met, rules = Fraction(0), True, []
    if quorum.more_than is not None:
        needed = quorum.more_than * members
        met = there > needed
        rules.append(f"more than {show(quorum.more_than)} of members")
    if quorum.at_least is not None:
        needed = quorum.at_least * members
        met = there >= needed
        rules.append(f"at least {show(quorum.at_least)} of members")
    if quorum.seats is not None:
        needed = max(needed, Fraction(quorum.seats))
        met = met and there >= quorum.seats
        rules.append(f"at least {quorum.seats} seats")
    rule = " and ".join(rules)
    text = f"present {show(there)} of {show(members)}: {rule} needed, so the quorum is {'met' if met else 'not met'}"
    numbers = {"present": there, "members": members, "needed": needed}
    return Attendance(there, needed, rule, met, Reason("quorum", text, chamber, numbers))
