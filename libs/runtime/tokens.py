"""Bearer tokens: JWT signed with EdDSA or RS256 by a key of the deployment's JWKS; what they say makes a `Caller`."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from time import time
from typing import Any, Protocol

import jwt

from kernel.ids import NAME_PATTERN
from kernel.refusal import Kind, Refused, shorten
from runtime.caller import Caller, Role
from runtime.jwks import Keys
from runtime.servicing import call_waiting
from runtime.settings import Settings

MAX_TOKEN = 8_000
"""Characters; gRPC takes about as many bytes of metadata in all."""

KEPT = 10_000
"""Verified tokens that are known, until they end: a signature is checked once."""

_ONLY_SIGNATURE_AND_PARTIES: Any = {
    "require": ["exp", "aud", "sub"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}
"""The times are checked here: by a clock that is given, and against numbers only."""


class Verifier(Protocol):
    """Who may call, by the tokens that they show."""

    def known(self, token: str) -> Caller | None:
        """Whose token it is, when that is known without work; never blocks."""

    async def verify(self, token: str) -> Caller | Refused:
        """Whose token it is, or why it is not taken."""

    def has_ended(self, caller: Caller) -> bool:
        """Whether the token of this caller may no longer be used."""

    async def follow_keys(self) -> None:
        """Keep what verifies tokens up to date, until cancelled."""


class Tokens:
    """Tokens of the deployment's JWKS. Used from one event loop."""

    def __init__(self, settings: Settings, keys: Keys, clock: Callable[[], float] = time) -> None:
        self._audience, self._issuer = settings.auth_audience, settings.auth_issuer
        self._leeway = settings.auth_leeway_seconds
        self._keys, self._clock = keys, clock
        self._known: OrderedDict[str, Caller] = OrderedDict()
        self._generation = keys.generation
        self._asking = asyncio.Lock()

    def known(self, token: str) -> Caller | None:
        """Whose token it is, if it was verified by the keys of now and has not ended."""
        if self._generation != self._keys.generation:
            self._known.clear()
            self._generation = self._keys.generation
        caller = self._known.get(token)
        return None if caller is None or self.has_ended(caller) else caller

    def has_ended(self, caller: Caller) -> bool:
        """Whether the token of this caller may no longer be used: RFC 7519 §4.1.4, with the difference of clocks allowed."""
        return self._clock() >= caller.until

    async def verify(self, token: str) -> Caller | Refused:
        """Whose token it is, or why it is not taken. Keys are read again for a kid that is not known, but not often."""
        if len(token) > MAX_TOKEN:
            return _invalid("too_large", f"it has more than {MAX_TOKEN} characters")
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return _invalid("malformed", "it is no JWT")
        if not isinstance(kid, str):
            return _invalid("kid_missing", "its header names no key by `kid`")
        if self._keys.find(kid) is None:
            async with self._asking:
                if self._keys.find(kid) is None and self._keys.may_ask_again():
                    await call_waiting(self._keys.refresh)
        return self._judged(token, kid)

    async def follow_keys(self) -> None:
        """Read the keys again from time to time, for ever: a key that is taken away ends what it signed."""
        while True:
            await asyncio.sleep(self._keys.every)
            async with self._asking:
                await call_waiting(self._keys.refresh)

    def _judged(self, token: str, kid: str) -> Caller | Refused:
        key = self._keys.find(kid)
        if key is None:
            return _invalid("kid_unknown", "no key of this deployment has its `kid`")
        try:
            claims = jwt.decode(
                token,
                key.public,
                algorithms=[key.algorithm],
                audience=self._audience,
                issuer=self._issuer,
                options=_ONLY_SIGNATURE_AND_PARTIES,
            )
        except jwt.InvalidAlgorithmError:
            return _invalid("algorithm_wrong", f"a key of this kid signs with {key.algorithm}")
        except jwt.InvalidSignatureError:
            return _invalid("signature_wrong", "its signature is not of the key that it names")
        except jwt.InvalidAudienceError:
            return _invalid("audience_wrong", f"its `aud` is not {self._audience}")
        except jwt.InvalidIssuerError:
            return _invalid("issuer_wrong", f"its `iss` is not {self._issuer}")
        except jwt.MissingRequiredClaimError as error:
            return _invalid("claim_missing", f"it says nothing of `{error.claim}`")
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return _invalid("malformed", "it is not well formed")
        return self._timely(token, claims)

    def _timely(self, token: str, claims: Mapping[str, Any]) -> Caller | Refused:
        """RFC 7519 §4.1.4 to §4.1.6: used before `exp`, from `nbf` on, and not issued in the future."""
        now, begins = self._clock(), [claims[name] for name in ("nbf", "iat") if name in claims]
        if not all(map(_is_time, [claims["exp"], *begins])):
            return _invalid("claim_wrong", "`exp`, `nbf` and `iat` are numbers of seconds")
        until = float(claims["exp"]) + self._leeway
        if now >= until:
            return expired()
        if any(now < begin - self._leeway for begin in begins):
            return _invalid("not_yet_valid", "its time has not begun: are the clocks right?")
        caller = caller_of(claims, until)
        if isinstance(caller, Caller):
            self._known[token] = caller
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return caller


