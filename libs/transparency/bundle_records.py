"""One record is one line of canonical JSON: the leaf's header, actor, traceparent, payload as text, salt in hex."""

from __future__ import annotations

import json
import re
from typing import Any

from kernel.records import LEAF_VERSION, SALT_BYTES, Record
from kernel.refusal import Kind, Refused

MAX_INTEGER = 2**53 - 1
_SALT = re.compile(rf"[0-9a-f]{{{2 * SALT_BYTES}}}", re.ASCII)
_TEXTS = ("actor", "correlation_id", "event_id", "payload", "process_id", "recorded_at", "stream_id", "type")
_TEXTS_OR_NULL = ("causation_id", "traceparent")
_NUMBERS = ("position", "process_index", "schema", "stream_version", "v")
_FIELDS = frozenset((*_TEXTS, *_TEXTS_OR_NULL, *_NUMBERS, "salt"))


def record_line(record: Record) -> bytes:
    """The record's line, with its newline. Raises `UnicodeError` when the payload is not UTF-8."""
    return _canonical(
        {
            **record.header(),
            "actor": record.actor,
            "payload": record.payload.decode(),
            "salt": record.salt.hex(),
            "traceparent": record.traceparent,
        }
    )


def parse_record_line(line: bytes, number: int) -> Record | Refused:
    """Read a line (without its newline) as `record_line` writes it; its `number`, from 1, is named in the refusal."""
    try:
        found = json.loads(line)
        same = _canonical(found) == line + b"\n"
    except (ValueError, TypeError, RecursionError) as error:
        return _bad(number, "line", "canonical JSON", str(error))
    if not same:
        return _bad(number, "line", "canonical JSON", "another spelling of the same JSON")
    if not isinstance(found, dict) or found.keys() != _FIELDS:
        names = sorted(found) if isinstance(found, dict) else [type(found).__name__]
        return _bad(number, "line", "the fields " + ", ".join(sorted(_FIELDS)), ", ".join(names))
    return _record(found, number)


def _record(found: dict[str, Any], number: int) -> Record | Refused:
    for name in _TEXTS:
        if type(found[name]) is not str:
            return _bad(number, name, "text", found[name])
    for name in _TEXTS_OR_NULL:
        if found[name] is not None and type(found[name]) is not str:
            return _bad(number, name, "text or null", found[name])
    for name in _NUMBERS:
        if type(found[name]) is not int or not 0 <= found[name] <= MAX_INTEGER:
            return _bad(number, name, "a whole number", found[name])
    if found["v"] != LEAF_VERSION:
        return _bad(number, "v", str(LEAF_VERSION), found["v"])
    if type(found["salt"]) is not str or not _SALT.fullmatch(found["salt"]):
        return _bad(number, "salt", f"{SALT_BYTES} bytes in lower-case hex", found["salt"])
    return Record(
        process_id=found["process_id"],
        stream_id=found["stream_id"],
        stream_version=found["stream_version"],
        event_id=found["event_id"],
        type=found["type"],
        schema=found["schema"],
        actor=found["actor"],
        correlation_id=found["correlation_id"],
        causation_id=found["causation_id"],
        traceparent=found["traceparent"],
        payload=found["payload"].encode(),
        salt=bytes.fromhex(found["salt"]),
        position=found["position"],
        process_index=found["process_index"],
        recorded_at=found["recorded_at"],
    )


_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def _canonical(value: Any) -> bytes:
    """The standard encoder is RFC 8785 for names in ASCII, text, whole numbers and null, and faster than rfc8785."""

    return _ENCODE(value).encode() + b"\n"


def _bad(number: int, field: str, expected: str, found: object) -> Refused:
    return Refused(
        "record_malformed",
        kind=Kind.INVALID,
        say=f"line {number} of records.jsonl is not a record",
        line=number,
        field=field,
        expected=expected,
        found=str(found)[:200],
    )
