"""A whole deployment on this machine: every service as processes of its own, on a PostgreSQL and a RabbitMQ of its own.

`make cluster` runs it in the foreground; tests and benchmarks use the class `Cluster`.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TextIO

from infra.local.backing import Backing
from infra.local.layout import (
    APIS,
    DEFAULT_SCALE,
    GROUPS,
    RELAY,
    WORKERS,
    Place,
    Programs,
    addresses_of,
    environment,
    place,
    server_of,
)
from infra.local.postgres import Postgres
from infra.local.private import write_private
from infra.local.rabbitmq import RabbitMQ
from infra.local.stream import Stream
from infra.local.supervising import Supervised, Supervisor, told
from runtime.telling import variable

START_SECONDS = 180.0
GRACE_SECONDS = 20.0
"""How long a process may take to end after SIGTERM before it is killed: twice what running calls are given."""
CANNOT_START = 2
"""With this status a process ends at once for what waiting does not mend."""
MOST_FAILURES = 5


class ClusterFailed(Exception):
    """The cluster does not run as asked; the message says which process, and why."""


class StoppedEarly(ClusterFailed):
    """It was told to give up starting, and has."""


class Cluster:
    """The cluster in `data`, from `start` (or `with`) to `stop`, once each; its database is found again by the next.

    `scale`: how many processes of each group (`ballots-api`, `relay`, …), where not as usual. `settings`: variables
    `COMITIA_…` for all of them. `output` gets the log of everything. Processes that die are started again.
    """

    def __init__(
        self,
        data: Path,
        *,
        scale: Mapping[str, int] = {},
        settings: Mapping[str, str] = {},
        output: TextIO | None = None,
        programs: Programs | None = None,
    ) -> None:
        self.data = data.absolute()
        self.hurry = threading.Event()
        """Set it to have `stop` kill rather than wait."""
        self.giving_up = threading.Event()
        """Set it to have `start` fail rather than wait."""
        self._scale = {**DEFAULT_SCALE, **scale}
        self._told: dict[str, dict[str, str]] = {"": dict(settings)}
        self._programs = programs or Programs()
        self._output = output or sys.stderr
        self._places: list[Place] = []
        self._backing: Backing | None = None
        self._writing = threading.Lock()

    def start_servers(self) -> None:
        """Only the database, migrated, and the broker; `start` does it otherwise. Raises `CannotObtain`, `ClusterFailed`."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o711)
        self._lock = _locked(self.data)
        self._stream = Stream(self._output)
        self._supervisor = Supervisor(self._stream, self._write_state)
        backing = Backing(self.data, self._programs, self._stream)
        try:
            backing.start()
        except BaseException:
            self._close()
            raise
        self._backing = backing

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start everything; returns when all of it is ready. Raises `CannotObtain` or `ClusterFailed`, having stopped it."""
        if self._backing is None:
            self.start_servers()
        try:
            self._go_on()
            self._places = [place(group, 1 + replica) for group in GROUPS for replica in range(self._scale[group])]
            self._supervisor.start(self._supervised(each) for each in self._places)
            self.await_ready(seconds)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the apis, which finish the calls in hand, then workers, relays, broker and database. Harmless when done."""
        if self._lock.closed:
            return
        for groups in (APIS, WORKERS, (RELAY,)):
            self._supervisor.stop(self.of(*groups).values(), GRACE_SECONDS, self.hurry)
        if self._backing is not None:
            self._backing.close()
        self._close()

    @property
    def processes(self) -> dict[str, Supervised]:
        """Every process by its name, such as `ballots-api-1`."""
        return self._supervisor.all

    def of(self, *groups: str) -> dict[str, Supervised]:
        """The processes of these groups, by name."""
        return {name: each for name, each in self.processes.items() if each.place.group in groups}

    @property
    def server(self) -> str:
        """What COMITIA_SERVER is set to for this cluster."""
        return server_of(self._places)

    @property
    def database(self) -> str:
        """The url that the processes are told."""
        return self._stands_on.database

    @property
    def broker(self) -> str:
        """The url that the processes are told."""
        return self._stands_on.broker

    @property
    def postgres(self) -> Postgres:
        """The database server, if it was started for this cluster."""
        if self._stands_on.postgres is None:
            raise ClusterFailed(f"{variable('database')} names the database: its server is not this cluster's")
        return self._stands_on.postgres

    @property
    def rabbitmq(self) -> RabbitMQ:
        """The broker, if it was started for this cluster."""
        if self._stands_on.rabbitmq is None:
            raise ClusterFailed(f"{variable('broker')} names the broker: it is not this cluster's")
        return self._stands_on.rabbitmq

    def addresses(self, service: str) -> list[str]:
        """Where the apis of a service listen."""
        return addresses_of(self._places, service).split("+")

    def tell(self, settings: Mapping[str, str], *names: str) -> None:
        """Give the processes or groups named, or all, these settings from their next `start`, `restart` or `scale` on."""
        for name in names or ("",):
            self._told.setdefault(name, {}).update(settings)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal, SIGKILL unless another; a process that dies of it is started again."""
        self.processes[name].signal(number)

    def restart(self, name: str, seconds: float = START_SECONDS) -> None:
        """End a process in order and start it again, with what it was told meanwhile; returns when it is ready."""
        process = self.processes[name]
        self._supervisor.stop([process], GRACE_SECONDS, self.hurry)
        process.env = self._environment(process.place)
        self._supervisor.start([process])
        self.await_ready(seconds, [process])

    def scale(self, group: str, number: int, seconds: float = START_SECONDS) -> None:
        """Have so many processes in a group; returns when they are ready. The first ones keep their addresses."""
        there = list(self.of(group).values())
        for surplus in there[number:]:
            self._supervisor.stop([surplus], GRACE_SECONDS, self.hurry)
            self._supervisor.forget(surplus)
            self._places.remove(surplus.place)
        places = [place(group, 1 + replica) for replica in range(len(there), number)]
        self._places += places
        more = [self._supervised(each) for each in places]
        self._supervisor.start(more)
        self.await_ready(seconds, more)
        self._write_state()

    def await_ready(self, seconds: float = START_SECONDS, processes: Iterable[Supervised] | None = None) -> None:
        """Wait until all (or these) are ready. Raises `ClusterFailed` naming one that cannot start, or those that are late."""
        waiting = list(self.processes.values() if processes is None else processes)
        deadline = time.monotonic() + seconds
        while waiting := [each for each in waiting if not each.ready]:
            for each in waiting:
                if each.failures >= MOST_FAILURES or (each.status == CANNOT_START and each.starts == 1):
                    raise ClusterFailed(f"{each.name} cannot start: {self._last_words(each)}")
            self._go_on()
            if time.monotonic() > deadline:
                late = "; ".join(f"{each.name} ({self._last_words(each)})" for each in waiting)
                raise ClusterFailed(f"not ready within {seconds:g} s: {late}")
            time.sleep(0.1)

    def to_json(self) -> dict[str, Any]:
        """Everything a program needs to use the cluster, or to hurt it."""
        return {
            "pid": os.getpid(),
            "server": self.server,
            "database": self.database,
            "broker": self.broker,
            "data": str(self.data),
            "processes": [each.to_json() for each in self.processes.values()],
        }

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _go_on(self) -> None:
        if self.giving_up.is_set():
            raise StoppedEarly("told to stop before it was ready")

    @property
    def _stands_on(self) -> Backing:
        if self._backing is None:
            raise ClusterFailed("the cluster was not started")
        return self._backing

    def _supervised(self, where: Place) -> Supervised:
        return Supervised(where, self._programs.process(where.service, where.kind), self._environment(where))

    def _environment(self, where: Place) -> dict[str, str]:
        shared = {variable("database"): self.database, variable("broker"): self.broker}
        told_it: dict[str, str] = {}
        for name in ("", where.group, where.name):
            told_it |= self._told.get(name, {})
        return {**environment(where, self._places, self.data, shared), **told_it}

    def _last_words(self, process: Supervised) -> str:
        said = self._stream.last(process.name)
        if said:
            return said[-1]
        return "it said nothing" if process.status is None else told(process.status)

    def _write_state(self) -> None:
        if self._backing is not None:
            path = self.data / "cluster.json"
            with self._writing:
                write_private(path.with_suffix(".part"), json.dumps(self.to_json(), indent=2) + "\n")
                path.with_suffix(".part").replace(path)

    def _close(self) -> None:
        self._supervisor.close()
        self._stream.close()
        (self.data / "cluster.json").unlink(missing_ok=True)
        self._lock.close()


def _locked(data: Path) -> IO[str]:
    """The folder's lock, which the operating system frees however this program ends."""
    lock = (data / "cluster.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise ClusterFailed(f"another cluster runs in {data}: stop it, or choose another folder (DATA=…)") from None
    return lock


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a cluster until Ctrl-C or SIGTERM; a second one kills what is still ending. Status 2 when it cannot run."""
    from infra.local.foreground import run

    return run(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
