"""Connections to one PostgreSQL log: opened when needed, given up when they answer no more, never waited for without end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, local
from time import monotonic
from typing import Any, TypeVar

import psycopg
from eventsourcing.persistence import OperationalError
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from eventlog.contract import LogBusy, LogUnreachable
from eventlog.postgres_errors import Hung, address, explain
from eventlog.postgres_schema import SERVICE, Connection, check_version

T = TypeVar("T")

ANSWER_SECONDS = 15.0
"""How long a query may take, and how long who holds the log may leave it alone: the server then ends its transaction."""

_PATIENCE = {"tcp_user_timeout": "10000", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "2"}
"""A server that vanishes without a word is given up after these; a url may say otherwise."""

_SESSION = """
SELECT set_config('search_path', 'pg_catalog', false),
    set_config('lock_timeout', %(busy)s, false), set_config('statement_timeout', %(longest)s, false),
    set_config('idle_in_transaction_session_timeout', %(idle)s, false),
    set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', false),
    set_config('enable_hashjoin', 'off', false), set_config('enable_mergejoin', 'off', false),
    set_config('plan_cache_mode', 'force_generic_plan', false), set_config('jit', 'off', false),
    set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), false),
    (SELECT set_config('role', rolname, false) FROM pg_catalog.pg_roles
        WHERE rolname = %(role)s AND pg_catalog.pg_has_role(oid, 'MEMBER'))
"""
"""Every query goes by an index, whatever the server believes of a table that it has not looked at since it was empty; a
commit is on disk when it is told; and no more is allowed than a service needs, also where the login is a superuser's."""


def patient(url: str, *, connect_seconds: float = 5.0, name: str = "comitia log") -> str:
    """The connection string of `url`, whose connections end when the server is gone; what the url says itself stands."""
    seconds = max(2, round(connect_seconds))
    given: dict[str, Any] = {"connect_timeout": seconds, "application_name": name, **_PATIENCE, **conninfo_to_dict(url)}
    return make_conninfo(**given)


class Answering(psycopg.Connection[tuple[Any, ...]]):
    """Gives a server up that keeps the connection and says nothing, as one behind a dead proxy does."""

    patience = 60.0

    def wait(self, gen: PQGen[T], *args: Any, **kwargs: Any) -> T:
        return super().wait(_until(gen, monotonic() + self.patience), *args, **kwargs)


