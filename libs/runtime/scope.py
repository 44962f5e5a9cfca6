"""Whether one request is within its token's limits: to processes, to chambers, to one person, and whose actor it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kernel.refusal import Kind, Refused
from runtime.caller import About, Caller
from runtime.permissions import LOOKED_UP, MEMBER, NAMED, NONE, OPERATOR, Rule

Lookup = Callable[[str, Any], About]
"""What a request is about, by its service: the short name of the method, the request. May block."""


def needs_lookup(caller: Caller, rule: Rule) -> bool:
    """Whether the request must be looked into before it can be judged."""
    return (caller.chambers is not None and rule.concerns is LOOKED_UP) or (
        rule.own is LOOKED_UP and is_for_one(caller, rule)
    )


def is_for_one(caller: Caller, rule: Rule) -> bool:
    """Whether the caller may do this only for one person: the token says so, or nothing but its being a member allows it."""
    if caller.member is not None:
        return True
    return not caller.on_behalf and caller.roles & rule.roles == {MEMBER}


def check(caller: Caller, rule: Rule, request: Any, about: About) -> Refused | None:
    """`about` is what the service looked up, where `needs_lookup`. Speaks of the first limit that does not hold."""
    return (
        _process(caller, request)
        or _chambers(caller, rule, request, about)
        or _actor(caller, request)
        or _person(caller, rule, request, about)
    )


def _process(caller: Caller, request: Any) -> Refused | None:
    if caller.processes is None or (process := getattr(request, "process_id", "")) in caller.processes:
        return None
    say = (
        "the token is limited to some processes, and this is of another"
        if process
        else "name one of the token's processes"
    )
    return _denied(say, "process_id", process, caller.processes)


def _chambers(caller: Caller, rule: Rule, request: Any, about: About) -> Refused | None:
    """A motion is within the limit when it asks one of the chambers: what only that chamber may do names it."""
    if caller.chambers is None or rule.concerns is NONE:
        return None
    concerned = about.chambers if rule.concerns is LOOKED_UP else frozenset[str]()
    if rule.concerns is NAMED:
        concerned = frozenset({request.chamber})
    if not concerned.isdisjoint(caller.chambers):
        return None
    say = f"the token is limited to some chambers, and this concerns {rule.concerns}"
    return _denied(say, "chamber", " ".join(sorted(concerned)), caller.chambers)


def _actor(caller: Caller, request: Any) -> Refused | None:
    """A command is given by the token's subject, or by the member whom it names, unless it may speak for others."""
    actor = actor_of(request)
    if actor is None or actor in (caller.subject, caller.member) or caller.on_behalf or OPERATOR in caller.roles:
        return None
    return _denied("the token's subject must be the command's actor", "actor", actor, (caller.subject,))


def _person(caller: Caller, rule: Rule, request: Any, about: About) -> Refused | None:
    if not rule.own or not is_for_one(caller, rule):
        return None
    own = caller.member if caller.member is not None else caller.subject
    persons = (about.person or "",) if rule.own is LOOKED_UP else _named(request, rule.own)
    other = next((person for person in persons if person != own), None)
    if other is None:
        return None
    field = "member" if rule.own is LOOKED_UP else rule.own
    return _denied("the token is for one person, and this is made for another", field, other, (own,))


def _named(request: Any, field: str) -> Iterable[str]:
    """Who is named in a field (of each of a list, behind a dot); in one that may be left out, else the actor."""
    many, _, each = field.rpartition(".")
    if many:
        return [getattr(one, each) for one in getattr(request, many)]
    if request.DESCRIPTOR.fields_by_name[field].has_presence and not request.HasField(field):
        return [actor_of(request) or ""]
    return [getattr(request, field)]


def actor_of(request: Any) -> str | None:
    """Who gives the command; None of what is no command."""
    if hasattr(request, "command"):
        return str(request.command.actor)
    return getattr(request, "actor", None)


def _denied(say: str, field: str, found: str, allowed: Iterable[str]) -> Refused:
    return Refused(
        "scope_denied",
        kind=Kind.DENIED,
        say=say,
        field=field,
        found=found[:128],
        allowed=" ".join(sorted(allowed))[:128],
    )