class OneToken:
    """For an engine that serves one command of one person, who has the log's files: nobody else on the machine has it."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._holder = Caller("comitia", frozenset(Role), on_behalf=True)

    def known(self, token: str) -> Caller | None:
        """See `Verifier`."""
        return self._holder if secrets.compare_digest(token.encode(), self.token.encode()) else None

    async def verify(self, token: str) -> Caller | Refused:
        """See `Verifier`."""
        return _invalid("kid_unknown", "this engine serves one command of somebody else")

    def has_ended(self, caller: Caller) -> bool:
        """See `Verifier`."""
        return False

    async def follow_keys(self) -> None:
        """See `Verifier`."""


def caller_of(claims: Mapping[str, Any], until: float) -> Caller | Refused:
    """What the claims make of their holder. A role that is not known, or a limit that is not well formed, refuses the token."""
    subject, roles = claims.get("sub"), claims.get("roles")
    if not _is_name(subject):
        return _invalid("claim_wrong", "`sub` is a pseudonym of 1 to 128 characters without spaces")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        return _invalid("claim_wrong", "`roles` is a list of names")
    unknown = next((role for role in roles if role not in set(Role)), None)
    if unknown is not None:
        return _invalid(
            "claim_wrong", f"`roles` names {shorten(repr(unknown), 40)}, and these are known: {', '.join(Role)}"
        )
    limits: dict[str, frozenset[str] | None] = {}
    for name in ("processes", "chambers"):
        given = claims.get(name, [])
        if not isinstance(given, list) or not all(map(_is_name, given)):
            return _invalid("claim_wrong", f"`{name}` is a list of names")
        limits[name] = frozenset(given) if name in claims else None
    member, on_behalf = claims.get("member"), claims.get("on_behalf", False)
    if "member" in claims and not _is_name(member):
        return _invalid("claim_wrong", "`member` is the id of one member")
    if not isinstance(on_behalf, bool):
        return _invalid("claim_wrong", "`on_behalf` is true or false")
    return Caller(
        str(subject),
        frozenset(map(Role, roles)),
        processes=limits["processes"],
        chambers=limits["chambers"],
        member=member,
        on_behalf=on_behalf,
        until=until,
    )


def expired() -> Refused:
    """What is answered to a token that was good once."""
    return Refused("token_expired", kind=Kind.UNAUTHENTICATED, say="the token has expired: get a new one")


def missing() -> Refused:
    """What is answered to a call that carries no token."""
    say = "send a token in the metadata, as `authorization: Bearer TOKEN`"
    return Refused("token_missing", kind=Kind.UNAUTHENTICATED, say=say)


def ambiguous() -> Refused:
    """What is answered to a call that carries several."""
    return _invalid("ambiguous", "the metadata holds `authorization` more than once, or of another scheme than Bearer")


def _is_time(found: object) -> bool:
    """Seconds since 1970, in this millennium: JSON as Python reads it has infinities, and numbers of any length."""
    return isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found < 32_503_680_000


def _is_name(found: object) -> bool:
    """An id as a request may hold it; JSON can spell half a character, which no request can."""
    return (
        isinstance(found, str) and bool(re.fullmatch(NAME_PATTERN, found)) and not re.search("[\ud800-\udfff]", found)
    )


def _invalid(why: str, said: str) -> Refused:
    """Of the token itself, nothing is in the answer but the name of a role that there is not."""
    return Refused("token_invalid", kind=Kind.UNAUTHENTICATED, say=f"the token is not valid: {said}", why=why)
