"""Steady load on a cluster while something is broken, and everything that must hold afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eventlog.contract import LogRecorder
from eventlog.postgres import PostgresLog
from infra.local.cluster import Cluster
from tests.system import small
from tests.system.faults import checks
from tests.system.faults.casting import voter
from tests.system.faults.insisting import Insistent

ROOT = Path(__file__).resolve().parents[3]
CLIENTS = 3
END_SECONDS = 240


class Trial:
    """One vote under load, in the process `name` of a cluster: `with trial.load():` break something, then `trial.check()`."""

    def __init__(
        self, cluster: Cluster, folder: Path, name: str, *, seed: int, voters: int = 1000, rate: float = 15
    ) -> None:
        self.cluster, self.folder, self.name, self.seed = cluster, folder, name, seed
        self.server = cluster.server
        self.acknowledged: list[dict[str, Any]] = []
        self.motions: list[str] = []
        self.disturbed: Counter[str] = Counter()
        self._voters, self._rate = voters, rate
        self._clients: list[tuple[subprocess.Popen[bytes], Path]] = []

    def open(self) -> None:
        """The vote, with every voter on its roll."""
        with Insistent(self.server) as client:
            voters = [voter(client, number) for client in range(CLIENTS) for number in range(self._voters)]
            small.open_vote(client, self.name, voters=voters, form="approval")

    @contextmanager
    def load(self) -> Iterator[Trial]:
        """Several clients cast, one more decides motions, from here to the end of the block; then what they saw is read."""
        for number in range(CLIENTS):
            self._start(
                "casting", self.name, small.MATTER, str(number), str(self._voters), str(self._rate), str(self.seed)
            )
        self._start("deciding", f"{self.name}-m")
        try:
            for _, path in self._clients:
                until(lambda path=path: path.stat().st_size > 0, 60, f"{path.name} has begun")  # type: ignore[misc]
            yield self
        finally:
            for process, _ in self._clients:
                process.terminate()
            statuses = [process.wait(END_SECONDS) for process, _ in self._clients]
        said = [path.with_suffix(".err").read_text(encoding="utf-8") for _, path in self._clients]
        assert statuses == [0] * len(statuses), (self.seed, statuses, said)
        self._read()

    def rest(self, seconds: float) -> None:
        """Let the load go on for a while."""
        time.sleep(seconds)

    def check(self) -> None:
        """Close the vote and assert all that must hold."""
        with Insistent(self.server) as client:
            small.close_vote(client, self.name)
            with opened(self.cluster.database) as log:
                until_quiet(log)
                records = checks.positions_are_gapless(log)
                checks.each_acknowledged_ballot_is_there_once(records, self.name, self.acknowledged)
                checks.each_is_counted_once(records, self.name, self.acknowledged)
                checks.each_reaction_happened_once(records, self.motions)
                checks.read_models_equal_a_rebuild(self.cluster.database, log, records, self.folder)
            for process_id in (self.name, self.motions[-1]):
                checks.it_verifies(client, process_id, self.folder)
        say(
            f"{self.name}: seed {self.seed}, {len(self.acknowledged)} ballots acknowledged, {len(self.motions)} motions "
            f"decided, answers not taken: {dict(self.disturbed)}"
        )

    def _start(self, module: str, *arguments: str) -> None:
        path = self.folder / f"{self.name}-{module}-{len(self._clients)}.jsonl"
        command = [sys.executable, "-m", f"tests.system.faults.{module}", self.server, *arguments]
        with path.open("wb") as out, path.with_suffix(".err").open("wb") as err:
            self._clients.append((subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err), path))

    def _read(self) -> None:
        for _, path in self._clients:
            for line in checks.lines(path):
                if "voter" in line:
                    self.acknowledged.append(line)
                if "process" in line:
                    self.motions.append(line["process"])
                self.disturbed.update(line.get("disturbed", {}) if "sent" in line else {})


@contextmanager
def opened(database: str) -> Iterator[LogRecorder]:
    """The cluster's log, as an auditor with the right to read it opens it."""
    log = PostgresLog(database, clock=lambda: datetime.now(UTC))
    yield log
    log.close()


def until(what: Callable[[], bool], seconds: float, why: str) -> None:
    """Wait until something holds; fails saying what did not."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {why}"
        time.sleep(0.1)


def until_quiet(log: LogRecorder, seconds: float = 2.0) -> None:
    """Wait until nothing was appended for some seconds: what follows from the last command has followed."""
    seen, since = log.last_position(), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.2)
        if (head := log.last_position()) != seen:
            seen, since = head, time.monotonic()


def say(what: str) -> None:
    """For who reads the test's output: above all the seed that repeats it."""
    sys.stdout.write(f"{what}\n")
