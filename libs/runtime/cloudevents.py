"""An event as the world outside sees it: CloudEvents 1.0, JSON format, one message on the broker for each record of the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kernel.records import Record

CONTENT_TYPE = "application/cloudevents+json"
SPECVERSION = "1.0"
MAX_BYTES = 16 * 1024 * 1024
"""A body beyond this is no event of ours: a request that makes one is bounded far below."""


class BadMessage(ValueError):
    """The body is no event of Comitia's; the message says why, and nothing of what it held."""


@dataclass(frozen=True, slots=True)
class Hint:
    """That an event was appended: what a worker needs of a message. The log holds the rest."""

    type: str
    position: int
    traceparent: str | None


def body_of(record: Record, deployment: str) -> bytes:
    """The message of a record. `data` is the payload's own bytes; stream ids are left out, for they may name a voter."""
    attributes: dict[str, Any] = {
        "specversion": SPECVERSION,
        "id": record.event_id,
        "source": f"/comitia/{deployment}/{record.process_id}",
        "type": record.type,
        "subject": record.process_id,
        "time": record.recorded_at,
        "datacontenttype": "application/json",
        "position": record.position,
        "processindex": record.process_index,
        "eventschema": record.schema,
        "correlationid": record.correlation_id,
        "causationid": record.causation_id,
        "traceparent": record.traceparent,
    }
    told = {name: value for name, value in attributes.items() if value is not None and value != ""}
    head = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return b'%s,"data":%s}' % (head[:-1], record.payload)


def hint_of(body: bytes, content_type: str | None) -> Hint:
    """What a worker needs of a message; CloudEvents attributes that are not known are let be. Raises `BadMessage`."""
    if (content_type or "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise BadMessage(f"the content type is not {CONTENT_TYPE}")
    if len(body) > MAX_BYTES:
        raise BadMessage(f"the body has {len(body)} bytes, at most {MAX_BYTES} are read")
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise BadMessage("the body is not JSON in UTF-8") from None
    if not isinstance(event, dict):
        raise BadMessage("the body is not a JSON object")
    if event.get("specversion") != SPECVERSION:
        raise BadMessage(f"specversion is not {SPECVERSION}")
    for name in ("id", "source", "type"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise BadMessage(f"{name} is not a string that says something")
    position = event.get("position")
    if not isinstance(position, int) or isinstance(position, bool) or not 1 <= position < 2**63:
        raise BadMessage("position is not a place in the log")
    trace = event.get("traceparent")
    return Hint(event["type"], position, trace if isinstance(trace, str) else None)
