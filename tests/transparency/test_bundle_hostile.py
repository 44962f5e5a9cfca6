"""A bundle from anyone is refused with what is wrong and in which file; no bundle makes the reader raise or swell."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import canonical
from kernel.records import Record
from kernel.refusal import Refused
from tests.transparency.bundles import SIGNER, changed, opened, record, refused, unzipped, written, zipped
from transparency import bundle as limits
from transparency.bundle import Bundle, open_bundle

pytestmark = pytest.mark.slow

HONEST = written([record(index) for index in range(3)], sizes=(1,))
FILES = sorted(unzipped(HONEST))


def test_every_file_of_the_format_is_in_the_honest_bundle() -> None:
    assert FILES == [
        "checkpoints/000000",
        "checkpoints/000001",
        "leaves",
        "manifest.json",
        "records.jsonl",
        "redactions.json",
        "results.json",
    ]


@pytest.mark.parametrize("data", [b"", b"PK", b"hello" * 100, HONEST[:-1], HONEST[: len(HONEST) // 2], HONEST + b"x"])
def test_refuses_what_is_truncated_or_continued_or_no_zip(data: bytes) -> None:
    assert refused(data)[0] == "bundle_truncated"


def test_refuses_a_bundle_with_something_put_before_it() -> None:
    assert refused(b"#!/bin/sh\n" + HONEST)[0] == "bundle_truncated"


def test_every_truncation_is_refused() -> None:
    reasons = {refused(HONEST[:length])[0] for length in range(len(HONEST))}
    assert reasons == {"bundle_truncated"}


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("manifest.json", "checkpoints/000001")])
def test_names_the_file_that_is_missing(name: str) -> None:
    assert refused(changed(HONEST, {name: None})) == ("bundle_file_missing", name)


def test_refuses_a_bundle_without_manifest() -> None:
    assert refused(changed(HONEST, {"manifest.json": None})) == ("bundle_file_missing", "manifest.json")


def test_refuses_a_file_that_the_manifest_does_not_know() -> None:
    data = changed(HONEST, {"checkpoints/000002": b"note"}, announced=False)
    assert refused(data) == ("bundle_file_length", "checkpoints/000002")


def test_refuses_a_manifest_that_lists_a_file_that_is_not_there() -> None:
    data = changed(HONEST, {"checkpoints/000001": None}, announced=False)
    assert refused(data) == ("bundle_file_length", "checkpoints/000001")


def test_refuses_a_file_that_is_in_the_bundle_twice() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([*unzipped(HONEST).items(), ("leaves", b"")])
    assert refused(data) == ("bundle_file_twice", "leaves")


@pytest.mark.parametrize("name", ["notes.txt", "records.jsonl/", "Leaves", "checkpoints/1", "checkpoints/0000010"])
def test_refuses_a_file_that_no_bundle_holds(name: str) -> None:
    assert refused(zipped([*unzipped(HONEST).items(), (name, b"")])) == ("bundle_file_unknown", name)


@pytest.mark.parametrize("name", ["../leaves", "/leaves", "a/../leaves", "..\\leaves", "C:leaves", "lea\0ves"])
def test_refuses_names_that_lead_elsewhere(name: str) -> None:
    plain = name.replace("\0", "_")
    data = zipped([*unzipped(HONEST).items(), (plain, b"")]).replace(plain.encode(), name.encode())
    assert refused(data) == ("bundle_file_name", name)


def test_refuses_a_file_whose_length_is_not_the_manifests() -> None:
    longer = unzipped(HONEST)["results.json"] + b" "
    assert refused(changed(HONEST, {"results.json": longer}, announced=False)) == ("bundle_file_length", "results.json")


@pytest.mark.parametrize("length", [0, 31, 33, 95, 97, 128])
def test_refuses_leaves_that_are_not_one_hash_an_event(length: int) -> None:
    manifest = canonical.loads(unzipped(HONEST)["manifest.json"])
    manifest["files"]["leaves"] = length
    replaced = {"leaves": bytes(length), "manifest.json": canonical.dumps(manifest)}
    assert refused(changed(HONEST, replaced)) == ("bundle_file_length", "leaves")


def test_refuses_a_file_that_unpacks_to_too_many_times_its_size() -> None:
    bomb = changed(HONEST, {"results.json": b" " * (32 * 2**20)})
    assert len(bomb) < 100_000
    assert refused(bomb) == ("bundle_bomb", "results.json")


def test_refuses_a_file_that_declares_more_than_the_limit() -> None:
    data = _directory_says(HONEST, "results.json", size=limits.MAX_BYTES["results.json"] + 1)
    assert refused(data) == ("bundle_file_too_large", "results.json")


def test_a_bomb_that_declares_a_modest_size_is_stopped_at_that_size() -> None:
    bomb = changed(HONEST, {"records.jsonl": b"\n" * (64 * 2**20)})
    files = canonical.loads(unzipped(HONEST)["manifest.json"])["files"]
    replaced = canonical.dumps({**canonical.loads(unzipped(bomb)["manifest.json"]), "files": files})
    lying = _directory_says(changed(bomb, {"manifest.json": replaced}), "records.jsonl", size=files["records.jsonl"])
    outcome = list(opened(lying).records())
    assert len(outcome) == 1
    assert isinstance(outcome[0], Refused)


def test_a_lying_bomb_in_a_file_read_whole_is_refused() -> None:
    honest = unzipped(HONEST)
    bomb = zipped({**honest, "redactions.json": b" " * (64 * 2**20)}.items())
    lying = _directory_says(bomb, "redactions.json", size=len(honest["redactions.json"]))
    assert refused(lying) == ("bundle_damaged", "redactions.json")


def test_refuses_a_file_that_ends_before_its_declared_length() -> None:
    declared = 1000
    manifest = canonical.loads(unzipped(HONEST)["manifest.json"])
    manifest["files"]["results.json"] = declared
    data = _directory_says(changed(HONEST, {"manifest.json": canonical.dumps(manifest)}), "results.json", size=declared)
    assert _reason(opened(data).results()) == "bundle_damaged"


def test_refuses_more_files_than_a_bundle_can_have() -> None:
    many = zipped((f"checkpoints/{number:06}", b"") for number in range(limits.MAX_ENTRIES + 1))
    assert refused(many)[0] == "bundle_too_many_files"


def test_refuses_a_directory_that_claims_to_be_huge() -> None:
    assert refused(HONEST[:-10] + struct.pack("<L", 2**32 - 1) + HONEST[-6:])[0] == "bundle_too_many_files"


def test_refuses_other_packing_than_deflate() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_BZIP2) as archive:
        for name, content in unzipped(HONEST).items():
            archive.writestr(name, content)
    assert refused(sink.getvalue())[0] == "bundle_file_packing"


def test_refuses_a_redaction_register_that_this_version_cannot_read() -> None:
    assert refused(changed(HONEST, {"redactions.json": b'[{"index":1}]'}))[0] == "redactions_unknown"


def test_refuses_a_checkpoint_that_is_not_text() -> None:
    assert refused(changed(HONEST, {"checkpoints/000000": b"\xff"})) == ("bundle_damaged", "checkpoints/000000")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"format": 2}, "format", id="a later format"),
        pytest.param({"format": True}, "format", id="a format that is no number"),
        pytest.param({"size": -1}, "size", id="a negative size"),
        pytest.param({"size": "3"}, "size", id="a size in text"),
        pytest.param({"process_id": "../x"}, "process_id", id="a process that leads elsewhere"),
        pytest.param({"origin": "elsewhere"}, "origin", id="an origin that is not the key's name"),
        pytest.param({"verifier_key": 1}, "verifier_key", id="a key that is no text"),
        pytest.param({"files": []}, "files", id="a list for the files"),
        pytest.param({"files": {"leaves": -1}}, "files", id="a negative length"),
        pytest.param({"more": 1}, "manifest.json", id="an unknown field"),
    ],
)
def test_names_the_field_of_the_manifest_that_is_wrong(change: dict[str, Any], field: str) -> None:
    manifest = {**canonical.loads(unzipped(HONEST)["manifest.json"]), **change}
    assert refused(changed(HONEST, {"manifest.json": canonical.dumps(manifest)})) == ("manifest_malformed", field)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"{", b'{"format": 1}', b"\xff", b"[" * 100_000])
def test_refuses_a_manifest_that_is_no_canonical_json(data: bytes) -> None:
    assert refused(changed(HONEST, {"manifest.json": data}))[0] == "manifest_malformed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("payload", 1, id="a payload that is no text"),
        pytest.param("payload", None, id="an erased payload"),
        pytest.param("process_index", "1", id="an index in text"),
        pytest.param("process_index", True, id="an index that is a truth"),
        pytest.param("process_index", -1, id="a negative index"),
        pytest.param("position", 2**53, id="a number beyond JSON"),
        pytest.param("salt", "00", id="a short salt"),
        pytest.param("salt", None, id="no salt"),
        pytest.param("salt", "A" * 64, id="a salt in capitals"),
        pytest.param("causation_id", 1, id="a cause that is no text"),
        pytest.param("v", 2, id="a later leaf"),
    ],
)
def test_names_line_and_field_of_the_record_that_is_wrong(field: str, value: object) -> None:
    first, second, third = unzipped(HONEST)["records.jsonl"].splitlines(keepends=True)
    wrong = canonical.dumps({**json.loads(second), field: value}) if value != 2**53 else _with_number(second, field)
    *kept, last = opened(changed(HONEST, {"records.jsonl": first + wrong.rstrip() + b"\n" + third})).records()
    assert kept == [record(0)]
    assert isinstance(last, Refused)
    assert (last.reason, last.details["line"], last.details["field"]) == ("record_malformed", 2, field)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"\n", id="an empty line"),
        pytest.param(b"{}\n", id="no field"),
        pytest.param(b'{"v":1,"v":1}\n', id="a name twice"),
        pytest.param(b"[" * 100_000 + b"\n", id="nested too deep"),
        pytest.param(b"9" * 10_000 + b"\n", id="a number of 10,000 digits"),
        pytest.param(b'"\\ud800"\n', id="half a surrogate pair"),
        pytest.param(b"NaN\n", id="not a number"),
        pytest.param(unzipped(HONEST)["records.jsonl"].splitlines()[0].replace(b":", b": ") + b"\n", id="spaces"),
    ],
)
def test_names_the_line_that_is_no_record(line: bytes) -> None:
    records = unzipped(HONEST)["records.jsonl"]
    *kept, last = opened(changed(HONEST, {"records.jsonl": records + line})).records()
    assert kept == [record(0), record(1), record(2)]
    assert isinstance(last, Refused)
    assert (last.reason, last.details["line"]) == ("record_malformed", 4)


def test_refuses_a_last_line_without_its_newline() -> None:
    records = unzipped(HONEST)["records.jsonl"][:-1]
    assert _reason(list(opened(changed(HONEST, {"records.jsonl": records})).records())[-1]) == "bundle_damaged"


def test_refuses_a_line_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LINE_BYTES", 100_000)
    data = changed(HONEST, {"records.jsonl": b"x" * 500_000 + b"\n"})
    assert _reason(next(opened(data).records())) == "bundle_line_too_long"


@pytest.mark.parametrize("results", [b"", b"{", b'{"a":1.5}', b'{"a":1,"a":2}', b"\xff", b"1" * 5000])
def test_refuses_results_that_are_no_strict_json(results: bytes) -> None:
    assert _reason(opened(changed(HONEST, {"results.json": results})).results()) == "bundle_damaged"


@settings(max_examples=300)
@given(st.integers(0, len(HONEST) - 1), st.integers(1, 255))
def test_a_byte_changed_anywhere_is_refused_at_the_latest_when_the_file_it_is_in_ends(place: int, flip: int) -> None:
    found = open_bundle(HONEST[:place] + bytes([HONEST[place] ^ flip]) + HONEST[place + 1 :])
    if isinstance(found, Refused):
        assert found.reason.startswith(("bundle_", "manifest_", "key_"))
        return
    honest = opened(HONEST)
    for read, expected in (
        (list(found.records()), list(honest.records())),
        (list(found.leaf_hashes()), list(honest.leaf_hashes())),
        ([found.results()], [honest.results()]),
    ):
        assert read == expected or isinstance(read[-1], Refused)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    assert isinstance(open_bundle(data), Refused)
    assert isinstance(open_bundle(data + HONEST[-22:]), Refused)


@settings(max_examples=50)
@given(st.sampled_from(FILES), st.binary(max_size=200))
def test_no_content_of_a_file_makes_the_reader_raise(name: str, content: bytes) -> None:
    found = open_bundle(changed(HONEST, {name: content}))
    if isinstance(found, Bundle):
        assert all(isinstance(one, Record | Refused) for one in found.records())
        assert all(isinstance(one, bytes | Refused) for one in found.leaf_hashes())
        assert found.results() is not Ellipsis


def test_the_signer_of_the_honest_bundle_is_the_processes() -> None:
    assert opened(HONEST).manifest.origin == SIGNER.name


def _with_number(line: bytes, field: str) -> bytes:
    found = {**json.loads(line), field: 2**53}
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _directory_says(data: bytes, name: str, *, size: int) -> bytes:
    """The ZIP with another unpacked size for `name` in its directory and its local header: a lie."""
    changed_data = bytearray(data)
    directory = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    struct.pack_into("<L", changed_data, directory + 24, size)
    offset = struct.unpack_from("<L", data, directory + 42)[0]
    struct.pack_into("<L", changed_data, offset + 22, size)
    return bytes(changed_data)


def _reason(outcome: object) -> str:
    assert isinstance(outcome, Refused)
    return outcome.reason
