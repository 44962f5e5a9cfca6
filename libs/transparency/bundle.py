"""Reads a bundle from anyone: limits are checked before unpacking and again while unpacking; nothing raises."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import IO, Any

from kernel import canonical
from kernel.records import Record
from kernel.refusal import Refused
from transparency.bundle_manifest import Manifest
from transparency.bundle_records import parse_record_line
from transparency.container import Entry, read_directory, refused, unpack
from transparency.merkle import HASH_BYTES
from transparency.notes import MAX_NOTE_BYTES

MANIFEST = "manifest.json"
RECORDS = "records.jsonl"
LEAVES = "leaves"
REDACTIONS = "redactions.json"
RESULTS = "results.json"

MAX_CHECKPOINTS = 10_000
MAX_LINE_BYTES = 16 * 2**20
MAX_BYTES = {MANIFEST: 2 * 2**20, RECORDS: 2**31, LEAVES: 2**31, REDACTIONS: 64 * 2**20, RESULTS: 256 * 2**20}
MAX_ENTRIES = len(MAX_BYTES) + MAX_CHECKPOINTS
_CHECKPOINT = re.compile(r"checkpoints/[0-9]{6}", re.ASCII)


def checkpoint_name(number: int) -> str:
    """The file of the `number`-th checkpoint, from 0, in order of size."""
    return f"checkpoints/{number:06}"


class Bundle:
    """An opened bundle. Its files are well-formed as far as they were read; nothing in them is proven yet."""

    def __init__(self, files: _Files, manifest: Manifest, checkpoints: tuple[str, ...]) -> None:
        self._files = files
        self.manifest = manifest
        self.checkpoints = checkpoints

    def records(self) -> Iterator[Record | Refused]:
        """The records in the file's order, a line at a time; a line that is none ends it with the refusal naming it."""
        for number, line in enumerate(self._files.lines(RECORDS), start=1):
            record = line if isinstance(line, Refused) else parse_record_line(line, number)
            yield record
            if isinstance(record, Refused):
                return

    def leaf_hashes(self) -> Iterator[bytes | Refused]:
        """The 32-byte leaf hashes in order (level-0 tile data), or the refusal that ends them."""
        rest = b""
        for chunk in self._files.chunks(LEAVES):
            if isinstance(chunk, Refused):
                yield chunk
                return
            rest += chunk
            whole = len(rest) - len(rest) % HASH_BYTES
            for start in range(0, whole, HASH_BYTES):
                yield rest[start : start + HASH_BYTES]
            rest = rest[whole:]

    def results(self) -> Any | Refused:
        """The published results: the parsed JSON of `results.json`."""
        return self._files.json(RESULTS)


