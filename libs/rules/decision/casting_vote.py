"""On a tie the role's holder decides, by yes or no; an abstention leaves it tied, and no deputy inherits the casting vote."""

from __future__ import annotations

from rules.decision.evidence import Evidence
from rules.decision.measures import Measured
from rules.decision.outcome import Ask, Reason, Status
from rules.decision.reading import Reading

RESULT = {"yes": Status.ADOPTED, "no": Status.REJECTED, "abstain": Status.TIED}


def settle(node: Measured, evidence: Evidence, tied: Reading, role: str) -> Reading:
    """Apply the casting vote, or ask for it."""
    choice = given(evidence, node.chamber, role)
    if choice is None:
        why = Reason("casting_vote", f"the casting vote of {role} is awaited", node.chamber)
        return tied.waiting(Ask(node.chamber, "casting_vote", tied.round, role), why)
    why = Reason("casting_vote", f"{role} has the casting vote and says {choice}", node.chamber)
    return tied.settled(RESULT[choice], why)


def given(evidence: Evidence, chamber: str, role: str) -> str | None:
    """What the holder of the role said: yes, no or abstain; None while nothing is said."""
    choice = evidence.casting.get(chamber, {}).get(role)
    return choice if choice in RESULT else None