class Connections:
    """Safe to use from many threads. The database must have the log's schema, of a version that is known here."""

    def __init__(self, url: str, *, pool_size: int, connect_seconds: float, busy_seconds: float) -> None:
        """Raises `LogUnreachable`, or `SchemaUnknown` naming both versions."""
        self.place = address(url)
        given: dict[str, Any] = {
            "connect_timeout": max(2, round(connect_seconds)),
            **_PATIENCE,
            **conninfo_to_dict(url),
        }
        self._conninfo = make_conninfo(**{"application_name": "comitia log", **given})
        self._busy_seconds = busy_seconds
        self._here = local()
        self._room = BoundedSemaphore(pool_size)
        self._idle: deque[Answering] = deque()
        self._writer: Answering | None = None
        self._closed = False
        self.read(check_version)

    def connect(self) -> Answering:
        """A new connection. Raises psycopg's errors."""
        db = Answering.connect(self._conninfo, autocommit=True, prepare_threshold=2)
        db.patience = self._busy_seconds + 2 * ANSWER_SECONDS
        try:
            db.execute(
                _SESSION,
                {
                    "busy": f"{int(self._busy_seconds * 1000)}ms",
                    "longest": f"{int((self._busy_seconds + ANSWER_SECONDS) * 1000)}ms",
                    "idle": f"{int(ANSWER_SECONDS * 1000)}ms",
                    "role": SERVICE,
                },
            )
        except BaseException:
            db.close()
            raise
        return db

    def close(self) -> None:
        """Close what is open; what is in use is closed by who uses it."""
        self._closed = True
        self._forget()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    @property
    def held(self) -> Connection | None:
        """The connection of the transaction that this thread holds."""
        return getattr(self._here, "held", None)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run what does no harm when it is run twice. Who holds the log reads what it has written."""
        with self.named():
            if self.held is not None:
                return work(self.held)
            if not self._room.acquire(timeout=self._busy_seconds):
                raise LogBusy(
                    f"every connection to the log {self.place} was in use for {self._busy_seconds:g} s: try again"
                )
            try:
                return self._pooled(work)
            finally:
                self._room.release()

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run what may be run again after a lost connection: appends, which are known by their event ids. One at a time."""
        with self.named():
            kept, self._writer = self._writer, None
            if kept is not None:
                try:
                    return self._writing(kept, work)
                except psycopg.Error as error:
                    if not self._is_lost(error):
                        raise
            return self._writing(self._open(), work)

    @contextmanager
    def transaction(self, begin: Callable[[Connection], object]) -> Iterator[None]:
        """One transaction of this thread's, opened by `begin`; taken again inside, what fails there is undone alone."""
        with self.named():
            if self.held is not None:
                with self.held.transaction():
                    yield
                return
            self.write(lambda db: _begin(db, begin))
            db, self._writer = self._writer, None
            if db is None:
                raise OperationalError(f"the log {self.place} is closed")
            self._here.held = db
            try:
                yield
                db.execute("COMMIT")
            except BaseException as error:
                _undo(db, error)
                raise
            finally:
                self._here.held = None
                if not db.closed:
                    self._writer = db

    @contextmanager
    def named(self) -> Iterator[None]:
        """What goes wrong inside is told in the log's terms."""
        try:
            yield
        except psycopg.Error as error:
            raise explain(self.place, error) from None

    def _pooled(self, work: Callable[[Connection], T]) -> T:
        """On a kept connection, or on a new one when that turns out dead: the server has restarted since."""
        try:
            kept = self._idle.pop()
        except IndexError:
            return self._reading(self._open(), work)
        try:
            return self._reading(kept, work)
        except psycopg.Error as error:
            if not self._is_lost(error):
                raise
            self._forget()
            return self._reading(self._open(), work)

    def _reading(self, db: Answering, work: Callable[[Connection], T]) -> T:
        try:
            db.patience = ANSWER_SECONDS
            result = work(db)
        except BaseException:
            db.close()
            raise
        self._idle.append(db)
        if self._closed:
            self._forget()
        return result

    def _writing(self, db: Answering, work: Callable[[Connection], T]) -> T:
        try:
            result = work(db)
        except BaseException:
            db.close()
            raise
        self._writer = db
        if self._closed:
            self.close()
        return result

    def _open(self) -> Answering:
        if self._closed:
            raise OperationalError(f"the log {self.place} is closed")
        return self.connect()

    def _is_lost(self, error: psycopg.Error) -> bool:
        return not isinstance(error, Hung) and isinstance(explain(self.place, error), LogUnreachable)

    def _forget(self) -> None:
        while self._idle:
            self._idle.pop().close()


def _until(gen: PQGen[T], deadline: float) -> PQGen[T]:
    """The same steps, with an end: psycopg tells a generator several times a second that nothing has come."""
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and monotonic() > deadline:
                raise Hung("the server has not answered in time")
            wanted = gen.send(ready)
    except StopIteration as done:
        result: T = done.value
        return result


def _begin(db: Connection, begin: Callable[[Connection], object]) -> None:
    db.execute("BEGIN")
    begin(db)


def _undo(db: Connection, error: BaseException) -> None:
    """A connection that failed is closed, and the server undoes what was open in it."""
    try:
        if isinstance(error, psycopg.Error):
            db.close()
        else:
            db.execute("ROLLBACK")
    except psycopg.Error:
        db.close()
