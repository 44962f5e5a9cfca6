"""Rewrites a real bundle as a cheat would: with a file changed, or, holding the operator's key, with history re-signed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kernel import canonical
from kernel.records import Record
from transparency.bundle import Bundle, open_bundle
from transparency.bundle_writer import write_bundle
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.merkle import hash_leaf, root_of
from transparency.notes import Signer

Edit = Callable[[list[Record]], list[Record]]


def opened(path: Path) -> Bundle:
    bundle = open_bundle(path.read_bytes())
    assert isinstance(bundle, Bundle), bundle
    return bundle


def records_of(path: Path) -> list[Record]:
    return [record for record in opened(path).records() if isinstance(record, Record)]


def with_payload(record: Record, change: Callable[[dict[str, Any]], None]) -> Record:
    """The record with its payload changed, still canonical."""
    data = json.loads(record.payload)
    change(data)
    return replace(record, payload=canonical.dumps(data))


def first_of(records: list[Record], type_: str, match: Callable[[dict[str, Any]], bool] = lambda data: True) -> int:
    return next(i for i, record in enumerate(records) if record.type == type_ and match(record.data()))


def edit_one(
    type_: str, change: Callable[[dict[str, Any]], None], match: Callable[[dict[str, Any]], bool] = lambda data: True
) -> Edit:
    """Change the payload of the first event of a type that matches."""

    def edit(records: list[Record]) -> list[Record]:
        at = first_of(records, type_, match)
        return [*records[:at], with_payload(records[at], change), *records[at + 1 :]]

    return edit


def renumbered(records: Iterable[Record]) -> list[Record]:
    """Indexes, positions and versions made gapless again, as a careful cheat would."""
    versions: dict[str, int] = {}
    made: list[Record] = []
    position = 0
    for index, record in enumerate(records):
        versions[record.stream_id] = versions.get(record.stream_id, 0) + 1
        position = max(position + 1, record.position)
        made.append(replace(record, process_index=index, position=position, stream_version=versions[record.stream_id]))
    return made


def cancelled_before(type_: str) -> Edit:
    """The process cancelled before the first event of a type."""

    def edit(records: list[Record]) -> list[Record]:
        at = first_of(records, type_)
        cancelled = replace(
            records[first_of(records, "processes.ProcessOpened")],
            type="processes.ProcessCancelled",
            payload=canonical.dumps({"reason": "none", "authority": "none"}),
            event_id="00000000-0000-5000-8000-000000000001",
            recorded_at=records[at].recorded_at,
        )
        return renumbered([*records[:at], cancelled, *records[at:]])

    return edit


def resigned(path: Path, private: bytes, edit: Edit, results: Callable[[Any], Any] = lambda found: found) -> bytes:
    """The bundle an operator could make who rewrites history: every leaf, root and signature fits the edited records."""
    bundle = opened(path)
    records = edit(records_of(path))
    hashes = [hash_leaf(record.leaf()) for record in records]
    manifest = bundle.manifest
    signer = Signer(manifest.origin, private)
    note = sign_checkpoint(signer, Checkpoint(manifest.origin, len(hashes), root_of(hashes)))
    sink = io.BytesIO()
    write_bundle(
        sink,
        key=signer.key,
        process_id=manifest.process_id,
        records=records,
        leaf_hashes=hashes,
        checkpoints=[note],
        results=results(bundle.results()),
    )
    return sink.getvalue()


def rezipped(path: Path, edit: Callable[[str, bytes], bytes]) -> bytes:
    """The bundle with files changed inside the ZIP; lengths in the manifest follow, signatures stay as they were."""
    with zipfile.ZipFile(path) as old:
        files = {info.filename: edit(info.filename, old.read(info)) for info in old.infolist()}
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {name: len(data) for name, data in files.items() if name != "manifest.json"}
    manifest["size"] = len(files["leaves"]) // 32
    files["manifest.json"] = canonical.dumps(manifest)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as new:
        for name, data in files.items():
            new.writestr(name, data)
    return sink.getvalue()
