"""The list of motions and of their open deadlines, as a read model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from chambers.domain.events import EVENTS
from chambers.domain.values import QuestionKind
from chambers.inbox import PROCESS_CANCELLED
from kernel.instants import show_instant
from kernel.records import Record
from runtime.views import Cursor, Views


@dataclass(frozen=True, slots=True)
class Listed:
    """A motion in one line; `number` counts from 1 in the order of proposal."""

    number: int
    motion: str
    matter: str
    title: str
    mover: str
    status: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """A question whose deadline has come."""

    process_id: str
    motion: str
    chamber: str


class MotionList:
    """Motions by process, in the order of proposal, and what of them has a deadline.

    A title is free text and kept as JSON: it may hold a character (U+0000) that PostgreSQL's TEXT cannot.
    """

    name = "chambers_motions"
    types = frozenset({*EVENTS, PROCESS_CANCELLED})
    tables = (
        """CREATE TABLE chambers_motions (
          process_id TEXT NOT NULL, motion TEXT NOT NULL, number BIGINT NOT NULL, matter TEXT NOT NULL,
          title TEXT NOT NULL, mover TEXT NOT NULL, status TEXT NOT NULL, outcome TEXT,
          PRIMARY KEY (process_id, motion)
        )""",
        "CREATE INDEX chambers_motions_by_number ON chambers_motions (process_id, number)",
        """CREATE TABLE chambers_deadlines (
          process_id TEXT NOT NULL, motion TEXT NOT NULL, chamber TEXT NOT NULL, kind TEXT NOT NULL,
          deadline TEXT NOT NULL, PRIMARY KEY (process_id, motion, chamber, kind)
        )""",
        "CREATE INDEX chambers_deadlines_by_time ON chambers_deadlines (kind, deadline)",
    )

    def apply(self, record: Record, cursor: Cursor) -> None:
        """Take one record into the tables; events that change neither are passed over."""
        change = CHANGES.get(record.type)
        if change is not None:
            change(cursor, record.process_id, record.data())

    def page(self, views: Views, process_id: str, *, after: int, limit: int) -> list[Listed]:
        """At most `limit` motions whose number is above `after`."""
        rows = views.read(
            "SELECT number, motion, matter, title, mover, status, outcome FROM chambers_motions"
            " WHERE process_id = ? AND number > ? ORDER BY number LIMIT ?",
            (process_id, after, limit),
        )
        return [Listed(**{**row, "title": json.loads(row["title"])}) for row in rows]

    def due(self, views: Views, kind: QuestionKind, now: datetime) -> list[Due]:
        """The unanswered questions of a kind whose deadline has come, longest overdue first."""
        rows = views.read(
            "SELECT process_id, motion, chamber FROM chambers_deadlines WHERE kind = ? AND deadline <= ?"
            " ORDER BY deadline",
            (kind, show_instant(now)),
        )
        return [Due(**row) for row in rows]


def _proposed(cursor: Cursor, process_id: str, data: Mapping[str, Any]) -> None:
    cursor.execute(
        "INSERT INTO chambers_motions (process_id, motion, number, matter, title, mover, status)"
        " SELECT ?, ?, 1 + coalesce(max(number), 0), ?, ?, ?, 'proposed' FROM chambers_motions WHERE process_id = ?",
        (process_id, data["motion"], data["matter"], json.dumps(data["title"]), data["mover"], process_id),
    )


def _asked(cursor: Cursor, process_id: str, data: Mapping[str, Any]) -> None:
    _becomes(cursor, process_id, data["motion"], "asked", None)
    if data["deadline"] is not None:
        cursor.execute(
            "INSERT INTO chambers_deadlines (process_id, motion, chamber, kind, deadline) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (process_id, motion, chamber, kind) DO UPDATE SET deadline = excluded.deadline",
            (process_id, data["motion"], data["chamber"], data["kind"], data["deadline"]),
        )


def _advised(cursor: Cursor, process_id: str, data: Mapping[str, Any]) -> None:
    _answered(cursor, process_id, data, "advice")


def _window_closed(cursor: Cursor, process_id: str, data: Mapping[str, Any]) -> None:
    _answered(cursor, process_id, data, "objections")


def _answered(cursor: Cursor, process_id: str, data: Mapping[str, Any], kind: QuestionKind) -> None:
    cursor.execute(
        "DELETE FROM chambers_deadlines WHERE process_id = ? AND motion = ? AND chamber = ? AND kind = ?",
        (process_id, data["motion"], data["chamber"], kind),
    )


def _decided(cursor: Cursor, process_id: str, data: Mapping[str, Any]) -> None:
    _becomes(cursor, process_id, data["motion"], "decided", data["outcome"])
    cursor.execute("DELETE FROM chambers_deadlines WHERE process_id = ? AND motion = ?", (process_id, data["motion"]))


def _withdrawn(cursor: Cursor, process_id: str, data: Mapping[str, Any]) -> None:
    _becomes(cursor, process_id, data["motion"], "withdrawn", None)
    cursor.execute("DELETE FROM chambers_deadlines WHERE process_id = ? AND motion = ?", (process_id, data["motion"]))


def _cancelled(cursor: Cursor, process_id: str, data: Mapping[str, Any]) -> None:
    cursor.execute("DELETE FROM chambers_deadlines WHERE process_id = ?", (process_id,))


def _becomes(cursor: Cursor, process_id: str, motion: str, status: str, outcome: str | None) -> None:
    cursor.execute(
        "UPDATE chambers_motions SET status = ?, outcome = ? WHERE process_id = ? AND motion = ?",
        (status, outcome, process_id, motion),
    )


CHANGES: Mapping[str, Callable[[Cursor, str, Mapping[str, Any]], None]] = MappingProxyType(
    {
        "chambers.MotionProposed": _proposed,
        "chambers.ChamberAsked": _asked,
        "chambers.AdviceGiven": _advised,
        "chambers.AdviceLapsed": _advised,
        "chambers.ObjectionWindowClosed": _window_closed,
        "chambers.MotionDecided": _decided,
        "chambers.MotionWithdrawn": _withdrawn,
        PROCESS_CANCELLED: _cancelled,
    }
)
"""What each event changes in the tables."""
