"""A process opens, and a motion is taken, only where its decision can come to its end, with the rolls and roles that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kernel.refusal import Refused
from rules.charter import Charter, Matter
from rules.decisions import AdviceRule, Advised, Base, ChamberVote, Consent, Decision, Veto, parts, roles_of


def what_never_ends(charter: Charter) -> Refused | None:
    """The first matter of a charter of which no motion could be held."""
    found = (what_cannot_be_carried(charter, matter) for matter in charter.matters)
    return next((refused for refused in found if refused is not None), None)


def what_cannot_be_carried(charter: Charter, matter: Matter) -> Refused | None:
    """The first part of the matter's decision that would leave a motion without an end."""
    if matter.decision is None:
        return None
    for check in CHECKS:
        for chamber, found in check(charter, matter.decision):
            return Refused(
                "decision_not_carried",
                say="motions of this matter could never be held: change its decision, or how its chamber's electors are kept",
                matter=matter.name,
                chamber=chamber,
                found=found,
            )
    return None


def members_speak_for_themselves(charter: Charter, decision: Decision) -> Iterator[tuple[str, str]]:
    """Advice and objections come from members, whom a derived chamber has not."""
    for part in parts(decision):
        if isinstance(part, (Advised, Veto, Consent)):
            name = _body(part)
            chamber = charter.chamber(name)
            if chamber is not None and chamber.derived is not None:
                yield (
                    name,
                    "advice or objections of a derived chamber, whose members are units: ask the one it is derived from",
                )


def roles_and_objectors_are_enrolled(charter: Charter, decision: Decision) -> Iterator[tuple[str, str]]:
    """Who holds a role, or may object, is on a roll."""
    for name, role in roles_of(decision):
        if not _enrolled(charter, name):
            yield name, f"the role {role} in a chamber that keeps no roll"
    for part in parts(decision):
        if isinstance(part, (Veto, Consent)) and not _enrolled(charter, _body(part)):
            yield _body(part), "objections of a chamber that keeps no roll"


def bases_are_known(charter: Charter, decision: Decision) -> Iterator[tuple[str, str]]:
    """How many members there are is known from a roll, from units, or from a declared electorate.

    What the members of scaled colleges weigh is known as well: all shares together (`rules.scaled_colleges`).
    """
    for part in parts(decision):
        rule = part.advice if isinstance(part, Advised) else part
        if not isinstance(rule, (ChamberVote, AdviceRule)):
            continue
        chamber = charter.chamber(rule.chamber)
        if chamber is None or chamber.derived is not None or chamber.electors == "enrolled":
            continue
        if chamber.electorate is not None:
            continue
        weighed = chamber.colleges is not None
        if rule.majority.of is Base.MEMBERS and rule.majority.votes is None and not weighed:
            yield rule.chamber, "a majority of members in a chamber that keeps no roll and declares no electorate"
        quorums = () if rule.quorum is None else (rule.quorum, rule.quorum.second_call)
        unknown = (each for each in quorums if each is not None and (each.by_heads or not weighed))
        if any((each.more_than, each.at_least) != (None, None) for each in unknown):
            yield rule.chamber, "a quorum of members in a chamber that keeps no roll and declares no electorate"


CHECKS: tuple[Callable[[Charter, Decision], Iterator[tuple[str, str]]], ...] = (
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
