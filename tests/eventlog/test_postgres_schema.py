"""Migrations: numbered, forward only, each whole or not at all, by however many machines at once; and only by the command."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql as quoting

from eventlog.contract import LogUnreachable, SchemaUnknown
from eventlog.postgres import PostgresLog
from eventlog.postgres_schema import CannotMigrate, Migration, known_version, migrate, migrations
from infra.local.postgres import Postgres
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import wall_clock

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
KNOWN = known_version()
NEXT = KNOWN + 1


def step(version: int, text: str, usable_from: int | None = None) -> Migration:
    """A migration of a later version of Comitia."""
    return Migration(version, "more", f"-- usable from: {usable_from or version}\n{text}")


def tables(url: str) -> list[str]:
    """Everything that is in the database beside PostgreSQL's own."""
    with psycopg.connect(url) as db:
        found = db.execute(
            "SELECT relname FROM pg_class WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg_%'"
            " OR nspname = 'information_schema')"
        )
        return sorted(row[0] for row in found)


def test_a_migration_is_applied_once(database: str) -> None:
    assert migrate(database) == [step.version for step in migrations()]
    before = tables(database)
    assert migrate(database) == []
    assert tables(database) == before
    with closing(PostgresLog(database, clock=wall_clock)) as log:
        assert log.append([a_record("s/1")])[0].position == 1


def test_of_eight_machines_that_migrate_at_once_one_applies_each_step_and_none_fails(database: str) -> None:
    code = f"import sys; from eventlog.postgres_schema import migrate; print(migrate({database!r}))"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    told = [(*child.communicate(timeout=120), child.returncode) for child in children]
    assert [code for _, _, code in told] == [0] * 8, told
    assert sorted(out.strip() for out, _, _ in told) == sorted(
        [str([step.version for step in migrations()]), *["[]"] * 7]
    )


