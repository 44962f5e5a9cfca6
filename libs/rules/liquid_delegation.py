"""A delegation goes from delegate to delegate until one has voted, and never in a circle; where none has, it stays unused."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Mapping, Sequence

from kernel.refusal import Refused
from rules.delegation import Delegation, Standing

SHOWN = 20


def check_circle(standing: Standing, new: Delegation) -> Refused | None:
    """Refuses a delegation with which some matter's delegations, of either kind, could lead from a member back to them."""
    chain = _chain(standing, new)
    if not chain:
        return None
    shown = (*chain[:SHOWN], *(("…",) if len(chain) > SHOWN else ()), new.member)
    say = "the delegate's own delegations lead back to the member; name another delegate"
    return Refused("delegation_cycle", say=say, chain=" → ".join((new.member, *shown)))


def _chain(standing: Standing, new: Delegation) -> Sequence[str]:
    """The shortest way from the new delegate to the new member, without the latter; empty where there is none.

    A way may use delegations for all matters and for one matter, never for two different ones.
    """
    first = (new.delegate, new.matter)
    before: dict[tuple[str, str | None], tuple[str, str | None] | None] = {first: None}
    waiting = deque([first])
    while waiting:
        at = waiting.popleft()
        name, matter = at
        for each in standing.get(name, ()):
            if matter is not None and not each.concerns(matter):
                continue
            if each.delegate == new.member:
                return _back(at, before)
            following = (each.delegate, matter if each.matter is None else each.matter)
            if following not in before:
                before[following] = at
                waiting.append(following)
    return ()


def _back(
    last: tuple[str, str | None], before: Mapping[tuple[str, str | None], tuple[str, str | None] | None]
) -> list[str]:
    way: list[str] = []
    at: tuple[str, str | None] | None = last
    while at is not None:
        way.append(at[0])
        at = before[at]
    return way[::-1]


def follow(edges: Mapping[str, Delegation], voted: Container[str]) -> dict[str, str]:
    """Who casts for each member whose chain comes to somebody who has voted; a proxy ends a chain.

    `edges` holds the delegation in force of each elector who has not voted, of either kind; only liquid ones are
    followed. Who has none there, being no elector or having given none, ends a chain as well.
    """
    found: dict[str, str | None] = {}
    for member in edges:
        way: list[str] = []
        at = member
        while at not in found and at not in voted:
            edge = edges.get(at)
            if edge is None or edge.kind != "liquid":
                found[at] = None
                break
            found[at] = None
            way.append(at)
            at = edge.delegate
        end = at if at in voted else found[at]
        found.update(dict.fromkeys(way, end))
    return {member: end for member, end in found.items() if end is not None}
