"""The leaf hashes of each process, as far as they were asked for: a read model that can be deleted at any time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from audit.files import File
from eventlog.contract import LogRecorder
from transparency import merkle

TILE = 256
_HASH = merkle.HASH_BYTES
_TABLE = """
CREATE TABLE IF NOT EXISTS tiles (
  process_id TEXT NOT NULL, tile INTEGER NOT NULL, hashes BLOB NOT NULL, root BLOB NOT NULL,
  PRIMARY KEY (process_id, tile)
) STRICT, WITHOUT ROWID
"""
_KEEP = """
INSERT INTO tiles (process_id, tile, hashes, root) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET hashes = excluded.hashes, root = excluded.root
WHERE length(excluded.hashes) > length(tiles.hashes)
"""


class Leaves:
    """Level-0 tiles: the hashes of 256 leaves each, with their root. Computed from the log on demand.

    Whoever computes them gets the same bytes, so any number of threads and processes may share the file.
    """

    def __init__(self, path: Path, log: LogRecorder) -> None:
        self._file, self._log = File(path, _TABLE), log

    def extend(self, process_id: str, size: int) -> None:
        """Compute what is missing of the first `size` leaf hashes, a tile at a time. Raises `ValueError` past the log."""
        with self._file.open() as db:
            tile, hashes = _last(db, process_id)
            known = tile * TILE + len(hashes) // _HASH
            for record in self._log.read_process(process_id, first=known, stop=size) if known < size else ():
                hashes += merkle.hash_leaf(record.leaf())
                known += 1
                if len(hashes) == TILE * _HASH:
                    _keep(db, process_id, tile, hashes)
                    tile, hashes = tile + 1, b""
            if hashes:
                _keep(db, process_id, tile, hashes)
        if known < size:
            raise ValueError(f"process {process_id} has {known} events, not {size}")

    def forget_what_differs(self) -> None:
        """Drop the leaves of each process whose last one is not what the log has there now: the log was restored since.

        Two histories that part somewhere differ in every leaf from there on: each commits to a salt of its own.
        """
        with self._file.open() as db:
            kept = [row[0] for row in db.execute("SELECT DISTINCT process_id FROM tiles")]
        for process_id in kept:
            if not self._agree(process_id):
                self.forget(process_id)

    def forget(self, process_id: str) -> None:
        """Drop the leaves of a process: whoever needs them computes them from the log."""
        with self._file.open() as db:
            db.execute("DELETE FROM tiles WHERE process_id = ?", (process_id,))

    def _agree(self, process_id: str) -> bool:
        with self._file.open() as db:
            tile, hashes = db.execute(
                "SELECT tile, hashes FROM tiles WHERE process_id = ? ORDER BY tile DESC LIMIT 1", (process_id,)
            ).fetchone()
        index = tile * TILE + len(hashes) // _HASH - 1
        found = [
            merkle.hash_leaf(one.leaf()) for one in self._log.read_process(process_id, first=index, stop=index + 1)
        ]
        return found == [hashes[-_HASH:]]

    def root(self, process_id: str, size: int) -> bytes:
        """The root of the first `size` leaves, which must have been computed."""
        return self._range_root(process_id, 0, size)

    def inclusion_proof(self, process_id: str, index: int, size: int) -> list[bytes]:
        """See `merkle.inclusion_ranges`; the leaves must have been computed."""
        return [self._range_root(process_id, *one) for one in merkle.inclusion_ranges(index, size)]

    def consistency_proof(self, process_id: str, old: int, new: int) -> list[bytes]:
        """See `merkle.consistency_ranges`; the leaves must have been computed."""
        return [self._range_root(process_id, *one) for one in merkle.consistency_ranges(old, new)]

    def leaf_hash(self, process_id: str, index: int) -> bytes:
        """One leaf hash, which must have been computed."""
        return self._hashes(process_id, index, index + 1)[0]

    def hashes(self, process_id: str, size: int) -> Iterator[bytes]:
        """The first `size` leaf hashes, a tile at a time; they must have been computed."""
        for start in range(0, size, TILE):
            yield b"".join(self._hashes(process_id, start, min(size, start + TILE)))

    def _range_root(self, process_id: str, start: int, end: int) -> bytes:
        """The root of a proof's range: within one tile, or whole tiles from the start of one and part of a last one."""
        if end - start <= TILE:
            return merkle.root_of(self._hashes(process_id, start, end))
        whole = range(start // TILE, end // TILE)
        sql = "SELECT root FROM tiles WHERE process_id = ? AND tile >= ? AND tile < ? ORDER BY tile"
        with self._file.open() as db:
            roots = [row[0] for row in db.execute(sql, (process_id, whole.start, whole.stop))]
        if len(roots) != len(whole):
            raise LookupError(f"leaves of {process_id} in tiles {whole} were not computed")
        if end % TILE:
            roots.append(merkle.root_of(self._hashes(process_id, whole.stop * TILE, end)))
        return merkle.root_of(roots)

    def _hashes(self, process_id: str, start: int, end: int) -> list[bytes]:
        """Leaf hashes within one tile."""
        first = start // TILE * TILE
        sql = "SELECT hashes FROM tiles WHERE process_id = ? AND tile = ?"
        with self._file.open() as db:
            row = db.execute(sql, (process_id, start // TILE)).fetchone()
        hashes: bytes = row[0] if row else b""
        if len(hashes) < (end - first) * _HASH:
            raise LookupError(f"leaves of {process_id} up to {end} were not computed")
        return [hashes[at * _HASH : (at + 1) * _HASH] for at in range(start - first, end - first)]


def _last(db: sqlite3.Connection, process_id: str) -> tuple[int, bytes]:
    """The number and the hashes of the tile that grows next."""
    sql = "SELECT tile, hashes FROM tiles WHERE process_id = ? ORDER BY tile DESC LIMIT 1"
    row = db.execute(sql, (process_id,)).fetchone()
    if row is None:
        return 0, b""
    return (row[0] + 1, b"") if len(row[1]) == TILE * _HASH else (row[0], row[1])


def _keep(db: sqlite3.Connection, process_id: str, tile: int, hashes: bytes) -> None:
    """A tile only grows: one that another has taken further meanwhile is left as it is."""
    leaves = (hashes[at : at + _HASH] for at in range(0, len(hashes), _HASH))
    db.execute(_KEEP, (process_id, tile, hashes, merkle.root_of(leaves)))
