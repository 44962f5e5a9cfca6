"""Streamed ballots on PostgreSQL, against their unavoidable parts: as `casting`, with COPY of the same rows into a bare table."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg
from psycopg import sql

from ballots.domain.events import BallotCast
from eventlog.rows import COLUMNS, row_of
from infra.local.postgres import Postgres
from tests.benchmarks import casting, elections
from tests.benchmarks.parts import AT_LEAST, BATCH, ROUND, Alone, Cast, Row
from tests.benchmarks.servers import append_all, ballots_api, migrated, open_log, postgres, setting
from tests.benchmarks.targets import Asked, Section, Target

TEXT = """## Streamed ballots on PostgreSQL

The same election, streamed in messages of {batch} to one `python -m ballots api`; then the same parts, with COPY of the same
rows into a table without index, key or trigger, one transaction for each message. `fsync` is {fsync}.

| | seconds | µs a ballot | ballots a second |
|---|---:|---:|---:|
{rows}

The api casts at **{ratio}** of the rate of the unavoidable parts (at least {least} is asked); at {strict} of it when canonical
JSON is written the engine's own way in the parts too; at {storing} of the rate of COPY alone.
Peak memory of the api: {memory} MiB.

"""


def section(asked: Asked) -> Section:
    """Measure, and say what was found."""
    with postgres(asked.folder) as server:
        cast, fsync = measure(asked, server, elections.katowice(asked)), setting(server, "fsync")
    text = TEXT.format(
        batch=BATCH,
        fsync=fsync,
        rows=cast.table(),
        ratio=f"{cast.ratio:.2f}",
        least=AT_LEAST,
        strict=f"{cast.strict_ratio:.2f}",
        storing=f"{cast.storing_ratio:.2f}",
        memory=f"{cast.memory / 2**20:,.0f}",
    )
    return Section(text, (Target("streamed ballots, of their unavoidable parts", cast.ratio, AT_LEAST),))


def measure(asked: Asked, server: Postgres, election: tuple[Any, Any]) -> Cast:
    """Cast an election's ballots; after each round of messages, time each part alone on the same ballots."""
    messages = elections.messages(casting.PROCESS, *election, BATCH)
    url = migrated(server, "streamed")
    with closing(open_log(url)) as log, psycopg.connect(url, autocommit=True) as bare:
        append_all(log, elections.opened(asked.folder / "engine", casting.PROCESS, *election))
        alone, seconds, raw = copying(bare), 0.0, []
        with ballots_api(url, asked.folder) as api:
            for first in range(0, len(messages), ROUND):
                sent, before = messages[first : first + ROUND], log.last_position()
                took, answers = casting.stream(api, sent)
                seconds += took
                raw += answers
                alone.take(sent, log.read(after=before, limit=ROUND * BATCH, types=[BallotCast.TYPE]))
            memory = api.peak_memory()
    return casting.taken(alone, seconds, raw, len(election[0].votes), memory)


def copying(bare: psycopg.Connection[Any]) -> Alone:
    """The parts, with COPY into a table of the log's columns and nothing else."""
    bare.execute("CREATE TABLE bare (LIKE comitia.records)")
    into = sql.SQL("COPY bare ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, COLUMNS)))

    def insert(rows: Sequence[Row]) -> None:
        with bare.transaction(), bare.cursor().copy(into) as copy:
            for row in rows:
                copy.write_row(row)

    return Alone("COPY into a bare table, synced", row_of, insert)
