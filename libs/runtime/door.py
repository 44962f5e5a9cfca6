"""Lets in only who belongs: each call passes token, role and limits, and each request its token's scope, before any service."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kernel.refusal import Refused
from runtime import permissions, scope, tokens
from runtime.caller import NOTHING, Caller
from runtime.limits import Limits
from runtime.permissions import PERMISSIONS, Table
from runtime.scope import Lookup
from runtime.servicing import call
from runtime.tokens import Verifier

PROBE = "/grpc.health.v1.Health/Check"
"""Never limited: an orchestrator that is not answered would kill a server for being busy."""

BAD_TOKEN = 20
"""Calls whose cost at the door is that of checking a signature."""

_PROBE = Caller("", trusted=True)
_BEARER = "bearer "


class TurnedAway(Exception):
    """The call ends here, with this refusal."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


class Door:
    """`tokens` None: nobody is asked for one, as on loopback or with `--insecure`; table and limits hold all the same."""

    def __init__(self, tokens: Verifier | None, limits: Limits, lookup: Lookup, table: Table = PERMISSIONS) -> None:
        self.tokens, self.limits, self.lookup, self.table = tokens, limits, lookup, table


class Passage:
    """The door of one method; `enter`, then `pass_on` for each request, then `leave`."""

    def __init__(self, door: Door, method: str) -> None:
        self._tokens, self._limits, self._lookup = door.tokens, door.limits, door.lookup
        self._name = permissions.short(method)
        self._is_probe, self._is_open = method == PROBE, permissions.is_open(method)
        self._rule = door.table.get(self._name)

    async def enter(self, context: Any) -> Caller:
        """Who calls, counted as running until `leave`; raises `TurnedAway`."""
        if self._is_probe:
            return _PROBE
        if self._is_open or self._tokens is None:
            caller = _trusted(_peer(context))
        else:
            caller = await self._holder(self._tokens, context)
        refused = None if self._is_open else self._allowed(caller)
        if refused is None:
            refused = self._limits.begin(caller.subject)
        if refused is not None:
            raise TurnedAway(refused)
        return caller

    def leave(self, caller: Caller) -> None:
        """The call is over."""
        if caller is not _PROBE:
            self._limits.end(caller.subject)

    async def pass_on(self, caller: Caller, request: Any, *, first: bool) -> None:
        """Judge one request of a call, or one message of its stream, of which all but the first count like a call.

        Raises `TurnedAway`.
        """
        refused = None if first else self._limits.charge(caller.subject)
        if refused is None and not caller.trusted:
            refused = self._ended(caller) or await self._within(caller, request)
        if refused is not None:
            raise TurnedAway(refused)

    def still(self, caller: Caller) -> None:
        """Before each answer of a stream: raises `TurnedAway` when the caller's token has ended meanwhile."""
        if not caller.trusted and (refused := self._ended(caller)) is not None:
            raise TurnedAway(refused)

    async def _holder(self, known: Verifier, context: Any) -> Caller:
        token = _token(context)
        if isinstance(token, Refused):
            raise TurnedAway(token)
        caller: Caller | Refused | None = known.known(token)
        if caller is None:
            # Until it is known whose a token is, its sender's address pays; for one that is no good, what it has cost.
            caller = self._limits.charge(_peer(context)) or await known.verify(token)
            if isinstance(caller, Refused):
                self._limits.charge(_peer(context), BAD_TOKEN)
        if isinstance(caller, Refused):
            raise TurnedAway(caller)
        return caller

    def _allowed(self, caller: Caller) -> Refused | None:
        if self._rule is None:
            return permissions.not_listed(self._name)
        return permissions.check_role(caller, self._name, self._rule)

    def _ended(self, caller: Caller) -> Refused | None:
        return tokens.expired() if self._tokens is not None and self._tokens.has_ended(caller) else None

    async def _within(self, caller: Caller, request: Any) -> Refused | None:
        if self._rule is None:
            return None
        about = NOTHING
        if scope.needs_lookup(caller, self._rule):
            about = await call(self._lookup, self._name, request)
        return scope.check(caller, self._rule, request, about)


def _token(context: Any) -> str | Refused:
    found = [value for key, value in context.invocation_metadata() or () if key == "authorization"]
    if not found:
        return tokens.missing()
    if len(found) > 1 or str(found[0])[: len(_BEARER)].lower() != _BEARER:
        return tokens.ambiguous()
    return str(found[0])[len(_BEARER) :].strip()


def _peer(context: Any) -> str:
    """The name in the client's certificate; else the host that it calls from; on this machine, its connection.

    No token's subject is spelled like it: they have no space.
    """
    names = context.peer_identities()
    if names:
        return f"certificate {bytes(next(iter(names))).decode('utf-8', 'replace')}"
    peer = str(context.peer() or "")
    return f"peer {peer if peer.startswith(_ON_THIS_MACHINE) else peer.rpartition(':')[0]}"


_ON_THIS_MACHINE = ("ipv4:127.", "ipv6:[::1]:", "ipv6:%5B::1%5D:", "unix:")


@lru_cache(maxsize=1000)
def _trusted(subject: str) -> Caller:
    return Caller(subject, trusted=True)
