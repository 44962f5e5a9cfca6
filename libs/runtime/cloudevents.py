"""An event as the world outside sees it: CloudEvents 1.0, JSON format, one message on the broker for each record of the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from kernel.records import Record

CONTENT_TYPE = "application/cloudevents+json"
SPECVERSION = "1.0"
MOST_BYTES = 1024 * 1024
"""A message is never larger. An event that would be goes without its data, which is in the log at `processindex`."""
NEEDED = ("id", "source", "type")


@dataclass(frozen=True, slots=True)
class Hint:
    """That an event of this type was appended: what a worker needs of a message. The log holds the rest."""

    type: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that is no event; `why` holds nothing of what was in it."""

    why: str


def body_of(record: Record, deployment: str) -> bytes:
    """The message of a record. Stream ids and actors stay out; `data` is the payload's own bytes.

    Positions are strings: a CloudEvents integer ends at 2^31.
    """
    attributes: dict[str, Any] = {
        "specversion": SPECVERSION,
        "id": record.event_id,
        "source": f"/comitia/{deployment}/{record.process_id}",
        "type": record.type,
        "subject": record.process_id,
        "time": record.recorded_at,
        "position": str(record.position),
        "processid": record.process_id,
        "processindex": str(record.process_index),
        "eventschema": record.schema,
        "correlationid": record.correlation_id,
        "causationid": record.causation_id,
        "traceparent": record.traceparent,
    }
    told = {name: value for name, value in attributes.items() if value not in (None, "")}
    head = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    whole = b'%s,"datacontenttype":"application/json","data":%s}' % (head[:-1], record.payload)
    return whole if len(whole) <= MOST_BYTES else head


def read_hint(body: bytes, content_type: str | None) -> Hint | Unreadable:
    """What a worker needs of a message; attributes that are not known here are let be."""
    if (content_type or "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        return Unreadable(f"its content type is not {CONTENT_TYPE}")
    if len(body) > MOST_BYTES:
        return Unreadable(f"its body has {len(body)} bytes, at most {MOST_BYTES} are read")
    try:
        event = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return Unreadable("its body is not JSON in UTF-8")
    if not isinstance(event, dict):
        return Unreadable("its body is not a JSON object")
    if event.get("specversion") != SPECVERSION:
        return Unreadable(f"its specversion is not {SPECVERSION}")
    for name in NEEDED:
        if not isinstance(event.get(name), str) or not event[name]:
            return Unreadable(f"its {name} is not a string that says something")
    return Hint(event["type"])


def _no_constant(name: str) -> NoReturn:
    """Python's parser would take NaN and Infinity."""
    raise ValueError(name)
