"""The list of proposals, as a read model: one row a proposal, folded with the same `evolve` that commands use."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.records import Record
from proposals.domain.events import EVENTS, ShortlistPublished
from proposals.domain.evolution import UNSUBMITTED, evolve
from proposals.domain.states import STATES, Known, ProposalState
from runtime.views import Cursor, Views


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal and its number, from 1, in the order of submission."""

    number: int
    proposal: str
    state: Known


class ProposalList:
    """Proposals by process, in the order of submission."""

    name = "proposals_list"
    types = frozenset(EVENTS) - {ShortlistPublished.TYPE}
    tables = (
        """CREATE TABLE proposals_list (
          process_id TEXT NOT NULL, proposal TEXT NOT NULL, number BIGINT NOT NULL, status TEXT NOT NULL,
          state TEXT NOT NULL, PRIMARY KEY (process_id, proposal)
        )""",
        "CREATE INDEX proposals_list_by_number ON proposals_list (process_id, number)",
        "CREATE INDEX proposals_list_by_status ON proposals_list (process_id, status, number)",
    )

    def apply(self, record: Record, cursor: Cursor) -> None:
        """Fold one record; the state is kept as JSON, as `evolve` left it."""
        event = EVENTS[record.type].read(record)
        key = (record.process_id, record.data()["proposal"])
        row = cursor.execute(
            "SELECT number, state FROM proposals_list WHERE process_id = ? AND proposal = ?", key
        ).fetchone()
        before: ProposalState = STATES.validate_json(row["state"]) if row else UNSUBMITTED
        after = evolve(before, event)
        number = row["number"] if row else self._next_number(record.process_id, cursor)
        cursor.execute(
            "INSERT INTO proposals_list (process_id, proposal, number, status, state) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (process_id, proposal) DO UPDATE SET status = excluded.status, state = excluded.state",
            (*key, number, after.status, after.model_dump_json()),
        )

    def page(self, views: Views, process_id: str, *, status: str | None, after: int, limit: int) -> list[Listed]:
        """At most `limit` proposals whose number is above `after`, of one status when given."""
        where, wanted = ("AND status = ?", (status,)) if status else ("", ())
        rows = views.read(
            f"SELECT number, proposal, state FROM proposals_list WHERE process_id = ? {where} AND number > ?"
            " ORDER BY number LIMIT ?",
            (process_id, *wanted, after, limit),
        )
        return [Listed(row["number"], row["proposal"], STATES.validate_json(row["state"])) for row in rows]

    @staticmethod
    def _next_number(process_id: str, cursor: Cursor) -> int:
        sql = "SELECT 1 + coalesce(max(number), 0) AS next FROM proposals_list WHERE process_id = ?"
        return int(cursor.execute(sql, (process_id,)).fetchone()["next"])
