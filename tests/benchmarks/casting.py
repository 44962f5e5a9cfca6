"""How fast ballots are cast, against the parts of it that nothing can avoid: `python -m tests.benchmarks.casting`.

The engine runs as a process of its own; a client streams the ballots to it over gRPC. After each round of them, in this process
and on the same disk, the parts alone: parsing the same messages, RFC 8785 of each payload and leaf header, HMAC and SHA-256, and
inserting the same rows with bare sqlite3 in the same batches, each synced. Exit status 1 when the engine is not half as fast.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import grpc

from ballots.domain.events import BallotCast
from cli.client import Client
from eventlog import sqlite_queries, sqlite_schema
from eventlog.rows import row_of
from eventlog.sqlite import SQLiteLog
from runtime.storage import now
from testkit.shared import shared_data
from tests.benchmarks import elections
from tests.benchmarks.parts import AT_LEAST, BATCH, ROUND, Alone, Cast, Row, report
from tests.benchmarks.serving import Server, engine, running
from tests.benchmarks.targets import Asked, Section, Target

PROCESS = "casting"
TEXT = """## Casting: `{election}` through the engine

One client streams the election's ballots to `comitia serve` over gRPC; each batch is on disk before it is
acknowledged. Then the parts that nothing can avoid, each alone, on the same ballots: parsing the messages,
RFC 8785 of payload and leaf header (by the `rfc8785` package; the engine spells the same bytes by a faster way of
its own, which tests hold against that package), HMAC and SHA-256, and inserting the same rows with bare
`sqlite3` in the same batches, synced.

| | seconds | µs a ballot | ballots a second |
|---|---:|---:|---:|
{rows}

The engine casts at **{ratio}** of the rate of the unavoidable parts (at least {least} is asked); at {strict} of it when
canonical JSON is written the engine's own way in the parts too.
Peak memory of the server: {memory} MiB.

"""
CAST = "/comitia.ballots.v1.BallotsService/CastBallots"


def section(asked: Asked) -> Section:
    """Measure with a real election, and say what was found."""
    cast = measure(asked.folder, elections.katowice(asked))
    text = TEXT.format(
        election=elections.KATOWICE if not asked.quick else "generated",
        rows=cast.table(),
        ratio=f"{cast.ratio:.2f}",
        strict=f"{cast.strict_ratio:.2f}",
        least=AT_LEAST,
        memory=f"{cast.memory / 2**20:,.0f}",
    )
    return Section(text, (Target("streamed ballots on SQLite, of their unavoidable parts", cast.ratio, AT_LEAST),))


def stream(server: Server, messages: Sequence[bytes]) -> tuple[float, list[bytes]]:
    """Stream all messages; the seconds from the first to the last answer, and the answers as they came."""
    limits = [("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel(server.address, options=limits) as channel:
        grpc.channel_ready_future(channel).result(timeout=30)
        call = channel.stream_stream(CAST, request_serializer=None, response_deserializer=None)
        began = time.perf_counter()
        answers: list[bytes] = list(call(iter(messages)))
        return time.perf_counter() - began, answers


def alone_on(path: Path) -> Alone:
    """The parts, with the same rows into the same table and indexes, without triggers, one synced transaction for each batch."""
    bare = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", *sqlite_schema.TABLES):
        bare.execute(statement)

    def insert(rows: Sequence[Row]) -> None:
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany(sqlite_queries.INSERT, rows)
        bare.execute("COMMIT")

    return Alone("insert with sqlite3, synced", row_of, insert)


def measure(folder: Path, election: tuple[Any, Any]) -> Cast:
    """Cast an election's ballots through an engine; after each round, time each part alone on the same ballots.

    In rounds, so that what else the machine does falls on both alike.
    """
    source, held = election
    messages = elections.messages(PROCESS, source, held, BATCH)
    alone, seconds, raw = alone_on(folder / "bare.db"), 0.0, []
    with running(engine(folder)) as server, closing(SQLiteLog(folder / "log.db", clock=now)) as log:
        with Client(server.address) as client:
            elections.set_up(client, PROCESS, source, held)
        for first in range(0, len(messages), ROUND):
            sent, before = messages[first : first + ROUND], log.last_position()
            took, answers = stream(server, sent)
            seconds += took
            raw += answers
            alone.take(sent, log.read(after=before, limit=ROUND * BATCH, types=[BallotCast.TYPE]))
        memory = server.peak_memory()
    return taken(alone, seconds, raw, len(source.votes), memory)


def taken(alone: Alone, seconds: float, raw: Sequence[bytes], ballots: int, memory: int) -> Cast:
    """What was measured; raises when not every ballot was cast."""
    results = list(elections.answers(raw))
    refused = [each.refusal.reason for each in results if each.HasField("refusal")]
    if refused or len(results) != ballots:
        raise RuntimeError(f"{len(results)} answers to {ballots} ballots, refused: {refused[:3]}")
    return Cast(ballots, seconds, alone.seconds, alone.own_spelling, alone.seconds[alone.storing], memory)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when the engine reaches half the rate of its unavoidable parts, 1 when it does not."""
    parser = argparse.ArgumentParser(description="How fast ballots are cast, against what nothing can avoid.")
    parser.add_argument("file", nargs="?", type=Path, help="a Pabulib file; Katowice 2023 of the shared data if none")
    parser.add_argument("--generated", type=int, metavar="N", help="N generated ballots instead of a file")
    given = parser.parse_args(arguments)
    if given.generated:
        election, title = elections.generate(given.generated), f"{given.generated} ballots, seed {elections.SEED}"
    else:
        path = given.file or shared_data("pabulib", elections.KATOWICE)
        election, title = elections.read(path), path.stem
    with tempfile.TemporaryDirectory(prefix="comitia-bench-") as folder:
        cast = measure(Path(folder), election)
    report(cast, f"Casting: {title}")
    return 0 if cast.ratio >= AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
