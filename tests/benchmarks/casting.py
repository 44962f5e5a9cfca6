"""How fast ballots are cast, against the parts of it that nothing can avoid: `python -m tests.benchmarks.casting`.

The engine runs as a process of its own; a client streams the ballots to it over gRPC. After each round of them, in this process
and on the same disk, the parts alone: parsing the same messages, RFC 8785 of each payload and leaf header, HMAC and SHA-256, and
inserting the same rows with bare sqlite3 in the same batches, each synced. Exit status 1 when the engine is not half as fast.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import rfc8785
from rich.console import Console
from rich.table import Table

from ballots.domain.events import BallotCast
from cli.client import Client
from comitia.ballots.v1 import ballots_pb2
from eventlog import sqlite_queries, sqlite_schema
from eventlog.sqlite import SQLiteLog
from kernel import canonical
from kernel.records import Record
from runtime.storage import now
from testkit.shared import shared_data
from tests.benchmarks import elections

PROCESS = "casting"
BATCH = 1000
ROUND = 5
SEED = 20261122
AT_LEAST = 0.5
CAST = "/comitia.ballots.v1.BallotsService/CastBallots"


@dataclass(frozen=True)
class Server:
    """A running engine."""

    address: str
    pid: int
    log: Path

    def peak_memory(self) -> int:
        """The most memory it has held, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """`comitia serve` on a folder, for as long as the block lasts."""
    command = [
        sys.executable,
        "-c",
        "from cli.main import app; app()",
        "serve",
        "--data",
        str(folder),
        "--listen",
        "127.0.0.1:0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = re.search(r"127\.0\.0\.1:\d+", line)
            if address is None:
                raise RuntimeError(f"the engine did not start: {line!r}")
            yield Server(address[0], process.pid, folder / "log.db")
        finally:
            process.terminate()


def stream(server: Server, messages: Sequence[bytes]) -> tuple[float, list[bytes]]:
    """Stream all messages; the seconds from the first to the last answer, and the answers as they came."""
    limits = [("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel(server.address, options=limits) as channel:
        grpc.channel_ready_future(channel).result(timeout=30)
        call = channel.stream_stream(CAST, request_serializer=None, response_deserializer=None)
        began = time.perf_counter()
        answers: list[bytes] = list(call(iter(messages)))
        return time.perf_counter() - began, answers


class Alone:
    """The parts that nothing can avoid, each timed alone on what the engine has just cast."""

    def __init__(self, path: Path) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.own_spelling = 0.0
        self._bare = sqlite3.connect(path, isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", *sqlite_schema.TABLES):
            self._bare.execute(statement)

    def take(self, messages: Sequence[bytes], records: Sequence[Record]) -> None:
        """Time each part for these messages and the records that came of them."""
        payloads = [json.loads(record.payload) for record in records]
        headers = [{**record.header(), "commit": record.commitment().hex()} for record in records]
        leaves = [record.leaf() for record in records]
        rows = [sqlite_queries.row(record) for record in records]
        dumps = rfc8785.dumps
        parts: dict[str, Callable[[], object]] = {
            "parse protobuf": lambda: [ballots_pb2.CastBallotsRequest.FromString(message) for message in messages],
            "RFC 8785 of the payload": lambda: [dumps(payload) for payload in payloads],
            "RFC 8785 of the leaf header": lambda: [dumps(header) for header in headers],
            "HMAC-SHA-256 of the payload": lambda: [hmac.digest(one.salt, one.payload, "sha256") for one in records],
            "SHA-256 of the leaf": lambda: [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves],
            "insert with sqlite3, synced": lambda: self._insert(rows),
        }
        for name, part in parts.items():
            began = time.perf_counter()
            part()
            self.seconds[name] += time.perf_counter() - began
        began = time.perf_counter()
        for payload, record in zip(payloads, records, strict=True):
            canonical.dumps(payload)
            record.leaf()
        self.own_spelling += time.perf_counter() - began

    def _insert(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """The same rows into the same table and indexes, without triggers, one synced transaction for each batch."""
        for first in range(0, len(rows), BATCH):
            self._bare.execute("BEGIN IMMEDIATE")
            self._bare.executemany(sqlite_queries.INSERT, rows[first : first + BATCH])
            self._bare.execute("COMMIT")


@dataclass(frozen=True)
class Cast:
    """How long the ballots took through the engine and in each part alone, and the server's peak memory in bytes."""

    ballots: int
    seconds: float
    parts: Mapping[str, float]
    own_spelling: float
    """Seconds of canonical JSON the engine's own way, instead of by the `rfc8785` package as in `parts`."""
    memory: int

    @property
    def ratio(self) -> float:
        """The engine's rate as a share of the unavoidable parts' alone."""
        return sum(self.parts.values()) / self.seconds

    @property
    def strict_ratio(self) -> float:
        """The same against the cheapest parts known: with the engine's own way of writing canonical JSON."""
        others = sum(seconds for name, seconds in self.parts.items() if not name.startswith("RFC 8785"))
        return (others + self.own_spelling) / self.seconds

    def rows(self) -> list[tuple[str, float]]:
        """The lines of the table: what, and its seconds."""
        alone = sum(self.parts.values())
        return [*self.parts.items(), ("the unavoidable parts", alone), ("through the engine", self.seconds)]


def measure(folder: Path, election: tuple[Any, Any]) -> Cast:
    """Cast an election's ballots through an engine; after each round, time each part alone on the same ballots.

    In rounds, so that what else the machine does falls on both alike.
    """
    source, held = election
    messages = elections.messages(PROCESS, source, held, BATCH)
    alone, seconds, raw = Alone(folder / "bare.db"), 0.0, []
    with serving(folder) as server, closing(SQLiteLog(server.log, clock=now)) as log:
        with Client(server.address) as client:
            elections.set_up(client, PROCESS, source, held)
        for first in range(0, len(messages), ROUND):
            sent, before = messages[first : first + ROUND], log.last_position()
            took, answers = stream(server, sent)
            seconds += took
            raw += answers
            alone.take(sent, log.read(after=before, limit=ROUND * BATCH, types=[BallotCast.TYPE]))
        memory = server.peak_memory()
    results = list(elections.answers(raw))
    refused = [each.refusal.reason for each in results if each.HasField("refusal")]
    if refused or len(results) != len(source.votes):
        raise RuntimeError(f"{len(results)} answers to {len(source.votes)} ballots, refused: {refused[:3]}")
    return Cast(len(results), seconds, alone.seconds, alone.own_spelling, memory)


def report(cast: Cast, title: str) -> None:
    """Print the table."""
    table = Table(title=title)
    for column in ("", "seconds", "µs a ballot", "ballots a second"):
        table.add_column(column, justify="left" if not column else "right")
    for name, seconds in cast.rows():
        table.add_row(name, f"{seconds:.2f}", f"{seconds / cast.ballots * 1e6:.1f}", f"{cast.ballots / seconds:,.0f}")
    console = Console()
    console.print(table)
    console.print(
        f"{cast.ratio:.2f} of the rate of the unavoidable parts (at least {AT_LEAST} is asked), "
        f"{cast.strict_ratio:.2f} with canonical JSON the engine's own way; "
        f"peak memory of the server {cast.memory / 2**20:,.0f} MiB"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when the engine reaches half the rate of its unavoidable parts, 1 when it does not."""
    parser = argparse.ArgumentParser(description="How fast ballots are cast, against what nothing can avoid.")
    parser.add_argument("file", nargs="?", type=Path, help="a Pabulib file; Katowice 2023 of the shared data if none")
    parser.add_argument("--generated", type=int, metavar="N", help="N generated ballots instead of a file")
    given = parser.parse_args(arguments)
    if given.generated:
        election, title = elections.generate(given.generated, SEED), f"{given.generated} ballots, seed {SEED}"
    else:
        path = given.file or shared_data("pabulib", "Poland_Katowice_2023.pb")
        election, title = elections.read(path), path.stem
    with tempfile.TemporaryDirectory(prefix="comitia-bench-") as folder:
        cast = measure(Path(folder), election)
    report(cast, f"Casting: {title}")
    return 0 if cast.ratio >= AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
