"""The signing key is made once, is read by its owner only, and is never replaced by accident."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.keys import load_or_create
from comitia.audit.v1 import audit_pb2 as pb
from runtime.listening import CannotStart
from tests.services.audit.conftest import ORIGIN, PROCESS, Town, at_once


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


def _signed(found_towns: Callable[..., Town]) -> Path:
    """The data folder of a service that was stopped after it had signed a checkpoint."""
    town = found_towns()
    town.happen(times=3)
    town.audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS))
    town.close()
    return town.settings.data_dir


def test_a_lost_key_that_has_signed_is_never_replaced(found_towns: Callable[..., Town]) -> None:
    folder = _signed(found_towns)
    (folder / "signing.key").unlink()
    with pytest.raises(CannotStart, match=r"signing\.key is missing.*restore it from its backup.*move checkpoints\.db"):
        found_towns()
    assert not (folder / "signing.key").exists()


def test_another_key_than_the_one_that_has_signed_is_refused(found_towns: Callable[..., Town]) -> None:
    folder = _signed(found_towns)
    key = folder / "signing.key"
    key.rename(folder / "kept.key")
    load_or_create(key)
    with pytest.raises(CannotStart, match=r"not the key that signed .*checkpoints\.db.* restore it from") as caught:
        found_towns()
    assert str(caught.value).count(f"{ORIGIN}+") == 2
    (folder / "kept.key").rename(key)
    assert found_towns().audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS)).size == 3


def test_whoever_moves_the_checkpoints_away_starts_with_a_new_key(found_towns: Callable[..., Town]) -> None:
    folder = _signed(found_towns)
    before = (folder / "signing.key").read_bytes()
    for path in (folder / "signing.key", *folder.glob("checkpoints.db*")):
        path.rename(folder / f"old-{path.name}")
    assert found_towns().audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS)).size == 3
    assert (folder / "signing.key").read_bytes() != before


def test_a_key_that_has_signed_nothing_may_be_lost(found_towns: Callable[..., Town]) -> None:
    town = found_towns()
    town.happen()
    town.close()
    town.settings.key_path.unlink()
    assert found_towns().audit.GetCheckpoint(pb.GetCheckpointRequest(process_id=PROCESS)).size == 1
