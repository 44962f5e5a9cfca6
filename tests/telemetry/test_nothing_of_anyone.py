"""Whoever reads the logs, traces and metrics of an election, all at their most talkative, learns of no person and no choice."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from cli.client import Client
from eventlog.postgres import PostgresLog
from eventlog.sqlite import SQLiteLog
from infra.local.cluster import Cluster
from infra.local.ports import free_port
from runtime.storage import now
from tests.telemetry.conftest import get
from tests.telemetry.receiver import Receiver
from tests.telemetry.telling import Election, Words

pytestmark = pytest.mark.slow

SEED = 20261122
LOUD = {"COMITIA_LOG_LEVEL": "debug", "COMITIA_LOG_FORMAT": "json", "COMITIA_LEASE_SECONDS": "2"}


@pytest.fixture
def words() -> Words:
    return Words(SEED)


def check(words: Words, log: str, receiver: Receiver, scraped: str) -> None:
    """The three were listened to while it happened, and hold none of the words."""
    assert "incident" in log
    assert "stopped after position" in log
    assert "ValidationError" in log
    assert {"comitia.ballots.v1.BallotsService/CastBallot", "log append"} <= {span.name for span in receiver.spans}
    assert any(span.error == "ValidationError" for span in receiver.spans)
    for reason in ("already_voted", "ballot_late", "not_on_the_roll", "malformed_request", "internal"):
        assert f'reason="{reason}"' in scraped, reason
    assert len(words.all) > 40
    assert words.found_in(log.encode()) == []
    assert words.found_in(b"".join(receiver.raw)) == []
    assert words.found_in(scraped.encode()) == []


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)


@pytest.mark.parametrize("form", ["json", "plain"])
def test_in_one_process_nothing_is_told(tmp_path: Path, words: Words, form: str) -> None:
    metrics = f"127.0.0.1:{free_port()}"
    with Receiver() as receiver, (tmp_path / "log").open("wb") as said:
        told = {"COMITIA_OTLP_ENDPOINT": receiver.address, "COMITIA_METRICS_LISTEN": metrics}
        command = [sys.executable, "-m", "cli", "serve", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0"]
        environment = {**os.environ, **LOUD, **told, "COMITIA_LOG_FORMAT": form, "PYTHONPATH": ":".join(sys.path)}
        started = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said, text=True)
        with started as process, ExitStack() as ended:
            ended.callback(process.kill)
            assert process.stdout is not None
            address = process.stdout.readline().split()[3].rstrip(",")
            with Client(address) as client, closing(SQLiteLog(tmp_path / "data" / "log.db", clock=now)) as log:
                election = Election(client, words)
                election.hold()
                election.break_a_reaction(log)
                until(lambda: "stopped after position" in (tmp_path / "log").read_text())
            scraped = get(metrics, "/metrics")[1]
            process.terminate()
            assert process.wait(30) == 0
        check(words, (tmp_path / "log").read_text(), receiver, scraped)


def test_in_processes_of_their_own_on_postgresql_nothing_is_told(tmp_path: Path, words: Words) -> None:
    said = io.StringIO()
    with Receiver() as receiver:
        cluster = Cluster(tmp_path, settings={**LOUD, "COMITIA_OTLP_ENDPOINT": receiver.address}, output=said)
        cluster.tell({"COMITIA_LOG_FORMAT": "plain"}, "ballots-api", "chambers-worker")
        with cluster:
            with Client(cluster.server) as client, closing(PostgresLog(cluster.database, clock=now)) as log:
                election = Election(client, words)
                election.hold()
                election.break_a_reaction(log)
                until(lambda: "stopped after position" in said.getvalue())
            scraped = "".join(get(each.place.metrics, "/metrics")[1] for each in cluster.processes.values())
        check(words, said.getvalue(), receiver, scraped)


def test_a_word_that_is_told_would_be_found(words: Words) -> None:
    word, key = words.word("a voter"), words.key("a key")
    assert words.found_in(f'{{"message": "no ballot of {word}"}}'.encode()) == ["a voter"]
    assert words.found_in(key.hex().encode()) == ["a key"]
    assert words.found_in(b"") == []
