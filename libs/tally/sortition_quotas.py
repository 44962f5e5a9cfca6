"""A panel has its exact size, nobody twice, and in every category no fewer and no more of each value than its quota says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from kernel.refusal import Refused
from tally.sortition import Pool, Quota


def quota_faults(pool: Pool, quotas: Sequence[Quota], members: Collection[str]) -> Iterator[str]:
    """Each quota that these members do not meet, with what was found; someone who is not in the pool counts nowhere."""
    places = {category: place for place, category in enumerate(pool.categories)}
    known = [pool.people[member] for member in members if member in pool.people]
    found = Counter((place, value) for values in known for place, value in enumerate(values))
    for quota in quotas:
        got = found[places[quota.category], quota.value]
        if not quota.at_least <= got <= quota.at_most:
            yield f"{quota.name}: expected {quota.at_least} to {quota.at_most}, found {got}"


def panel_faults(pool: Pool, quotas: Sequence[Quota], size: int, members: Sequence[str]) -> Iterator[str]:
    """Everything that is wrong with a panel; nothing for one that may be drawn."""
    if len(members) != size:
        yield f"expected {size} members, found {len(members)}"
    if len(set(members)) != len(members):
        yield "someone is on it twice"
    strangers = [member for member in members if member not in pool.people]
    if strangers:
        yield f"not in the pool: {', '.join(strangers[:5])}"
    yield from quota_faults(pool, quotas, members)


def conflict(pool: Pool, quotas: Sequence[Quota], size: int) -> Refused | None:
    """The first reason why no panel can exist that shows within one category; conflicts between categories do not."""
    if size > len(pool.people):
        return Refused(
            "pool_too_small", say="a panel cannot be larger than its pool", size=size, people=len(pool.people)
        )
    for quota in quotas:
        have = len(pool.having(quota))
        if have < quota.at_least:
            say = f"the pool has too few for the quota {quota.name}"
            return Refused("too_few_people", say=say, at_least=quota.at_least, people=have)
    for category in pool.categories:
        of_it = [quota for quota in quotas if quota.category == category]
        low, high = (sum(quota.at_least for quota in of_it), sum(quota.at_most for quota in of_it))
        if low > size:
            say = f"the quotas of {category} ask for more members than a panel has"
            return Refused("quotas_over_size", say=say, category=category, at_least=low, size=size)
        if high < size:
            say = f"the quotas of {category} allow fewer members than a panel has"
            return Refused("quotas_under_size", say=say, category=category, at_most=high, size=size)
        present = sum(min(quota.at_most, len(pool.having(quota))) for quota in of_it)
        if present < size:
            say = f"with the people in the pool, the quotas of {category} allow fewer members than a panel has"
            return Refused("too_few_within_quotas", say=say, category=category, at_most=present, size=size)
    return None


def ceiling(pool: Pool, quotas: Sequence[Quota], size: int) -> Fraction:
    """A chance that no lottery can give to everyone: the fewest seats a head that size and quotas leave to some people.

    A quota leaves what it allows, and no more than what the other values of its category need not have.
    """
    shares = [Fraction(size, len(pool.people))]
    for quota in quotas:
        people = len(pool.having(quota))
        needed = sum(other.at_least for other in quotas if other.category == quota.category and other is not quota)
        if people:
            shares.append(Fraction(min(quota.at_most, size - needed), people))
    return min(shares)
