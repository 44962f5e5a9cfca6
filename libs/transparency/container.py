"""The ZIP that a bundle is: read strictly, so that every tool sees the same files in it; written the same every time."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from kernel.refusal import Kind, Refused

MAX_RATIO = 200
RATIO_MATTERS_FROM = 2**20
MAX_FILE_BYTES = 2**31 - 1
_STORED, _DEFLATED = 0, 8
_HARMLESS_FLAGS = 0x0806
_CHUNK = 2**16
_LEVEL = 6
_VERSION = 20
_MADE_ON_UNIX = 3 << 8 | _VERSION
_FIRST_OF_JANUARY_1980 = 0x0021
_READABLE = 0o100644 << 16
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as the directory declares it: `packed` and `length` in bytes, `offset` of its local header."""

    name: str
    flags: int
    method: int
    checksum: int
    packed: int
    length: int
    offset: int


def read_directory(
    stream: IO[bytes], max_entries: int, check: Callable[[list[Entry]], Refused | None]
) -> list[Entry] | Refused:
    """What a ZIP declares to hold, in order, before anything is unpacked.

    Refused: not a ZIP, truncated, added to, too many files, what `check` finds wrong with them, files packed otherwise
    or too well, a header that contradicts the directory, bytes of no file.
    """
    end = _read_end(stream, max_entries)
    if isinstance(end, Refused):
        return end
    count, offset, data = end
    entries: list[Entry] = []
    at = 0
    for _ in range(count):
        parsed = _parse_central(data, at)
        if parsed is None:
            return refused("bundle_damaged", "the directory is damaged", entry="")
        entry, at = parsed
        entries.append(entry)
    if at != len(data):
        return refused("bundle_damaged", "the directory holds more than it says", entry="")
    wrong = check(entries) or _check_packing(entries) or _check_places(stream, entries, offset)
    return entries if wrong is None else wrong


def unpack(stream: IO[bytes], entry: Entry) -> Iterator[bytes | Refused]:
    """A file's bytes in chunks, never more than declared; ends with the refusal when they are not what was declared."""
    at = entry.offset + _LOCAL.size + len(entry.name)
    left, packed_left, checksum = entry.length, entry.packed, 0
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == _DEFLATED else None
    while packed_left:
        stream.seek(at)
        packed = stream.read(min(_CHUNK, packed_left))
        at, packed_left = at + len(packed), packed_left - len(packed)
        if not packed:
            break
        while packed:
            try:
                chunk = inflate.decompress(packed, min(_CHUNK, left + 1)) if inflate else packed
            except zlib.error as error:
                yield _damaged(entry, str(error))
                return
            packed = inflate.unconsumed_tail if inflate else b""
            left, checksum = left - len(chunk), zlib.crc32(chunk, checksum)
            if left < 0:
                yield _damaged(entry, "it unpacks to more than its declared length")
                return
            yield chunk
    if left or packed_left or (inflate and (not inflate.eof or inflate.unused_data)):
        yield _damaged(entry, "it does not unpack to its declared length")
    elif checksum != entry.checksum:
        yield _damaged(entry, "its checksum is wrong")


