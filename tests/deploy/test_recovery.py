"""The drill of docs/operators.md: base backup, write-ahead log, a restore to a time; and audit signs no second history."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from cli.client import Client
from comitia.audit.v1 import audit_pb2
from comitia.processes.v1 import processes_pb2
from infra.local.postgres import Postgres, installed_programs, obtain_postgres
from tests.deploy.files import OPERATORS, ROOT
from tests.deploy.processes import run, running

pytestmark = pytest.mark.slow

SCHOOL = "school-2026"
CHARTER = (ROOT / "docs/examples/school-budget.yaml").read_text(encoding="utf-8")
ELSEWHERE = {f"COMITIA_AUDIT_{name}": "127.0.0.1:9" for name in ("PROCESSES", "PROPOSALS", "CHAMBERS", "BALLOTS")}

ARCHIVE_COMMAND = (
    "test ! -f /srv/archive/%f && cp %p /srv/archive/%f.part && sync /srv/archive/%f.part"
    " && mv /srv/archive/%f.part /srv/archive/%f"
)


@dataclass(frozen=True)
class Drill:
    """What is left when the database is lost: backups in a folder, audit's own folder, the checkpoint signed last.

    `moment` is a time after the backup and before the last events.
    """

    folder: Path
    moment: str
    signed: int

    def settings(self, server: Postgres) -> dict[str, str]:
        return settings(server, self.folder)


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    """A process that goes on after the backup and is signed; then its database is gone."""
    folder = Path(tempfile.mkdtemp(prefix="comitia-"))
    folder.chmod(0o777)
    archive = folder / "archive"
    archive.mkdir()
    archive.chmod(0o777)
    options = {"archive_mode": "on", "archive_command": ARCHIVE_COMMAND.replace("/srv/archive", str(archive))}
    with closing(obtain_postgres(folder / "first", options=options)) as server:
        server.database("comitia")
        told = settings(server, folder)
        migrated = run("cli", "migrate", settings=told)
        assert migrated.returncode == 0, migrated.stderr
        with api("processes", told) as processes, api("audit", told) as audit:
            opening = processes_pb2.OpenProcessRequest(title="School", organiser="school", charter_yaml=CHARTER)
            give(processes, "OpenProcess", opening)
            sign(audit)
            base_backup(server, folder / "base")
            give(processes, "OpenPhase", processes_pb2.OpenPhaseRequest(phase="ideas"))
            moment = now(server)
            give(processes, "ClosePhase", processes_pb2.ClosePhaseRequest(phase="ideas"))
            give(processes, "OpenPhase", processes_pb2.OpenPhaseRequest(phase="review"))
            signed = sign(audit)
        archive_what_is_left(server, archive)
        shutil.copy(server.folder / "password", folder)
    yield Drill(folder, moment, signed)
    shutil.rmtree(folder)


def settings(server: Postgres, folder: Path) -> dict[str, str]:
    """What every process is told; audit's folder outlives the database."""
    url = urlsplit(server.url)._replace(path="/comitia").geturl()
    own = {"COMITIA_DATABASE": url, "COMITIA_DATA_DIR": str(folder / "audit"), "COMITIA_LISTEN": "127.0.0.1:0"}
    return {**own, **ELSEWHERE}


@contextmanager
def api(service: str, told: dict[str, str]) -> Iterator[Client]:
    with running(service, "api", settings=told) as process, Client(process.address) as client:
        yield client


def give(client: Client, command: str, request: Any) -> None:
    request.process_id = SCHOOL
    client.do(getattr(client.processes, command), request)


def sign(client: Client) -> int:
    """Have a checkpoint of the whole process signed; returns its size."""
    request = audit_pb2.GetCheckpointRequest(process_id=SCHOOL)
    return int(client.ask(client.audit.GetCheckpoint, request).size)


