"""The broker away, the database restarted, a disk full, two leaders, a worker that wakes too late: nothing is lost."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from infra.local.cluster import Cluster
from relay.leading import LOCK
from tests.system.faults.trial import Trial, until

pytestmark = pytest.mark.slow


def test_without_the_broker_for_ten_seconds(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    trial = Trial(cluster, tmp_path, "broker", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(3)
        cluster.rabbitmq.stop()
        trial.rest(10)
        cluster.rabbitmq.start()
        trial.rest(5)
    trial.check()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgresql_restarted(cluster: Cluster, tmp_path: Path, seed: int, mode: str) -> None:
    trial = Trial(cluster, tmp_path, f"postgres-{mode}", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(3)
        cluster.postgres.stop("immediate" if mode == "immediate" else "fast")
        trial.rest(2)
        cluster.postgres.start()
        trial.rest(5)
    trial.check()


def test_two_relays_that_both_believe_they_lead(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    """The leader is paused, its session ended, the other leads; then the first wakes and goes on where it was."""
    trial = Trial(cluster, tmp_path, "relays", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(2)
        leader = _session_with_the_lock(cluster)
        paused = next(each for each in cluster.of("relay").values() if each.pid == leader.client)
        paused.signal(signal.SIGSTOP)
        _end(cluster, leader.backend)
        until(lambda: _session_with_the_lock(cluster).client != leader.client, 30, "the other relay leads")
        trial.rest(3)
        paused.signal(signal.SIGCONT)
        trial.rest(5)
    trial.check()


def test_a_worker_that_is_paused_past_its_lease_and_woken(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    trial = Trial(cluster, tmp_path, "paused", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(2)
        for service in ("ballots", "chambers"):
            holder = _holder(cluster, f"{service}.reactions")
            paused = next(each for each in cluster.of(f"{service}-worker").values() if each.pid == holder)
            paused.signal(signal.SIGSTOP)
            until(lambda s=service, h=holder: _holder(cluster, f"{s}.reactions") != h, 30, "the other took over")  # type: ignore[misc]
            trial.rest(2)
            paused.signal(signal.SIGCONT)
        trial.rest(4)
    trial.check()


def test_a_disk_that_is_full(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    """The records' file system takes nothing more for some seconds: commands are refused, told so, and sent again."""
    trial = Trial(cluster, tmp_path, "full", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(2)
        with _records_on_a_small_disk(cluster, tmp_path) as disk:
            trial.rest(2)
            _fill(disk / "filler")
            trial.rest(4)
            (disk / "filler").unlink()
            trial.rest(3)
        trial.rest(2)
    assert trial.disturbed["log_full"], dict(trial.disturbed)
    trial.check()


class _Session:
    def __init__(self, backend: int, client: int) -> None:
        self.backend, self.client = backend, client


def _session_with_the_lock(cluster: Cluster) -> _Session:
    """The relay's database session that has the lock, and the process at its other end."""
    sql = """
        SELECT a.pid, a.client_port FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND ((l.classid::bigint << 32) | l.objid::bigint) = %s
    """
    with psycopg.connect(cluster.postgres.url) as db:
        row = db.execute(sql, (LOCK,)).fetchone()
    if row is None:
        return _Session(0, 0)
    return _Session(row[0], _process_at(row[1]))


def _process_at(port: int) -> int:
    """The process that has a TCP connection from this port of the machine."""
    found = subprocess.run(["ss", "-Htnp", f"sport = :{port}"], capture_output=True, text=True, check=True).stdout
    return int(found.partition("pid=")[2].partition(",")[0] or 0)


def _end(cluster: Cluster, backend: int) -> None:
    with psycopg.connect(cluster.postgres.url) as db:
        db.execute("SELECT pg_terminate_backend(%s)", (backend,))


def _holder(cluster: Cluster, lease: str) -> int:
    """The process that has a lease: `HOST:PID:…`."""
    with psycopg.connect(cluster.database) as db:
        row = db.execute("SELECT holder FROM comitia.leases WHERE name = %s", (lease,)).fetchone()
    return int(row[0].split(":")[-2]) if row else 0


@contextmanager
def _records_on_a_small_disk(cluster: Cluster, folder: Path) -> Iterator[Path]:
    """The table of the records moves to a file system of its own, and back."""
    disk = cluster.postgres.folder / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=777", "tmpfs", str(disk)], check=True)
    space = disk / "space"
    space.mkdir(mode=0o700)
    _give_to_the_server(space)
    superuser = cluster.postgres.url.rpartition("/")[0] + "/" + cluster.database.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(superuser, autocommit=True) as db:
        try:
            db.execute(f"CREATE TABLESPACE small LOCATION '{space}'".encode())
            db.execute(b"ALTER TABLE comitia.records SET TABLESPACE small")
            yield disk
        finally:
            (disk / "filler").unlink(missing_ok=True)
            db.execute(b"ALTER TABLE comitia.records SET TABLESPACE pg_default")
            db.execute(b"CHECKPOINT")
            db.execute(b"DROP TABLESPACE small")
            subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _give_to_the_server(space: Path) -> None:
    subprocess.run(["chown", "postgres:postgres", str(space)], check=True)


def _fill(filler: Path) -> None:
    """Take all the space that there is, though others take of it too."""
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(16_384)):
            continue
