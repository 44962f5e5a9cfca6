"""How fast a sealed box is counted from the log, against reading the same records and parsing their JSON alone.

Each size has a log of its own, filled directly, and is counted by the ballots service's own reaction in a process of its
own, whose peak memory is taken before anything else is measured in it.
"""

from __future__ import annotations

import json
import random
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ballots.application import Ballots
from ballots.domain.electorate import Member, roll_digest
from ballots.domain.events import BallotCast, BoxOpened, BoxSealed, BoxTallied, OptionOffered, RollUsed
from eventlog import sqlite_queries, sqlite_schema
from eventlog.rows import placed, row_of
from eventlog.sqlite import SQLiteLog
from kernel import canonical
from kernel.ids import stream_id
from kernel.records import NewRecord
from runtime.storage import now
from tests.benchmarks.serving import PYTHON
from tests.benchmarks.targets import Asked, Section, Target

PROCESS, BOX = "tallying", "projects"
OPTIONS = [f"P/{number:03}/X" for number in range(200)]
SEED = 20261122
AT_ONCE = 1000
REVISED = 50
"""One voter of so many casts a second ballot."""

LEAST = 1 / 3
MOST_GROWTH = 1.5
INSTANT = "2026-11-22T12:00:00.000000Z"
TEXT = """## Counting a sealed box

Generated approval ballots for one to ten of {options} projects, one voter in {revised} of whom cast a second one, counted
from a SQLite log by the ballots service's reaction to the seal: roll, ballots, budget by greedy, and the tally appended.
Ties go to the project submitted earlier: drawing a lot would read and hash every record of the process once more.
Then, in the same process, the same ballots read and parsed by `json.loads` alone.

| ballots | counted in | ballots a second | read and parsed alone in | ratio | peak memory |
|---:|---:|---:|---:|---:|---:|
{rows}

Counting reaches **{ratio}** of the rate of reading and parsing (at least {least} is asked); its peak memory at the larger
number is {growth} times that at the smaller (at most {most} is asked).

"""


@dataclass(frozen=True)
class Counted:
    """Seconds to count so many ballots, and to read and parse them alone; the peak memory of the count, in bytes."""

    ballots: int
    counting: float
    reading: float
    memory: int

    @property
    def ratio(self) -> float:
        """The counting's rate as a share of that of reading and parsing."""
        return self.reading / self.counting

    def row(self) -> str:
        """A row of the document's table."""
        rate, memory = self.ballots / self.counting, self.memory / 2**20
        return (
            f"| {self.ballots:,} | {self.counting:.2f} s | {rate:,.0f} | {self.reading:.2f} s | {self.ratio:.2f} "
            f"| {memory:,.0f} MiB |"
        )


def section(asked: Asked) -> Section:
    """Measure two sizes, the one ten times the other, and say what was found."""
    sizes = [asked.of(100_000, 1_000), asked.of(1_000_000, 10_000)]
    small, large = (measured(asked.folder / f"{ballots}.db", ballots) for ballots in sizes)
    growth = large.memory / small.memory
    text = TEXT.format(
        options=len(OPTIONS),
        revised=REVISED,
        rows="\n".join(each.row() for each in (small, large)),
        ratio=f"{large.ratio:.2f}",
        least="1/3",
        growth=f"{growth:.2f}",
        most=MOST_GROWTH,
    )
    return Section(
        text,
        (
            Target("counting a box, of reading and parsing its ballots", large.ratio, LEAST),
            Target("memory at a tenth of the ballots, of that at all", 1 / growth, 1 / MOST_GROWTH),
        ),
    )


def measured(path: Path, ballots: int) -> Counted:
    """Fill a log, count its box in another process, and delete the log."""
    fill(path, ballots)
    done = subprocess.run(
        [*PYTHON, "tests.benchmarks.tallying", str(path)], stdout=subprocess.PIPE, text=True, check=True
    )
    path.unlink()
    return Counted(**json.loads(done.stdout))


