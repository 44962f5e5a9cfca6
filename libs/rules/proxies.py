"""A holder casts at most the declared number of proxies, each for its giver and nobody behind them; of more, the first given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator

from kernel.refusal import Refused
from rules.delegation import Delegation, Standing


def check_limit(limit: int, standing: Standing, new: Delegation) -> Refused | None:
    """Refuses a proxy with which its holder could come to hold more than `limit` in some matter.

    A proxy for all matters counts in each, also where its giver has another for that matter: that one may be revoked.
    """
    givers: dict[str | None, set[str]] = {None: set(), new.matter: set()}
    for each in (each for every in standing.values() for each in every):
        if each.kind == "proxy" and each.delegate == new.delegate and each.member != new.member:
            givers.setdefault(each.matter, set()).add(each.member)
    matters = givers if new.matter is None else (new.matter,)
    held = max(len(givers[None] | givers[matter]) for matter in matters)
    if held < limit:
        return None
    say = "this member holds as many proxies as the charter lets one member hold; name another delegate"
    return Refused("proxy_limit", say=say, delegate=new.delegate, limit=limit, held=held)


def cast(proxies: Iterable[Delegation], limit: int, voted: Container[str]) -> Iterator[Delegation]:
    """Those of the proxies, all of members who have not voted, that their holders cast: who did not vote casts none."""
    held: Counter[str] = Counter()
    for each in proxies:
        if each.delegate in voted and held[each.delegate] < limit:
            held[each.delegate] += 1
            yield each
