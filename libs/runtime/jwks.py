"""The keys that verify tokens, by their `kid`: a JWKS (RFC 7517) in a file or at an https address, read again by itself."""

from __future__ import annotations

import json
import logging
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

from runtime.listening import CannotStart, is_loopback
from runtime.telling import variable

_LOG = logging.getLogger(__name__)

MAX_BYTES = 1_000_000
FETCH_SECONDS = 5.0
FILE_EVERY = 1.0
ADDRESS_EVERY = 300.0
ADDRESS_AT_MOST_EVERY = 10.0
"""Seconds that must pass before a kid that is not known makes the keys be fetched again."""

MIN_RSA_BITS = 2048


@dataclass(frozen=True)
class Key:
    """A public key, and the one algorithm that it verifies."""

    algorithm: str
    public: Ed25519PublicKey | RSAPublicKey


class Source(Protocol):
    """Where the keys are."""

    every: float
    at_most_every: float

    def read(self) -> bytes | None:
        """What is there; None while it is what was read before. Raises `OSError` or `HTTPException`; may block."""


class Keys:
    """`find` answers at once from what was read last; `refresh` blocks. Used from one event loop and one thread at a time."""

    def __init__(self, where: str, clock: Callable[[], float] = monotonic) -> None:
        """`where`: a path, or an https address. Raises `CannotStart` when it holds no keys that can be used."""
        self._where, self._clock = where, clock
        self._source: Source = _source(where)
        self.every = self._source.every
        self.generation = 0
        self._keys: Mapping[str, Key] = {}
        self._complaint = ""
        try:
            self._take(self._source.read())
        except (OSError, HTTPException, _Unusable) as error:
            said = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise CannotStart(f"{variable('auth_jwks')}: cannot read keys from {where}: {said}") from error

    def find(self, kid: str) -> Key | None:
        """The key of this name; never blocks."""
        return self._keys.get(kid)

    def may_ask_again(self) -> bool:
        """Whether a key that is not known is a reason to `refresh`; not often, whatever tokens are sent."""
        return self._clock() - self._read_at >= self._source.at_most_every

    def refresh(self) -> None:
        """Read the keys again. While they cannot be read, or none of them can be used, those of before are kept."""
        try:
            self._take(self._source.read())
            self._complaint = ""
        except (OSError, HTTPException, _Unusable) as error:
            if str(error) != self._complaint:
                _LOG.warning("the keys of tokens could not be read again, and stay as they were: %s", error)
            self._complaint = str(error)

    def _take(self, text: bytes | None) -> None:
        """`generation` counts the changes: a token verified before one may be signed by a key that is gone."""
        self._read_at = self._clock()
        if text is None:
            return
        found = usable(text)
        if {kid: _spelled(key) for kid, key in found.items()} != {
            kid: _spelled(key) for kid, key in self._keys.items()
        }:
            self._keys = found
            self.generation += 1


class _Unusable(CannotStart):
    """A document that is no JWKS, or holds what must not be in one."""


class _File:
    """Read again when it was replaced or changed."""

    every, at_most_every = FILE_EVERY, 0.0

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] = ()

    def read(self) -> bytes | None:
        """See `Source`."""
        found = self._path.stat()
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen == self._seen:
            return None
        text = self._path.read_bytes()
        self._seen = seen
        return text


class _Address:
    """Fetched anew each time; where it leads elsewhere is not followed."""

    every, at_most_every = ADDRESS_EVERY, ADDRESS_AT_MOST_EVERY

    def __init__(self, url: str) -> None:
        self._url = url
        self._open = urllib.request.build_opener(_NoRedirect()).open

    def read(self) -> bytes | None:
        """See `Source`."""
        with self._open(self._url, timeout=FETCH_SECONDS) as answer:
            text: bytes = answer.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise OSError(f"it is larger than {MAX_BYTES} bytes")
        return text


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect may lead from https to http, or to another's keys."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Raises, in urllib, an error that tells the status."""
        return


def _source(where: str) -> Source:
    parts = urlsplit(where)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return _Address(where)
    if "://" in where:
        raise CannotStart(f"{variable('auth_jwks')}: a file or an https address is expected, found {where}")
    return _File(Path(where))


def usable(text: bytes) -> Mapping[str, Key]:
    """The keys of a JWKS that can verify tokens here; those for other uses are let be. Raises `CannotStart`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _Unusable("it is no JSON") from None
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise _Unusable('it is no JWKS: a document such as {"keys": [...]} is expected')
    found: dict[str, Key] = {}
    for each in listed:
        kid = each.get("kid") if isinstance(each, dict) else None
        if not isinstance(kid, str) or each.get("use", "sig") != "sig":
            continue
        if "d" in each:
            raise _Unusable("it holds a private key: publish only public ones, and make new ones now")
        key = _key(each)
        if key is not None and kid in found:
            raise _Unusable("it holds two keys of the same kid")
        if key is not None:
            found[kid] = key
    if not found:
        raise _Unusable("it holds no Ed25519 key and no RSA key that have a kid")
    return found


def _key(given: Mapping[str, Any]) -> Key | None:
    """None for a key of another kind; the algorithm is the key's, whatever a token says."""
    try:
        match (given.get("kty"), given.get("crv"), given.get("alg")):
            case ("OKP", "Ed25519", None | "EdDSA" | "Ed25519"):
                public = OKPAlgorithm.from_jwk(dict(given))
                return Key("EdDSA", public) if isinstance(public, Ed25519PublicKey) else None
            case ("RSA", _, None | "RS256"):
                rsa = RSAAlgorithm.from_jwk(dict(given))
                if not isinstance(rsa, RSAPublicKey):
                    return None
                if rsa.key_size < MIN_RSA_BITS:
                    raise _Unusable(f"it holds an RSA key of {rsa.key_size} bits: at least {MIN_RSA_BITS} are expected")
                return Key("RS256", rsa)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise _Unusable("it holds a key that is not well formed") from None
    return None


def _spelled(key: Key) -> tuple[str, Any]:
    numbers = key.public.public_numbers() if isinstance(key.public, RSAPublicKey) else key.public.public_bytes_raw()
    return key.algorithm, numbers
