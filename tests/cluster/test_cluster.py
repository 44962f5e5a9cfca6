"""`make cluster`, as a user has it: it says when it is ready, the demo comes out on it as embedded, and Ctrl-C ends it whole."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli.client import Client
from cli.demo import budget, company, run, swiss
from cli.embedded import Engine
from tests.cli.running import command
from tests.cluster.machine import eventually, processes_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 240
STOP_SECONDS = 90
DEMO_SECONDS = 400
OF_ONE_RUN = frozenset({"key", "deadline"})
"""Parts of a state that no two runs have in common: a station's key, and when a silence counts."""


class Running:
    """`python -m infra.local.cluster` in a process of its own, as `make cluster BALLOTS_API=2` starts it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.log = data.with_suffix(".log")
        with self.log.open("w") as log:
            self.program = subprocess.Popen(
                [sys.executable, "-m", "infra.local.cluster", "--data", str(data), "BALLOTS_API=2", "RELAY=2"],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.said = ""

    def await_ready(self) -> None:
        assert self.program.stdout is not None
        for line in self.program.stdout:
            self.said += line
            if "comitia process list" in line:
                return
        raise AssertionError(f"the cluster ended: {self.log.read_text()[-4000:]}")

    @property
    def server(self) -> str:
        (found,) = re.findall(r'^  export COMITIA_SERVER="(.+)"$', self.said, re.MULTILINE)
        return str(found)

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.data / "cluster.json").read_text())
        return told


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    cluster = Running(tmp_path_factory.mktemp("cluster") / "data")
    try:
        cluster.await_ready()
        yield cluster
    finally:
        if cluster.program.poll() is None:
            cluster.program.send_signal(signal.SIGINT)
            cluster.program.wait(STOP_SECONDS)
        assert eventually(lambda: processes_of(cluster.data) == {}), processes_of(cluster.data)


def test_everything_runs_as_often_as_asked(running: Running) -> None:
    kinds = [(each["service"], each["kind"]) for each in running.told()["processes"]]
    services = ("processes", "proposals", "chambers", "ballots", "audit")
    assert {kind: kinds.count(kind) for kind in kinds} == {
        **{(service, "api"): 2 if service == "ballots" else 1 for service in services},
        **{(service, "worker"): 1 for service in services},
        ("relay", "relay"): 2,
    }
    assert re.fullmatch(
        r"processes=[^,+]+,proposals=[^,+]+,chambers=[^,+]+,ballots=[^,+]+\+[^,+]+,audit=[^,+]+", running.server
    )


def test_its_processes_may_not_change_what_is_recorded(running: Running) -> None:
    with (
        psycopg.connect(running.told()["database"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("DELETE FROM comitia.records")


def test_the_demo_comes_out_as_embedded(running: Running, tmp_path: Path) -> None:
    said = demo_on(running.server, tmp_path / "there")
    with Engine(tmp_path / "here") as engine, Client(engine.address) as here, Client(running.server) as there:
        told, _ = run.play(here, tmp_path / "here", run.SEED)
        assert [(each["process"], each["outcome"], each["verified"]) for each in said["processes"]] == [
            (each.process_id, each.outcome, each.report.held) for each in told
        ]
        for each in told:
            assert lasting(there.state(each.process_id)) == lasting(here.state(each.process_id))


def demo_on(server: str, data: Path) -> Any:
    """What `comitia demo` says of a server."""
    words = [sys.executable, "-m", "cli", "demo", "--server", server, "--data", str(data), "--json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=DEMO_SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def lasting(state: Any) -> Any:
    """The state without what is of one run only."""
    if isinstance(state, dict):
        return {name: lasting(value) for name, value in state.items() if name not in OF_ONE_RUN}
    return [lasting(value) for value in state] if isinstance(state, list) else state


def test_ctrl_c_ends_everything(running: Running) -> None:
    running.program.send_signal(signal.SIGINT)
    assert running.program.wait(STOP_SECONDS) == 0
    assert processes_of(running.data) == {}
    assert not (running.data / "cluster.json").exists()
    assert "Traceback" not in running.log.read_text()


def test_the_next_cluster_finds_the_processes_again_and_a_kill_of_it_leaves_nothing_running(running: Running) -> None:
    assert running.program.poll() is not None
    again = Running(running.data)
    again.await_ready()
    found = command("process", "list", "--server", again.server, "--json").json
    again.program.kill()
    again.program.wait()
    assert eventually(lambda: processes_of(running.data) == {}), processes_of(running.data)
    assert {process["process"] for process in found} == {budget.PROCESS, company.PROCESS, swiss.PROCESS}


def test_a_cluster_that_is_told_to_stop_while_it_starts_stops(tmp_path: Path) -> None:
    cluster = Running(tmp_path / "data")
    assert eventually(lambda: len(processes_of(cluster.data)) > 1)
    cluster.program.send_signal(signal.SIGTERM)
    assert cluster.program.wait(STOP_SECONDS) == 0
    assert processes_of(cluster.data) == {}
