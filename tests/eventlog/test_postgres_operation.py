"""What `infra/postgres` gives an operator works: PostgreSQL takes the settings, and the logins can do what is said of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from eventlog.postgres import PostgresLog
from eventlog.postgres_schema import known_version, migrate
from infra.local.postgres import Postgres, installed_programs, obtain_postgres
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.recorders import wall_clock

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).resolve().parents[2] / "infra" / "postgres"
SETTING = re.compile(r"^(\w+) = (\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server with the settings of the sample, and the logins of roles.sql."""
    folder = Path(tempfile.mkdtemp(prefix="comitia-"))
    folder.chmod(0o711)
    options = dict(SETTING.findall((FOLDER / "postgresql.conf").read_text(encoding="utf-8")))
    server = obtain_postgres(folder, options=options)
    given = {"database": "voting", "owner_password": "o", "app_password": "a", "reader_password": "r"}
    words = [word for name, value in given.items() for word in ("-v", f"{name}={value}")]
    programs = installed_programs()
    psql = shutil.which("psql") or str((programs or Path()) / "psql")
    done = subprocess.run(
        [psql, server.url, "-v", "ON_ERROR_STOP=1", *words, "-f", str(FOLDER / "roles.sql")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    yield server
    server.close()


def as_role(server: Postgres, role: str, password: str) -> str:
    return psycopg.conninfo.make_conninfo(server.url, dbname="voting", user=role, password=password)


def test_the_server_has_the_settings_of_the_sample(server: Postgres) -> None:
    wanted = SETTING.findall((FOLDER / "postgresql.conf").read_text(encoding="utf-8"))
    assert len(wanted) > 10
    with psycopg.connect(server.url) as db:
        assert [(name, *(db.execute(f"SHOW {name}".encode()).fetchone() or ())) for name, _ in wanted] == wanted


def test_the_owner_migrates_without_being_allowed_to_make_roles(server: Postgres) -> None:
    assert migrate(as_role(server, "comitia_owner", "o"), ["comitia_app"])[-1:] in ([known_version()], [])


def test_the_app_appends_and_the_looker_looks(server: Postgres) -> None:
    migrate(as_role(server, "comitia_owner", "o"), ["comitia_app"])
    with closing(PostgresLog(as_role(server, "comitia_app", "a"), clock=wall_clock)) as log:
        log.append(a_stream("s/1", 300))
        log.append([a_record("s/2")])
        log.check()
    with psycopg.connect(as_role(server, "comitia_looker", "r"), autocommit=True) as db:
        assert db.execute("SELECT count(*) FROM comitia.records").fetchone() == (301,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("SET transaction_read_only = off; DELETE FROM comitia.records")
