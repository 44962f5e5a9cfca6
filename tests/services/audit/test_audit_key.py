"""The signing key is made once, is read by its owner only, and is never replaced by accident."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.keys import load_or_create
from runtime.listening import CannotStart
from tests.services.audit.conftest import at_once


def test_the_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    first = load_or_create(path)
    assert len(first) == 32
    assert load_or_create(path) == first
    assert [one.name for one in tmp_path.iterdir()] == ["signing.key"]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    load_or_create(tmp_path / "signing.key")
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600


def test_two_deployments_have_two_keys(tmp_path: Path) -> None:
    assert load_or_create(tmp_path / "one") != load_or_create(tmp_path / "two")


def test_of_many_that_make_it_at_once_one_wins(tmp_path: Path) -> None:
    keys = at_once(*([lambda: load_or_create(tmp_path / "signing.key")] * 8))
    assert len(set(keys)) == 1


def test_refuses_a_key_that_others_can_read(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    load_or_create(path)
    path.chmod(0o640)
    with pytest.raises(CannotStart, match=r"mode 0640.*chmod 600"):
        load_or_create(path)


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_refuses_a_file_that_is_no_key_and_leaves_it_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "signing.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(CannotStart, match="restore it from its backup"):
        load_or_create(path)
    assert path.read_bytes() == content


def test_refuses_another_kind_of_key(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    other = generate_private_key(SECP256R1())
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    with pytest.raises(CannotStart, match="another key than Ed25519"):
        load_or_create(path)
