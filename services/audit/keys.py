"""The deployment's Ed25519 key: made once, kept in a file that only its owner can read, never overwritten."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from runtime.listening import CannotStart
from transparency.notes import Signer

_REMEDY = (
    "restore it from its backup, or, knowing that whoever trusts the old key will not trust the new one, "
    "move checkpoints.db (with its -wal and -shm) away"
)


def load_or_create(path: Path, signed: Iterable[tuple[str, str]] = ()) -> bytes:
    """The 32-byte private key in the PEM file at `path`, made there when it is missing and nothing was signed.

    `signed` are the origins and verifier keys of the checkpoints kept, read before this call. Raises `CannotStart` for
    a file that others can read or that holds no Ed25519 key, and when the key that signed them is missing or another.
    """
    kept = tuple(signed)
    if not path.exists():
        if kept:
            raise CannotStart(f"{path} is missing, and checkpoints.db beside it holds what it signed: {_REMEDY}")
        _create(path)
    private = _load(path)
    for origin, key in kept:
        own = Signer(origin, private).key.format()
        if own != key:
            raise CannotStart(
                f"{path} is not the key that signed what checkpoints.db beside it holds "
                f"(expected {key}, found {own}): {_REMEDY}"
            )
    return private


def _load(path: Path) -> bytes:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise CannotStart(f"{path} can be read by others (mode {mode:04o}): run chmod 600 {path}")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CannotStart(f"{path} holds no private key in PEM: restore it from its backup ({error})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CannotStart(f"{path} holds another key than Ed25519: restore it from its backup")
    return key.private_bytes_raw()


def _create(path: Path) -> None:
    """Written aside, readable by its owner only, then linked into place: no half key after a crash, one winner of two."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
