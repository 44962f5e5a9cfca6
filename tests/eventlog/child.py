"""The other processes of the contract suite: `python -m tests.eventlog.child ROLE ADDRESS …`; results are JSON lines."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from eventlog.contract import EventIdReused, LogFull, LogRecorder, VersionConflict
from kernel.records import NewRecord, Record
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import open_at, wall_clock

ROOT = Path(__file__).resolve().parents[2]
SHARED_STREAM = "shared/p-1"


def start(role: str, address: str, *arguments: str, gate: Path | None = None) -> subprocess.Popen[str]:
    """Start a child; with a `gate` it begins its work only when that file exists."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.eventlog.child", role, address, *arguments],
        cwd=ROOT,
        env={**os.environ, "COMITIA_TEST_GATE": str(gate or "")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def open_gate(gate: Path, *children: subprocess.Popen[str]) -> None:
    """Let all begin at once, when each of them waits: without that the first would be done before the last has started."""
    while not all(_place(gate, child.pid).exists() for child in children):
        assert all(child.poll() is None for child in children), [
            child.communicate() for child in children if child.poll()
        ]
        time.sleep(0.01)
    gate.touch()


def _place(gate: Path, pid: int) -> Path:
    return gate.with_name(f"{gate.name}.{pid}")


def append(address: str, writer: str, batches: str, size: str) -> None:
    """Append batches to the writer's own process and streams; tell when each began, ended and where it went."""
    log = open_at(address)
    for number in range(int(batches)):
        began = time.monotonic()
        appended = log.append(batch(writer, number, int(size)))
        _say(began=began, ended=time.monotonic(), positions=[record.position for record in appended])


def contend(address: str, writer: str, count: str) -> None:
    """Append `count` records to the stream that every writer wants, reading its version before each attempt."""
    log = open_at(address)
    conflicts = 0
    for number in range(int(count)):
        while not _try_shared(log, writer, number):
            conflicts += 1
    _say(conflicts=conflicts)


def duplicate(address: str, writer: str, count: str) -> None:
    """Append the same `count` events as every other writer does; tell where each one is."""
    log = open_at(address)
    places = []
    for number in range(int(count)):
        (record,) = log.append([a_record(f"same/{number}")])
        places.append([record.position, record.salt.hex()])
    _say(places=places)


def quarrel(address: str, writer: str, count: str) -> None:
    """Append the same event ids as every other writer with other content; tell which were taken."""
    log = open_at(address)
    won = []
    for number in range(int(count)):
        try:
            log.append([a_record(f"same/{number}/{writer}", id=f"same {number}")])
            won.append(number)
        except EventIdReused:
            continue
    _say(won=won)


def follow(address: str, until: str) -> None:
    """Follow the log up to a position; tell the positions in the order in which they were seen."""
    log = open_at(address)
    seen: list[int] = []
    for what in log.follow(stop=threading.Event(), poll=0.05):
        if isinstance(what, Record):
            seen.append(what.position)
            if what.position == int(until):
                break
    _say(seen=seen)


def append_for_ever(address: str, writer: str, size: str) -> None:
    """Append batches until killed."""
    log = open_at(address)
    number = 0
    while True:
        log.append(batch(writer, number, int(size)))
        number += 1


def die_holding_the_lock(address: str, writer: str, size: str) -> None:
    """Append one batch, then die inside the second, at the moment when the log asks for the time."""
    readings = 0

    def clock() -> datetime:
        nonlocal readings
        readings += 1
        if readings == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return wall_clock()

    log = open_at(address, clock)
    for number in range(2):
        log.append(batch(writer, number, int(size)))


def die_in_a_block(address: str, writer: str, size: str) -> None:
    """Append one batch, then die in a block that holds the log, with another appended."""
    log = open_at(address)
    log.append(batch(writer, 0, int(size)))
    with log.exclusively():
        log.append(batch(writer, 1, int(size)))
        os.kill(os.getpid(), signal.SIGKILL)


def fill(address: str, most_bytes: str) -> None:
    """Append until the storage is full, which it is at `most_bytes` of a file unless 0; tell what is then in the log."""
    if int(most_bytes):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), int(most_bytes)))
    log = open_at(address)
    number = 0
    try:
        while True:
            log.append(batch("w", number, 50))
            number += 1
    except LogFull as error:
        _say(records=sum(1 for _ in log.read_process("p-w")), error=str(error))


def batch(writer: str, number: int, size: int) -> list[NewRecord]:
    """The `number`-th batch of a writer: half of it on one stream of the writer, half on streams of their own."""
    process = f"p-{writer}"
    long = size // 2
    follows = [a_record(f"long/{writer}", number * long + i + 1, process=process, batch=number) for i in range(long)]
    alone = [a_record(f"short/{writer}/{number}/{i}", process=process, batch=number) for i in range(size - long)]
    return follows + alone


def _try_shared(log: LogRecorder, writer: str, number: int) -> bool:
    version = log.versions([SHARED_STREAM])[SHARED_STREAM]
    try:
        log.append([a_record(SHARED_STREAM, version + 1, id=f"{writer} {number}")])
    except VersionConflict:
        return False
    return True


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


ROLES: dict[str, Callable[..., None]] = {
    "append": append,
    "contend": contend,
    "duplicate": duplicate,
    "quarrel": quarrel,
    "follow": follow,
    "append_for_ever": append_for_ever,
    "fill": fill,
    "die_holding_the_lock": die_holding_the_lock,
    "die_in_a_block": die_in_a_block,
}


def main() -> None:
    gate = os.environ.get("COMITIA_TEST_GATE")
    if gate:
        _place(Path(gate), os.getpid()).touch()
    while gate and not Path(gate).exists():
        time.sleep(0.002)
    role, *arguments = sys.argv[1:]
    ROLES[role](*arguments)


if __name__ == "__main__":
    main()