def base_backup(server: Postgres, place: Path) -> None:
    programs = installed_programs()
    assert programs is not None
    words = [str(programs / "pg_basebackup"), f"--dbname={server.url}", f"--pgdata={place}", "--checkpoint=fast"]
    subprocess.run(words, check=True)


def now(server: Postgres) -> str:
    """The database's clock, with what was committed before safely earlier and what comes after safely later."""
    time.sleep(0.2)
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SELECT now()::text").fetchone()
    time.sleep(0.2)
    assert row is not None
    return str(row[0])


def archive_what_is_left(server: Postgres, archive: Path) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    assert row is not None
    deadline = time.monotonic() + 30
    while not (archive / str(row[0])).exists():
        assert time.monotonic() < deadline, "the write-ahead log was not archived"
        time.sleep(0.05)


@contextmanager
def restored(drill: Drill, name: str, *lines: str) -> Iterator[Postgres]:
    """A server on a copy of the base backup, rolled forward by the archive as far as the lines say."""
    place = drill.folder / name
    place.mkdir()
    shutil.copytree(drill.folder / "base", place / "data")
    shutil.copy(drill.folder / "password", place)
    told = [f"restore_command = 'cp {drill.folder}/archive/%f %p'", "recovery_target_action = 'promote'", *lines]
    with (place / "data/postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in told)
    (place / "data/recovery.signal").touch()
    give_to_its_user(place / "data")
    with closing(obtain_postgres(place)) as server:
        await_end_of_recovery(server)
        yield server


def give_to_its_user(data: Path) -> None:
    """PostgreSQL runs as its own user when root starts it, and insists that the data are that user's alone."""
    data.chmod(0o700)
    if os.geteuid() == 0:
        subprocess.run(["chown", "--recursive", "postgres:", str(data)], check=True)


def await_end_of_recovery(server: Postgres) -> None:
    deadline = time.monotonic() + 60
    with psycopg.connect(server.url, autocommit=True) as connection:
        while connection.execute("SELECT pg_is_in_recovery()").fetchone() != (False,):
            assert time.monotonic() < deadline, "it recovers for ever"
            time.sleep(0.05)


def test_a_log_restored_to_before_what_was_signed_is_not_signed_again(drill: Drill) -> None:
    with restored(drill, "earlier", f"recovery_target_time = '{drill.moment}'") as server:
        told = drill.settings(server)
        refused = run("audit", "api", settings=told)
        assert refused.returncode == 2
        assert f"and a checkpoint of {drill.signed} was signed: it was restored to before that" in refused.stderr
        assert run("audit", "worker", settings=told).returncode == 2
        with api("processes", told) as processes:
            give(processes, "ClosePhase", processes_pb2.ClosePhaseRequest(phase="ideas"))
            give(processes, "OpenPhase", processes_pb2.OpenPhaseRequest(phase="review"))
            give(processes, "ClosePhase", processes_pb2.ClosePhaseRequest(phase="review"))
        grown = run("audit", "api", settings=told)
        assert grown.returncode == 2
        assert f"the first {drill.signed} of " in grown.stderr
        assert "it was restored to before that and went on otherwise" in grown.stderr


def test_a_log_restored_to_its_end_has_everything_and_is_signed_on(drill: Drill) -> None:
    with restored(drill, "whole") as server:
        told = drill.settings(server)
        with api("processes", told) as processes, api("audit", told) as audit:
            assert sign(audit) == drill.signed
            give(processes, "ClosePhase", processes_pb2.ClosePhaseRequest(phase="review"))
            assert sign(audit) > drill.signed


def test_the_commands_of_the_drill_are_those_of_the_documentation() -> None:
    documentation = OPERATORS.read_text(encoding="utf-8")
    assert f"archive_command = '{ARCHIVE_COMMAND}'" in documentation
    assert "restore_command = 'cp /srv/archive/%f %p'" in documentation
    assert "recovery_target_action = 'promote'" in documentation
