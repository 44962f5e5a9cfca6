"""What a cluster stands on: a database with the log's schema and a login of its own, and a broker; started here or named."""

from __future__ import annotations

import os
import secrets
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from infra.local.layout import Programs, own_environment
from infra.local.postgres import Postgres, obtain_postgres
from infra.local.private import password
from infra.local.provision import CannotObtain
from infra.local.rabbitmq import RabbitMQ, obtain_rabbitmq
from infra.local.stream import Stream
from runtime.telling import variable

DATABASE = "comitia"
LOGIN = "comitia_app"
MIGRATE_SECONDS = 300


class Backing:
    """`database` and `broker` are what the processes are told; `postgres` and `rabbitmq` what was started for that.

    COMITIA_DATABASE names a database to use as it is, with the rights of its url's user; COMITIA_BROKER a vhost.
    """

    def __init__(self, data: Path, programs: Programs, stream: Stream) -> None:
        self.database = os.environ.get(variable("database"), "")
        self.broker = os.environ.get(variable("broker"), "")
        self.postgres: Postgres | None = None
        self.rabbitmq: RabbitMQ | None = None
        self._data = data
        self._programs = programs
        self._stream = stream
        self._login = ""

    def start(self) -> None:
        """Start what is not named, and migrate the database. Raises `CannotObtain`, with nothing left running."""
        try:
            with ThreadPoolExecutor(1) as together:
                broker = together.submit(self._start_broker)
                self._start_database()
            broker.result()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop what was started here, the broker first; a server that was named keeps nothing of this cluster."""
        if self.rabbitmq is not None:
            self.rabbitmq.close()
        if self.postgres is None:
            return
        url = self.postgres.url
        if not self.postgres.ours and self._login:
            if self.database:
                self.postgres.drop(self.database)
            _execute(url, sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(self._login)))
        self.postgres.close()

    def _start_broker(self) -> None:
        if not self.broker:
            with self._stream.pipe("rabbitmq") as log:
                self.rabbitmq = obtain_rabbitmq(self._data / "rabbitmq", output=log, keep=True, management=False)
            self.broker = self.rabbitmq.url if self.rabbitmq.ours else self.rabbitmq.vhost()

    def _start_database(self) -> None:
        if self.database:
            self._migrate(self.database)
            return
        with self._stream.pipe("postgres") as log:
            self.postgres = obtain_postgres(self._data / "postgres", output=log, keep=True)
        owners = self._owned(self.postgres)
        self._login = LOGIN if self.postgres.ours else f"{LOGIN}_{secrets.token_hex(4)}"
        secret = password(self._data / "password")
        _login(owners, self._login, secret)
        parts = urlsplit(owners)
        self.database = parts._replace(netloc=f"{self._login}:{secret}@{parts.netloc.rpartition('@')[2]}").geturl()
        self._migrate(owners, "--grant", self._login)

    def _owned(self, server: Postgres) -> str:
        """The owner's url of the cluster's database, made on the first run on this data folder."""
        if not server.ours:
            return server.database()
        url = urlsplit(server.url)._replace(path=f"/{DATABASE}").geturl()
        exists = _execute(
            server.url, sql.SQL("SELECT 1 FROM pg_database WHERE datname = {}").format(sql.Literal(DATABASE))
        )
        return url if exists else server.database(DATABASE)

    def _migrate(self, url: str, *words: str) -> None:
        done = subprocess.run(
            [*self._programs.migrate, *words],
            env={**own_environment(), variable("database"): url},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=MIGRATE_SECONDS,
            check=False,
        )
        for line in (done.stdout + done.stderr).splitlines():
            self._stream.say("migrate", line)
        if done.returncode != 0:
            raise CannotObtain(f"the database was not migrated: comitia migrate ended with status {done.returncode}")


def _login(url: str, name: str, secret: str) -> None:
    """A role that may connect; `comitia migrate --grant` says what else it may."""
    found = _execute(url, sql.SQL("SELECT 1 FROM pg_roles WHERE rolname = {}").format(sql.Literal(name)))
    act = sql.SQL("ALTER" if found else "CREATE")
    _execute(url, sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(act, sql.Identifier(name), sql.Literal(secret)))


def _execute(url: str, statement: sql.Composed) -> bool:
    """Run it; whether it found a row."""
    with psycopg.connect(url, autocommit=True) as connection:
        done = connection.execute(statement)
        return done.description is not None and done.fetchone() is not None
