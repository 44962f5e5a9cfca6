"""A chamber adopts when its quorum is met and its majority carries; ties take the declared steps in order, or stay tied."""

from __future__ import annotations

from rules.decision import casting_vote, lot, revote, second_call, second_vote
from rules.decision.evidence import Evidence
from rules.decision.measures import CastingVote, SecondVote, TieStep
from rules.decision.model import ChamberVote
from rules.decision.outcome import Outcome, Reason, Status
from rules.decision.reading import Reading, read_ballot
from rules.decision.result import Question


def evaluate(node: ChamberVote, question: Question) -> Outcome:
    """Read the chamber's next ballot; a tie, or a quorum that is not met, may use more of its ballots."""
    reading = read_ballot(node, question.evidence, question.used.get(node.chamber, 0) + 1)
    if reading.status is Status.INQUORATE and node.quorum is not None and node.quorum.second_call is not None:
        node = second_call.as_called_again(node, node.quorum.second_call)
        reading = second_call.settle(node, question.evidence, reading)
    if node.two_votes is not None and reading.status not in (Status.PENDING, Status.INQUORATE):
        reading = second_vote.count_twice(node, question.evidence, reading, node.two_votes)
    for step in node.tie:
        if reading.status is not Status.TIED:
            break
        reading = _settle(node, question.evidence, reading, step)
    return reading.outcome(node.chamber, dict(question.used))


def _settle(node: ChamberVote, evidence: Evidence, tied: Reading, step: TieStep) -> Reading:
    if isinstance(step, CastingVote):
        return casting_vote.settle(node, evidence, tied, step.casting_vote)
    if isinstance(step, SecondVote):
        return second_vote.settle(node, evidence, tied, step.second_vote)
    if step == "revote":
        return revote.settle(node, evidence, tied)
    if step == "lot":
        return lot.settle(node, evidence, tied)
    return tied.settled(Status.REJECTED, Reason("tie_rejects", "a tie rejects", node.chamber))
