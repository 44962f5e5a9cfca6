"""Read models: tables folded from the log, each with its position in the same transaction, in SQLite or PostgreSQL."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from time import monotonic
from typing import Any, Protocol, TypeAlias, runtime_checkable

from eventlog.contract import Overtaken
from kernel.records import Record

OTHER_PROCESS_POLL = 0.05

Row: TypeAlias = Mapping[str, Any]
"""A row of a query: its values by the names of the columns."""


class Cursor(Protocol):
    """Where a projection writes. Its SQL is one text for both databases: `?` for each value, `ON CONFLICT`, no rowid."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Cursor: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Projection(Protocol):
    """A read model: which event types it reads, its tables, and what one record changes in them.

    `tables` are CREATE statements (types TEXT and BIGINT); changing them rebuilds the projection. `apply` sees each
    record once, in log order.
    """

    @property
    def name(self) -> str: ...
    @property
    def types(self) -> frozenset[str]: ...
    @property
    def tables(self) -> tuple[str, ...]: ...

    def apply(self, record: Record, cursor: Cursor) -> None: ...


@runtime_checkable
class AppliesAll(Protocol):
    """A projection that folds a page at once, to the same effect as record by record: for types that come in thousands."""

    def apply_all(self, records: Iterable[Record], cursor: Cursor) -> None: ...


class Views(ABC):
    """The read models of a deployment. Safe to use from many threads and, in PostgreSQL, from many machines."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._moves = 0

    @abstractmethod
    def install(self, projection: Projection) -> None:
        """Create the projection's tables; when their statements have changed, it starts again from position 0."""

    @abstractmethod
    def rebuild(self, projection: Projection) -> None:
        """Drop what was folded: whoever follows replays from position 0."""

    @abstractmethod
    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of a query."""

    @abstractmethod
    def close(self) -> None:
        """Close the connections; the object cannot be used afterwards."""

    @abstractmethod
    def key(self, name: str) -> str:
        """Under what name the position of an installed projection is kept: another one for other tables, where both live."""

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[Cursor]:
        """A transaction that is committed at the end of the block, or undone by an exception."""

    def position(self, name: str) -> int:
        """How far the projection has come; 0 when it is not installed."""
        rows = self.read("SELECT position FROM projections WHERE name = ?", (self.key(name),))
        return int(rows[0]["position"]) if rows else 0

    def apply(self, projection: Projection, records: Iterable[Record], position: int, *, after: int = 0) -> None:
        """Fold records (in order) and move the projection from position `after` to `position`: all of it or nothing.

        Raises `Overtaken` when it is not at `after`: another follower has folded what comes after that.
        """
        with self._transaction() as cursor:
            moved = cursor.execute(
                "UPDATE projections SET position = ? WHERE name = ? AND position = ?",
                (position, self.key(projection.name), after),
            )
            if moved.rowcount != 1:
                raise Overtaken(projection.name, after)
            if isinstance(projection, AppliesAll):
                projection.apply_all(records, cursor)
            else:
                for record in records:
                    projection.apply(record, cursor)
        with self._moved:
            self._moves += 1
            self._moved.notify_all()

    def wait(self, name: str, position: int, timeout: float) -> bool:
        """Block until the projection has seen `position`; false when that takes longer than `timeout` seconds."""
        deadline = monotonic() + timeout
        while True:
            moves = self._moves
            if self.position(name) >= position:
                return True
            remaining = deadline - monotonic()
            if remaining <= 0:
                return False
            with self._moved:
                if self._moves == moves:
                    self._moved.wait(min(remaining, OTHER_PROCESS_POLL))
