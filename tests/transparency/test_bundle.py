"""A bundle gives back exactly what was put in, is the same file each time, and is read in modest memory."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import canonical
from kernel.records import Record
from kernel.refusal import Refused
from tests.transparency.bundles import PROCESS, SIGNER, opened, record, unzipped, written
from transparency import merkle
from transparency.bundle import Bundle, open_bundle
from transparency.bundle_records import parse_record_line, record_line
from transparency.bundle_writer import write_bundle
from transparency.checkpoints import Checkpoint, open_checkpoint

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
NUMBER = st.integers(0, 2**53 - 1)
RECORDS = st.builds(
    Record,
    process_id=TEXT,
    stream_id=TEXT,
    stream_version=NUMBER,
    event_id=TEXT,
    type=TEXT,
    schema=NUMBER,
    actor=TEXT,
    correlation_id=TEXT,
    causation_id=st.none() | TEXT,
    traceparent=st.none() | TEXT,
    payload=TEXT.map(str.encode),
    salt=st.binary(min_size=32, max_size=32),
    position=NUMBER,
    process_index=NUMBER,
    recorded_at=TEXT,
)


def test_records_leaves_checkpoints_and_results_come_back() -> None:
    records = [record(index) for index in range(5)]
    bundle = opened(written(records, sizes=(0, 3), results={"process": {"phase": None}, "boxes": {}}))
    assert list(bundle.records()) == records
    assert list(bundle.leaf_hashes()) == [merkle.hash_leaf(one.leaf()) for one in records]
    assert bundle.results() == {"process": {"phase": None}, "boxes": {}}
    assert (bundle.manifest.size, bundle.manifest.process_id, bundle.manifest.origin) == (5, PROCESS, SIGNER.name)
    assert bundle.manifest.verifier_key == SIGNER.key


def test_the_checkpoints_open_with_the_manifests_key_and_the_last_has_the_bundles_size() -> None:
    bundle = opened(written([record(index) for index in range(5)], sizes=(0, 3)))
    checkpoints = [open_checkpoint(note, bundle.manifest.verifier_key) for note in bundle.checkpoints]
    assert [one.size for one in checkpoints if isinstance(one, Checkpoint)] == [0, 3, 5]


def test_a_bundle_can_be_read_twice() -> None:
    bundle = opened(written([record(0), record(1)]))
    assert list(bundle.records()) == list(bundle.records())


def test_a_bundle_of_no_event_can_be_written_and_read() -> None:
    bundle = opened(written([]))
    assert (list(bundle.records()), list(bundle.leaf_hashes()), bundle.manifest.size) == ([], [], 0)


def test_the_same_content_is_the_same_file() -> None:
    assert written([record(0), record(1)]) == written([record(0), record(1)])


def test_payloads_stay_readable_text_with_their_exact_bytes() -> None:
    line = unzipped(written([record(0)]))["records.jsonl"]
    assert "été 🗳".encode() in line
    assert json.loads(line)["payload"].encode() == record(0).payload


def test_a_bundle_is_read_from_an_open_file(tmp_path: Path) -> None:
    path = tmp_path / "one.comitia"
    path.write_bytes(written([record(0)]))
    with path.open("rb") as file:
        bundle = open_bundle(file)
        assert isinstance(bundle, Bundle)
        assert list(bundle.records()) == [record(0)]


@given(RECORDS)
def test_any_record_comes_back_from_its_line_which_is_canonical(one: Record) -> None:
    line = record_line(one)
    assert parse_record_line(line[:-1], 1) == one
    assert canonical.dumps(json.loads(line)) + b"\n" == line


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda value: json.dumps(value).encode())
)
def test_no_line_makes_the_parser_raise(line: bytes) -> None:
    outcome = parse_record_line(line, 7)
    assert isinstance(outcome, Refused)
    assert outcome.details["line"] == 7


@pytest.mark.slow
def test_forty_thousand_records_are_written_and_read_in_a_few_megabytes(tmp_path: Path) -> None:
    def records() -> Iterator[Record]:
        return (record(index, b'{"choice":["p1","p2"],"voter":"' + b"v" * 300 + b'"}') for index in range(40_000))

    path = tmp_path / "large.comitia"
    tracemalloc.start()
    with path.open("w+b") as file:
        leaves = (merkle.hash_leaf(str(index).encode()) for index in range(40_000))
        write_bundle(
            file,
            key=SIGNER.key,
            process_id=PROCESS,
            records=records(),
            leaf_hashes=leaves,
            checkpoints=["note"],
            results={},
        )
        file.seek(0, io.SEEK_SET)
        bundle = open_bundle(file)
        assert isinstance(bundle, Bundle)
        assert sum(isinstance(one, Record) for one in bundle.records()) == 40_000
        assert sum(isinstance(one, bytes) for one in bundle.leaf_hashes()) == 40_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 2**20
