"""A chamber: who its members are, which roles and seats there are, and what its units are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from rules.explaining.language import Language, Line
from rules.seats import RoleSeats, SeatRule, Seats, SeatScale, SeatStep

if TYPE_CHECKING:
    from rules.charter import Chamber, Charter, Unit
    from rules.delegation import DelegationRules

MEMBERS, STAFF = "members", "staff"


def chamber_lines(charter: Charter, chamber: Chamber, say: Language) -> Iterator[Line]:
    yield Line(1, say.say("chamber", name=say.quoted(chamber.name), title=chamber.title))
    yield Line(2, _members(charter, chamber, say))
    if chamber.roles:
        yield Line(2, say.say("roles", len(chamber.roles), roles=say.names(chamber.roles)))
    if chamber.seats is not None:
        yield from _seats(chamber.seats, say)
    if chamber.delegation is not None:
        yield from _delegation(chamber.delegation, say)
    if chamber.colleges is not None:
        yield Line(2, say.say(f"colleges.{chamber.colleges}"))
    if chamber.units:
        weighed = chamber.derived is not None or chamber.colleges is not None
        yield from _units(chamber.units, say, weighed=weighed)


def _members(charter: Charter, chamber: Chamber, say: Language) -> str:
    if chamber.derived is None:
        electors = say.say(f"electors.{chamber.electors}")
        return electors if chamber.electorate is None else f"{electors} {say.say('electorate', chamber.electorate)}"
    units = charter.units_of(chamber.name)
    whole = sum((unit.weight for unit in units), Fraction(0))
    source, equality = say.quoted(chamber.derived.source), say.say(f"equality.{chamber.derived.equality}")
    return say.say("derived", len(units), weight=say.number(whole), source=source, equality=equality)


def _delegation(delegation: DelegationRules, say: Language) -> Iterator[Line]:
    if delegation.proxies is not None:
        yield Line(2, say.say("delegation.proxies", delegation.proxies))
    if delegation.liquid:
        yield Line(2, say.say("delegation.liquid"))
    yield Line(2, say.say("delegation.personal"))


def _units(units: Sequence[Unit], say: Language, *, weighed: bool) -> Iterator[Line]:
    """The units, those of one weight together; only where units or colleges vote do their weights matter."""
    if not weighed and all(unit.weight == 1 for unit in units):
        yield Line(2, say.say("units.counted", len(units), units=_named(units, say)))
        return
    by_weight: dict[Fraction, list[Unit]] = {}
    for unit in units:
        by_weight.setdefault(unit.weight, []).append(unit)
    for weight in sorted(by_weight, reverse=True):
        alike = by_weight[weight]
        told = say.say("votes.each", weight)
        yield Line(2, say.say("units.weight", len(alike), votes=told, units=_named(alike, say)))


def _named(units: Sequence[Unit], say: Language) -> str:
    return say.listed(f"{unit.code} ({unit.title})" if unit.title else unit.code for unit in units)


def _seats(seats: Seats, say: Language) -> Iterator[Line]:
    rules = list(_rules(seats, say))
    if rules:
        yield Line(2, say.say("seats", rules=say.say("seats.and").join(rules)))
    if seats.scale is not None:
        yield from _scale(seats, seats.scale, 2, say)
    elif seats.staff is not None:
        yield Line(2, say.say("seats.staff", seats.staff))


def _scale(seats: Seats, scale: SeatScale, depth: int, say: Language) -> Iterator[Line]:
    """A step may have steps of its own, by another number."""
    if scale.by == STAFF:
        yield Line(depth, say.say("scale.staff", seats.staff))
    elif scale.by == MEMBERS:
        yield Line(depth, say.say("scale.members"))
    else:
        yield Line(depth, say.say("scale.role", role=say.quoted(scale.by)))
    before: int | None = None
    for step in scale.steps:
        yield Line(depth + 1, _step(step, before, say))
        if step.scale is not None:
            yield from _scale(seats, step.scale, depth + 2, say)
        before = step.up_to


def _step(step: SeatStep, before: int | None, say: Language) -> str:
    rules = say.say("seats.and").join(_rules(step, say)) or say.say("seats.free")
    if step.up_to is not None:
        return say.say("step.up_to", step.up_to, rules=rules)
    return say.say("step.always", rules=rules) if before is None else say.say("step.above", before, rules=rules)


def _rules(rule: SeatRule, say: Language) -> Iterator[str]:
    for limit, number in _limits(rule):
        yield say.say(f"seats.{limit}", number)
    if rule.odd:
        yield say.say("seats.odd")
    for role, held in rule.roles.items():
        yield from _role(role, held, say)


def _role(role: str, held: RoleSeats, say: Language) -> Iterator[str]:
    for limit, number in _limits(held):
        yield say.say(f"role.{limit}", number, role=say.quoted(role))
    if held.share is None:
        return
    of = (
        say.say("share_of.members")
        if held.share.of == MEMBERS
        else say.say("share_of.role", role=say.quoted(held.share.of))
    )
    shares = (("exactly", held.share.exactly), ("at_least", held.share.at_least), ("at_most", held.share.at_most))
    for limit, share in shares:
        if share is not None:
            yield say.say(f"role_share.{limit}", role=say.quoted(role), share=say.share(share), of=of)


def _limits(seats: SeatRule | RoleSeats) -> list[tuple[str, int]]:
    limits = (("exactly", seats.exactly), ("at_least", seats.at_least), ("at_most", seats.at_most))
    return [(name, limit) for name, limit in limits if limit is not None]
