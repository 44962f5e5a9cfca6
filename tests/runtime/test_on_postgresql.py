"""Services as processes of their own over PostgreSQL: what they need to start, what they refuse, and what they leave alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import grpc
import psycopg
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from comitia.audit.v1 import audit_pb2, audit_pb2_grpc
from comitia.common.v1.common_pb2 import Command
from comitia.processes.v1 import processes_pb2, processes_pb2_grpc
from eventlog.postgres_schema import known_version, migrate
from infra.local.ports import free_port
from infra.local.postgres import Postgres, obtain_postgres
from runtime.probes import LIVENESS
from runtime.refusals import refusal_of
from tests.runtime.own_processes import PATIENCE, Process, Trial
from tests.runtime.test_followers import until
from tests.servers import obtained
from tests.services.processes import steps

pytestmark = pytest.mark.slow

SERVICES = ("processes", "proposals", "chambers", "ballots")
ELSEWHERE = {f"COMITIA_AUDIT_{name.upper()}": "127.0.0.1:1" for name in SERVICES}


@pytest.fixture
def trial(migrated: str, tmp_path: Path) -> Iterator[Trial]:
    with closing(Trial(migrated, tmp_path)) as running:
        yield running


def listening(process: Process) -> str:
    """Where an api says that it listens."""
    said = process.says()
    assert " listening on " in said, f"{said!r}: {process.end()}"
    return said.rpartition(" ")[2]


@pytest.mark.parametrize("kind", ["api", "worker"])
def test_a_service_needs_no_folder_and_ends_cleanly(trial: Trial, kind: str) -> None:
    running = {name: trial.run(kind, module=name) for name in SERVICES}
    for name, process in running.items():
        assert process.says().startswith(f"{name} "), process.end()
    assert {name: process.end()[0] for name, process in running.items()} == dict.fromkeys(SERVICES, 0)
    assert list((trial.folder / "bare").iterdir()) == []


def test_a_database_that_was_not_migrated_is_refused_at_once(trial: Trial, database: str) -> None:
    began = time.monotonic()
    status, said = trial.run("api", module="ballots", COMITIA_DATABASE=database).ended()
    assert (status, time.monotonic() - began < 15) == (2, True)
    expected = f"has schema version 0, this version of Comitia knows up to {known_version()}: run `comitia migrate`"
    assert expected in said


def test_a_schema_of_a_newer_version_is_refused_naming_both(trial: Trial) -> None:
    with psycopg.connect(trial.url, autocommit=True) as db:
        db.execute("INSERT INTO comitia.migrations (version, name, sha256, usable_from) VALUES (99, 'later', '', 99)")
    status, said = trial.run("worker", module="ballots").ended()
    assert status == 2
    assert f"has schema version 99, this version of Comitia knows up to {known_version()}: upgrade Comitia" in said


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """A PostgreSQL of this test's own, which it may stop."""
    with obtained(obtain_postgres) as own:
        if not own.ours:
            pytest.fail("this test stops its PostgreSQL: unset COMITIA_TEST_POSTGRES, and install one", pytrace=False)
        yield own


def test_a_database_that_is_down_at_the_start_is_waited_for(server: Postgres, tmp_path: Path) -> None:
    url = server.database()
    migrate(url)
    with closing(Trial(url, tmp_path)) as trial:
        server.stop()
        waiting = [trial.run("api", module="ballots"), trial.run("worker", module="ballots")]
        time.sleep(3)
        assert [process.popen.poll() for process in waiting] == [None, None]
        server.start()
        assert [process.says()[:8] for process in waiting] == ["ballots "] * 2
        assert [process.end()[0] for process in waiting] == [0, 0]


def test_who_is_told_to_stop_while_waiting_for_the_database_ends(trial: Trial) -> None:
    waiting = trial.run("worker", module="ballots", COMITIA_DATABASE="postgresql://me:geheim@127.0.0.1:1/nowhere")
    time.sleep(3)
    assert waiting.popen.poll() is None
    began = time.monotonic()
    status, said = waiting.end()
    assert (status, time.monotonic() - began < 5) == (2, True)
    assert "COMITIA_DATABASE" in said
    assert "geheim" not in said


def test_an_audit_api_needs_the_addresses_of_the_others_and_its_worker_does_not(trial: Trial, tmp_path: Path) -> None:
    folder = str(tmp_path / "audit")
    given = dict(list(ELSEWHERE.items())[:3])
    status, said = trial.run("api", module="audit", COMITIA_DATA_DIR=folder, **given).ended()
    assert status == 2
    assert said.startswith("error: not set, and needed here: COMITIA_AUDIT_BALLOTS (")
    worker = trial.run("worker", module="audit", COMITIA_DATA_DIR=folder)
    assert worker.says() == "audit worker following the log"
    assert worker.end()[0] == 0


def test_processes_of_audit_share_a_folder_and_what_they_sign(trial: Trial, tmp_path: Path) -> None:
    folder = str(tmp_path / "audit")
    trial.tell(*range(300))
    apis = [trial.run("api", module="audit", COMITIA_DATA_DIR=folder, **ELSEWHERE) for _ in range(3)]
    worker = trial.run("worker", module="audit", COMITIA_DATA_DIR=folder)
    assert worker.says()
    notes = set()
    for address in map(listening, apis):
        with grpc.insecure_channel(address) as channel:
            stub = audit_pb2_grpc.AuditServiceStub(channel)
            notes.add(stub.GetCheckpoint(audit_pb2.GetCheckpointRequest(process_id="p", size=250)).checkpoint)
            notes.add(stub.GetCheckpoint(audit_pb2.GetCheckpointRequest(process_id="p")).checkpoint)
    assert len(notes) == 2
    assert {process.end()[0] for process in (*apis, worker)} == {0}


