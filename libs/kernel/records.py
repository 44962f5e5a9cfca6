"""The record: one event as the log holds it, and the leaf that commits to it without holding personal data."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from json.encoder import encode_basestring as _quoted
from typing import Any

LEAF_VERSION = 1
SALT_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A record before the log gives it its place. `stream_version` counts from 1; `salt` is 32 random bytes."""

    process_id: str
    stream_id: str
    stream_version: int
    event_id: str
    type: str
    schema: int
    actor: str
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    payload: bytes
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(NewRecord):
    """A record in the log: `position` gapless from 1 in commit order, `process_index` gapless from 0 in its process."""

    position: int
    process_index: int
    recorded_at: str

    def data(self) -> dict[str, Any]:
        """The payload, parsed."""
        parsed: dict[str, Any] = json.loads(self.payload)
        return parsed

    def commitment(self) -> bytes:
        """HMAC-SHA256 of the payload under the record's salt; both can be erased and the leaf still stands."""
        return hmac.digest(self.salt, self.payload, "sha256")

    def leaf(self) -> bytes:
        """The Merkle leaf: canonical JSON of the header and the commitment; no payload, salt, actor or traceparent.

        Written in one piece, names in RFC 8785's order: every record is hashed by everyone who appends, follows or verifies.
        """
        cause = "null" if self.causation_id is None else _quoted(self.causation_id)
        return (
            f'{{"causation_id":{cause},"commit":"{self.commitment().hex()}","correlation_id":{_quoted(self.correlation_id)},'
            f'"event_id":{_quoted(self.event_id)},"position":{self.position},"process_id":{_quoted(self.process_id)},'
            f'"process_index":{self.process_index},"recorded_at":{_quoted(self.recorded_at)},"schema":{self.schema},'
            f'"stream_id":{_quoted(self.stream_id)},"stream_version":{self.stream_version},"type":{_quoted(self.type)},'
            f'"v":{LEAF_VERSION}}}'
        ).encode()

    def header(self) -> dict[str, Any]:
        """The fields that a leaf shows to everyone."""
        return {
            "causation_id": self.causation_id,
            "correlation_id": self.correlation_id,
            "event_id": self.event_id,
            "position": self.position,
            "process_id": self.process_id,
            "process_index": self.process_index,
            "recorded_at": self.recorded_at,
            "schema": self.schema,
            "stream_id": self.stream_id,
            "stream_version": self.stream_version,
            "type": self.type,
            "v": LEAF_VERSION,
        }
