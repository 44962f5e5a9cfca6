"""What tests of the broker share: records, processes as they run, and waiting for what must happen."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from eventlog.contract import LogRecorder
from kernel import canonical
from kernel.ids import event_id
from kernel.records import NewRecord, Record
from runtime.broker import Broker
from tests.eventlog.builders import a_record

PATIENCE = 30.0
TYPES = ("ballots.BallotCast", "ballots.BoxSealed", "chambers.MotionDecided")


def a_placed_record(position: int, stream: str = "boxes/p-1/budget", **fields: Any) -> Record:
    """A record as the log holds it at `position`, the only process's."""
    new = a_record(stream, position, **fields)
    names = {name: getattr(new, name) for name in new.__dataclass_fields__}
    return Record(**names, position=position, process_index=position - 1, recorded_at="2026-11-24T12:00:00.000000Z")


def until(holds: Callable[[], object], what: str = "", patience: float = PATIENCE) -> Any:
    """Wait until something holds, and return it; fails when that takes too long."""
    deadline = time.monotonic() + patience
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience:g} s: {what or holds}")
        time.sleep(0.02)
    return found


def depth(broker: Broker, queue: str) -> int:
    """How many messages wait in a queue."""
    with broker.linked("test") as link:
        return int(link.channel().queue_declare(queue, passive=True).message_count)


def taken(broker: Broker, queue: str, limit: int = 1_000_000) -> list[Any]:
    """Take what is in a queue, in order."""
    found: list[Any] = []
    with broker.linked("test") as link:
        channel = link.channel()
        while len(found) < limit and (message := channel.basic_get(queue, no_ack=True)) is not None:
            found.append(message)
    return found


class Happening:
    """Puts other services' events into a log, as `Life` wants it."""

    def __init__(self, log: LogRecorder, traceparent: str | None = None) -> None:
        self.log = log
        self._traceparent = traceparent
        self._number = itertools.count()

    def happen(self, process_id: str, stream: str, type_: str, payload: dict[str, Any]) -> Record:
        version = self.log.versions([stream])[stream] + 1
        new = NewRecord(
            process_id=process_id,
            stream_id=stream,
            stream_version=version,
            event_id=event_id(f"{stream}.{version}", 0),
            type=type_,
            schema=1,
            actor="another-service",
            correlation_id="",
            causation_id=None,
            traceparent=self._traceparent,
            payload=canonical.dumps(payload),
            salt=bytes(32),
        )
        return self.log.append([new])[0]

    def until(self, holds: Callable[[], object]) -> None:
        until(holds)

    def records(self, process_id: str, type_: str) -> list[Record]:
        return list(self.log.read_process(process_id, types=[type_]))

    def append_many(self, number: int, *, process_id: str = "p-1", batch: int = 50) -> None:
        """So many events, of a few types, each in a stream of its own."""
        for _ in range(0, number, batch):
            new = [
                a_record(f"boxes/{process_id}/{mark}", process=process_id, type=TYPES[mark % len(TYPES)])
                for mark in (next(self._number) for _ in range(batch))
            ]
            self.log.append(new)


@dataclass
class Process:
    """A process that writes its output into files."""

    running: subprocess.Popen[bytes]
    out: Path
    err: Path

    def says(self, pattern: str, patience: float = PATIENCE) -> str:
        """Wait until it has said something, on either output; returns what matched."""

        def found() -> re.Match[str] | None:
            told = self.out.read_text() + self.err.read_text()
            match = re.search(pattern, told)
            if match is None and self.running.poll() is not None:
                raise AssertionError(f"it ended with {self.running.returncode} and never said {pattern}: {told}")
            return match

        match: re.Match[str] = until(found, f"it says {pattern}: {self.err}", patience)
        return match[0]

    def signal(self, number: signal.Signals) -> None:
        self.running.send_signal(number)

    def end(self, patience: float = PATIENCE) -> int:
        """Ask it to end as an operator does; its exit status."""
        self.running.send_signal(signal.SIGCONT)
        self.running.terminate()
        return self.running.wait(patience)

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()


@dataclass
class Programs:
    """Processes of one deployment in a folder; none outlives the test."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    started: list[Process] = field(default_factory=list)

    def start(self, *words: str, **settings: str) -> Process:
        """`python -m WORDS…` with these settings, given without their prefix."""
        told = {f"COMITIA_{name.upper()}": value for name, value in {**self.settings, **settings}.items()}
        name = f"{len(self.started)}-{words[0]}"
        out, err = self.folder / f"{name}.out", self.folder / f"{name}.err"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COMITIA_")}
        environment |= {"COMITIA_DATA_DIR": str(self.folder / "data"), **told}
        with out.open("wb") as output, err.open("wb") as error:
            command = [sys.executable, "-m", *words]
            running = subprocess.Popen(command, env=environment, stdout=output, stderr=error)
        process = Process(running, out, err)
        self.started.append(process)
        return process

    def __enter__(self) -> Programs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.started:
            if process.running.poll() is None:
                process.kill()
