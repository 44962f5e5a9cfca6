"""The list of boxes with their turnout, as a read model: one row a box, idempotent, rebuilt from position 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote

from ballots.domain.events import (
    BallotArrivedLate,
    BallotCast,
    BoxOpened,
    BoxSealed,
    BoxTallied,
    CountSheetFiled,
)
from kernel.numbers import show
from kernel.records import Record
from runtime.views import Cursor, Row, Views

NUMBERS = ("members", "weight", "voters", "ballots", "late", "sheets", "sheet_voters")
COLUMNS = ", ".join(("number", "box", "matter", "chamber", "motion", "round", "status", *NUMBERS))


class BoxList:
    """Boxes by process, in the order in which they were opened."""

    name = "ballots_boxes"
    tables = (
        """CREATE TABLE ballots_boxes (
          process_id TEXT NOT NULL, box TEXT NOT NULL, number BIGINT NOT NULL, matter TEXT NOT NULL, chamber TEXT NOT NULL,
          motion TEXT, round BIGINT NOT NULL, status TEXT NOT NULL, deadline TEXT, members BIGINT NOT NULL,
          weight TEXT NOT NULL, voters BIGINT NOT NULL DEFAULT 0, ballots BIGINT NOT NULL DEFAULT 0,
          late BIGINT NOT NULL DEFAULT 0, sheets BIGINT NOT NULL DEFAULT 0, sheet_voters BIGINT NOT NULL DEFAULT 0,
          PRIMARY KEY (process_id, box)
        )""",
        "CREATE INDEX ballots_boxes_by_number ON ballots_boxes (process_id, number)",
        "CREATE INDEX ballots_boxes_by_deadline ON ballots_boxes (status, deadline) WHERE deadline IS NOT NULL",
        """CREATE TABLE ballots_sheets (
          process_id TEXT NOT NULL, box TEXT NOT NULL, station TEXT NOT NULL, voters BIGINT NOT NULL,
          PRIMARY KEY (process_id, box, station)
        )""",
    )

    def __init__(self) -> None:
        self._changes: Mapping[str, Callable[[Record, Cursor], None]] = {
            BoxOpened.TYPE: _opened,
            BallotCast.TYPE: _cast,
            BallotArrivedLate.TYPE: _late,
            CountSheetFiled.TYPE: _sheet,
            BoxSealed.TYPE: _sealed,
            BoxTallied.TYPE: _tallied,
        }
        self.types = frozenset(self._changes)

    def apply(self, record: Record, cursor: Cursor) -> None:
        """Fold one record."""
        self._changes[record.type](record, cursor)

    def apply_all(self, records: Iterable[Record], cursor: Cursor) -> None:
        """Fold many records; of the ballots cast into a box, their number is written once."""
        cast: dict[tuple[str, str], list[int]] = {}
        for record in records:
            if record.type != BallotCast.TYPE:
                self.apply(record, cursor)
                continue
            key = (record.process_id, record.stream_id.split("/")[2])
            numbers = cast.get(key)
            if numbers is None:
                numbers = cast[key] = [0, 0]
            numbers[0] += 1
            numbers[1] += record.stream_version == 1
        for (process_id, box), (ballots, voters) in cast.items():
            _add(cursor, process_id, unquote(box), ballots, voters)

    def page(self, views: Views, process_id: str, *, after: int, limit: int) -> list[Row]:
        """At most `limit` boxes whose number is above `after`."""
        sql = f"SELECT {COLUMNS} FROM ballots_boxes WHERE process_id = ? AND number > ? ORDER BY number LIMIT ?"
        return views.read(sql, (process_id, after, limit))

    def due(self, views: Views, now: str) -> list[tuple[str, str]]:
        """(process, box) of each open box whose deadline has come."""
        sql = (
            "SELECT process_id, box FROM ballots_boxes WHERE status = 'open' AND deadline IS NOT NULL AND deadline <= ?"
        )
        return [(row["process_id"], row["box"]) for row in views.read(sql, (now,))]


def _opened(record: Record, cursor: Cursor) -> None:
    event = BoxOpened.read(record)
    members, weight = (event.roll.members, show(event.roll.weight)) if event.roll else (0, "0")
    cursor.execute(
        "INSERT INTO ballots_boxes (process_id, box, number, matter, chamber, motion, round, status, deadline, members, weight)"
        " SELECT ?, ?, count(*) + 1, ?, ?, ?, ?, 'open', ?, ?, ? FROM ballots_boxes WHERE process_id = ?",
        (
            record.process_id,
            event.box,
            event.matter,
            event.chamber,
            event.motion,
            event.round,
            event.deadline,
            members,
            weight,
            record.process_id,
        ),
    )


def _cast(record: Record, cursor: Cursor) -> None:
    _add(cursor, record.process_id, _box_of(record), 1, int(record.stream_version == 1))


def _add(cursor: Cursor, process_id: str, box: str, ballots: int, voters: int) -> None:
    cursor.execute(
        "UPDATE ballots_boxes SET ballots = ballots + ?, voters = voters + ? WHERE process_id = ? AND box = ?",
        (ballots, voters, process_id, box),
    )


def _late(record: Record, cursor: Cursor) -> None:
    cursor.execute(
        "UPDATE ballots_boxes SET late = late + 1 WHERE process_id = ? AND box = ?",
        (record.process_id, _box_of(record)),
    )


def _sheet(record: Record, cursor: Cursor) -> None:
    event = CountSheetFiled.read(record)
    key = (record.process_id, event.box)
    cursor.execute(
        "INSERT INTO ballots_sheets (process_id, box, station, voters) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (process_id, box, station) DO UPDATE SET voters = excluded.voters",
        (*key, event.station, event.voters),
    )
    cursor.execute(
        "UPDATE ballots_boxes SET (sheets, sheet_voters) = (SELECT count(*), sum(voters) FROM ballots_sheets"
        " WHERE process_id = ? AND box = ?) WHERE process_id = ? AND box = ?",
        (*key, *key),
    )


def _sealed(record: Record, cursor: Cursor) -> None:
    _set_status("sealed", record, cursor)


def _tallied(record: Record, cursor: Cursor) -> None:
    _set_status("tallied", record, cursor)


def _set_status(status: str, record: Record, cursor: Cursor) -> None:
    cursor.execute(
        "UPDATE ballots_boxes SET status = ? WHERE process_id = ? AND box = ?",
        (status, record.process_id, _box_of(record)),
    )


def _box_of(record: Record) -> str:
    """The box that a record's stream is about: `ballots/PROCESS/BOX/…`, `boxes/PROCESS/BOX`."""
    return unquote(record.stream_id.split("/")[2])
