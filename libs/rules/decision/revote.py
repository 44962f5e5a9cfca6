"""On a tie the ballot is repeated; only the repeated ballot then counts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rules.decision.evidence import Evidence
from rules.decision.measures import Measured
from rules.decision.outcome import Reason
from rules.decision.reading import Reading, read_ballot


def settle(node: Measured, evidence: Evidence, tied: Reading) -> Reading:
    """Read the next ballot, or ask for it; until it is there, the chamber shows the tie."""
    number = tied.round + 1
    again = read_ballot(node, evidence, number)
    why = Reason("revote", f"the tie is put to ballot {number}", node.chamber, {"round": Fraction(number)})
    return replace(
        again,
        reasons=(*tied.reasons, why, *again.reasons),
        chamber=again.chamber or tied.chamber,
        count=again.count or tied.count,
        repeated=True,
    )
