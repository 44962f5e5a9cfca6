"""A cluster keeps its processes running, says so, and leaves nothing behind; tried on stand-ins, with no server at all."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local.cluster import Cluster, ClusterFailed, main
from infra.local.layout import APIS, GROUPS, RELAY, WORKERS, Programs, WrongScale, scale_of
from infra.local.provision import CannotObtain
from tests.cluster.machine import eventually, processes_of

pytestmark = pytest.mark.slow

STAND_IN = Path(__file__).with_name("stand_in.py")
ROOT = Path(__file__).resolve().parents[2]
MIGRATED = (sys.executable, "-c", "import os; print('migrated', os.environ['COMITIA_DATABASE'])")
STAND_INS = Programs(MIGRATED, lambda service, kind: (sys.executable, str(STAND_IN), service, kind))
FEW = {group: int(group in ("ballots-api", "ballots-worker", "audit-api", RELAY)) for group in GROUPS}

Begin = Callable[..., Cluster]


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITIA_DATABASE", "postgresql://nowhere/comitia")
    monkeypatch.setenv("COMITIA_BROKER", "amqp://nowhere/")


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def begin(tmp_path: Path, log: io.StringIO) -> Iterator[Begin]:
    """Starts a cluster of a few stand-ins."""
    begun: list[Cluster] = []

    def start(**settings: str) -> Cluster:
        cluster = Cluster(tmp_path, scale=FEW, settings=settings, output=log, programs=STAND_INS)
        cluster.start(seconds=20)
        begun.append(cluster)
        return cluster

    yield start
    for cluster in begun:
        cluster.hurry.set()
        cluster.stop()
    assert processes_of(tmp_path) == {}


def test_every_process_runs_ready_under_its_own_name(begin: Begin, log: io.StringIO) -> None:
    cluster = begin()
    names = ["ballots-api-1", "audit-api-1", "relay-1", "ballots-worker-1"]
    assert list(cluster.processes) == names
    said = log.getvalue().splitlines()
    assert "migrate             | migrated postgresql://nowhere/comitia" in said
    for name, does in zip(names, ["ballots api", "audit api", "relay run", "ballots worker"], strict=True):
        assert any(line.startswith(f"{name:<19} | {does} as {cluster.processes[name].pid} ") for line in said)
    assert "\x1b" not in log.getvalue()


def test_each_is_told_what_it_needs_and_nothing_of_the_shell_s(
    begin: Begin, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITIA_SERVER", "127.0.0.1:1")
    monkeypatch.setenv("COMITIA_LOG_LEVEL", "warning")
    cluster = begin(COMITIA_TIMER_SECONDS="0.5")
    said = {
        name: next(line for line in log.getvalue().splitlines() if line.startswith(name)) for name in cluster.processes
    }
    for line in said.values():
        assert "'COMITIA_DATABASE': 'postgresql://nowhere/comitia'" in line
        assert "'COMITIA_LOG_LEVEL': 'warning'" in line
        assert "'COMITIA_TIMER_SECONDS': '0.5'" in line
        assert "COMITIA_SERVER" not in line
    (ballots,) = cluster.addresses("ballots")
    assert f"'COMITIA_LISTEN': '{ballots}'" in said["ballots-api-1"]
    assert "COMITIA_LISTEN" not in said["ballots-worker-1"]
    assert f"'COMITIA_AUDIT_BALLOTS': '{ballots}'" in said["audit-api-1"]
    assert "COMITIA_AUDIT_BALLOTS" not in said["ballots-api-1"]
    assert f"'COMITIA_DATA_DIR': '{cluster.data / 'audit'}'" in said["audit-api-1"]


def test_a_process_that_dies_is_reported_and_started_again(begin: Begin, log: io.StringIO) -> None:
    cluster = begin()
    process = cluster.processes["ballots-api-1"]
    before, address = process.pid, process.place.address
    cluster.kill("ballots-api-1")
    assert eventually(lambda: process.pid not in (None, before) and process.ready)
    assert (process.starts, process.place.address) == (2, address)
    assert "cluster             | ballots-api-1 ended: killed by SIGKILL; starting it again in 0.2 s" in log.getvalue()


def test_a_process_that_keeps_dying_is_started_ever_later(begin: Begin, log: io.StringIO) -> None:
    cluster = begin()
    process = cluster.processes["relay-1"]
    for number in (2, 3, 4):
        cluster.kill("relay-1", signal.SIGABRT)
        assert eventually(lambda number=number: process.starts == number and process.ready)  # type: ignore[misc]
    waits = [
        line.rpartition(" in ")[2] for line in log.getvalue().splitlines() if "relay-1 ended: killed by SIGABRT" in line
    ]
    assert waits == ["0.2 s", "0.4 s", "0.8 s"]


def test_a_restarted_process_drains_first_and_hears_what_it_is_told(begin: Begin, log: io.StringIO) -> None:
    cluster = begin()
    cluster.tell({"COMITIA_DATABASE": "postgresql://elsewhere/comitia"}, "ballots-api")
    cluster.restart("ballots-api-1")
    cluster.restart("ballots-worker-1")
    said = [line for line in log.getvalue().splitlines() if line.startswith("ballots-")]
    assert sum("ballots api drained" in line for line in said) == 1
    assert sum("elsewhere" in line for line in said) == 1
    assert "cluster  " not in log.getvalue(), "an asked-for restart is no incident"


def test_a_paused_process_still_ends(begin: Begin) -> None:
    cluster = begin()
    cluster.kill("ballots-worker-1", signal.SIGSTOP)
    cluster.restart("ballots-worker-1")
    assert cluster.processes["ballots-worker-1"].starts == 2


def test_a_group_is_scaled_while_it_runs(begin: Begin) -> None:
    cluster = begin()
    (first,) = cluster.addresses("ballots")
    cluster.scale("ballots-api", 3)
    assert cluster.addresses("ballots")[0] == first
    assert len(set(cluster.addresses("ballots"))) == 3
    assert "+".join(cluster.addresses("ballots")) in cluster.server
    cluster.scale("ballots-api", 1)
    assert list(cluster.of("ballots-api")) == ["ballots-api-1"]
    assert cluster.addresses("ballots") == [first]


def test_a_program_finds_every_process_in_a_file_of_its_owner(begin: Begin) -> None:
    cluster = begin()
    path = cluster.data / "cluster.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = json.loads(path.read_text())
    assert (told["pid"], told["server"], told["database"]) == (os.getpid(), cluster.server, cluster.database)
    (worker,) = [each for each in told["processes"] if each["name"] == "ballots-worker-1"]
    process = cluster.processes["ballots-worker-1"]
    assert worker == {
        "name": "ballots-worker-1",
        "service": "ballots",
        "kind": "worker",
        "replica": 1,
        "pid": process.pid,
        "address": None,
        "metrics": process.place.metrics,
        "starts": 1,
    }
    cluster.kill("ballots-worker-1")
    assert eventually(lambda: '"starts": 2' in path.read_text())


def test_two_clusters_never_share_a_folder(begin: Begin, tmp_path: Path) -> None:
    begin()
    with pytest.raises(ClusterFailed, match=r"another cluster runs in .* choose another folder \(DATA=…\)"):
        Cluster(tmp_path, programs=STAND_INS).start()


def test_a_process_that_cannot_start_ends_the_start(tmp_path: Path, begin: Begin) -> None:
    with pytest.raises(ClusterFailed, match="cannot start: error: COMITIA_LISTEN: no such place"):
        begin(COMITIA_DEPLOYMENT="cannot-start")
    assert processes_of(tmp_path) == {}


def test_a_process_that_fails_again_and_again_ends_the_start(tmp_path: Path, begin: Begin, log: io.StringIO) -> None:
    with pytest.raises(ClusterFailed, match="cannot start: RuntimeError: it is broken"):
        begin(COMITIA_DEPLOYMENT="fails")
    assert "ended: exit status 1; starting it again in 1.6 s" in log.getvalue()
    assert processes_of(tmp_path) == {}


def test_who_is_not_ready_in_time_is_named(tmp_path: Path, log: io.StringIO) -> None:
    settings = {"COMITIA_DEPLOYMENT": "never-ready"}
    with pytest.raises(ClusterFailed, match=r"not ready within 2 s: .*ballots-api-1 .*relay-1"):
        Cluster(tmp_path, scale=FEW, settings=settings, output=log, programs=STAND_INS).start(seconds=2)
    assert processes_of(tmp_path) == {}


def test_a_migration_that_fails_ends_the_start(tmp_path: Path, log: io.StringIO) -> None:
    refused = Programs((sys.executable, "-c", "raise SystemExit('no such schema')"), STAND_INS.process)
    with pytest.raises(CannotObtain, match="comitia migrate ended with status 1"):
        Cluster(tmp_path, output=log, programs=refused).start()
    assert "migrate             | no such schema" in log.getvalue()


def test_apis_end_before_workers_and_workers_before_relays(tmp_path: Path, log: io.StringIO) -> None:
    cluster = Cluster(tmp_path, output=log, programs=STAND_INS)
    with cluster:
        pass
    drained = [line.partition(" ")[0] for line in log.getvalue().splitlines() if line.endswith("drained")]
    assert set(drained[:5]) == {f"{group}-1" for group in APIS}
    assert set(drained[5:10]) == {f"{group}-1" for group in WORKERS}
    assert set(drained[10:]) == {"relay-1", "relay-2"}
    assert processes_of(tmp_path) == {}
    assert not (tmp_path / "cluster.json").exists()


def test_a_process_that_never_ends_is_killed_when_in_a_hurry(begin: Begin, tmp_path: Path) -> None:
    cluster = begin(COMITIA_DEPLOYMENT="never-ends")
    cluster.hurry.set()
    cluster.stop()
    assert processes_of(tmp_path) == {}


def test_a_kill_of_the_cluster_itself_leaves_no_process(tmp_path: Path) -> None:
    script = f"""
        import sys, time
        from pathlib import Path
        from infra.local.cluster import Cluster
        from tests.cluster.test_supervising import FEW, STAND_INS
        Cluster(Path({str(tmp_path)!r}), scale=FEW, programs=STAND_INS).start()
        print("ready", flush=True)
        time.sleep(600)
    """
    program = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, stdout=subprocess.PIPE)
    assert program.stdout is not None
    assert program.stdout.readline() == b"ready\n"
    assert len(processes_of(tmp_path)) == 5
    program.kill()
    program.wait()
    program.stdout.close()
    assert eventually(lambda: processes_of(tmp_path) == {})


def test_a_program_is_told_on_one_line_of_json(tmp_path: Path) -> None:
    script = f"""
        import infra.local.cluster as cluster
        from tests.cluster.test_supervising import STAND_INS
        cluster.Programs = lambda: STAND_INS
        raise SystemExit(cluster.main(["--data", {str(tmp_path)!r}, "--json", "RELAY=1"]))
    """
    program = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout is not None
    told = json.loads(program.stdout.readline())
    assert told == json.loads((tmp_path / "cluster.json").read_text())
    assert [each["kind"] for each in told["processes"]] == ["api"] * 5 + ["relay"] + ["worker"] * 5
    program.terminate()
    said, log = program.communicate(timeout=30)
    assert (program.returncode, said) == (0, b"")
    assert log.count(b"drained") == 11


def test_a_wrong_word_is_answered_with_what_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["BALLOT_API=3"]) == 2
    assert capsys.readouterr().err.startswith(
        "error: BALLOT_API is no group of processes: the groups are PROCESSES_API"
    )


def test_the_scale_is_read_as_make_and_as_people_write_it() -> None:
    scale = scale_of(["BALLOTS_API=3", "audit-worker=2", "RELAY=0"])
    assert (scale["ballots-api"], scale["audit-worker"], scale["relay"], scale["processes-api"]) == (3, 2, 0, 1)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ("BALLOT_API=3", "BALLOT_API is no group of processes: the groups are PROCESSES_API, "),
        ("BALLOTS_API=0", "BALLOTS_API=0: expected a number from 1 to 100"),
        ("RELAY=-1", "RELAY=-1: expected a number from 0 to 100"),
        ("RELAY=101", "RELAY=101: expected a number from 0 to 100"),
        ("RELAY=many", "RELAY=many: expected a number from 0 to 100"),
        ("RELAY", "RELAY=: expected a number from 0 to 100"),
    ],
)
def test_a_wrong_scale_is_named(asked: str, complaint: str) -> None:
    with pytest.raises(WrongScale, match=complaint):
        scale_of([asked])
