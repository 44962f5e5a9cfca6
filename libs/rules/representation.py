"""Who has not voted is counted as their delegate voted, with their own weight; a personal vote always comes first."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from fractions import Fraction

from kernel.refusal import Kind, Refused
from rules.delegation import Delegation, DelegationRules, Represented, Standing, in_force
from rules.liquid_delegation import check_circle, follow
from rules.proxies import cast, check_limit

MAX_GIVERS = 16_000
"""Of one chamber: the tally names each who is represented, and is one record of a bundle, at most 16 MiB long."""


def admit(rules: DelegationRules | None, standing: Standing, new: Delegation) -> Refused | None:
    """Why a delegation may not be given beside those that stand; None when it may."""
    if rules is None or not rules.allows(new.kind):
        allowed = ", ".join(kind for kind in ("proxy", "liquid") if rules is not None and rules.allows(kind))
        say = "the charter allows no such delegation in this chamber; vote personally"
        return Refused("delegation_not_allowed", say=say, kind_given=new.kind, allowed=allowed or "none")
    if new.delegate == new.member:
        say = "name another member; who votes personally needs no delegate"
        return Refused("delegation_to_oneself", say=say, kind=Kind.INVALID, member=new.member)
    stands = next((each for each in standing.get(new.member, ()) if each.matter == new.matter), None)
    if stands is not None:
        say = "this member has given this delegation already; revoke it before giving another"
        return Refused(
            "delegation_stands",
            say=say,
            kind=Kind.EXISTS,
            delegate=stands.delegate,
            matter=new.matter or "every matter",
        )
    if len(standing) >= MAX_GIVERS and new.member not in standing:
        say = "as many members of this chamber are represented as one tally can name; vote personally"
        return Refused("delegations_full", say=say, kind=Kind.EXHAUSTED, given=len(standing), maximum=MAX_GIVERS)
    limit = rules.proxies if new.kind == "proxy" else None
    refused = None if limit is None else check_limit(limit, standing, new)
    return refused or check_circle(standing, new)


def resolve(
    rules: DelegationRules | None,
    given: Iterable[Delegation],
    matter: str,
    voted: Container[str],
    electors: Mapping[str, Fraction],
) -> tuple[Represented, ...]:
    """Who is represented in a box of a matter by whom, sorted by member.

    `given` are the delegations that stood when the box was sealed, in the order given; `voted` who cast a ballot in it;
    `electors` the weight of each member of its frozen roll. Whoever is neither in `voted` nor in the result is absent.
    """
    if rules is None:
        return ()
    edges = in_force((each for each in given if rules.allows(each.kind)), matter)
    waiting = {name: each for name, each in edges.items() if name in electors and name not in voted}
    proxies = (each for each in waiting.values() if each.kind == "proxy")
    holders = {each.member: each.delegate for each in cast(proxies, rules.proxies or 0, voted)}
    holders |= follow(waiting, voted)
    return tuple(
        Represented(member, waiting[member].delegate, holders[member], electors[member]) for member in sorted(holders)
    )
