"""A motion is taken only where its decision can be carried to its end: each role, roll and base that it needs is kept here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kernel.refusal import Refused
from rules.charter import Charter, Matter
from rules.decisions import AdviceRule, Advised, Base, ChamberVote, Consent, Decision, Veto, parts, roles_of


def what_cannot_be_carried(charter: Charter, matter: Matter) -> Refused | None:
    """The first part of the matter's decision that would leave a motion without an end."""
    if matter.decision is None:
        return None
    for check in CHECKS:
        for chamber, found in check(charter, matter.decision):
            return Refused(
                "decision_not_carried",
                say="this decision would never end here; amend the charter, or choose another matter",
                matter=matter.name,
                chamber=chamber,
                found=found,
            )
    return None


def no_lot_is_drawn(charter: Charter, decision: Decision) -> Iterator[tuple[str, str]]:
    """Lots break ties of selections; for motions they wait for an event of their own."""
    for part in parts(decision):
        if isinstance(part, ChamberVote) and "lot" in part.tie:
            yield part.chamber, "a tie broken by lot"


def no_objection_is_tested(charter: Charter, decision: Decision) -> Iterator[tuple[str, str]]:
    """Testing objections against criteria waits for an event of its own."""
    for part in parts(decision):
        if isinstance(part, Consent) and part.consent.criteria:
            yield part.consent.chamber, "objections tested against criteria"


def members_speak_for_themselves(charter: Charter, decision: Decision) -> Iterator[tuple[str, str]]:
    """Advice and objections come from members, whom a derived chamber has not."""
    for part in parts(decision):
        if isinstance(part, (Advised, Veto, Consent)):
            name = _body(part)
            chamber = charter.chamber(name)
            if chamber is not None and chamber.derived is not None:
                yield name, "advice or objections of a derived chamber"


def roles_and_objectors_are_enrolled(charter: Charter, decision: Decision) -> Iterator[tuple[str, str]]:
    """Who holds a role, or may object, is on a roll."""
    for name, role in roles_of(decision):
        if not _enrolled(charter, name):
            yield name, f"the role {role} in a chamber that keeps no roll"
    for part in parts(decision):
        if isinstance(part, (Veto, Consent)) and not _enrolled(charter, _body(part)):
            yield _body(part), "objections of a chamber that keeps no roll"


def bases_are_known(charter: Charter, decision: Decision) -> Iterator[tuple[str, str]]:
    """How many members there are is known from a roll, or from units."""
    for part in parts(decision):
        rule = part.advice if isinstance(part, Advised) else part
        if not isinstance(rule, (ChamberVote, AdviceRule)):
            continue
        chamber = charter.chamber(rule.chamber)
        if chamber is None or chamber.derived is not None or chamber.electors == "enrolled":
            continue
        if rule.majority.of is Base.MEMBERS and rule.majority.votes is None:
            yield rule.chamber, "a majority of members in a chamber that keeps no roll"
        if rule.quorum is not None and rule.quorum.seats is None:
            yield rule.chamber, "a quorum of members in a chamber that keeps no roll"


CHECKS: tuple[Callable[[Charter, Decision], Iterator[tuple[str, str]]], ...] = (
    no_lot_is_drawn,
    no_objection_is_tested,
    members_speak_for_themselves,
    roles_and_objectors_are_enrolled,
    bases_are_known,
)


def _body(part: Advised | Veto | Consent) -> str:
    if isinstance(part, Advised):
        return part.advice.chamber
    return part.veto.chamber if isinstance(part, Veto) else part.consent.chamber


def _enrolled(charter: Charter, name: str) -> bool:
    root = charter.root_chamber(name)
    return root is not None and root.electors == "enrolled"
