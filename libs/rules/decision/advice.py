"""A chamber is asked for its opinion until a deadline; its silence means what the charter declares; no opinion ever binds."""

from __future__ import annotations

from rules.decision.evidence import Advice, VoteCount
from rules.decision.measures import Measured, Opinion
from rules.decision.model import AdviceRule, Advised
from rules.decision.outcome import Ask, Outcome, Reason, Status
from rules.decision.reading import Reading, measure
from rules.decision.result import Question


def evaluate(node: Advised, question: Question) -> Outcome:
    """Advised once the opinion is given or the deadline has passed; the ballots it was taken from are its votes."""
    rule = node.advice
    used = dict(question.used)
    given = question.evidence.advice.get(rule.chamber)
    if given is None:
        reason = Reason(
            "advice", f"the opinion of {rule.chamber} is awaited, for {rule.deadline} at most", rule.chamber
        )
        ask = Ask(rule.chamber, "advice", 1, deadline=rule.deadline)
        return Outcome(Status.PENDING, (reason,), asks=(ask,), used=used)
    votes = question.evidence.votes.get(rule.chamber, ())
    reading = None if given.silent or not votes else _read(rule, votes[0])
    if given.silent:
        text = f"{rule.chamber} kept silent past its deadline of {rule.deadline}: its opinion counts as {given.opinion.value}"
    else:
        text = f"{rule.chamber} gave an opinion: {given.opinion.value}"
    reason = Reason("advice", f"{text}; it does not bind", rule.chamber)
    told = {rule.chamber: given}
    if reading is None or reading.chamber is None:
        return Outcome(Status.ADVISED, (reason,), advice=told, used=used)
    chambers = {rule.chamber: reading.chamber}
    return Outcome(Status.ADVISED, (*reading.reasons, reason), chambers, advice=told, used=used)


def opinion(rule: AdviceRule, count: VoteCount) -> Advice:
    """What a chamber's ballot says: positive when its majority carries, none when it is inquorate, else negative."""
    status = _read(rule, count).status
    if status is Status.INQUORATE:
        return Advice(Opinion.NONE)
    return Advice(Opinion.POSITIVE if status is Status.ADOPTED else Opinion.NEGATIVE)


def silence(rule: AdviceRule) -> Advice:
    """What it means that the deadline passed without an opinion."""
    return Advice(rule.silence, silent=True)


def _read(rule: AdviceRule, count: VoteCount) -> Reading:
    measured = Measured(chamber=rule.chamber, majority=rule.majority, quorum=rule.quorum, blank=rule.blank, tie=())
    return measure(measured, count, 1)
