"""`python -m ballots worker` as it runs: over PostgreSQL, hinted by the relay through RabbitMQ, or by nobody."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from eventlog.postgres import PostgresLog
from infra.local.ports import free_port
from runtime.broker import Broker
from runtime.storage import now
from runtime.topology import hints_name
from tests.broker.support import Happening, Process, Programs, depth, until
from tests.services.ballots.life import Life
from tests.services.processes.running import Running
from tests.telemetry.receiver import Receiver

pytestmark = pytest.mark.slow

NOT_BY_TIMER = "60"


@pytest.fixture
def log(migrated: str) -> Iterator[PostgresLog]:
    with closing(PostgresLog(migrated, clock=now)) as opened:
        yield opened


@pytest.fixture
def life(log: PostgresLog) -> Life:
    """A process of which other services' events come by hand, and those of ballots from its worker."""
    return Life(cast("Running", Happening(log)))


@pytest.fixture
def cluster(tmp_path: Path, migrated: str, vhost: str) -> Iterator[Programs]:
    settings = {"database": migrated, "broker": vhost, "timer_seconds": NOT_BY_TIMER, "lease_seconds": "2"}
    with Programs(tmp_path, settings) as started:
        yield started


def ballots(cluster: Programs, **settings: str) -> Process:
    """A worker that leads."""
    process = cluster.start("ballots", "worker", **settings)
    process.says("reactions leads from position")
    process.says("projections leads from position")
    return process


def listening(process: Process) -> list[int]:
    """The TCP ports on which a process listens."""
    folder = Path("/proc") / str(process.running.pid)
    sockets = {link.readlink().name for link in (folder / "fd").iterdir() if link.is_symlink()}
    rows = [line.split() for line in (folder / "net/tcp").read_text().splitlines()[1:]]
    return [int(row[1].partition(":")[2], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]


def test_a_sealed_box_is_counted_because_its_hint_came(cluster: Programs, life: Life, broker: Broker) -> None:
    cluster.start("relay", "run").says("leading from position")
    worker = ballots(cluster)
    began = time.monotonic()
    life.open_projects("ana", "bo")
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    assert time.monotonic() - began < 20, "each step came by its hint, none by the timer"
    until(lambda: depth(broker, hints_name("ballots")) == 0)
    assert worker.end() == 0
    assert "WARNING" not in worker.err.read_text()


def test_without_a_broker_everything_happens_by_the_timer(cluster: Programs, life: Life) -> None:
    worker = ballots(cluster, broker="amqp://somebody:secret@127.0.0.1:1/", timer_seconds="0.2")
    worker.says("hears nothing from the broker 127.0.0.1:1")
    life.open_projects("ana", "bo")
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    assert worker.err.read_text().count("hears nothing") == 1
    assert worker.end() == 0


def test_another_worker_takes_over_with_the_hints(cluster: Programs, life: Life, log: PostgresLog) -> None:
    cluster.start("relay", "run")
    first = ballots(cluster)
    second = cluster.start("ballots", "worker")
    second.says("following the log")
    life.open_projects("ana", "bo")
    first.kill()
    second.says("reactions leads from position")
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    types = [record.type for record in log.read()]
    assert [types.count(f"ballots.{type_}") for type_ in ("BoxOpened", "BoxSealed", "BoxTallied")] == [1, 1, 1]
    assert second.end() == 0


def test_metrics_are_served_beside_the_hub_and_nothing_else_listens(cluster: Programs, life: Life) -> None:
    place = f"127.0.0.1:{free_port()}"
    cluster.start("relay", "run")
    worker = ballots(cluster, metrics_listen=place)
    assert listening(worker) == [int(place.partition(":")[2])]
    life.open_projects("ana", "bo")

    def shown() -> bool:
        connection = http.client.HTTPConnection(place, timeout=5)
        connection.request("GET", "/metrics")
        return bool(re.search(r'comitia_hints_total{.*outcome="taken"', connection.getresponse().read().decode()))

    assert until(shown)
    health = cluster.start("ballots", "health", metrics_listen=place)
    assert health.running.wait(30) == 0
    assert worker.end() == 0


def test_spans_are_sent_beside_the_hub_and_follow_an_event_from_the_relay_to_its_effect(
    cluster: Programs, log: PostgresLog
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    life = Life(cast("Running", Happening(log, f"00-{trace}-b7ad6b7169203331-01")))
    with Receiver() as collector:
        cluster.start("relay", "run", otlp_endpoint=collector.address)
        worker = ballots(cluster, otlp_endpoint=collector.address)
        life.open_projects("ana", "bo")
        wanted = {("relay", "publish"), ("ballots", "ballots.reactions chambers.RollFrozen")}
        collector.until(lambda: wanted <= {(span.service, span.name) for span in collector.of_trace(trace)})
        assert worker.end() == 0