def fill(path: Path, ballots: int) -> None:
    """A log with a roll, a box and so many ballots cast into it, sealed; no trigger slows the filling."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in sqlite_schema.TABLES:
            db.execute(statement)
        db.execute("BEGIN")
        for index, record in enumerate(records(ballots)):
            row = placed(record, index + 1, index, INSTANT)
            db.execute(sqlite_queries.INSERT, row_of(row))
        for statement in (
            *sqlite_schema.TRIGGERS,
            f"PRAGMA application_id = {sqlite_schema.APPLICATION_ID}",
            f"PRAGMA user_version = {sqlite_schema.VERSION}",
            "COMMIT",
        ):
            db.execute(statement)


def records(ballots: int) -> Iterator[NewRecord]:
    """Everything that counting reads, in the log's order."""
    voters = [f"v-{number:07}" for number in range(ballots * REVISED // (REVISED + 1))]
    roll = stream_id("rolls", PROCESS, "residents")
    for first in range(0, len(voters), AT_ONCE):
        rows: list[dict[str, Any]] = [
            {"member": name, "weight": "1", "roles": [], "unit": None, "mandate": None}
            for name in voters[first : first + AT_ONCE]
        ]
        enrolled = {"chamber": "residents", "members": rows}
        yield new_record(roll, first // AT_ONCE + 1, "chambers.MembersEnrolled", canonical.dumps(enrolled))
    digest = roll_digest(dict.fromkeys(voters, Member(Fraction(1), None, (), None, None)))
    frozen = {
        "chamber": "residents",
        "box": BOX,
        "on": INSTANT[:10],
        "members": len(voters),
        "weight": str(len(voters)),
    }
    version = (len(voters) + AT_ONCE - 1) // AT_ONCE + 1
    yield new_record(roll, version, "chambers.RollFrozen", canonical.dumps({**frozen, "digest": digest}))
    box = stream_id("boxes", PROCESS, BOX)
    used = RollUsed(members=len(voters), weight=Fraction(len(voters)), digest=digest)
    yield new_record(box, 1, BoxOpened.TYPE, _opened(used).payload(), BoxOpened.SCHEMA)
    yield from cast(voters, ballots)
    sealed = BoxSealed(box=BOX, ballots=len(voters), sheets=0, trigger="phase")
    yield new_record(box, 2, BoxSealed.TYPE, sealed.payload())


def cast(voters: list[str], ballots: int) -> Iterator[NewRecord]:
    """A ballot of each voter, then second ones of the first of them."""
    chance = random.Random(SEED)
    for number in range(ballots):
        voter, again = voters[number % len(voters)], number >= len(voters)
        choice = sorted(chance.sample(OPTIONS, chance.randint(1, 10)))
        event = BallotCast(box=BOX, voter=voter, choice=choice, channel="web", replaces=1 if again else None)
        yield new_record(stream_id("ballots", PROCESS, BOX, voter), 1 + again, BallotCast.TYPE, event.payload())


def new_record(stream: str, version: int, type_: str, payload: bytes, schema: int = 1) -> NewRecord:
    """A record of the process, with an id of its own."""
    return NewRecord(
        process_id=PROCESS,
        stream_id=stream,
        stream_version=version,
        event_id=f"{stream}#{version}",
        type=type_,
        schema=schema,
        actor="benchmark",
        correlation_id="benchmark",
        causation_id=None,
        traceparent=None,
        payload=payload,
        salt=bytes(32),
    )


def _opened(roll: RollUsed) -> BoxOpened:
    """The box: a budget that pays for about half of the projects."""
    offered = [
        OptionOffered(option=option, cost=Fraction(10_000), submitted=place) for place, option in enumerate(OPTIONS, 1)
    ]
    return BoxOpened(
        box=BOX,
        matter=BOX,
        chamber="residents",
        motion=None,
        round=1,
        ballot={"form": "approval", "min": 1, "max": 10, "revisable": True},
        options=offered,
        allocation={"rule": "greedy", "budget": "1000000", "tie_break": ["earlier_submission"]},
        electors="enrolled",
        roll=roll,
        units=None,
        stations=[],
        deadline=None,
    )


def count(path: Path) -> dict[str, Any]:
    """Count the box in this process; then read and parse its ballots alone."""
    with closing(SQLiteLog(path, clock=now)) as log:
        (sealed,) = log.read_process(PROCESS, types=(BoxSealed.TYPE,))
        began = time.perf_counter()
        Ballots(log).tally_by("count_the_box", sealed)
        counting = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        began, ballots = time.perf_counter(), 0
        for record in log.read_process(PROCESS, stop=sealed.process_index, types=(BallotCast.TYPE,)):
            json.loads(record.payload)
            ballots += 1
        reading = time.perf_counter() - began
        (tallied,) = log.read_process(PROCESS, types=(BoxTallied.TYPE,))
        if tallied.data()["count"]["ballots"] != sealed.data()["ballots"]:
            raise RuntimeError("not every ballot was counted")
    return {"ballots": ballots, "counting": counting, "reading": reading, "memory": memory}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(count(Path(sys.argv[1]))))
