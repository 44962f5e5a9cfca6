"""Of several relays one leads: the one whose database session holds the lock. With the session the lead is lost."""

from __future__ import annotations

import threading
from contextlib import suppress
from time import monotonic
from typing import Any

import psycopg

from eventlog.contract import LogUnreachable
from eventlog.postgres_connections import patient

LOCK = 7165631600003
"""The relays' session advisory lock, in the log's database."""

_END_OF_A_SESSION = (
    ("idle_session_timeout", "{milliseconds}ms"),
    ("tcp_keepalives_idle", "{seconds}"),
    ("tcp_keepalives_interval", "{seconds}"),
    ("tcp_keepalives_count", "2"),
    ("tcp_user_timeout", "{milliseconds}ms"),
)
"""What has PostgreSQL end the session, and free the lock, when the relay is paused or its machine is gone: otherwise a
stopped process holds it for ever, and a vanished machine for two hours."""


class SessionLock:
    """`Leases` by one session: whoever asks each second keeps it. Two that both believe to lead only tell the broker twice."""

    def __init__(self, url: str, seconds: float) -> None:
        """`seconds` of silence end the session."""
        self._conninfo = patient(url)
        self._seconds = seconds
        self._one_at_a_time = threading.Lock()
        self._session: psycopg.Connection[Any] | None = None
        self._holds = False
        self._rests_until = 0.0

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        """Whether this relay holds the lock. A lost session is not held, even if a new one could take the lock at once.

        Raises `LogUnreachable`.
        """
        with self._one_at_a_time:
            if monotonic() < self._rests_until:
                return False
            held = self._holds
            try:
                row = self._ask("SELECT true" if held else f"SELECT pg_try_advisory_lock({LOCK})")
            except psycopg.Error as error:
                self._end()
                if held:
                    return False
                raise LogUnreachable("the relays' lock cannot be asked for: the database does not answer") from error
            self._holds = bool(row and row[0])
            return self._holds

    def release(self, name: str, holder: str) -> None:
        """Let another lead."""
        with self._one_at_a_time:
            self._end()

    def rest(self, seconds: float) -> None:
        """Let another lead, and do not try to for a while: perhaps it reaches the broker that we do not."""
        with self._one_at_a_time:
            self._end()
            self._rests_until = monotonic() + seconds

    def _ask(self, sql: str) -> Any:
        if self._session is None:
            self._session = psycopg.connect(self._conninfo, autocommit=True, application_name="comitia relay")
            whole = max(int(self._seconds), 1)
            for setting, value in _END_OF_A_SESSION:
                told = value.format(seconds=whole, milliseconds=int(self._seconds * 1000))
                self._session.execute("SELECT set_config(%s, %s, false)", (setting, told))
        return self._session.execute(sql.encode()).fetchone()

    def _end(self) -> None:
        self._holds = False
        if self._session is not None:
            with suppress(psycopg.Error):
                self._session.close()
            self._session = None