def test_databases_of_one_server_are_migrated_at_the_same_time(postgres: Postgres) -> None:
    """Roles belong to the server: who comes second finds them made."""
    urls = [postgres.database() for _ in range(4)]
    with psycopg.connect(postgres.url, autocommit=True) as db:
        db.execute("CREATE ROLE voting LOGIN")
        code = "import sys; from eventlog.postgres_schema import migrate; print(migrate(sys.argv[1], ['voting']))"
        children = [
            subprocess.Popen([sys.executable, "-c", code, url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
            for url in urls
        ]
        told = [(child.communicate(timeout=120)[1], child.returncode) for child in children]
        assert told == [("", 0)] * 4
        for url in urls:
            postgres.drop(url)
        db.execute("DROP ROLE voting")


def test_a_step_that_fails_leaves_the_database_at_the_step_before(database: str) -> None:
    migrate(database)
    before = tables(database)
    bad = step(NEXT, "CREATE TABLE comitia.more (a int); SELECT 1 / 0;")
    with pytest.raises(CannotMigrate, match="division by zero"):
        migrate(database, steps=[*migrations(), bad])
    assert tables(database) == before
    assert migrate(database, steps=[*migrations(), step(NEXT, "CREATE TABLE comitia.more (a int);")]) == [NEXT]


def test_a_database_of_a_later_version_is_left_alone(migrated: str) -> None:
    migrate(migrated, steps=[*migrations(), step(NEXT, "")])
    for use in (lambda: migrate(migrated), lambda: PostgresLog(migrated, clock=wall_clock)):
        with pytest.raises(SchemaUnknown, match=rf"version {NEXT}.*up to {KNOWN}: upgrade") as unknown:
            use()
        assert (unknown.value.found, unknown.value.known) == (NEXT, KNOWN)


def test_a_later_version_that_says_so_can_be_used_meanwhile_so_that_a_cluster_is_upgraded_without_stopping(
    migrated: str,
) -> None:
    with closing(PostgresLog(migrated, clock=wall_clock)) as running:
        migrate(migrated, steps=[*migrations(), step(NEXT, "", usable_from=KNOWN)])
        running.check()
        with closing(PostgresLog(migrated, clock=wall_clock)) as started:
            assert started.append([a_record("s/1")])[0].position == 1
        later = step(NEXT + 1, "")
        migrate(migrated, steps=[*migrations(), step(NEXT, "", usable_from=KNOWN), later])
        with pytest.raises(SchemaUnknown, match="upgrade"):
            running.check()


@pytest.mark.parametrize("was", ["empty", "older"])
def test_a_database_of_an_earlier_version_is_not_used_and_both_versions_are_named(
    database: str, monkeypatch: pytest.MonkeyPatch, was: str
) -> None:
    if was == "older":
        migrate(database)
        monkeypatch.setattr("eventlog.postgres_schema.known_version", lambda: NEXT)
    found, known = (KNOWN, NEXT) if was == "older" else (0, KNOWN)
    before = tables(database)
    with pytest.raises(SchemaUnknown, match=rf"version {found}.*{known}: run `comitia migrate`") as unknown:
        PostgresLog(database, clock=wall_clock)
    assert (unknown.value.found, unknown.value.known) == (found, known)
    assert tables(database) == before


def test_a_step_that_was_changed_after_it_was_applied_is_refused(migrated: str) -> None:
    first, *others = migrations()
    changed = replace(first, text=first.text + "-- one more comment\n")
    with pytest.raises(CannotMigrate, match=r"migration 0001 \(the_log\) was applied .* with another text") as refused:
        migrate(migrated, steps=[changed, *others])
    assert first.sha256[:12] in str(refused.value)


def test_what_was_applied_is_written_down_and_stays_so(migrated: str) -> None:
    with psycopg.connect(migrated, autocommit=True) as db:
        book = db.execute("SELECT version, name, sha256 FROM comitia.migrations ORDER BY version").fetchall()
        assert book == [(step.version, step.name, step.sha256) for step in migrations()]
        for statement in ("DELETE FROM comitia.migrations", "UPDATE comitia.migrations SET sha256 = ''"):
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                db.execute(statement.encode())


def test_a_database_that_cannot_hold_every_name_is_refused(postgres: Postgres, database: str) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as db:
        db.execute("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        url = psycopg.conninfo.make_conninfo(database, dbname="latin")
        try:
            with pytest.raises(CannotMigrate, match="LATIN1, expected UTF8"):
                migrate(url)
            assert tables(url) == []
        finally:
            db.execute("DROP DATABASE latin")


def test_a_user_who_may_not_migrate_is_told_who_may(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("CREATE ROLE nobody_much LOGIN PASSWORD 'very-secret'")
        try:
            url = psycopg.conninfo.make_conninfo(database, user="nobody_much", password="very-secret")
            with pytest.raises(CannotMigrate, match="migrate as the owner of the database") as refused:
                migrate(url)
            assert "very-secret" not in str(refused.value)
            with pytest.raises(LogUnreachable, match="nobody_much") as refused_login:
                migrate(psycopg.conninfo.make_conninfo(url, password="wrong-secret"))
            assert "wrong-secret" not in str(refused_login.value)
        finally:
            db.execute("DROP ROLE nobody_much")


def test_a_granted_role_that_does_not_exist_is_named(database: str) -> None:
    with pytest.raises(CannotMigrate, match='"no_such_role" does not exist'):
        migrate(database, ["no_such_role"])


def test_an_owner_who_is_no_superuser_migrates_his_database(postgres: Postgres) -> None:
    database = postgres.database()
    owner = quoting.Identifier("town_hall")
    with psycopg.connect(database, autocommit=True) as db:
        name = db.info.dbname
        db.execute(quoting.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD 'x'").format(owner))
        db.execute(quoting.SQL("ALTER DATABASE {} OWNER TO {}").format(quoting.Identifier(name), owner))
        url = psycopg.conninfo.make_conninfo(database, user="town_hall", password="x")
        assert migrate(url) == [step.version for step in migrations()]
        with closing(PostgresLog(url, clock=wall_clock)) as log:
            assert log.append([a_record("s/1")])[0].position == 1
    postgres.drop(database)
    with psycopg.connect(postgres.url, autocommit=True) as db:
        db.execute(quoting.SQL("DROP ROLE {}").format(owner))


def test_roles_and_privileges_that_were_lost_are_granted_again(migrated: str) -> None:
    """As they are when a database is restored on another server: roles are not in its dump."""
    with psycopg.connect(migrated, autocommit=True) as db:
        db.execute("REVOKE ALL ON ALL TABLES IN SCHEMA comitia FROM comitia_service")
        with pytest.raises(Exception, match="permission denied"):
            PostgresLog(migrated, clock=wall_clock)
        assert migrate(migrated) == []
        with closing(PostgresLog(migrated, clock=wall_clock)) as log:
            assert log.append([a_record("s/1")])[0].position == 1
