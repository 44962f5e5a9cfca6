"""A certificate authority of a test's own, and what it issues: to whom the test says, until when it says."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

BEGAN = timedelta(days=10)
"""How long ago every certificate began to hold."""


@dataclass(frozen=True)
class Pair:
    """The files of a certificate and of its key."""

    cert: Path
    key: Path


class Authority:
    """Writes everything into one folder; `file` is what trusts it."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}.pem"
        self._write(self.file, self._signed(_builder(name, name, self._key, 10).add_extension(_IS_CA, critical=True)))

    def issue(
        self,
        name: str,
        *,
        ips: tuple[str, ...] = ("127.0.0.1",),
        names: tuple[str, ...] = ("localhost",),
        days: int = 10,
        file: str = "",
        passphrase: bytes = b"",
    ) -> Pair:
        """A certificate for these addresses and names that holds for so many more days; fewer than 0: it has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        others = [*map(x509.DNSName, names), *(x509.IPAddress(ipaddress.ip_address(ip)) for ip in ips)]
        builder = _builder(name, self._name, key, days)
        pair = Pair(self._folder / f"{file or name}.cert.pem", self._folder / f"{file or name}.key.pem")
        self._write(pair.cert, self._signed(builder.add_extension(x509.SubjectAlternativeName(others), critical=False)))
        locked = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        self._write(pair.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
        return pair

    def _signed(self, builder: x509.CertificateBuilder) -> bytes:
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        """At once, as whoever renews a certificate should."""
        draft = path.with_suffix(".new")
        draft.write_bytes(data)
        draft.replace(path)


_IS_CA = x509.BasicConstraints(ca=True, path_length=0)


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEGAN)
        .not_valid_after(now + timedelta(days=days))
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
