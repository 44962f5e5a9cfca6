"""Of several relays one leads: the one whose database session holds the lock. With the session the lead is lost."""

from __future__ import annotations

import threading
from typing import Any

import psycopg

from eventlog.contract import LogUnreachable
from eventlog.postgres_connections import patient

LOCK = 7165631600003
"""The session advisory lock of the relay, in the log's database."""


class Lead:
    """A session of its own. A relay that was paused, and lost it without noticing, only tells the broker twice."""

    def __init__(self, url: str) -> None:
        self._conninfo = patient(url)
        self._session: psycopg.Connection[Any] | None = None
        self._holding = False

    @property
    def held(self) -> bool:
        """Whether this relay leads, as far as it knows."""
        return self._holding

    def take(self, stop: threading.Event, pause: float) -> bool:
        """Wait until this relay leads (True) or `stop` is set (False). Raises `LogUnreachable`."""
        while not stop.is_set():
            row = self._ask(f"SELECT pg_try_advisory_lock({LOCK})")
            if row and row[0]:
                self._holding = True
                return True
            stop.wait(pause)
        return False

    def check(self) -> None:
        """Raises `LogUnreachable` when the session, and the lead with it, is gone."""
        self._ask("SELECT 1")

    def drop(self) -> None:
        """Let another lead."""
        self._holding = False
        if self._session is not None:
            self._session.close()
            self._session = None

    def _ask(self, sql: str) -> Any:
        try:
            if self._session is None:
                self._session = psycopg.connect(self._conninfo, autocommit=True, application_name="comitia relay")
            return self._session.execute(sql.encode()).fetchone()
        except psycopg.Error as error:
            self.drop()
            raise LogUnreachable("the relay's session with the log ended: another relay may lead now") from error
