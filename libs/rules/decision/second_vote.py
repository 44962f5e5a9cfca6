"""On a tie the ballot is repeated; tied again, the role's holder (never a deputy) has two votes in the repeated ballot only."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rules.decision import revote
from rules.decision.casting_vote import given, unheld
from rules.decision.evidence import Evidence, VoteCount
from rules.decision.measures import Measured
from rules.decision.outcome import Ask, Reason, Status
from rules.decision.reading import Reading, measure


def settle(node: Measured, evidence: Evidence, tied: Reading, role: str) -> Reading:
    """Repeat the ballot unless it was repeated already, then count the second vote."""
    again = tied if tied.repeated else revote.settle(node, evidence, tied)
    return again if again.status is not Status.TIED else count_twice(node, evidence, again, role)


def count_twice(node: Measured, evidence: Evidence, reading: Reading, role: str) -> Reading:
    """Measure the ballot anew with one more vote of the role's holder, who is present once, or ask for it."""
    choice = given(evidence, node.chamber, role)
    if choice is None and (node.chamber, role, reading.round) in evidence.vacant:
        return unheld(node, reading, role)
    if choice is None or reading.count is None:
        why = Reason("second_vote", f"the second vote of {role} is awaited", node.chamber)
        return reading.waiting(Ask(node.chamber, "casting_vote", reading.round, role), why)
    why = Reason("second_vote", f"{role} has two votes and gives the second for {choice}", node.chamber)
    anew = measure(node, _with_one_more(reading.count, choice), reading.round, reading.attendance)
    return replace(anew, reasons=(*reading.reasons, why, *anew.reasons), repeated=reading.repeated)


def _with_one_more(count: VoteCount, choice: str) -> VoteCount:
    one = Fraction(1)
    if choice == "yes":
        return replace(count, yes=count.yes + one)
    return replace(count, no=count.no + one) if choice == "no" else replace(count, abstain=count.abstain + one)
