"""Local servers are real, private, and never outlive the program that started them; servers of others are left alone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from infra.local import postgres as postgres_module
from infra.local import rabbitmq as rabbitmq_module
from infra.local.postgres import Mode, Postgres, obtain_postgres
from infra.local.provision import CannotObtain
from infra.local.rabbitmq import RabbitMQ, obtain_rabbitmq
from tests.cluster.machine import eventually, processes_of, program

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((str(parts.hostname), int(parts.port or 0)), 1).close()
    except OSError:
        return False
    return True


def vhosts(broker: RabbitMQ) -> set[str]:
    return {each["name"] for each in json.loads(broker.call("GET", "/api/vhosts"))}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Postgres]:
    server = obtain_postgres(tmp_path / "postgres", options={"work_mem": "7MB"})
    yield server
    server.close()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[RabbitMQ]:
    broker = obtain_rabbitmq(tmp_path / "rabbitmq")
    yield broker
    broker.close()


def test_postgres_runs_with_fsync_and_the_settings_it_was_given(own: Postgres) -> None:
    assert [ask(own.url, f"SHOW {name}") for name in ("fsync", "full_page_writes", "work_mem")] == ["on", "on", "7MB"]


def test_a_kill_of_the_program_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "held"
    holding = subprocess.Popen(
        [sys.executable, "-m", "tests.cluster.holding", str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holding.stdout is not None
    told = json.loads(holding.stdout.readline())
    commands = " ".join(processes_of(folder).values())
    assert all(name in commands for name in ("postgres", "beam.smp", "epmd", "keeper.py")), commands
    assert all(listens(url) for url in told["urls"])
    holding.kill()
    holding.wait()
    holding.stdout.close()
    assert eventually(lambda: not processes_of(folder)), processes_of(folder)
    assert eventually(lambda: not any(folder.iterdir())), list(folder.iterdir())
    assert not any(listens(url) for url in told["urls"])


def test_two_at_once_share_nothing(own: Postgres, tmp_path: Path) -> None:
    other = obtain_postgres(tmp_path / "other")
    try:
        assert urlsplit(own.url).port != urlsplit(other.url).port
        assert urlsplit(own.url).password != urlsplit(other.url).password
        made = own.database("only_here")
        assert ask(made, "SELECT current_database()") == "only_here"
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(urlsplit(other.url)._replace(path="/only_here").geturl())
    finally:
        other.close()


def test_a_stopped_server_starts_again_at_its_address_with_its_data(own: Postgres) -> None:
    url = own.database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    modes: tuple[Mode, ...] = ("fast", "immediate")
    for mode in modes:
        own.stop(mode)
        assert not listens(url)
        own.start()
        assert ask(url, "SELECT answer FROM kept") == 42
    before = own.pid
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: not listens(url))
    own.restart()
    assert own.pid != before
    assert ask(url, "SELECT answer FROM kept") == 42


def test_a_kept_folder_keeps_its_data(tmp_path: Path) -> None:
    first = obtain_postgres(tmp_path, keep=True)
    with psycopg.connect(first.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.close()
    assert not processes_of(tmp_path)
    again = obtain_postgres(tmp_path, keep=True)
    assert ask(again.url, "SELECT answer FROM kept") == 42
    again.close()


def test_a_named_server_is_used_and_never_stopped(
    own: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(postgres_module.VARIABLE, own.url)
    named = obtain_postgres(tmp_path / "named")
    assert (named.ours, named.url) == (False, own.url)
    made = named.database()
    assert ask(made, "SELECT 1") == 1
    for act in (named.stop, named.start, named.restart):
        with pytest.raises(RuntimeError, match="was not started here, and is left alone"):
            act()
    named.close()
    assert ask(own.url, "SELECT count(*) FROM pg_database WHERE datname LIKE 'comitia%'") == 0
    assert not (tmp_path / "named").exists()


def test_only_a_database_that_was_made_here_is_dropped(own: Postgres) -> None:
    with pytest.raises(ValueError, match="the database postgres was not created here"):
        own.drop(own.url)


@pytest.mark.parametrize(
    ("variable", "url", "obtain"),
    [
        (postgres_module.VARIABLE, "postgresql://ana:rosebud@127.0.0.1:1/postgres", obtain_postgres),
        (rabbitmq_module.VARIABLE, "amqp://ana:rosebud@127.0.0.1:1/", obtain_rabbitmq),
    ],
)
def test_a_named_server_that_is_not_there_is_told_without_its_password(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    url: str,
    obtain: Callable[[Path], object],
) -> None:
    monkeypatch.setenv(variable, url)
    with pytest.raises(CannotObtain, match=rf"{variable} names .* at 127.0.0.1:1 .*unset {variable}") as told:
        obtain(tmp_path)
    assert "rosebud" not in str(told.value)


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(CannotObtain, match=r"PostgreSQL did not start in .*unrecognized configuration parameter"):
        obtain_postgres(tmp_path / "postgres", options={"no_such_setting": "1"})
    assert not (tmp_path / "postgres").exists()


def test_docker_runs_the_server_where_nothing_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = tmp_path / "trace"
    (tmp_path / "path").mkdir()
    here = f"TRACE={trace} PYTHONPATH={ROOT} exec {sys.executable} -m tests.cluster.fake_docker"
    program(tmp_path / "path" / "docker", f'cd {ROOT} && {here} "$@"')
    program(tmp_path / "path" / "apt-get", "exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{os.environ['PATH']}")
    monkeypatch.setattr(postgres_module, "installed_programs", lambda: None)
    server = obtain_postgres(tmp_path / "postgres", options={"work_mem": "7MB"})
    try:
        assert ask(server.database(), "SHOW work_mem") == "7MB"
        server.restart()
        assert ask(server.url, "SELECT count(*) FROM pg_database WHERE datname LIKE 'comitia%'") == 1
        told = trace.read_text()
        assert str(urlsplit(server.url).password) not in told
    finally:
        server.close()
    calls = [line.split() for line in trace.read_text().splitlines()]
    assert [call[0] for call in calls] == ["info", "run", "run", "rm"]
    assert calls[-1][1:] == ["--force", calls[1][calls[1].index("--name") + 1]]
    assert not (tmp_path / "postgres").exists()


def test_a_broker_stops_dies_and_comes_back_with_its_vhosts(own_broker: RabbitMQ) -> None:
    url = own_broker.vhost()
    name = urlsplit(url).path.lstrip("/")
    for end in (own_broker.stop, own_broker.kill):
        end()
        assert not listens(own_broker.url)
        assert [line for line in processes_of(own_broker.folder).values() if "keeper.py" not in line] == []
        own_broker.start()
        assert json.loads(own_broker.call("GET", f"/api/vhosts/{name}"))["name"] == name


def test_a_named_broker_is_used_and_never_stopped(
    rabbitmq: RabbitMQ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(rabbitmq_module.VARIABLE, rabbitmq.url)
    monkeypatch.setenv(rabbitmq_module.MANAGEMENT_VARIABLE, rabbitmq.management)
    named = obtain_rabbitmq(tmp_path / "named")
    assert not named.ours
    name = urlsplit(named.vhost()).path.lstrip("/")
    assert name in vhosts(rabbitmq)
    for act in (named.stop, named.start, named.kill):
        with pytest.raises(RuntimeError, match="was not started here, and is left alone"):
            act()
    named.close()
    assert name not in vhosts(rabbitmq)
    assert listens(rabbitmq.url)
