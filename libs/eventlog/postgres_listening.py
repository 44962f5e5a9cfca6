"""One connection of a process that hears of every commit; without it (a restart of the server) waiting is polling."""

from __future__ import annotations

from threading import Condition, Event, Lock, Thread

import psycopg

from eventlog.postgres_connections import Connection, Connections

CHANNEL = "comitia_log"
POLL = 0.5
"""Seconds after which a waiter looks for itself, in case nothing is heard any more."""
_TURN = 1.0
_RECONNECT = 0.5


class Listening:
    """Starts with the first who waits. `heard` counts what was heard."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._moved = Condition()
        self._starting = Lock()
        self._closed = Event()
        self._thread: Thread | None = None
        self.heard = 0

    def wait(self, heard: int, timeout: float) -> None:
        """Until something was heard after `heard`, or `timeout` or `POLL` seconds have passed."""
        self._start()
        with self._moved:
            self._moved.wait_for(lambda: self.heard != heard or self._closed.is_set(), min(timeout, POLL))

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._tell()
        if self._thread is not None:
            self._thread.join(2 * _TURN)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="log listening", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with self._connections.connect() as db:
                    db.execute(f"LISTEN {CHANNEL}")
                    self._tell()
                    self._follow(db)
            except psycopg.Error:
                self._closed.wait(_RECONNECT)

    def _follow(self, db: Connection) -> None:
        while not self._closed.is_set():
            for _ in db.notifies(timeout=_TURN, stop_after=1):
                self._tell()

    def _tell(self) -> None:
        with self._moved:
            self.heard += 1
            self._moved.notify_all()
