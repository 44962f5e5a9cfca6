"""Builds bundles for tests: a small honest one, and any dishonest one that a test needs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

from kernel.records import Record
from kernel.refusal import Refused
from transparency import merkle
from transparency.bundle import Bundle, open_bundle
from transparency.bundle_manifest import Manifest
from transparency.bundle_writer import write_bundle
from transparency.checkpoints import Checkpoint, process_origin, sign_checkpoint
from transparency.notes import Signer

PROCESS = "budget-2026"
SIGNER = Signer(process_origin("town.example", PROCESS), bytes(32))


def record(index: int, payload: bytes = b'{"note":"\xc3\xa9t\xc3\xa9 \xf0\x9f\x97\xb3"}') -> Record:
    """The record at `index` of the test process."""
    return Record(
        process_id=PROCESS,
        stream_id=f"proposals/{PROCESS}/p{index}",
        stream_version=1,
        event_id=f"00000000-0000-5000-8000-{index:012}",
        type="proposals.ProposalSubmitted",
        schema=1,
        actor="ana",
        correlation_id="",
        causation_id=None if index % 2 else "00000000-0000-5000-8000-ffffffffffff",
        traceparent=None,
        payload=payload,
        salt=index.to_bytes(32, "big"),
        position=10 + index,
        process_index=index,
        recorded_at="2026-11-22T18:00:00.000000Z",
    )


def written(records: Iterable[Record], sizes: Iterable[int] = (), results: Mapping[str, object] | None = None) -> bytes:
    """The bytes of the honest bundle of `records`, with checkpoints at `sizes` and at the end."""
    kept = list(records)
    hashes = [merkle.hash_leaf(one.leaf()) for one in kept]
    notes = [
        sign_checkpoint(SIGNER, Checkpoint(SIGNER.name, size, merkle.root_of(hashes[:size])))
        for size in (*sizes, len(kept))
    ]
    sink = io.BytesIO()
    write_bundle(
        sink,
        key=SIGNER.key,
        process_id=PROCESS,
        records=kept,
        leaf_hashes=hashes,
        checkpoints=notes,
        results={"process": {}} if results is None else results,
    )
    return sink.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """Every file of a bundle."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A ZIP of any files, as any tool would write it."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return sink.getvalue()


def changed(data: bytes, replaced: Mapping[str, bytes | None], *, announced: bool = True) -> bytes:
    """The bundle with files replaced (None: left out); `announced` when the manifest is made to agree."""
    files = {name: content for name, content in {**unzipped(data), **replaced}.items() if content is not None}
    if announced and "manifest.json" not in replaced:
        old = Manifest.parse(files.pop("manifest.json"))
        assert isinstance(old, Manifest)
        lengths = {name: len(content) for name, content in files.items()}
        files["manifest.json"] = Manifest(
            old.origin, old.process_id, lengths.get("leaves", 0) // 32, old.verifier_key, lengths
        ).to_bytes()
    return zipped(files.items())


def opened(data: bytes) -> Bundle:
    """The bundle, which must open."""
    bundle = open_bundle(data)
    assert isinstance(bundle, Bundle), bundle
    return bundle


def refused(data: bytes) -> tuple[str, object]:
    """Why a bundle does not open, and which file is named."""
    found = open_bundle(data)
    assert isinstance(found, Refused), found
    return found.reason, found.details.get("entry", found.details.get("field"))
