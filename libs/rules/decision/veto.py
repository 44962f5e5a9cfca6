"""What was adopted stands unless objections reach the threshold before the window closes; then it is stopped for good."""

from __future__ import annotations

from fractions import Fraction

from kernel.numbers import show
from rules.decision.evidence import Evidence
from rules.decision.model import Veto, VetoRule
from rules.decision.outcome import Ask, Outcome, Reason, Status
from rules.decision.result import Question, together


def evaluate(node: Veto, question: Question) -> Outcome:
    """Ask for objections only to what was adopted; enough of them stop it at once, without waiting for the window."""
    rule = node.veto
    act = question.ask(rule.of)
    if act.status is not Status.ADOPTED:
        return act
    stopped, reason = _objected(rule, question.evidence)
    if stopped:
        return together(Status.REJECTED, (act,), reason)
    if rule.chamber not in question.evidence.windows_closed:
        ask = Ask(rule.chamber, "objection_window", 1, deadline=rule.window)
        text = f"{rule.chamber} may object for {rule.window}"
        waiting = Outcome(Status.PENDING, asks=(ask,), used=act.used)
        return together(Status.PENDING, (act, waiting), Reason("veto", text, rule.chamber, reason.numbers))
    return together(Status.ADOPTED, (act,), reason)


def _objected(rule: VetoRule, evidence: Evidence) -> tuple[bool, Reason]:
    objections = {each.member: each for each in evidence.objections.get(rule.chamber, ())}
    weight = sum((each.weight for each in objections.values()), Fraction(0))
    eligible = evidence.eligible.get(rule.chamber, Fraction(0))
    if rule.members is not None:
        got, needed = Fraction(sum(each.heads for each in objections.values())), Fraction(rule.members)
        said = f"at least {rule.members} members"
        reached = got >= needed
    elif rule.more_than is not None:
        got, needed = weight, rule.more_than * eligible
        said, reached = f"more than {show(rule.more_than)} of {show(eligible)}", got > needed
    else:
        share = rule.at_least or Fraction(0)
        got, needed = weight, share * eligible
        said, reached = f"at least {show(share)} of {show(eligible)}", got >= needed
    stopped = reached and got > 0
    text = f"objections {show(got)} {'stop' if stopped else 'do not stop'} the act: {said} would"
    numbers = {"objections": got, "needed": needed, "eligible": eligible}
    return stopped, Reason("veto", text, rule.chamber, numbers)
