"""Adopted once the window is closed and no objection stands; one stands only if its tester finds that it meets all criteria."""

from __future__ import annotations

from fractions import Fraction

from rules.decision.evidence import Objection
from rules.decision.model import Consent
from rules.decision.outcome import Ask, Outcome, Reason, Status
from rules.decision.result import Question


def evaluate(node: Consent, question: Question) -> Outcome:
    """Each test is a reason; objections are tested as they come, and the window must close before anything is adopted."""
    rule = node.consent
    evidence, used = question.evidence, dict(question.used)
    objections = list({each.member: each for each in evidence.objections.get(rule.chamber, ())}.values())
    criteria = frozenset(rule.criteria)
    reasons = [_tested(rule.chamber, each, rule.criteria) for each in objections]
    standing = [each for each in objections if _stands(each, criteria)]
    untested = [each for each in objections if criteria and each.met is None]
    numbers = {"objections": Fraction(len(objections)), "standing": Fraction(len(standing))}
    if standing:
        text = f"{len(standing)} of {len(objections)} objections stand"
        return Outcome(Status.REJECTED, (*reasons, Reason("consent", text, rule.chamber, numbers)), used=used)
    asks: list[Ask] = []
    if rule.chamber not in evidence.windows_closed:
        asks.append(Ask(rule.chamber, "objection_window", 1, deadline=rule.window))
    if untested:
        asks.append(Ask(rule.chamber, "test_objections", 1, rule.tester))
    if asks:
        text = f"objections may be raised for {rule.window}" if asks[0].kind == "objection_window" else "to be tested"
        reason = Reason("consent", text, rule.chamber, numbers)
        return Outcome(Status.PENDING, (*reasons, reason), asks=tuple(asks), used=used)
    text = "no objection stands"
    return Outcome(Status.ADOPTED, (*reasons, Reason("consent", text, rule.chamber, numbers)), used=used)


def _stands(objection: Objection, criteria: frozenset[str]) -> bool:
    return not criteria or (objection.met is not None and criteria <= objection.met)


def _tested(chamber: str, objection: Objection, criteria: tuple[str, ...]) -> Reason:
    if not criteria:
        return Reason("objection", f"{objection.member} objects: it stands", chamber)
    if objection.met is None:
        return Reason("objection", f"{objection.member} objects: not tested yet", chamber)
    missed = [each for each in criteria if each not in objection.met]
    verdict = f"it does not stand, for it does not meet: {'; '.join(missed)}" if missed else "it meets every criterion"
    return Reason("objection", f"{objection.member} objects: {verdict}", chamber)
