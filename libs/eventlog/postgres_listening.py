"""One connection of a process that hears of every commit; while it is lost (a restart of the server), waiting is polling."""

from __future__ import annotations

import logging
from threading import Condition, Event, Thread

import psycopg
from eventsourcing.persistence import PersistenceError

from eventlog import postgres_queries as queries
from eventlog.postgres_connections import Connections
from eventlog.postgres_schema import Connection

_LOG = logging.getLogger(__name__)

CHANNEL = "comitia_log"
LISTENED, UNHEARD = 1.0, 0.1
"""Seconds after which a waiter looks for itself: in case nothing is heard any more, and while nothing can be heard."""
_TURN = 0.5
_RECONNECT = 0.5


class Listening:
    """Knows the last position that this process has appended or heard of. Its thread starts with the first who waits."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._moved = Condition()
        self._closed = Event()
        self._thread: Thread | None = None
        self._hears = False
        self.position = 0

    def tell(self, position: int) -> None:
        """Let those who wait know that the log has come so far."""
        with self._moved:
            if position > self.position:
                self.position = position
                self._moved.notify_all()

    def wait(self, after: int, timeout: float) -> bool:
        """Until there is a record after `after` (true), or `timeout` seconds or a turn have passed."""
        with self._moved:
            if self._thread is None and not self._closed.is_set():
                self._thread = Thread(target=self._run, name="log listening", daemon=True)
                self._thread.start()
            longest = LISTENED if self._hears else UNHEARD
            return self._moved.wait_for(lambda: self.position > after, min(timeout, longest))

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(4 * _TURN)

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with self._connections.connect() as db:
                    self._listen(db)
            except (psycopg.Error, PersistenceError) as error:
                _LOG.debug("the log is not listened to: %s", type(error).__name__)
            self._hears = False
            self._closed.wait(_RECONNECT)

    def _listen(self, db: Connection) -> None:
        """What was appended before it listened is looked up, so that nothing falls in between."""
        db.execute(f"LISTEN {CHANNEL}")
        self._hears = True
        while not self._closed.is_set():
            self.tell(queries.last_position(db))
            while not self._closed.is_set():
                if any(True for _ in db.notifies(timeout=_TURN, stop_after=1)):
                    break