def test_a_database_restored_to_before_what_was_signed_starts_no_audit(
    trial: Trial, tmp_path: Path, postgres: Postgres
) -> None:
    folder = str(tmp_path / "audit")
    trial.tell(1, 2, 3)
    trial.log.close()
    backup = postgres.database(template=trial.url)
    later = Trial(trial.url, tmp_path)
    later.tell(4, 5)
    api = later.run("api", module="audit", COMITIA_DATA_DIR=folder, **ELSEWHERE)
    with grpc.insecure_channel(listening(api)) as channel:
        stub = audit_pb2_grpc.AuditServiceStub(channel)
        assert stub.GetCheckpoint(audit_pb2.GetCheckpointRequest(process_id="p")).size == 5
    later.close()
    try:
        for kind in ("api", "worker"):
            restored = trial.run(kind, module="audit", COMITIA_DATABASE=backup, COMITIA_DATA_DIR=folder, **ELSEWHERE)
            status, said = restored.ended()
            assert status == 2
            assert "the log holds 3 events of process p, and a checkpoint of 5 was signed" in said
        again = trial.run("worker", module="audit", COMITIA_DATA_DIR=folder)
        assert again.says() == "audit worker following the log"
    finally:
        trial.close()
        postgres.drop(backup)


def held(trial: Trial) -> psycopg.Connection[tuple[object, ...]]:
    """A transaction that holds the log: whoever appends waits until it is closed."""
    db = psycopg.connect(trial.url)
    db.execute("SELECT comitia.lock()")
    return db


def opening() -> processes_pb2.OpenProcessRequest:
    return steps.opening(command=Command(idempotency_key="k", actor="tester"))


def test_an_api_that_is_told_to_stop_is_not_ready_and_ends_what_it_has_begun(trial: Trial) -> None:
    api = trial.run("api", module="processes")
    with grpc.insecure_channel(listening(api)) as channel, held(trial) as lock:
        stub, health = processes_pb2_grpc.ProcessesServiceStub(channel), health_pb2_grpc.HealthStub(channel)
        watched = health.Watch(health_pb2.HealthCheckRequest())
        assert next(watched).status == health_pb2.HealthCheckResponse.SERVING
        call = stub.OpenProcess.future(opening())
        time.sleep(0.5)
        api.popen.terminate()
        assert next(watched).status == health_pb2.HealthCheckResponse.NOT_SERVING
        with pytest.raises(grpc.RpcError) as refused:
            stub.ListProcesses(processes_pb2.ListProcessesRequest(), timeout=2)
        assert refused.value.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
        lock.rollback()
        (receipt,) = call.result(timeout=5).receipts
    assert api.ended()[0] == 0
    assert trial.log.last_position() == receipt.position == 1


def test_a_drain_ends_in_its_time_whatever_goes_on(trial: Trial) -> None:
    api = trial.run("api", module="processes", COMITIA_DRAIN_SECONDS="1")
    with grpc.insecure_channel(listening(api)) as channel, held(trial):
        call = processes_pb2_grpc.ProcessesServiceStub(channel).OpenProcess.future(opening())
        time.sleep(0.5)
        began = time.monotonic()
        assert api.end()[0] == 0
        assert time.monotonic() - began < 6
        assert isinstance(call.exception(timeout=5), grpc.RpcError)
    assert trial.log.last_position() == 0


def test_who_cannot_reach_the_log_is_not_ready_and_refuses_until_it_can(server: Postgres, tmp_path: Path) -> None:
    url = server.database()
    migrate(url)
    listen, metrics = (
        {"COMITIA_LISTEN": f"127.0.0.1:{free_port()}"},
        {"COMITIA_METRICS_LISTEN": f"127.0.0.1:{free_port()}"},
    )
    with closing(Trial(url, tmp_path)) as trial:
        running = [trial.run("api", module="processes", **listen), trial.run("worker", module="processes", **metrics)]
        assert all(process.says() for process in running)

        def healthy() -> list[int]:
            asking = [trial.run("health", module="processes", **asked) for asked in (listen, metrics)]
            return [process.ended()[0] for process in asking]

        with grpc.insecure_channel(listen["COMITIA_LISTEN"]) as channel:
            stub = processes_pb2_grpc.ProcessesServiceStub(channel)
            liveness = health_pb2_grpc.HealthStub(channel).Check
            assert until(lambda: healthy() == [0, 0], PATIENCE)
            server.stop("immediate")
            assert until(lambda: healthy() == [1, 1], PATIENCE)
            for method, request in (
                (stub.OpenProcess, opening()),
                (stub.ListProcesses, processes_pb2.ListProcessesRequest()),
                (stub.GetProcess, processes_pb2.GetProcessRequest(process_id="p")),
            ):
                with pytest.raises(grpc.RpcError) as refused:
                    method(request, timeout=20)
                assert (refused.value.code(), refusal_of(refused.value).reason) == (
                    grpc.StatusCode.UNAVAILABLE,
                    "log_unreachable",
                )
            assert liveness(health_pb2.HealthCheckRequest(service=LIVENESS)).status == 1
            server.start()
            assert until(lambda: healthy() == [0, 0], PATIENCE)
            assert stub.OpenProcess(opening()).receipts[0].position == 1
            assert [
                each.process_id for each in stub.ListProcesses(processes_pb2.ListProcessesRequest()).processes
            ] != []
        assert [process.end()[0] for process in running] == [0, 0]
