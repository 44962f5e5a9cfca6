"""A ballot that misses its quorum is called again where the charter says so, with the quorum of the second call; once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rules.decision.evidence import Evidence
from rules.decision.measures import Presence, Quorum
from rules.decision.model import ChamberVote
from rules.decision.outcome import Reason
from rules.decision.reading import Reading, read_ballot


def as_called_again(node: ChamberVote, again: Presence) -> ChamberVote:
    """The same vote under the quorum of the second call."""
    return node.model_copy(update={"quorum": Quorum(**dict(again))})


def settle(node: ChamberVote, evidence: Evidence, first: Reading) -> Reading:
    """Read the next ballot by `node`, the vote as called again, or ask for it."""
    number = first.round + 1
    again = read_ballot(node, evidence, number)
    why = Reason("second_call", f"ballot {number} is the second call", node.chamber, {"round": Fraction(number)})
    return replace(
        again,
        reasons=(*first.reasons, why, *again.reasons),
        chamber=again.chamber or first.chamber,
        count=again.count or first.count,
    )
