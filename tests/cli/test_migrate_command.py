"""`comitia migrate`: what it applied, in words and as JSON; what it cannot do, in a sentence and with status 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from eventlog.postgres_schema import known_version, migrations
from infra.local.postgres import Postgres

pytestmark = pytest.mark.slow

COMITIA = Path(sys.executable).with_name("comitia")
STEPS = [step.version for step in migrations()]


def run(*arguments: str, env: Mapping[str, str] = {}) -> tuple[int, str, str]:
    """Status, output and error output."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COMITIA_")}
    done = subprocess.run(
        [COMITIA, "migrate", *arguments], env={**clean, **env}, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_says_what_it_applied_and_that_there_is_nothing_more(database: str) -> None:
    version = known_version()
    applied = ", ".join(f"{step:04}" for step in STEPS)
    assert run("--database", database) == (0, f"applied {applied}: the log has schema version {version}\n", "")
    assert run("--database", database) == (0, f"nothing to apply: the log has schema version {version}\n", "")


def test_tells_a_program_in_json_and_takes_the_database_from_the_environment(database: str) -> None:
    for applied in (STEPS, []):
        status, out, errors = run("--json", env={"COMITIA_DATABASE": database})
        assert (status, json.loads(out), errors) == (0, {"applied": applied, "version": known_version()}, "")


def test_grants_login_roles_what_a_service_needs(postgres: Postgres, database: str) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as db:
        db.execute("CREATE ROLE api_of_voting LOGIN")
        db.execute("CREATE ROLE worker_of_voting LOGIN")
        status, _, errors = run("--database", database, "--grant", "api_of_voting", "--grant", "worker_of_voting")
        assert (status, errors) == (0, "")
        for role in ("api_of_voting", "worker_of_voting"):
            assert db.execute("SELECT pg_has_role(%s, 'comitia_service', 'MEMBER')", (role,)).fetchone() == (True,)
            db.execute(f"DROP ROLE {role}".encode())


@pytest.mark.parametrize(
    ("url", "say"),
    [
        ("postgresql://me:very-secret@127.0.0.1:1/log", "the log 127.0.0.1:1/log does not answer"),
        ("very-secret", "expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE"),
    ],
    ids=["nobody is there", "no address"],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_secrets(url: str, say: str) -> None:
    status, out, errors = run("--database", url)
    assert (status, out) == (2, "")
    assert say in errors
    assert "very-secret" not in errors
    assert "Traceback" not in errors
    status, out, errors = run("--database", url, "--json")
    assert (status, out, json.loads(errors)["error"]) == (2, "", "cannot_migrate")


def test_a_database_of_a_later_version_is_refused_with_both_versions(migrated: str) -> None:
    later = known_version() + 1
    with psycopg.connect(migrated) as db:
        db.execute("INSERT INTO comitia.migrations VALUES (%s, 'later', '', %s)", (later, later))
    status, out, errors = run("--database", migrated)
    assert (status, out) == (2, "")
    assert f"schema version {later}" in errors
    assert f"knows up to {known_version()}: upgrade" in errors


def test_without_a_database_it_says_which_option_is_missing() -> None:
    status, _, errors = run()
    assert status == 2
    assert "--database" in errors
