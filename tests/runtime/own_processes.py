"""Processes of the trial service over PostgreSQL, and the log that a test feeds them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from eventlog.postgres import PostgresLog
from kernel.ids import event_id
from kernel.records import NewRecord
from runtime.storage import now
from runtime.views_postgres import PostgresViews

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 1.0
PATIENCE = 30.0


class Process:
    """One process; what it says on its output and its error output can be read once it has ended."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str], folder: Path) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**_without_comitia(), "PYTHONPATH": ":".join((str(ROOT), *sys.path)), **environment},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self.popen.pid

    def says(self) -> str:
        """The next line of its output; '' at its end."""
        assert self.popen.stdout is not None
        return self.popen.stdout.readline().strip()

    def pause(self) -> None:
        self.popen.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.popen.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()

    def end(self) -> tuple[int, str]:
        """Ask it to stop; its exit status and its error output."""
        if self.popen.poll() is None:
            self.wake()
            self.popen.terminate()
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait for it to end by itself."""
        _, error = self.popen.communicate(timeout=PATIENCE)
        return self.popen.returncode, error

    def close(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.communicate()


def _without_comitia() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("COMITIA_")}


class Trial:
    """The database of a trial, its processes and its log."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.log = PostgresLog(url, clock=now)
        self._running: list[Process] = []

    def run(self, *arguments: str, module: str = "tests.runtime.trial_service", **environment: str) -> Process:
        """Start a process in an empty folder that nobody may write into."""
        bare = self.folder / "bare"
        bare.mkdir(exist_ok=True)
        bare.chmod(0o555)
        settings = {
            "COMITIA_DATABASE": self.url,
            "COMITIA_LISTEN": "127.0.0.1:0",
            "COMITIA_LEASE_SECONDS": str(LEASE_SECONDS),
            "COMITIA_TIMER_SECONDS": "0.2",
            **environment,
        }
        process = Process(module, *arguments, environment=settings, folder=bare)
        self._running.append(process)
        return process

    def tell(self, *numbers: int) -> None:
        """Append what the workers react to."""
        stream = "told/p"
        version = self.log.versions([stream])[stream]
        self.log.append(
            [
                NewRecord(
                    process_id="p",
                    stream_id=stream,
                    stream_version=version + place,
                    event_id=event_id(f"told.{version + place}", 0),
                    type="trial.Told",
                    schema=1,
                    actor="someone",
                    correlation_id="",
                    causation_id=None,
                    traceparent=None,
                    payload=b'{"number":%d}' % number,
                    salt=bytes(32),
                )
                for place, number in enumerate(numbers, 1)
            ]
        )

    def heard(self) -> list[int]:
        """What was reacted to, in the order of the reactions."""
        return [int(record.data()["number"]) for record in self.log.read(types=["trial.Heard"], limit=100_000)]

    def leader(self) -> int | None:
        """The process id of the worker that has the lease of the reactions now."""
        with psycopg.connect(self.url) as db:
            row = db.execute(
                "SELECT holder FROM comitia.leases WHERE name = 'trial.reactions' AND until > clock_timestamp()"
            ).fetchone()
        return int(row[0].split(":")[1]) if row else None

    @contextmanager
    def views(self) -> Iterator[PostgresViews]:
        with closing(PostgresViews(self.url)) as views:
            yield views

    def close(self) -> None:
        for process in self._running:
            process.close()
        self.log.close()
