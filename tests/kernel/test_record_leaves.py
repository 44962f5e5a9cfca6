"""The leaf that a record writes in one piece is the RFC 8785 form of its header and its commitment."""

from __future__ import annotations

import json
from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kernel.records import Record

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(0, 2**53 - 1)
RECORDS: dict[str, st.SearchStrategy[Any]] = {
    "process_id": TEXTS,
    "stream_id": TEXTS,
    "stream_version": NUMBERS,
    "event_id": TEXTS,
    "type": TEXTS,
    "schema": NUMBERS,
    "actor": TEXTS,
    "correlation_id": TEXTS,
    "causation_id": st.none() | TEXTS,
    "traceparent": st.none() | TEXTS,
    "payload": st.binary(max_size=20),
    "salt": st.binary(min_size=32, max_size=32),
    "position": NUMBERS,
    "process_index": NUMBERS,
    "recorded_at": TEXTS,
}


@given(st.fixed_dictionaries(RECORDS))
def test_a_leaf_is_canonical_json(fields: dict[str, Any]) -> None:
    record = Record(**fields)
    header = {**record.header(), "commit": record.commitment().hex()}
    assert record.leaf() == rfc8785.dumps(header)
    assert json.loads(record.leaf()) == header


@given(st.fixed_dictionaries(RECORDS))
def test_a_leaf_shows_nothing_of_payload_salt_actor_or_trace(fields: dict[str, Any]) -> None:
    hidden = {"actor": "someone-else", "traceparent": "another-trace"}
    assert Record(**{**fields, **hidden}).leaf() == Record(**fields).leaf()
    assert set(json.loads(Record(**fields).leaf())).isdisjoint({"payload", "salt", "actor", "traceparent"})
