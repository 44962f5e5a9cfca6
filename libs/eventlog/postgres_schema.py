"""The PostgreSQL log's schema: numbered migrations, forward only, run by a command and never by a service that starts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import sql

from eventlog.contract import SchemaUnknown

SERVICE_ROLE = "comitia_service"
_MIGRATING = 7165631600002
"""The advisory lock under which one migration runs at a time."""
_BOOK = """
CREATE SCHEMA IF NOT EXISTS comitia;
CREATE TABLE IF NOT EXISTS comitia.migrations (
    version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


class MigrationChanged(Exception):
    """A migration that was applied is not the one in this version of Comitia."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: `NNNN_name.sql`."""

    version: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """What is kept of its text, so that a step changed after it was applied is noticed."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def migrations() -> tuple[Migration, ...]:
    """Every step, in order."""
    found = sorted(
        file.name for file in files("eventlog").joinpath("migrations").iterdir() if file.name.endswith(".sql")
    )
    steps = []
    for name in found:
        number, _, title = name.removesuffix(".sql").partition("_")
        text = files("eventlog").joinpath("migrations", name).read_text(encoding="utf-8")
        steps.append(Migration(int(number), title, text))
    return tuple(steps)


def known_version() -> int:
    """The schema version that this version of Comitia reads and writes."""
    return migrations()[-1].version


def migrate(url: str, grant: Sequence[str] = (), *, steps: Sequence[Migration] | None = None) -> list[int]:
    """Bring the database at `url` to the known version; returns the versions applied now, none when it was there.

    `grant` names login roles that become services. Safe to run twice and from two machines at once: each step is one
    transaction. Raises `MigrationChanged`, `SchemaUnknown`, or psycopg's errors.
    """
    steps = migrations() if steps is None else steps
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as db:
        db.execute("SELECT pg_advisory_lock(%s)", (_MIGRATING,))
        db.execute(_BOOK)
        applied: dict[int, str] = dict(db.execute("SELECT version, sha256 FROM comitia.migrations").fetchall())
        _check(applied, steps)
        new = [step for step in steps if step.version not in applied]
        for step in new:
            with db.transaction():
                db.execute(step.text.encode())
                db.execute(
                    "INSERT INTO comitia.migrations (version, name, sha256) VALUES (%s, %s, %s)",
                    (step.version, step.name, step.sha256),
                )
        for role in grant:
            db.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(SERVICE_ROLE), sql.Identifier(role)))
    return [step.version for step in new]


def _check(applied: dict[int, str], steps: Sequence[Migration]) -> None:
    known = {step.version: step for step in steps}
    newest = max(applied, default=0)
    if newest > max(known):
        raise SchemaUnknown(found=newest, known=max(known))
    for version, digest in sorted(applied.items()):
        if known[version].sha256 != digest:
            raise MigrationChanged(
                f"migration {version:04} ({known[version].name}) was applied with another text: "
                "this is not the version of Comitia that made the database, or someone changed it"
            )


def check_version(db: psycopg.Connection[Any]) -> None:
    """Raises `SchemaUnknown` unless the database has the version that is known here; 0 stands for no schema at all."""
    there = db.execute("SELECT to_regclass('comitia.migrations')").fetchone()
    found = 0
    if there is not None and there[0] is not None:
        row = db.execute("SELECT coalesce(max(version), 0) FROM comitia.migrations").fetchone()
        found = row[0] if row else 0
    if found != known_version():
        raise SchemaUnknown(found=found, known=known_version())
