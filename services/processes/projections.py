"""The list of processes, as a read model: one row a process, folded with the same `evolve` that commands use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kernel.instants import show_instant
from kernel.records import Record
from processes.domain.calendar import next_due
from processes.domain.events import EVENTS
from processes.domain.evolution import UNOPENED, evolve
from processes.domain.states import STATES, Known, ProcessState
from runtime.views import Cursor, Views


@dataclass(frozen=True, slots=True)
class Listed:
    """A process, the position at which it was opened (the order of the list), and when."""

    position: int
    opened_at: str
    state: Known


class ProcessList:
    """Every process, in the order of opening, with the instant at which its charter has it change phase by itself."""

    name = "processes_list"
    types = frozenset(EVENTS)
    tables = (
        """CREATE TABLE processes_list (
          process_id TEXT NOT NULL PRIMARY KEY, position BIGINT NOT NULL, opened_at TEXT NOT NULL, status TEXT NOT NULL,
          due TEXT, state TEXT NOT NULL
        )""",
        "CREATE INDEX processes_list_by_position ON processes_list (position)",
        "CREATE INDEX processes_list_by_due ON processes_list (due)",
    )

    def apply(self, record: Record, cursor: Cursor) -> None:
        """Fold one record; the state is kept as JSON, as `evolve` left it."""
        event = EVENTS[record.type].read(record)
        row = cursor.execute(
            "SELECT position, opened_at, state FROM processes_list WHERE process_id = ?", (record.process_id,)
        ).fetchone()
        before: ProcessState = STATES.validate_json(row["state"]) if row else UNOPENED
        after = evolve(before, event)
        position, opened_at = (row["position"], row["opened_at"]) if row else (record.position, record.recorded_at)
        due = next_due(after)
        cursor.execute(
            "INSERT INTO processes_list (process_id, position, opened_at, status, due, state) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (process_id) DO UPDATE"
            " SET status = excluded.status, due = excluded.due, state = excluded.state",
            (
                record.process_id,
                position,
                opened_at,
                after.status,
                show_instant(due.at) if due else None,
                after.model_dump_json(by_alias=True),
            ),
        )

    def page(self, views: Views, *, status: str | None, after: int, limit: int) -> list[Listed]:
        """At most `limit` processes opened after position `after`, of one status when given."""
        where, wanted = ("status = ? AND", (status,)) if status else ("", ())
        rows = views.read(
            f"SELECT position, opened_at, state FROM processes_list WHERE {where} position > ?"
            " ORDER BY position LIMIT ?",
            (*wanted, after, limit),
        )
        return [Listed(row["position"], row["opened_at"], STATES.validate_json(row["state"])) for row in rows]

    def due(self, views: Views, now: datetime) -> list[str]:
        """The processes whose charter has had a change of phase come by `now`."""
        rows = views.read("SELECT process_id FROM processes_list WHERE due <= ? ORDER BY due", (show_instant(now),))
        return [str(row["process_id"]) for row in rows]
