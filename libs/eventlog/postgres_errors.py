"""PostgreSQL's errors in the log's own terms, without what they quote: a row that is refused holds a ballot."""

from __future__ import annotations

import re

import psycopg
from eventsourcing.persistence import OperationalError, PersistenceError
from psycopg.conninfo import conninfo_to_dict

from eventlog.contract import LogBusy, LogFull, LogUnreachable

_UNREACHABLE = re.compile("08...|57P0.|53200|53300|25006|25P03")
"""SQLSTATEs: connection lost, server stopping or starting, no memory or no connection free, a server that only reads (a
standby), and a transaction that was left alone for too long, whose connection the server has closed."""
_BUSY = ("55P03", "57014", "40001", "40P01")
_FULL = ("53100", "58030")
_CANNOT_GROW = "could not extend file"
"""A quota that is used up has no SQLSTATE of its own."""
_NOT_ALLOWED = "42501"


class Hung(psycopg.OperationalError):
    """The server has not answered within the time that an answer may take."""


def address(url: str) -> str:
    """`HOST:PORT/DATABASE`: what may be told of a database's url. Raises `OperationalError` for what is no url."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise OperationalError(
            "the database's address cannot be read: expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from None
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    return f"{host}:{parts.get('port') or 5432}/{parts.get('dbname') or parts.get('user') or ''}"


def explain(place: str, error: psycopg.Error) -> PersistenceError:
    """The error to raise in place of psycopg's `error`, from None."""
    state = error.sqlstate or ""
    why = error.diag.message_primary or type(error).__name__
    if state in _FULL or why.startswith(_CANNOT_GROW):
        return LogFull(
            f"the log {place} could not be written ({why}): its disk is full or failing; "
            "nothing of the batch was recorded; free space, then send it again"
        )
    if state in _BUSY:
        return LogBusy(f"the log {place} was kept busy by others for too long ({why}): try again")
    if _UNREACHABLE.fullmatch(state) or (not state and isinstance(error, psycopg.OperationalError)):
        return LogUnreachable(f"the log {place} does not answer ({_first_line(error)}): send it again")
    if state == _NOT_ALLOWED:
        return OperationalError(
            f"the log {place} refuses this user ({why}): run `comitia migrate --grant USER`, once for each service's user"
        )
    return OperationalError(f"the log {place}: {why}")


def _first_line(error: psycopg.Error) -> str:
    """No connection, no rows: what libpq says then names host, port, database and user at most."""
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
