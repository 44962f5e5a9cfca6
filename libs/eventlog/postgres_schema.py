"""The PostgreSQL log's schema: numbered migrations, forward only, run by a command and never by a service that starts."""

from __future__ import annotations

import hashlib
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import psycopg
from psycopg import sql

from eventlog.contract import LogUnreachable, SchemaUnknown
from eventlog.postgres_errors import address, explain

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

SERVICE, READER = "comitia_service", "comitia_reader"

_FOLDER = files("eventlog").joinpath("migrations")
_USABLE = re.compile(r"-- usable from: (\d+)\n")
_MIGRATING = 7165631600002
"""The advisory lock under which one `migrate` at a time works in a database."""
_PATIENCE = "600s"
_BOOK = """
CREATE SCHEMA IF NOT EXISTS comitia;
CREATE TABLE IF NOT EXISTS comitia.migrations (
    version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, usable_from integer NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
_VERSION = "SELECT version, usable_from FROM comitia.migrations ORDER BY version DESC LIMIT 1"
_NOT_THERE = ("42P01", "3F000")
_NOT_ALLOWED = "42501"
_RACES = ("42710", "23505", "XX000")
"""What two `migrate` on two databases of one server may meet: roles belong to the server, and no lock covers it."""
_TRIES = 20


class CannotMigrate(Exception):
    """The database was left at the version that it has; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema, `NNNN_name.sql`. Programs that know `usable_from` or later may go on using the log after it."""

    version: int
    name: str
    text: str

    @property
    def usable_from(self) -> int:
        """Named in its first line."""
        first = _USABLE.match(self.text)
        if first is None:
            raise ValueError(f"migration {self.version:04} ({self.name}) does not begin with `-- usable from: VERSION`")
        return int(first[1])

    @property
    def sha256(self) -> str:
        """What is kept of its text, so that a step changed after it was applied is noticed."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def migrations() -> tuple[Migration, ...]:
    """Every step, in order: 1, 2, 3, …"""
    names = sorted(file.name for file in _FOLDER.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", file.name))
    steps = [Migration(int(name[:4]), name[5:-4], _FOLDER.joinpath(name).read_text(encoding="utf-8")) for name in names]
    if [step.version for step in steps] != list(range(1, len(steps) + 1)):
        raise ValueError(f"migrations are numbered 1, 2, 3, …; found {', '.join(names)}")
    return tuple(steps)


def known_version() -> int:
    """The schema version that this version of Comitia reads and writes."""
    return migrations()[-1].version


def migrate(url: str, grant: Sequence[str] = (), *, steps: Sequence[Migration] | None = None) -> list[int]:
    """Bring the database at `url` to the known version; returns the versions applied now, none when it was there.

    `grant` names login roles that become services. Safe to run again and from many machines at once: one at a time works,
    each step in its own transaction. Raises `LogUnreachable`, `SchemaUnknown` or `CannotMigrate`.
    """
    steps = migrations() if steps is None else steps
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10, application_name="comitia migrate") as db:
            _check_encoding(db)
            db.execute("SELECT set_config('lock_timeout', %s, false)", (_PATIENCE,))
            db.execute("SELECT pg_advisory_lock(%s)", (_MIGRATING,))
            for role in (SERVICE, READER):
                _again_when_raced(db, _make_role, role)
            new = _take_steps(db, steps)
            with db.transaction():
                db.execute(_FOLDER.joinpath("privileges.sql").read_bytes())
            for role in grant:
                _again_when_raced(db, _grant, role)
    except psycopg.Error as error:
        raise _named(url, error) from None
    return new


def check_version(db: Connection) -> None:
    """Raises `SchemaUnknown` unless the log can be used by this version of Comitia; 0 stands for no log at all."""
    known = known_version()
    try:
        row = db.execute(_VERSION).fetchone()
    except psycopg.Error as error:
        if error.sqlstate not in _NOT_THERE:
            raise
        row = None
    found, usable_from = row or (0, 0)
    if found < known or known < usable_from:
        raise SchemaUnknown(found=found, known=known)


def _take_steps(db: Connection, steps: Sequence[Migration]) -> list[int]:
    """Each in its own transaction with its line in the book: a crash leaves whole steps."""
    db.execute(_BOOK)
    applied: dict[int, str] = dict(db.execute("SELECT version, sha256 FROM comitia.migrations").fetchall())
    _check_applied(applied, steps)
    new = [step for step in steps if step.version not in applied]
    for step in new:
        with db.transaction():
            db.execute(step.text.encode())
            db.execute(
                "INSERT INTO comitia.migrations (version, name, sha256, usable_from) VALUES (%s, %s, %s, %s)",
                (step.version, step.name, step.sha256, step.usable_from),
            )
    return [step.version for step in new]


def _check_applied(applied: dict[int, str], steps: Sequence[Migration]) -> None:
    known = {step.version: step for step in steps}
    newest = max(applied, default=0)
    if newest > max(known):
        raise SchemaUnknown(found=newest, known=max(known))
    for version, digest in sorted(applied.items()):
        if known[version].sha256 != digest:
            raise CannotMigrate(
                f"migration {version:04} ({known[version].name}) was applied to this database with another text "
                f"(SHA-256 {digest[:12]}…, expected {known[version].sha256[:12]}…): use the Comitia that made the database"
            )


def _make_role(db: Connection, role: str) -> None:
    """A group role without login, shared by every database of the server; whoever migrates acts in it too."""
    if db.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
        db.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    member = db.execute("SELECT pg_catalog.pg_has_role(current_user, %s, 'USAGE')", (role,)).fetchone()
    if member == (False,):
        db.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))


def _grant(db: Connection, role: str) -> None:
    db.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(SERVICE), sql.Identifier(role)))


def _again_when_raced(db: Connection, work: Callable[[Connection, str], None], role: str) -> None:
    for left in reversed(range(_TRIES)):
        try:
            with db.transaction():
                work(db, role)
            return
        except psycopg.Error as error:
            if error.sqlstate not in _RACES or not left:
                raise
            time.sleep(random.uniform(0, 0.05))


def _check_encoding(db: Connection) -> None:
    row = db.execute("SHOW server_encoding").fetchone()
    if row != ("UTF8",):
        raise CannotMigrate(
            f"the database is encoded in {row[0] if row else 'something unknown'}, expected UTF8: "
            "create it with ENCODING 'UTF8' TEMPLATE template0"
        )


def _named(url: str, error: psycopg.Error) -> Exception:
    told = explain(address(url), error)
    if isinstance(told, LogUnreachable):
        return told
    why = error.diag.message_primary or type(error).__name__
    if error.sqlstate == _NOT_ALLOWED:
        return CannotMigrate(
            f"the database refuses this user: {why}; migrate as the owner of the database, with CREATEROLE or after "
            f"an administrator has made the roles {SERVICE} and {READER} and granted them to that user WITH ADMIN OPTION"
        )
    return CannotMigrate(f"the database could not be migrated: {why}")
