"""What is published is a CloudEvent by the standard's rules, and no message whatever keeps a worker from the next."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import canonical
from kernel.instants import parse_instant
from kernel.records import Record
from runtime.cloudevents import CONTENT_TYPE, MOST_BYTES, Hint, Unreadable, body_of, read_hint
from tests.broker.support import a_placed_record

DEPLOYMENT = "herault.example/budget"
RECORD = a_placed_record(
    7,
    "ballots/p-1/projects/ana%20b",
    causation_id="4f9c2d9e-8a34-5c9b-9d39-0c3a8c6a1f6e",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    choice="bench",
)
REQUIRED = ("id", "source", "specversion", "type")


def told(record: Record = RECORD) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(body_of(record, DEPLOYMENT))
    return parsed


def broken_rules(event: dict[str, Any]) -> list[str]:
    """CloudEvents 1.0.2 §3.1 (required, optional attributes), §3 (names and types), JSON format 1.0.2 §2.2 and §3.1."""
    broken = [name for name in REQUIRED if not isinstance(event.get(name), str) or not event[name]]
    broken += [name for name in event if not re.fullmatch("[a-z0-9]{1,20}", name)]
    for name, value in event.items():
        if name == "data":
            continue
        if isinstance(value, bool | str):
            broken += [name] if value == "" else []
        elif not (isinstance(value, int) and -(2**31) <= value < 2**31):
            broken.append(name)
    broken += ["specversion"] if event.get("specversion") != "1.0" else []
    broken += (
        ["source"] if re.search(r"\s", event["source"]) or urlsplit(event["source"]).geturl() != event["source"] else []
    )
    broken += ["time"] if parse_instant(event["time"]).utcoffset() is None else []
    broken += ["data"] if ("data" in event) != ("datacontenttype" in event) or "data_base64" in event else []
    return broken


def test_an_event_keeps_the_rules_of_the_standard() -> None:
    assert broken_rules(told()) == []


def test_the_rules_are_seen_broken() -> None:
    """So that the test above is worth something."""
    assert "id" in broken_rules(told() | {"id": ""})
    assert "position" in broken_rules(told() | {"position": 2**31})
    assert "stream_id" in broken_rules(told() | {"stream_id": "x"})


def test_what_an_event_says() -> None:
    event = told()
    assert event == {
        "specversion": "1.0",
        "id": RECORD.event_id,
        "source": "/comitia/herault.example/budget/p-1",
        "type": "ballots.BallotCast",
        "subject": "p-1",
        "time": RECORD.recorded_at,
        "position": "7",
        "processid": "p-1",
        "processindex": "6",
        "eventschema": 1,
        "correlationid": "conversation",
        "causationid": RECORD.causation_id,
        "traceparent": RECORD.traceparent,
        "datacontenttype": "application/json",
        "data": {"choice": "bench"},
    }


def test_neither_the_stream_nor_the_actor_is_said() -> None:
    body = body_of(replace(RECORD, payload=b"{}"), DEPLOYMENT)
    assert b"ana" not in body
    assert b"salt" not in body


def test_what_a_record_does_not_have_is_left_out() -> None:
    event = told(replace(RECORD, causation_id=None, traceparent=None, correlation_id=""))
    assert not {"causationid", "traceparent", "correlationid"} & set(event)
    assert broken_rules(event) == []


def test_the_data_are_the_payloads_own_bytes() -> None:
    payload = canonical.dumps({"é": "\u2028", "sum": 2**53 - 1, "list": [1, {"a": None}]})
    assert body_of(replace(RECORD, payload=payload), DEPLOYMENT).endswith(b',"data":' + payload + b"}")


def test_a_position_beyond_an_integer_of_the_standard_is_still_by_its_rules() -> None:
    assert broken_rules(told(replace(RECORD, position=2**40, process_index=2**40))) == []


def test_an_event_too_large_for_a_message_goes_without_its_data() -> None:
    least = len(body_of(replace(RECORD, payload=b""), DEPLOYMENT))
    fits = b'"%s"' % (b"x" * (MOST_BYTES - least - 2))
    assert len(body_of(replace(RECORD, payload=fits), DEPLOYMENT)) == MOST_BYTES
    event = told(replace(RECORD, payload=b'"x' + fits[1:]))
    assert "data" not in event
    assert (event["processindex"], broken_rules(event)) == ("6", [])


def test_what_is_published_is_read_as_a_hint() -> None:
    assert read_hint(body_of(RECORD, DEPLOYMENT), CONTENT_TYPE) == Hint("ballots.BallotCast")


@pytest.mark.parametrize("content_type", [CONTENT_TYPE, "Application/CloudEvents+JSON; charset=UTF-8"])
def test_a_content_type_is_read_as_http_reads_it(content_type: str) -> None:
    assert read_hint(body_of(RECORD, DEPLOYMENT), content_type) == Hint("ballots.BallotCast")


def test_attributes_of_a_later_version_are_let_be() -> None:
    later = json.dumps(told() | {"position": {"shard": 2}, "sampledrate": 3, "data": None}).encode()
    assert read_hint(later, CONTENT_TYPE) == Hint("ballots.BallotCast")


GOOD = {"specversion": "1.0", "id": "1", "source": "/s", "type": "ballots.BoxSealed"}

UNREADABLE: dict[str, tuple[bytes, str | None]] = {
    "no content type": (json.dumps(GOOD).encode(), None),
    "another content type": (json.dumps(GOOD).encode(), "application/json"),
    "a batch": (json.dumps([GOOD]).encode(), "application/cloudevents-batch+json"),
    "nothing": (b"", CONTENT_TYPE),
    "no JSON": (b"{", CONTENT_TYPE),
    "no UTF-8": (b'{"type":"\xff"}', CONTENT_TYPE),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), CONTENT_TYPE),
    "a byte-order mark": (b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), CONTENT_TYPE),
    "no object": (b"[]", CONTENT_TYPE),
    "a number": (b"1", CONTENT_TYPE),
    "a number without end": (b"1" * 100_000, CONTENT_TYPE),
    "what JSON has not": (json.dumps(GOOD | {"data": float("nan")}).encode(), CONTENT_TYPE),
    "too deep": (b"[" * 200_000, CONTENT_TYPE),
    "too deep, in data": (b'{"data":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, CONTENT_TYPE),
    "too large": (json.dumps(GOOD | {"data": "x" * MOST_BYTES}).encode(), CONTENT_TYPE),
    "another version": (json.dumps(GOOD | {"specversion": "0.3"}).encode(), CONTENT_TYPE),
    "a version that is a number": (json.dumps(GOOD | {"specversion": 1.0}).encode(), CONTENT_TYPE),
    "an empty type": (json.dumps(GOOD | {"type": ""}).encode(), CONTENT_TYPE),
    "a type that is a list": (json.dumps(GOOD | {"type": ["a"]}).encode(), CONTENT_TYPE),
    "no id": (json.dumps({name: value for name, value in GOOD.items() if name != "id"}).encode(), CONTENT_TYPE),
    "no source": (json.dumps({name: value for name, value in GOOD.items() if name != "source"}).encode(), CONTENT_TYPE),
}


@pytest.mark.parametrize(("body", "content_type"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_event_is_not_taken_for_one(body: bytes, content_type: str | None) -> None:
    assert isinstance(read_hint(body, content_type), Unreadable)


def test_why_a_message_is_unreadable_holds_nothing_of_it() -> None:
    for body, content_type in UNREADABLE.values():
        found = read_hint(body.replace(b"ballots", b"secret"), content_type and content_type + "; note=secret")
        assert "secret" not in str(found)


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(repr).map(str.encode))
def test_no_bytes_raise(body: bytes) -> None:
    assert isinstance(read_hint(body, CONTENT_TYPE), Hint | Unreadable)


@given(st.dictionaries(st.sampled_from([*GOOD, "data"]), st.none() | st.text() | st.integers() | st.lists(st.text())))
def test_a_hint_is_whatever_names_a_type_by_the_standard(event: dict[str, Any]) -> None:
    found = read_hint(json.dumps(event).encode(), CONTENT_TYPE)
    good = event.get("specversion") == "1.0" and all(
        isinstance(event.get(name), str) and event[name] for name in ("id", "source", "type")
    )
    assert isinstance(found, Hint) == good