class Writer:
    """Writes a ZIP to a seekable file. Its bytes depend on the files' names, content and order only."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self._entries: list[Entry] = []

    def add(self, name: str, parts: Iterable[bytes]) -> int:
        """Pack a file from its parts; returns its length. Raises `OverflowError` when that exceeds 2 GiB."""
        offset = self._sink.tell()
        self._sink.write(_local(Entry(name, 0, _DEFLATED, 0, 0, 0, offset)))
        deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        length = packed = checksum = 0
        for part in parts:
            length, checksum = length + len(part), zlib.crc32(part, checksum)
            packed += self._sink.write(deflate.compress(part))
        packed += self._sink.write(deflate.flush())
        after = self._sink.tell()
        if length > MAX_FILE_BYTES or after > MAX_FILE_BYTES:
            raise OverflowError(f"a bundle holds at most {MAX_FILE_BYTES} bytes in a file, {name} has {length}")
        entry = Entry(name, 0, _DEFLATED, checksum, packed, length, offset)
        self._sink.seek(offset)
        self._sink.write(_local(entry))
        self._sink.seek(after)
        self._entries.append(entry)
        return length

    def finish(self) -> None:
        """Write the directory."""
        offset = self._sink.tell()
        for entry in self._entries:
            self._sink.write(_central(entry))
        size, count = self._sink.tell() - offset, len(self._entries)
        self._sink.write(_END.pack(_END_MARK, 0, 0, count, count, size, offset, 0))


def refused(reason: str, say: str, **details: str | int | None) -> Refused:
    """A refusal of a bundle; `entry` names the file."""
    return Refused(reason, kind=Kind.INVALID, say=say, **details)


def _read_end(stream: IO[bytes], max_entries: int) -> tuple[int, int, bytes] | Refused:
    """The number of files, and where the directory is and its bytes; read only once its size is known to be modest."""
    total = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, total - _END.size))
    tail = stream.read(_END.size)
    if len(tail) < _END.size or not tail.startswith(_END_MARK):
        return refused("bundle_truncated", "the file does not end as a bundle does: it is truncated or no bundle")
    _, disk, start_disk, on_disk, count, size, offset, comment = _END.unpack(tail)
    if count > max_entries or size > 128 * max_entries:
        return refused("bundle_too_many_files", "there are too many files", found=count, limit=max_entries)
    if disk or start_disk or comment or on_disk != count or offset + size + _END.size != total:
        return refused("bundle_truncated", "the directory is not where the end says: it is truncated or added to")
    stream.seek(offset)
    return count, offset, stream.read(size)


def _parse_central(data: bytes, at: int) -> tuple[Entry, int] | None:
    """The directory's file at `at`, and where the next one is."""
    if len(data) < at + _CENTRAL.size or data[at : at + 4] != _CENTRAL_MARK:
        return None
    fields = _CENTRAL.unpack_from(data, at)
    flags, method, checksum, packed, length, name_length = fields[3], fields[4], *fields[7:11]
    start = at + _CENTRAL.size
    after = start + name_length + fields[11] + fields[12]
    if after > len(data):
        return None
    name = data[start : start + name_length].decode("ascii", "backslashreplace")
    return Entry(name, flags, method, checksum, packed, length, fields[16]), after


def _check_packing(entries: list[Entry]) -> Refused | None:
    for entry in entries:
        if entry.flags & ~_HARMLESS_FLAGS or entry.method not in (_STORED, _DEFLATED):
            return refused("bundle_file_packing", "files are deflated or stored, never encrypted", entry=entry.name)
        if entry.length > RATIO_MATTERS_FROM and entry.length > MAX_RATIO * max(1, entry.packed):
            ratio = entry.length // max(1, entry.packed)
            say = "a file unpacks to too many times its size"
            return refused("bundle_bomb", say, entry=entry.name, found=ratio, limit=MAX_RATIO)
    return None


def _check_places(stream: IO[bytes], entries: list[Entry], directory: int) -> Refused | None:
    """Files follow one another from the start to the directory, each with a header that repeats what that says."""
    at = 0
    for entry in sorted(entries, key=lambda one: one.offset):
        header = _local(entry)
        stream.seek(entry.offset)
        found = stream.read(len(header))
        if entry.offset != at or not _same_header(found, header):
            say = "a file's own header is not what the directory says"
            return refused("bundle_damaged", say, entry=entry.name)
        at += len(header) + entry.packed
    if at != directory:
        return refused("bundle_damaged", "there are bytes between the files that belong to none", entry="")
    return None


def _same_header(found: bytes, expected: bytes) -> bool:
    """Flags, packing, checksum, lengths and name are compared; version and time may be any."""
    return found[:4] == expected[:4] and found[6:10] == expected[6:10] and found[14:] == expected[14:]


def _local(entry: Entry) -> bytes:
    name = entry.name.encode()
    return (
        _LOCAL.pack(
            _LOCAL_MARK,
            _VERSION,
            entry.flags,
            entry.method,
            0,
            _FIRST_OF_JANUARY_1980,
            entry.checksum,
            entry.packed,
            entry.length,
            len(name),
            0,
        )
        + name
    )


def _central(entry: Entry) -> bytes:
    name = entry.name.encode()
    times = (0, _FIRST_OF_JANUARY_1980)
    sizes = (entry.checksum, entry.packed, entry.length)
    rest = (len(name), 0, 0, 0, 0, _READABLE, entry.offset)
    return (
        _CENTRAL.pack(_CENTRAL_MARK, _MADE_ON_UNIX, _VERSION, entry.flags, entry.method, *times, *sizes, *rest) + name
    )


def _damaged(entry: Entry, found: str) -> Refused:
    return refused("bundle_damaged", "the bundle is damaged", entry=entry.name, found=found)