def open_bundle(source: bytes | IO[bytes]) -> Bundle | Refused:
    """Open a bundle from its bytes or from a seekable file opened for reading, which must stay open while it is read.

    Refused: not a ZIP or truncated; too large, too many or too well packed files; unknown, duplicate or missing files;
    names that lead elsewhere; a malformed manifest; other lengths than it says; a redaction register that is not empty.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    entries = read_directory(stream, MAX_ENTRIES, _check_entries)
    if isinstance(entries, Refused):
        return entries
    files = _Files(stream, entries)
    manifest = _manifest(files)
    if isinstance(manifest, Refused):
        return manifest
    redactions = files.json(REDACTIONS)
    if isinstance(redactions, Refused):
        return redactions
    if redactions != []:
        return refused("redactions_unknown", "this version reads bundles without redactions only", entry=REDACTIONS)
    checkpoints = _checkpoints(files)
    return checkpoints if isinstance(checkpoints, Refused) else Bundle(files, manifest, checkpoints)


class _Files:
    """The files of an opened bundle, by name."""

    def __init__(self, stream: IO[bytes], entries: Iterable[Entry]) -> None:
        self._stream = stream
        self._entries = {entry.name: entry for entry in entries}

    @property
    def lengths(self) -> dict[str, int]:
        """The declared length of each file."""
        return {name: entry.length for name, entry in self._entries.items()}

    def chunks(self, name: str) -> Iterator[bytes | Refused]:
        """A file's bytes as they are unpacked, or the refusal that ends them."""
        return unpack(self._stream, self._entries[name])

    def read(self, name: str) -> bytes | Refused:
        """A whole file."""
        parts: list[bytes] = []
        for chunk in self.chunks(name):
            if isinstance(chunk, Refused):
                return chunk
            parts.append(chunk)
        return b"".join(parts)

    def lines(self, name: str) -> Iterator[bytes | Refused]:
        """A file's lines without their newlines, or the refusal that ends them."""
        rest = b""
        for chunk in self.chunks(name):
            if isinstance(chunk, Refused):
                yield chunk
                return
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            if len(rest) > MAX_LINE_BYTES:
                yield refused("bundle_line_too_long", "a line is too long", entry=name, limit=MAX_LINE_BYTES)
                return
        if rest:
            yield refused("bundle_damaged", "the last line does not end in a newline", entry=name)

    def json(self, name: str) -> Any | Refused:
        """A whole file of strict JSON, parsed."""
        data = self.read(name)
        if isinstance(data, Refused):
            return data
        try:
            return canonical.loads(data)
        except ValueError as error:
            return refused("bundle_damaged", "a file is no strict JSON", entry=name, found=str(error)[:200])


def _manifest(files: _Files) -> Manifest | Refused:
    """The manifest, when the files have the lengths that it says."""
    data = files.read(MANIFEST)
    manifest = data if isinstance(data, Refused) else Manifest.parse(data)
    if isinstance(manifest, Refused):
        return manifest
    found = files.lengths
    expected = {**manifest.files, MANIFEST: found[MANIFEST]}
    for name in sorted(found.keys() | expected.keys()):
        if found.get(name) != expected.get(name):
            return _wrong_length(name, expected.get(name), found.get(name))
    if found[LEAVES] != HASH_BYTES * manifest.size:
        return _wrong_length(LEAVES, HASH_BYTES * manifest.size, found[LEAVES])
    return manifest


def _checkpoints(files: _Files) -> tuple[str, ...] | Refused:
    notes: list[str] = []
    for name in sorted(filter(_CHECKPOINT.fullmatch, files.lengths)):
        data = files.read(name)
        if isinstance(data, Refused):
            return data
        try:
            notes.append(data.decode())
        except UnicodeDecodeError as error:
            return refused("bundle_damaged", "a checkpoint is text", entry=name, found=str(error)[:200])
    return tuple(notes)


def _check_entries(entries: list[Entry]) -> Refused | None:
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            return refused("bundle_file_twice", "a file is in the bundle twice", entry=entry.name)
        seen.add(entry.name)
        wrong = _check_entry(entry)
        if wrong is not None:
            return wrong
    checkpoints = max(1, len(seen) - len(MAX_BYTES))
    missing = sorted({*MAX_BYTES, *map(checkpoint_name, range(checkpoints))} - seen)
    return refused("bundle_file_missing", "a file is missing", entry=missing[0]) if missing else None


def _check_entry(entry: Entry) -> Refused | None:
    name = entry.name
    if name.startswith("/") or ".." in name or any(char in ":\\" or char < " " for char in name):
        return refused("bundle_file_name", "a file's name leads outside the bundle", entry=name[:200])
    limit = MAX_NOTE_BYTES if _CHECKPOINT.fullmatch(name) else MAX_BYTES.get(name)
    if limit is None:
        return refused("bundle_file_unknown", "a bundle holds no such file", entry=name[:200])
    if entry.length > limit:
        return refused("bundle_file_too_large", "a file is too large", entry=name, found=entry.length, limit=limit)
    return None


def _wrong_length(entry: str, expected: int | None, found: int | None) -> Refused:
    say = "a file has not the length that the manifest gives it"
    return refused("bundle_file_length", say, entry=entry, expected=expected, found=found)
