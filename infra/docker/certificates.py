"""`python certificates.py FOLDER NAME…`: one authority and one server certificate for those names, made or renewed.

For trying things out, and for a private network that has no authority of its own. What is there and good for another
month is left alone. After a crash between a new key and its certificate, the next run finds that they do not fit.
"""

from __future__ import annotations

import ipaddress
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LASTS = timedelta(days=3650)
CERTIFICATE_LASTS = timedelta(days=365)
RENEW_BEFORE = timedelta(days=30)
EARLIER = timedelta(minutes=5)
"""A machine whose clock is a little behind must not find the certificate not yet valid."""

_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
"""RFC 5280 §4.2.1.3: what an authority's key is for."""

Key = ec.EllipticCurvePrivateKey


def make(folder: Path, names: Sequence[str], now: datetime) -> bool:
    """Write ca.crt, ca.key, tls.key and tls.crt, named as Kubernetes names them; False when they were good as they are."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority, signer = _authority(folder, now)
    if _good(folder, authority, names, now):
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(f"{names[0]} and others", authority.subject, key, now, CERTIFICATE_LASTS)
        .add_extension(x509.SubjectAlternativeName([_named(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_issuer_key(authority), critical=False)
        .sign(signer, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    _write(folder / "tls.key", _pem(key))
    _write(folder / "tls.crt", certificate)
    return True


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, Key]:
    """The authority in the folder, made when there is none. Its key is written first: a crash between loses nothing."""
    place, secret = folder / "ca.crt", folder / "ca.key"
    if place.exists():
        key = load_pem_private_key(secret.read_bytes(), password=None)
        if not isinstance(key, Key):
            raise SystemExit(f"{secret} holds another key than an elliptic curve's: move both away to have them made")
        return x509.load_pem_x509_certificate(place.read_bytes()), key
    made = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Comitia deployment authority")])
    certificate = (
        _builder("Comitia deployment authority", name, made, now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_SIGNS, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(made.public_key()), critical=False)
        .sign(made, hashes.SHA256())
    )
    _write(secret, _pem(made))
    _write(place, certificate.public_bytes(Encoding.PEM))
    return certificate, made


def _builder(name: str, issuer: x509.Name, key: Key, now: datetime, lasts: timedelta) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + lasts)
    )


def _good(folder: Path, authority: x509.Certificate, names: Sequence[str], now: datetime) -> bool:
    """The certificate is of this authority, of the key beside it, for exactly these names, and will last."""
    if not (folder / "tls.crt").exists():
        return False
    certificate = x509.load_pem_x509_certificate((folder / "tls.crt").read_bytes())
    key = load_pem_private_key((folder / "tls.key").read_bytes(), password=None)
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        certificate.public_key() == key.public_key()
        and certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value == _issuer_key(authority)
        and set(found) == {_named(name) for name in names}
        and certificate.not_valid_after_utc > now + RENEW_BEFORE
    )


def _issuer_key(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _named(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Readable by its owner only, whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


def main(arguments: Sequence[str]) -> int:
    """Make or renew; says which. Status 2 without a folder and at least one name."""
    if len(arguments) < 2:
        sys.stderr.write("usage: python certificates.py FOLDER NAME…\n")
        return 2
    made = make(Path(arguments[0]), arguments[1:], datetime.now(UTC))
    sys.stdout.write(f"certificate in {arguments[0]}: {'made' if made else 'good as it is'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
