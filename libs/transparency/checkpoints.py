"""A checkpoint names a log, its size and its root, each in one spelling: `+5` and `05` are no sizes (C2SP)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from kernel.refusal import Kind, Refused
from transparency.merkle import HASH_BYTES
from transparency.notes import Signer, VerifierKey, is_key_name, open_note

MAX_SIZE = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def process_origin(deployment: str, process_id: str) -> str:
    """The origin, and so the key name, of one process's log: `<deployment>/process/<id>`."""
    return f"{deployment}/process/{process_id}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its origin, its number of leaves, its 32-byte root; extension lines as others may write."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text to be signed: one line each."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @staticmethod
    def parse(text: str) -> Checkpoint | Refused:
        """Read exactly what `text` writes; anything else is refused naming what was found."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "":
            return _bad("text", "three lines or more, each ended by a newline", text)
        origin, size, encoded, *extensions = lines
        if not origin:
            return _bad("origin", "a line that is not empty", origin)
        if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
            return _bad("size", "a whole number without sign or leading zeroes, below 2^63", size)
        root = _decode(encoded)
        if root is None or len(root) != HASH_BYTES:
            return _bad("root", f"base64 of {HASH_BYTES} bytes", encoded)
        if not all(extensions):
            return _bad("extension", "lines that are not empty", text)
        checkpoint = Checkpoint(origin, int(size), root, tuple(extensions))
        if checkpoint.text() != text:
            return _bad("text", checkpoint.text(), text)
        return checkpoint


def sign_checkpoint(signer: Signer, checkpoint: Checkpoint) -> str:
    """The signed note of a checkpoint; raises `ValueError` unless the signer is named as the origin."""
    if signer.name != checkpoint.origin or not is_key_name(checkpoint.origin):
        raise ValueError(f"the log {checkpoint.origin!r} is signed under its own name, not as {signer.name!r}")
    return signer.sign(checkpoint.text())


def open_checkpoint(note: str | bytes, key: VerifierKey) -> Checkpoint | Refused:
    """The checkpoint in a note that `key` signed, when its origin is the key's name."""
    opened = open_note(note, [key])
    if isinstance(opened, Refused):
        return opened
    checkpoint = Checkpoint.parse(opened.text)
    if isinstance(checkpoint, Checkpoint) and checkpoint.origin != key.name:
        return Refused(
            "checkpoint_of_another_log",
            kind=Kind.INVALID,
            say="the checkpoint is of another log",
            expected=key.name,
            found=checkpoint.origin[:200],
        )
    return checkpoint


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _bad(field: str, expected: str, found: str) -> Refused:
    return Refused(
        "checkpoint_malformed",
        kind=Kind.INVALID,
        say="not a checkpoint",
        field=field,
        expected=expected[:200],
        found=found[:200],
    )
