"""Certificates and keys in PEM files, checked before they are used; what is wrong is told with the setting and the file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from runtime.listening import CannotStart


class Named(NamedTuple):
    """A file and the variable that names it."""

    variable: str
    path: Path

    def wrong(self, what: str) -> CannotStart:
        """The complaint about it."""
        return CannotStart(f"{self.variable}: {self.path} {what}")


class Pair(NamedTuple):
    """A certificate chain and its key, in PEM."""

    cert: bytes
    key: bytes


def read(file: Named) -> bytes:
    """What a file holds; raises `CannotStart`."""
    try:
        return file.path.read_bytes()
    except OSError as error:
        raise CannotStart(f"{file.variable}: cannot read {file.path}: {error.strerror or error}") from error


def authorities(file: Named) -> bytes:
    """The certificates of those whom one trusts; raises `CannotStart`."""
    found = read(file)
    _certificates(found, file)
    return found


def pair(cert: Named, key: Named) -> Pair:
    """A certificate that has not expired, with its key, which needs no passphrase; raises `CannotStart`."""
    found = Pair(read(cert), read(key))
    own = _certificates(found.cert, cert)[0]
    try:
        private = load_pem_private_key(found.key, None)
    except TypeError:
        raise key.wrong("is locked with a passphrase, which nobody is there to enter: give a key without") from None
    except (ValueError, UnsupportedAlgorithm):
        raise key.wrong("holds no private key in PEM") from None
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if private.public_key().public_bytes(*form) != own.public_key().public_bytes(*form):
        raise key.wrong(f"is not the key of the certificate in {cert.path}")
    ended = own.not_valid_after_utc
    if ended < datetime.now(UTC):
        raise cert.wrong(f"expired at {ended:%Y-%m-%d %H:%M} UTC: renew it")
    return found


def _certificates(found: bytes, file: Named) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(found)
    except ValueError:
        raise file.wrong("holds no certificate in PEM") from None
