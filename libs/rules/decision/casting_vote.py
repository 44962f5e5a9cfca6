"""On a tie the role's holder decides, by yes or no; an abstention or a vacant role leaves it tied, and no deputy inherits it."""

from __future__ import annotations

from dataclasses import replace

from rules.decision.evidence import Evidence
from rules.decision.measures import Measured
from rules.decision.outcome import Ask, Reason, Status
from rules.decision.reading import Reading

RESULT = {"yes": Status.ADOPTED, "no": Status.REJECTED, "abstain": Status.TIED}


def settle(node: Measured, evidence: Evidence, tied: Reading, role: str) -> Reading:
    """Apply the casting vote, or ask for it."""
    choice = given(evidence, node.chamber, role)
    if choice is None and (node.chamber, role, tied.round) in evidence.vacant:
        return unheld(node, tied, role)
    if choice is None:
        why = Reason("casting_vote", f"the casting vote of {role} is awaited", node.chamber)
        return tied.waiting(Ask(node.chamber, "casting_vote", tied.round, role), why)
    why = Reason("casting_vote", f"{role} has the casting vote and says {choice}", node.chamber)
    return tied.settled(RESULT[choice], why)


def unheld(node: Measured, reading: Reading, role: str) -> Reading:
    """The same result, told that nobody could change it: the role was vacant on the roll that voted."""
    why = Reason("role_vacant", f"nobody on the roll is {role}, and no deputy inherits the vote", node.chamber)
    return replace(reading, reasons=(*reading.reasons, why))


def given(evidence: Evidence, chamber: str, role: str) -> str | None:
    """What the holder of the role said: yes, no or abstain; None while nothing is said."""
    choice = evidence.casting.get(chamber, {}).get(role)
    return choice if choice in RESULT else None
