"""A chamber's ballot is read once it is sealed: its quorum first, then its majority, then whether it is tied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from kernel.numbers import show
from rules.decision.evidence import Evidence, VoteCount
from rules.decision.majority import weigh
from rules.decision.measures import Majority, Measured
from rules.decision.outcome import Ask, ChamberOutcome, Outcome, Reason, Status
from rules.decision.quorum import Attendance, attend

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Reading:
    """Where one question to one chamber stands. `round` is the ballot last read, or the one awaited."""

    status: Status
    round: int
    count: VoteCount | None = None
    chamber: ChamberOutcome | None = None
    reasons: tuple[Reason, ...] = ()
    asks: tuple[Ask, ...] = ()
    repeated: bool = False
    attendance: Attendance | None = None

    def settled(self, status: Status, *reasons: Reason) -> Reading:
        """The same ballot with another result."""
        chamber = None if self.chamber is None else replace(self.chamber, outcome=status)
        return replace(self, status=status, chamber=chamber, reasons=(*self.reasons, *reasons))

    def waiting(self, ask: Ask, *reasons: Reason) -> Reading:
        """Nothing more can be said before `ask` is answered; the chamber shows what it has said so far."""
        return replace(self, status=Status.PENDING, asks=(ask,), reasons=(*self.reasons, *reasons))

    def outcome(self, name: str, used: dict[str, int]) -> Outcome:
        chambers = {} if self.chamber is None else {name: self.chamber}
        return Outcome(self.status, self.reasons, chambers, self.asks, used={**used, name: self.round})


def read_ballot(node: Measured, evidence: Evidence, number: int) -> Reading:
    """Read the `number`-th ballot of the chamber, or ask for it."""
    votes = evidence.votes.get(node.chamber, ())
    if len(votes) < number:
        text = f"ballot {number} of {node.chamber} is awaited"
        reason = Reason("awaited", text, node.chamber, {"round": Fraction(number)})
        return Reading(Status.PENDING, number, reasons=(reason,), asks=(Ask(node.chamber, "vote", number),))
    return measure(node, votes[number - 1], number)


def measure(node: Measured, count: VoteCount, number: int, attendance: Attendance | None = None) -> Reading:
    """Quorum, then majority, then tie: the status, the chamber's numbers, and the reasons in that order.

    `attendance` is known already where somebody gave a second vote in the same ballot: they are present once.
    """
    if attendance is None and node.quorum is not None:
        attendance = attend(node.chamber, node.quorum, count, node.blank)
    reasons = [] if attendance is None else [attendance.reason]
    weighed = weigh(node.chamber, node.majority, count, node.blank)
    if attendance is not None and not attendance.met:
        status = Status.INQUORATE
    else:
        reasons.append(weighed.reason)
        status = Status.ADOPTED if weighed.carries else Status.REJECTED
        if not weighed.carries and is_tie(node.majority, count):
            status = Status.TIED
            text = f"yes {show(count.yes)} equals no under a rule of one half: a tie"
            reasons.append(Reason("tie", text, node.chamber, {"yes": count.yes, "no": count.no}))
    chamber = ChamberOutcome(
        outcome=status,
        yes=count.yes,
        no=count.no,
        abstain=count.abstain,
        base=weighed.base,
        base_name=node.majority.of.value,
        needed=weighed.needed,
        round=number,
        quorum=None if attendance is None else attendance.to_json(),
    )
    return Reading(status, number, count, chamber, tuple(reasons), attendance=attendance)


def is_tie(majority: Majority, count: VoteCount) -> bool:
    """Only when yes equals no exactly, under a rule of one half (RULES §1)."""
    return majority.share == HALF and count.yes == count.no
