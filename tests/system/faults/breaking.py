"""How the tests break things on purpose, and see who does what."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from infra.local.cluster import Cluster
from relay.leading import LOCK


def kill(cluster: Cluster, name: str) -> bool:
    """Kill a process that runs, be it starting; one that was just killed may not be there yet."""
    for _ in range(50):
        if cluster.processes[name].pid is not None:
            cluster.kill(name)
            return True
        time.sleep(0.1)
    return False


class Session:
    """A session of the database, and the process at its other end."""

    def __init__(self, backend: int, client: int) -> None:
        self.backend, self.client = backend, client


def session_with_the_lock(cluster: Cluster) -> Session:
    """The relay's database session that has the lock, and the process at its other end."""
    sql = """
        SELECT a.pid, a.client_port FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND ((l.classid::bigint << 32) | l.objid::bigint) = %s
    """
    with psycopg.connect(cluster.postgres.url) as db:
        row = db.execute(sql, (LOCK,)).fetchone()
    if row is None:
        return Session(0, 0)
    return Session(row[0], _process_at(row[1]))


def _process_at(port: int) -> int:
    """The process that has a TCP connection from this port of the machine."""
    found = subprocess.run(["ss", "-Htnp", f"sport = :{port}"], capture_output=True, text=True, check=True).stdout
    return int(found.partition("pid=")[2].partition(",")[0] or 0)


def end(cluster: Cluster, backend: int) -> None:
    """End a session from the database's side."""
    with psycopg.connect(cluster.postgres.url) as db:
        db.execute("SELECT pg_terminate_backend(%s)", (backend,))


def holder(cluster: Cluster, lease: str) -> int:
    """The process that has a lease: `HOST:PID:…`."""
    with psycopg.connect(cluster.database) as db:
        row = db.execute("SELECT holder FROM comitia.leases WHERE name = %s", (lease,)).fetchone()
    return int(row[0].split(":")[-2]) if row else 0


@contextmanager
def records_on_a_small_disk(cluster: Cluster) -> Iterator[Path]:
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


def fill(filler: Path) -> None:
    """Take all the space that there is, though others take of it too."""
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(16_384)):
            continue
