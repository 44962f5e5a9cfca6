"""A leaf names the record and commits to its payload, and holds nothing that would have to be erased."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from eventlog.contract import LogRecorder
from kernel.records import Record
from tests.eventlog.builders import a_record

HIDDEN = ("Zoé Dupont", "actor-9f31", "00-trace-01")


@pytest.fixture
def record(log: LogRecorder) -> Record:
    name, actor, trace = HIDDEN
    log.append([a_record("s/0")])
    return log.append([a_record("ballots/p-1/b/v-1", actor=actor, traceparent=trace, causation_id="c", text=name)])[0]


def test_a_leaf_is_the_canonical_header_and_the_commitment(record: Record) -> None:
    commitment = hmac.new(record.salt, record.payload, hashlib.sha256).hexdigest()
    assert record.leaf().decode() == (
        f'{{"causation_id":"c","commit":"{commitment}","correlation_id":"conversation",'
        f'"event_id":"{record.event_id}","position":2,"process_id":"p-1","process_index":1,'
        '"recorded_at":"2026-11-22T18:00:02.000000Z","schema":1,"stream_id":"ballots/p-1/b/v-1","stream_version":1,'
        '"type":"ballots.BallotCast","v":1}'
    )


def test_a_leaf_holds_no_payload_salt_actor_or_trace(record: Record) -> None:
    leaf = record.leaf().decode()
    assert not any(hidden in leaf for hidden in HIDDEN)
    assert record.salt.hex() not in leaf
    assert set(json.loads(leaf)) == {*record.header(), "commit"}


@pytest.mark.parametrize(
    "changed",
    [
        {"payload": b'{"text":"Zoe"}'},
        {"salt": b"\1" * 32},
        {"process_index": 2},
        {"stream_version": 2},
        {"type": "x.Y"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_another_record_has_another_leaf(record: Record, changed: dict[str, object]) -> None:
    assert replace(record, **changed).leaf() != record.leaf()  # type: ignore[arg-type]


def test_equal_payloads_cannot_be_told_by_their_commitments(log: LogRecorder) -> None:
    one, two = log.append([a_record("s/1", vote="yes"), a_record("s/2", vote="yes")])
    assert one.payload == two.payload
    assert one.commitment() != two.commitment()
