"""Names and ids: what a person may choose, and the UUIDs derived from it so that a retry is the same event."""

from __future__ import annotations

import hashlib
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from pydantic import StringConstraints

NAMESPACE = UUID("6f1cf0fd-2c5c-5f0c-9d39-0c3a8c6a1f6e")

NAME_PATTERN = r"^[^\s\x00-\x1f\x7f]{1,128}$"
PROCESS_PATTERN = r"^[a-z0-9][a-z0-9-]{0,62}$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""An id chosen by a client (a proposal, a member, a chamber): 1 to 128 characters, no spaces, no control characters."""

ProcessId = Annotated[str, StringConstraints(pattern=PROCESS_PATTERN)]
"""A process: lower-case letters, digits and hyphens, at most 63, so that it fits in an origin and a file name."""


def stream_id(kind: str, *parts: str) -> str:
    """`ballots/p-1/box/ana`: each part percent-encoded, so that no choice of names can collide."""
    return "/".join((kind, *(quote(part, safe=":@.,+=()!*'~-_") for part in parts)))


def event_id(command_id: str, index: int) -> str:
    """The UUID of the `index`-th event that a command causes: the same on every retry."""
    return _uuid5(f"{command_id}#{index}")


def command_id(process_id: str, method: str, idempotency_key: str) -> str:
    """The UUID of a command: the same process, method and idempotency key are the same command."""
    return _uuid5(f"{process_id}|{method}|{idempotency_key}")


def content_id(method: str, content: bytes) -> str:
    """The UUID of what a command says; recorded as the cause, so that a key reused for other content is found out."""
    return _uuid5(f"{method}|{hashlib.sha256(content).hexdigest()}")


def _uuid5(name: str) -> str:
    """RFC 9562 §5.5: `str(uuid.uuid5(NAMESPACE, name))`, in a tenth of the time; a ballot needs three."""
    sha1 = _NAMESPACED.copy()
    sha1.update(name.encode())
    text = sha1.hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


_NAMESPACED = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
