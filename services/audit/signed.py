"""Every checkpoint that was ever signed: kept for good, because a log that forgets what it signed could sign a fork."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audit.files import File
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.notes import Signer, VerifierKey

_TABLE = """
CREATE TABLE IF NOT EXISTS checkpoints (
  origin TEXT NOT NULL, size INTEGER NOT NULL, verifier_key TEXT NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (origin, size, verifier_key)
) STRICT, WITHOUT ROWID
"""
_FIELDS = "SELECT size, root, note FROM checkpoints WHERE origin = ?"


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint and its signed note."""

    checkpoint: Checkpoint
    note: str


class SignedCheckpoints:
    """The file that belongs with the signing key: back them up together."""

    def __init__(self, path: Path) -> None:
        self._file = File(path, _TABLE)

    def keys(self) -> list[tuple[str, str]]:
        """The origins, and the verifier keys under which their checkpoints were signed."""
        with self._file.open() as db:
            return db.execute("SELECT DISTINCT origin, verifier_key FROM checkpoints ORDER BY origin").fetchall()

    def newest(self) -> list[Checkpoint]:
        """The largest checkpoint of each origin, under whatever key."""
        sql = (
            "SELECT DISTINCT origin, size, root FROM checkpoints AS one"
            " WHERE size = (SELECT max(size) FROM checkpoints WHERE origin = one.origin) ORDER BY origin"
        )
        with self._file.open() as db:
            return [Checkpoint(*row) for row in db.execute(sql)]

    def keep(self, signer: Signer, checkpoint: Checkpoint) -> Signed:
        """Sign a checkpoint and keep it before it is given out; one of this size that was kept before is given again."""
        note, key = sign_checkpoint(signer, checkpoint), signer.key.format()
        with self._file.open() as db:
            db.execute(
                "INSERT OR IGNORE INTO checkpoints (origin, size, verifier_key, root, note) VALUES (?, ?, ?, ?, ?)",
                (checkpoint.origin, checkpoint.size, key, checkpoint.root, note),
            )
        kept = self._find(checkpoint.origin, "size = ? AND verifier_key = ?", checkpoint.size, key)
        return kept[0]

    def neighbours(self, origin: str, size: int) -> list[Checkpoint]:
        """The checkpoints nearest to `size`, under any key: of at most that size and of at least that size."""
        below = self._find(origin, "size <= ? ORDER BY size DESC LIMIT 1", size)
        above = self._find(origin, "size >= ? ORDER BY size LIMIT 1", size)
        return [signed.checkpoint for signed in below + above]

    def latest(self, key: VerifierKey) -> Signed | None:
        """The largest checkpoint signed with this key."""
        found = self._find(key.name, "verifier_key = ? ORDER BY size DESC LIMIT 1", key.format())
        return found[0] if found else None

    def notes(self, key: VerifierKey, size: int, limit: int) -> list[str]:
        """The last `limit` notes signed with this key for at most `size` events, in order of size."""
        condition = "verifier_key = ? AND size <= ? ORDER BY size DESC LIMIT ?"
        return [signed.note for signed in reversed(self._find(key.name, condition, key.format(), size, limit))]

    def _find(self, origin: str, condition: str, *values: object) -> list[Signed]:
        with self._file.open() as db:
            rows = db.execute(f"{_FIELDS} AND {condition}", (origin, *values)).fetchall()
        return [Signed(Checkpoint(origin, size, root), note) for size, root, note in rows]
