"""A member is entered once, with a weight above zero, declared roles, a declared unit and a possible mandate."""

from __future__ import annotations

from math import lcm

from chambers.domain.commands import EnrolMembers, RemoveMember, RollCommand, UpdateMember
from chambers.domain.events import MemberLeft, MembersEnrolled, MemberUpdated
from chambers.domain.rolls import Roll
from chambers.domain.values import Member
from kernel.events import Event
from kernel.refusal import Kind, Refused
from rules.charter import Chamber, Charter

MAX_WEIGHT = 10**12
"""Of one member; with `MAX_DENOMINATOR` it keeps every sum of weights short enough to be written exactly."""

MAX_DENOMINATOR = 10**12
"""Of the common denominator of all weights that were ever on one roll."""


def decide(roll: Roll, command: RollCommand, charter: Charter) -> tuple[Event, ...] | Refused:
    """What a change of the roll comes to under the charter in force."""
    chamber = chamber_with_a_roll(charter, command.chamber)
    if isinstance(chamber, Refused):
        return chamber
    if isinstance(command, EnrolMembers):
        return _enrol(roll, command, charter, chamber)
    name = command.member.member if isinstance(command, UpdateMember) else command.member
    if name not in roll.members:
        return Refused(
            "unknown_member",
            say="nobody of this name is on the roll; enrol them first, or see GetRoll",
            kind=Kind.NOT_FOUND,
            member=name,
            chamber=command.chamber,
            members=len(roll.members),
        )
    if isinstance(command, RemoveMember):
        return (MemberLeft(chamber=command.chamber, member=command.member, reason=command.reason),)
    refused = _check(roll, (command.member,), charter, chamber)
    return refused or (MemberUpdated(chamber=command.chamber, **dict(command.member)),)


def _enrol(roll: Roll, command: EnrolMembers, charter: Charter, chamber: Chamber) -> tuple[Event, ...] | Refused:
    seen: set[str] = set()
    for place, each in enumerate(command.members):
        if each.member in seen:
            say = "name each member once in a request"
            return Refused("member_twice", say=say, kind=Kind.INVALID, member=each.member, place=place)
        if each.member in roll.members:
            say = "this member is on the roll already; change them with UpdateMember"
            return Refused("member_enrolled", say=say, kind=Kind.EXISTS, member=each.member, chamber=command.chamber)
        seen.add(each.member)
    refused = _check(roll, command.members, charter, chamber)
    return refused or (MembersEnrolled(chamber=command.chamber, members=command.members),)


def chamber_with_a_roll(charter: Charter, name: str) -> Chamber | Refused:
    """A chamber that the charter declares and whose electors are enrolled here."""
    chamber = charter.chamber(name)
    if chamber is None:
        known = ", ".join(each.name for each in charter.chambers)
        say = "the charter declares no such chamber"
        return Refused("unknown_chamber", say=say, kind=Kind.NOT_FOUND, chamber=name, declared=known)
    if chamber.derived is not None:
        say = "the members of a derived chamber are its units; enrol electors in the chamber that it is derived from"
        return Refused("chamber_derived", say=say, chamber=name, derived_from=chamber.derived.source)
    if chamber.electors != "enrolled":
        say = "this chamber keeps no roll: its votes come on count sheets"
        return Refused("chamber_counted", say=say, chamber=name, electors=str(chamber.electors))
    return chamber


def units_of(charter: Charter, chamber: Chamber) -> frozenset[str]:
    """The units that an elector of this chamber may count in: its own, and those of the chambers derived from it."""
    derived = [each for each in charter.chambers if each.derived is not None and each.derived.source == chamber.name]
    return frozenset(unit.code for each in (chamber, *derived) for unit in each.units)


def _check(roll: Roll, members: tuple[Member, ...], charter: Charter, chamber: Chamber) -> Refused | None:
    units = units_of(charter, chamber)
    common = roll.denominator
    for each in members:
        common = lcm(common, each.weight.denominator)
        refused = _check_weight(each, common) or _check_seat(each, chamber, units)
        if refused is not None:
            return refused
    return None


def _check_weight(each: Member, common: int) -> Refused | None:
    if each.weight <= 0:
        say = "a weight is an exact number above zero; one who has no vote is not enrolled"
        return Refused("weight_not_positive", say=say, kind=Kind.INVALID, member=each.member, weight=each.weight)
    if each.weight > MAX_WEIGHT:
        say = "give smaller weights in the same proportions"
        return Refused(
            "weight_too_large", say=say, kind=Kind.INVALID, member=each.member, weight=each.weight, maximum=MAX_WEIGHT
        )
    if common > MAX_DENOMINATOR:
        say = "give weights with a smaller common denominator"
        return Refused(
            "weights_too_fine",
            say=say,
            kind=Kind.INVALID,
            member=each.member,
            weight=each.weight,
            maximum_denominator=MAX_DENOMINATOR,
        )
    return None


def _check_seat(each: Member, chamber: Chamber, units: frozenset[str]) -> Refused | None:
    for role in each.roles:
        if role not in chamber.roles:
            declared = ", ".join(chamber.roles) or "none"
            say = "give a role that the charter declares for this chamber"
            return Refused("unknown_role", say=say, kind=Kind.INVALID, member=each.member, role=role, declared=declared)
    if each.unit is not None and each.unit not in units:
        say = "give the code of a unit that the charter declares for this chamber"
        declared = ", ".join(sorted(units)) or "none"
        return Refused(
            "unknown_unit", say=say, kind=Kind.INVALID, member=each.member, unit=each.unit, declared=declared
        )
    if each.unit is None and chamber.colleges is not None:
        say = "every member of this chamber votes in a college; give the code of theirs"
        declared = ", ".join(sorted(units))
        return Refused("college_missing", say=say, kind=Kind.INVALID, member=each.member, declared=declared)
    begins, until = each.mandate.begins, each.mandate.until
    if begins is not None and until is not None and until < begins:
        say = "a mandate ends on the day it begins or later"
        return Refused(
            "mandate_ends_before_it_begins",
            say=say,
            kind=Kind.INVALID,
            member=each.member,
            begins=begins.isoformat(),
            until=until.isoformat(),
        )
    return None
