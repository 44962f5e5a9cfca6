"""The certificates that Docker Compose's `keys` makes: once, for the names asked for, renewed in time, whole after a crash."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from infra.docker import certificates

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NAMES = ("ballots-api", "localhost", "127.0.0.1")


def served(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "tls.crt").read_bytes())


def verifies(folder: Path, name: str, now: datetime = NOW) -> bool:
    """Whether a client who trusts ca.crt believes that it talks to `name`."""
    store = Store([x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())])
    try:
        verifier = PolicyBuilder().store(store).time(now).build_server_verifier(x509.DNSName(name))
        verifier.verify(served(folder), [])
    except VerificationError:
        return False
    return True


def test_a_client_who_trusts_the_authority_believes_the_names_and_no_other(tmp_path: Path) -> None:
    assert certificates.make(tmp_path, NAMES, NOW)
    assert verifies(tmp_path, "ballots-api")
    assert verifies(tmp_path, "localhost")
    assert not verifies(tmp_path, "chambers-api")


def test_only_their_owner_reads_what_is_made(tmp_path: Path) -> None:
    certificates.make(tmp_path / "keys", NAMES, NOW)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == dict.fromkeys(("ca.crt", "ca.key", "tls.crt", "tls.key"), 0o600)


def test_what_is_good_is_left_alone(tmp_path: Path) -> None:
    certificates.make(tmp_path, NAMES, NOW)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert not certificates.make(tmp_path, NAMES, NOW + timedelta(days=300))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_certificate_is_renewed_a_month_before_it_ends_by_the_same_authority(tmp_path: Path) -> None:
    certificates.make(tmp_path, NAMES, NOW)
    authority, later = (tmp_path / "ca.crt").read_bytes(), NOW + timedelta(days=340)
    assert certificates.make(tmp_path, NAMES, later)
    assert (tmp_path / "ca.crt").read_bytes() == authority
    assert verifies(tmp_path, "ballots-api", later + timedelta(days=200))


def test_another_name_needs_another_certificate(tmp_path: Path) -> None:
    certificates.make(tmp_path, NAMES, NOW)
    assert certificates.make(tmp_path, [*NAMES, "chambers-api"], NOW)
    assert verifies(tmp_path, "chambers-api")


def test_a_key_without_its_certificate_is_made_anew(tmp_path: Path) -> None:
    """As it is left by a crash between the two."""
    certificates.make(tmp_path / "one", NAMES, NOW)
    certificates.make(tmp_path / "two", NAMES, NOW)
    (tmp_path / "two/tls.key").replace(tmp_path / "one/tls.key")
    assert certificates.make(tmp_path / "one", NAMES, NOW)
    assert not certificates.make(tmp_path / "one", NAMES, NOW)


def test_refuses_to_run_without_a_folder_and_a_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert certificates.main([str(tmp_path)]) == 2
    assert "usage: python certificates.py FOLDER NAME…" in capsys.readouterr().err
