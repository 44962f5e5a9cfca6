"""Writes a bundle: a ZIP whose bytes depend on its content only; the same process and size give the same file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from kernel import canonical
from kernel.records import Record
from transparency import bundle
from transparency.bundle_manifest import Manifest
from transparency.bundle_records import record_line
from transparency.container import Writer
from transparency.merkle import HASH_BYTES
from transparency.notes import VerifierKey

_BATCH = 256


def write_bundle(
    sink: IO[bytes],
    *,
    key: VerifierKey,
    process_id: str,
    records: Iterable[Record],
    leaf_hashes: Iterable[bytes],
    checkpoints: Sequence[str],
    results: Mapping[str, Any],
) -> Manifest:
    """Write a bundle to a seekable `sink`. `checkpoints` are signed notes in order of size, the last of all.


    Records and leaf hashes are streamed. Raises `OverflowError` beyond 2 GiB.
    """
    writer, lengths = Writer(sink), {}
    lengths[bundle.RECORDS] = writer.add(bundle.RECORDS, _batches(record_line(record) for record in records))
    lengths[bundle.LEAVES] = writer.add(bundle.LEAVES, _batches(leaf_hashes))
    for number, note in enumerate(checkpoints):
        name = bundle.checkpoint_name(number)
        lengths[name] = writer.add(name, [note.encode()])
    lengths[bundle.REDACTIONS] = writer.add(bundle.REDACTIONS, [canonical.dumps([])])
    lengths[bundle.RESULTS] = writer.add(bundle.RESULTS, [canonical.dumps(dict(results))])
    manifest = Manifest(key.name, process_id, lengths[bundle.LEAVES] // HASH_BYTES, key, lengths)
    writer.add(bundle.MANIFEST, [manifest.to_bytes()])
    writer.finish()
    return manifest


def _batches(parts: Iterable[bytes]) -> Iterable[bytes]:
    waiting: list[bytes] = []
    for part in parts:
        waiting.append(part)
        if len(waiting) == _BATCH:
            yield b"".join(waiting)
            waiting.clear()
    yield b"".join(waiting)
