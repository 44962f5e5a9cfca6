"""A panel stands when its pool, its quotas, each ticket, the shares, the lot and the reserves are all found again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kernel.numbers import show
from kernel.refusal import Kind, Refused, first_of
from tally.sortition import Drawn, Lottery, Pool, Quota, drawn_by
from tally.sortition_quotas import ceiling, panel_faults, quota_faults

MAX_FAULTS = 20
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: how many things were looked at, and what was wrong (the first `MAX_FAULTS` are told)."""

    name: str
    what: str
    count: int
    wrong: int
    faults: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Nothing was wrong."""
        return self.wrong == 0


@dataclass(frozen=True, slots=True)
class Chances:
    """What a lottery gives: the least and the greatest chance of a person, who has none, and what none can surpass.

    `ceiling` is a bound on the least chance of every lottery with this pool and these quotas (`sortition_quotas.ceiling`).
    """

    least: Fraction
    most: Fraction
    ceiling: Fraction
    without: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Exact numbers as text."""
        told = {"least": show(self.least), "most": show(self.most), "ceiling": show(self.ceiling)}
        return {**told, "without": list(self.without)}


def chances(lottery: Lottery, pool: Pool, quotas: Sequence[Quota]) -> Chances:
    """Each person's tickets out of all; those whom no ticket names are listed, and the least chance is then 0."""
    held = lottery.tickets_of()
    counts = [held[person] for person in pool.people]
    without = tuple(person for person in pool.people if not held[person])
    least, most = (Fraction(number, lottery.tickets) for number in (min(counts), max(counts)))
    return Chances(least, most, ceiling(pool, quotas, lottery.size), without)


def check_panel(lottery: Lottery, pool: Pool, quotas: Sequence[Quota], drawn: Drawn | None = None) -> tuple[Check, ...]:
    """Everything that was published, against the pool and the quotas given; the draw too once there is one."""
    stated_pool, given_pool = (lottery.people, lottery.pool), (len(pool.people), pool.digest())
    known = _same("pool", "people, as hashed in the lottery", len(pool.people), stated_pool, given_pool)
    stated = _same("quotas", "quotas, as stated in the lottery", len(quotas), list(lottery.quotas), list(quotas))
    checks = [known, stated, _panels(lottery, pool, quotas), _shares(lottery)]
    return (*checks, *_draw(lottery, drawn)) if drawn is not None else tuple(checks)


def _panels(lottery: Lottery, pool: Pool, quotas: Sequence[Quota]) -> Check:
    faults = (
        f"panel {number}: {fault}"
        for number, panel in enumerate(lottery.panels, 1)
        for fault in panel_faults(pool, quotas, lottery.size, panel.members)
    )
    what = "panels of the right size, of people in the pool, meeting every quota"
    return _check("panels", what, len(lottery.panels), faults)


def _shares(lottery: Lottery) -> Check:
    listed = Counter(tuple(sorted(panel.members)) for panel in lottery.panels)
    faults = [
        f"the panel of {first_of(members, SHOWN)} is listed {times} times"
        for members, times in listed.items()
        if times > 1
    ]
    return _check("shares", "tickets, each naming one panel", lottery.tickets, faults)


def _draw(lottery: Lottery, drawn: Drawn) -> Iterator[Check]:
    yield _same("lottery", "lottery drawn from, by its hash", 1, lottery.digest(), drawn.lottery)
    redone = drawn_by(lottery, bytes.fromhex(drawn.seed))
    lot = [(name, getattr(redone, name), getattr(drawn, name)) for name in ("key", "digest", "ticket")]
    faults = [f"{name}: expected {expected}, found {found}" for name, expected, found in lot if expected != found]
    yield _check("draw", "draw redone from the seed", 1, faults)
    yield _check("panel", "members, as the ticket names them", len(drawn.panel), _apart(redone.panel, drawn.panel))
    reserves = _apart((redone.reserves_key, *redone.reserves), (drawn.reserves_key, *drawn.reserves))
    yield _check("reserves", "reserves, in the order of the second lot", len(drawn.reserves), reserves)


def _apart(expected: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    if len(expected) != len(found):
        yield f"expected {len(expected)}, found {len(found)}"
    for place, (want, got) in enumerate(zip(expected, found, strict=False), 1):
        if want != got:
            yield f"place {place}: expected {want}, found {got}"


def _same(name: str, what: str, count: int, expected: object, found: object) -> Check:
    return _check(name, what, count, [] if expected == found else [f"expected {expected}, found {found}"])


def _check(name: str, what: str, count: int, faults: Iterable[str]) -> Check:
    wrong = list(faults)
    return Check(name, what, count, len(wrong), tuple(wrong[:MAX_FAULTS]))


def replacement(
    pool: Pool, quotas: Sequence[Quota], panel: Collection[str], reserves: Sequence[str], leaving: Sequence[str]
) -> tuple[str, ...] | Refused:
    """Who takes the seats of those leaving, one after the other: the first reserve with whom every quota is still met.

    A reserve who took a seat may leave in turn; nobody comes back.
    """
    members, chosen = list(panel), []
    for place, person in enumerate(leaving, 1):
        if person not in members:
            say = "only a member of the panel can be replaced, once"
            return Refused("not_on_the_panel", kind=Kind.INVALID, say=say, person=person)
        members.remove(person)
        free = (one for one in reserves if one not in members and one not in leaving[:place])
        found = next((one for one in free if not any(quota_faults(pool, quotas, [*members, one]))), None)
        if found is None:
            say = "no reserve keeps the panel within its quotas"
            return Refused("no_replacement", say=say, person=person, reserves=len(reserves))
        members.append(found)
        chosen.append(found)
    return tuple(chosen)
