"""A member lets another of the chamber vote for them, and takes that back, until they vote personally where it may count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chambers.domain.commands import DelegationCommand, RevokeDelegation
from chambers.domain.enrolment import chamber_with_a_roll
from chambers.domain.events import DelegationGiven, DelegationRevoked
from chambers.domain.rolls import Roll
from kernel.events import Event
from kernel.refusal import Kind, Refused
from rules.charter import Charter
from rules.delegation import Delegation, Standing
from rules.representation import admit

NONE_GIVEN: Standing = {}


@dataclass(frozen=True, slots=True)
class Chamber:
    """What decides about a chamber's delegations; `voted` is a box concerned, still to be counted, that the member voted in."""

    charter: Charter
    roll: Roll
    standing: Standing
    voted: str | None


def decide(chamber: Chamber, command: DelegationCommand) -> tuple[Event, ...] | Refused:
    """The delegation given or revoked, or why not."""
    refused = _where(chamber.charter, command) or _revocable(chamber, command)
    if refused is not None:
        return refused
    if isinstance(command, RevokeDelegation):
        return _revoke(chamber, command)
    for name in (command.member, command.delegate):
        if name not in chamber.roll.members:
            say = "members of the chamber alone may represent one another; see GetRoll"
            members = len(chamber.roll.members)
            return Refused("not_on_the_roll", kind=Kind.DENIED, say=say, member=name, members=members)
    declared = chamber.charter.chamber(command.chamber)
    rules = None if declared is None else declared.delegation
    new = Delegation(command.member, command.delegate, command.kind, command.matter)
    return admit(rules, chamber.standing, new) or (DelegationGiven(**command.told()),)


def after(standing: Standing, events: Iterable[Event]) -> Standing:
    """What stands after these events."""
    changed = dict(standing)
    for event in events:
        if isinstance(event, DelegationGiven):
            new = Delegation(event.member, event.delegate, event.kind, event.matter)
            changed[event.member] = (*changed.get(event.member, ()), new)
        elif isinstance(event, DelegationRevoked):
            kept = tuple(each for each in changed.pop(event.member, ()) if each.matter != event.matter)
            if kept:
                changed[event.member] = kept
    return changed


def to_json(standing: Standing) -> dict[str, list[dict[str, str | None]]]:
    """By member: to whom, of which kind, in which matter."""
    return {
        member: [{"delegate": each.delegate, "kind": each.kind, "matter": each.matter} for each in given]
        for member, given in standing.items()
    }


def _where(charter: Charter, command: DelegationCommand) -> Refused | None:
    chamber = chamber_with_a_roll(charter, command.chamber)
    if isinstance(chamber, Refused):
        return chamber
    matters = charter.matters_of(command.chamber)
    if command.matter is None or command.matter in matters:
        return None
    say = "name a matter that this chamber votes on, or none for all of them"
    known = ", ".join(matters) or "none"
    return Refused("unknown_matter", kind=Kind.NOT_FOUND, say=say, matter=command.matter, matters=known)


def _revocable(chamber: Chamber, command: DelegationCommand) -> Refused | None:
    if chamber.voted is None:
        return None
    say = "this member has voted personally, which comes before any delegation; wait until the box is sealed"
    return Refused("voted_personally", say=say, member=command.member, box=chamber.voted)


def _revoke(chamber: Chamber, command: RevokeDelegation) -> tuple[Event, ...] | Refused:
    if any(each.matter == command.matter for each in chamber.standing.get(command.member, ())):
        return (DelegationRevoked(**command.told()),)
    say = "this member has no such delegation; name the matter that it was given for, or none if it was for all"
    matter = command.matter or "every matter"
    return Refused("unknown_delegation", kind=Kind.NOT_FOUND, say=say, member=command.member, matter=matter)
