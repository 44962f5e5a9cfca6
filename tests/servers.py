"""Fixtures of real servers: PostgreSQL and RabbitMQ, started when a test first asks, one of each in a test process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from infra.local.postgres import Postgres, obtain_postgres
from infra.local.provision import CannotObtain
from infra.local.rabbitmq import RabbitMQ, obtain_rabbitmq

Server = TypeVar("Server", Postgres, RabbitMQ)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL, shared by the tests of this process: each has databases of its own, and none stops it."""
    with obtained(obtain_postgres) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """RabbitMQ, shared by the tests of this process: each has vhosts of its own, and none stops it."""
    with obtained(obtain_rabbitmq) as broker:
        yield broker


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The url of a fresh, empty database."""
    url = postgres.database()
    yield url
    postgres.drop(url)


@pytest.fixture
def migrated(postgres: Postgres, migrated_template: str) -> Iterator[str]:
    """The url of a fresh database with the log's schema, as `comitia migrate` makes it."""
    url = postgres.database(template=migrated_template)
    yield url
    postgres.drop(url)


@pytest.fixture
def vhost(rabbitmq: RabbitMQ) -> Iterator[str]:
    """The url of a fresh, empty vhost."""
    url = rabbitmq.vhost()
    yield url
    rabbitmq.drop(url)


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> str:
    """The database that `migrated` copies; nobody connects to it."""
    url = postgres.database()
    migrate(url)
    return url


def migrate(url: str) -> None:
    """Run `comitia migrate` on the database at `url`; a failure fails the test with what it said."""
    command = [str(Path(sys.executable).with_name("comitia")), "migrate"]
    done = subprocess.run(
        command, env={**os.environ, "COMITIA_DATABASE": url}, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode != 0:
        pytest.fail(f"comitia migrate ended with status {done.returncode}: {done.stdout}{done.stderr}", pytrace=False)


@contextmanager
def obtained(obtain: Callable[[Path], Server]) -> Iterator[Server]:
    """The server, in a folder of its own that goes with it. Where none can be had the test fails, saying what to install."""
    folder = Path(tempfile.mkdtemp(prefix="comitia-"))
    folder.chmod(0o711)
    try:
        with closing(obtain(folder)) as server:
            yield server
    except CannotObtain as error:
        pytest.fail(str(error), pytrace=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
