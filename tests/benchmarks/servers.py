"""PostgreSQL, an api on it, and the whole cluster: started for a measurement, with what their users have, fsync on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from eventlog.contract import LogRecorder
from eventlog.postgres import PostgresLog
from eventlog.postgres_schema import migrate
from infra.local.cluster import Cluster
from infra.local.postgres import Postgres, obtain_postgres
from kernel.records import Record
from runtime.storage import now
from tests.benchmarks.serving import PYTHON, Server, running

AT_ONCE = 500
OPTIONS = {"shared_buffers": "2GB", "max_wal_size": "8GB"}
"""What a server of its own is given: memory for what is read often, and checkpoints by time. All else is PostgreSQL's default."""


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server of this measurement's own."""
    folder.chmod(0o711)
    with closing(obtain_postgres(folder / "postgres", options=OPTIONS)) as server:
        yield server


def migrated(server: Postgres, name: str) -> str:
    """A new database with the log's schema."""
    url = server.database(name)
    migrate(url)
    return url


def setting(server: Postgres, name: str) -> str:
    """What a setting of the server is."""
    with psycopg.connect(server.url) as connection:
        (found,) = connection.execute("SELECT current_setting(%s)", (name,)).fetchone() or ("unknown",)
        return str(found)


def settle(url: str) -> None:
    """What autovacuum does by itself some minutes after so many inserts."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) comitia.records")


def open_log(url: str) -> PostgresLog:
    """The log of a database."""
    return PostgresLog(url, clock=now)


def append_all(log: LogRecorder, records: Sequence[Record]) -> None:
    """Put a process that another log has into this one."""
    for first in range(0, len(records), AT_ONCE):
        log.append(records[first : first + AT_ONCE])


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Every service as processes of its own, on a PostgreSQL and a RabbitMQ of its own."""
    folder.chmod(0o711)
    with (folder / "cluster.log").open("w") as output, Cluster(folder / "cluster", output=output) as running:
        yield running


@contextmanager
def ballots_api(url: str, folder: Path) -> Iterator[Server]:
    """`python -m ballots api` on a database."""
    environment = {"COMITIA_DATABASE": url, "COMITIA_LISTEN": "127.0.0.1:0", "COMITIA_DATA_DIR": str(folder / "api")}
    with running([*PYTHON, "ballots", "api"], {**os.environ, **environment}) as server:
        yield server
