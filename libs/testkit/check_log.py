"""One check of a whole log, after every test: order, indexes, versions, ids, commitments, leaves, roots and proofs."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from eventlog.contract import LogRecorder
from kernel import canonical
from kernel.instants import parse_instant
from kernel.records import SALT_BYTES, Record
from transparency import merkle

LEAF_FIELDS = {
    "causation_id",
    "commit",
    "correlation_id",
    "event_id",
    "position",
    "process_id",
    "process_index",
    "recorded_at",
    "schema",
    "stream_id",
    "stream_version",
    "type",
    "v",
}


def check_log(log: LogRecorder) -> int:
    """Assert everything that a log promises; returns the number of records."""
    records = list(all_records(log))
    assert [record.position for record in records] == list(range(1, len(records) + 1)), "positions have gaps"
    assert log.last_position() == len(records)
    assert len({record.event_id for record in records}) == len(records), "an event id is used twice"
    times = [record.recorded_at for record in records]
    assert times == sorted(times), "recorded_at runs backwards"
    for record in records:
        _check_record(record)
    _check_streams(log, records)
    _check_processes(log, records)
    return len(records)


def all_records(log: LogRecorder) -> Iterator[Record]:
    """Every record in order of position, read in pages."""
    after = 0
    while page := log.read(after=after):
        yield from page
        after = page[-1].position


def _check_record(record: Record) -> None:
    where = f"position {record.position}"
    assert UUID(record.event_id).variant == "specified in RFC 4122", where
    assert record.type.count(".") == 1, where
    assert record.schema >= 1, where
    assert len(record.salt) == SALT_BYTES, where
    parse_instant(record.recorded_at)
    canonical.loads_canonical(record.payload)
    commitment = hmac.new(record.salt, record.payload, hashlib.sha256).hexdigest()
    leaf = canonical.loads_canonical(record.leaf())
    assert set(leaf) == LEAF_FIELDS, where
    assert leaf.pop("commit") == commitment, where
    assert leaf == record.header(), where


def _check_streams(log: LogRecorder, records: list[Record]) -> None:
    streams: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        streams[record.stream_id].append(record)
    assert log.versions(streams) == {stream_id: len(found) for stream_id, found in streams.items()}
    for stream_id, found in streams.items():
        versions = [record.stream_version for record in found]
        assert versions == list(range(1, len(found) + 1)), f"versions of {stream_id}: {versions}"
        assert len({record.process_id for record in found}) == 1, f"{stream_id} is in two processes"


def _check_processes(log: LogRecorder, records: list[Record]) -> None:
    processes: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        processes[record.process_id].append(record)
    assert log.process_ids() == sorted(processes)
    for process_id, found in processes.items():
        indexes = [record.process_index for record in found]
        assert indexes == list(range(len(found))), f"indexes of {process_id} have gaps"
        assert log.length(process_id) == len(found)
        assert list(log.read_process(process_id)) == found
        _check_tree([merkle.hash_leaf(record.leaf()) for record in found])


def _check_tree(leaves: list[bytes]) -> None:
    """The root, and proofs of the first, middle and last leaf and of the tree's half: RFC 9162 §2.1."""
    size, root = len(leaves), merkle.root_of(leaves)
    for index in {0, size // 2, size - 1}:
        proof = merkle.inclusion_proof(index, size, leaves)
        assert merkle.verify_inclusion(index, size, leaves[index], proof, root)
    half = (size + 1) // 2
    grown = merkle.consistency_proof(half, size, leaves)
    assert merkle.verify_consistency(half, size, grown, merkle.root_of(leaves[:half]), root)
