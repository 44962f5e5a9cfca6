"""On a tie a verifiable lot decides, drawn by the declared draw from a seed nobody could know beforehand."""

from __future__ import annotations

from rules.decision.evidence import Evidence
from rules.decision.measures import Measured
from rules.decision.outcome import Ask, Reason, Status
from rules.decision.reading import Reading


def settle(node: Measured, evidence: Evidence, tied: Reading) -> Reading:
    """Apply the lot, or ask for it."""
    drawn = evidence.lots.get(node.chamber)
    if drawn not in ("yes", "no"):
        why = Reason("lot", "the lot is awaited", node.chamber)
        return tied.waiting(Ask(node.chamber, "lot", tied.round), why)
    why = Reason("lot", f"the lot falls on {drawn}", node.chamber)
    return tied.settled(Status.ADOPTED if drawn == "yes" else Status.REJECTED, why)
