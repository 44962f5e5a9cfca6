"""Connections to one PostgreSQL log: a pool that mends itself, waits that end, and errors by the log's own names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any, TypeAlias, TypeVar

import psycopg
from eventsourcing.persistence import OperationalError, PersistenceError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from eventlog.contract import LogBusy, LogFull, LogUnreachable
from eventlog.postgres_schema import check_version

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
T = TypeVar("T")

_PATIENCE = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
}
"""A server that vanishes without a word is given up after about ten seconds. A URL may say otherwise."""

_UNREACHABLE = re.compile("08...|57P0.|53300|53200|25006|25P03")
"""SQLSTATEs: connection lost, server stopping or starting, none free, out of memory, a server that only reads, and a
transaction left alone for too long, whose connection the server has closed."""
_BUSY = frozenset({"55P03", "57014", "40P01"})
_FULL = frozenset({"53100", "58030"})


def patient(url: str) -> str:
    """The connection string of `url`, whose connections and waits end when the server is gone."""
    given: dict[str, Any] = {**_PATIENCE, **conninfo_to_dict(url)}
    return make_conninfo(**given)


class Connections:
    """Safe to use from many threads. The database must have the log's schema, of the version that is known here."""

    def __init__(self, url: str, *, size: int, connect_seconds: float, busy_seconds: float) -> None:
        """Raises `LogUnreachable`, or `SchemaUnknown` naming both versions."""
        self._busy_seconds = busy_seconds
        self.conninfo = patient(url)
        parts = conninfo_to_dict(url)
        self.place = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"
        self._here = local()
        self._closed = False
        with self.named():
            with self.connect() as db:
                check_version(db)
            self._pool: ConnectionPool[Connection] = ConnectionPool(
                self.conninfo,
                min_size=1,
                max_size=size,
                timeout=connect_seconds,
                max_idle=300,
                reconnect_timeout=connect_seconds,
                kwargs={"autocommit": True, "prepare_threshold": 2},
                configure=self._configure,
                open=True,
            )

    def connect(self) -> Connection:
        """A connection of its own, outside the pool: who follows notifications keeps one."""
        return psycopg.connect(self.conninfo, autocommit=True)

    def close(self) -> None:
        """Close the pool."""
        self._closed = True
        self._pool.close(timeout=1.0)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run queries. Who holds the log reads what it has written; a connection found broken is replaced once."""
        held: Connection | None = getattr(self._here, "held", None)
        return self._on(held, work) if held is not None else self.run(work)

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run what may be run again: queries, and appends, which are known by their event ids."""
        try:
            return self._pooled(work)
        except LogUnreachable:
            self._pool.check()
            return self._pooled(work)

    @contextmanager
    def holding(self) -> Iterator[Connection]:
        """One transaction of this thread's; taken again inside, what fails there is undone alone."""
        held: Connection | None = getattr(self._here, "held", None)
        with self.named():
            if held is not None:
                with held.transaction():
                    yield held
                return
            with self._pool.connection() as db:
                try:
                    with db.transaction():
                        self._here.held = db
                        yield db
                finally:
                    self._here.held = None

    def held(self) -> Connection | None:
        """The connection of the transaction that this thread holds."""
        return getattr(self._here, "held", None)

    @contextmanager
    def named(self) -> Iterator[None]:
        """What goes wrong inside is told in the log's terms."""
        if self._closed:
            raise OperationalError(f"the log {self.place} is closed")
        try:
            yield
        except psycopg.Error as error:
            raise self._named(error) from error

    def _pooled(self, work: Callable[[Connection], T]) -> T:
        with self.named(), self._pool.connection() as db:
            return work(db)

    def _on(self, db: Connection, work: Callable[[Connection], T]) -> T:
        with self.named():
            return work(db)

    def _configure(self, db: Connection) -> None:
        milliseconds = int(self._busy_seconds * 1000)
        db.execute("SELECT set_config('lock_timeout', %s, false)", (f"{milliseconds}ms",))
        db.execute("SET synchronous_commit = on")
        db.execute("SET idle_in_transaction_session_timeout = '60s'")

    def _named(self, error: psycopg.Error) -> PersistenceError:
        state = error.sqlstate or ""
        if state in _FULL:
            return LogFull(
                f"the log {self.place} could not be written: its disk is full or failing; nothing of the batch was "
                "recorded; free space, then send it again"
            )
        if state in _BUSY:
            return LogBusy(f"the log {self.place} was kept busy by others for {self._busy_seconds:g} s: try again")
        unreachable = isinstance(error, psycopg.OperationalError) and not state
        if unreachable or isinstance(error, PoolTimeout) or _UNREACHABLE.fullmatch(state):
            return LogUnreachable(f"the log {self.place} does not answer: send it again")
        return OperationalError(f"the log {self.place}: {error.diag.message_primary or type(error).__name__}")
