"""A signed note is text to be read only when a known Ed25519 key signed it; it has one spelling (C2SP signed-note)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel.refusal import Kind, Refused

ED25519 = 1
MAX_NOTE_BYTES = 65_536
MAX_SIGNATURES = 64
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who signs: a name (no space, no `+`) and a 32-byte Ed25519 public key. Written `name+id+key` (a vkey)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name, newline, 1, public key): names the key in a signature line."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    def format(self) -> str:
        """The vkey text; `parse` reads back exactly this."""
        return f"{self.name}+{self.key_id.hex()}+{_encode(bytes([ED25519]) + self.public)}"

    @staticmethod
    def parse(vkey: str) -> VerifierKey | Refused:
        """Read a vkey; refuses every spelling but the one `format` writes."""
        name, _, rest = vkey.partition("+")
        encoded = rest.partition("+")[2]
        raw = _decode(encoded)
        if not is_key_name(name) or raw is None or len(raw) != 1 + _KEY_BYTES or raw[0] != ED25519:
            return _bad_key("name+8 hex digits+base64 of a 1 and 32 bytes is expected", vkey)
        key = VerifierKey(name, raw[1:])
        if key.format() != vkey:
            return _bad_key(f"the key's own spelling is {key.format()}", vkey)
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether this key made the 64-byte `signature` over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A name and a 32-byte Ed25519 private key. Signing is deterministic (RFC 8032)."""

    name: str
    private: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.private) != _KEY_BYTES:
            raise ValueError(f"a signer needs a name without spaces or '+' and {_KEY_BYTES} key bytes")

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    @property
    def key(self) -> VerifierKey:
        """The public half: what an auditor needs."""
        private = Ed25519PrivateKey.from_private_bytes(self.private)
        return VerifierKey(self.name, private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The note: `text` (ending in a newline, no other control character), a blank line and one signature line."""
        if not _is_text(text):
            raise ValueError("a note's text ends in a newline and holds no other control character")
        signature = Ed25519PrivateKey.from_private_bytes(self.private).sign(text.encode())
        return f"{text}\n{SignatureLine(self.name, self.key.key_id, signature).format()}"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature of a note: the signer's name, its 4-byte key id, and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def format(self) -> str:
        """An em dash, the name, base64 of id and signature, a newline."""
        return f"{_DASH}{self.name} {_encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note taken apart but not verified: never trust `text` before `open_note`."""

    text: str
    signatures: tuple[SignatureLine, ...]

    def format(self) -> str:
        """The note's one spelling."""
        return self.text + "\n" + "".join(line.format() for line in self.signatures)


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note's text, and which of the known keys signed it."""

    text: str
    verified: tuple[VerifierKey, ...]


def parse_note(note: str | bytes) -> Note | Refused:
    """Take a note apart without verifying it; refuses every spelling but `Note.format`'s."""
    if len(note) > MAX_NOTE_BYTES:
        return _bad_note(f"at most {MAX_NOTE_BYTES} bytes are expected", f"{len(note)} bytes")
    try:
        written = note.decode() if isinstance(note, bytes) else note.encode().decode()
    except UnicodeError:
        return _bad_note("UTF-8 is expected", "other bytes")
    text, gap, tail = written.rpartition("\n\n")
    if not gap or not _is_text(text + "\n"):
        return _bad_note("text, an empty line and signatures are expected, without control characters", written)
    lines = tail.split("\n")[:-1]
    if not lines or len(lines) > MAX_SIGNATURES:
        return _bad_note(f"1 to {MAX_SIGNATURES} signatures are expected", f"{len(lines)} signatures")
    signatures = []
    for line in lines:
        parsed = _parse_line(line)
        if parsed is None:
            return _bad_note("a signature line such as '\u2014 name base64' is expected", line)
        signatures.append(parsed)
    parsed_note = Note(text + "\n", tuple(signatures))
    if parsed_note.format() != written:
        return _bad_note("a note ends in the newline of its last signature", tail)
    return parsed_note


def open_note(note: str | bytes, keys: Iterable[VerifierKey]) -> OpenedNote | Refused:
    """The text of a note that at least one of `keys` signed.

    Signatures of unknown keys are ignored; a wrong signature of a known key refuses the whole note (C2SP signed-note).
    """
    parsed = parse_note(note)
    if isinstance(parsed, Refused):
        return parsed
    known = {(key.name, key.key_id): key for key in keys}
    verified: list[VerifierKey] = []
    for line in parsed.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if not key.verifies(parsed.text, line.signature):
            return Refused(
                "signature_wrong",
                kind=Kind.INVALID,
                say="the signature is not that key's signature of this text",
                key=key.format(),
            )
        if key not in verified:
            verified.append(key)
    if not verified:
        signed_by = ", ".join(f"{line.name}+{line.key_id.hex()}" for line in parsed.signatures)
        return Refused(
            "signature_missing",
            kind=Kind.INVALID,
            say="no known key signed this note",
            expected=", ".join(key.format() for key in known.values()),
            found=_short(signed_by),
        )
    return OpenedNote(parsed.text, tuple(verified))


def is_key_name(name: str) -> bool:
    """Key names are not empty and hold no Unicode space, no `+` and no control character."""
    return bool(name) and "+" not in name and not any(char.isspace() or char < " " for char in name) and _is_utf8(name)


def _parse_line(line: str) -> SignatureLine | None:
    if not line.startswith(_DASH):
        return None
    name, _, encoded = line[len(_DASH) :].partition(" ")
    raw = _decode(encoded)
    if not is_key_name(name) or raw is None or len(raw) <= 4:
        return None
    return SignatureLine(name, raw[:4], raw[4:])


def _is_text(text: str) -> bool:
    return text.endswith("\n") and not any(char < " " and char != "\n" for char in text) and _is_utf8(text)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes | None:
    """Base64 in its one spelling, or None."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if _encode(raw) == text else None


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:200] + "\u2026"


def _bad_key(expected: str, found: str) -> Refused:
    return Refused("key_malformed", kind=Kind.INVALID, say="not a verifier key", expected=expected, found=_short(found))


def _bad_note(expected: str, found: str) -> Refused:
    return Refused("note_malformed", kind=Kind.INVALID, say="not a signed note", expected=expected, found=_short(found))
