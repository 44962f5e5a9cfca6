"""What appending and reading cost as the log grows: at 10⁴, 10⁵ and 10⁶ records."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from statistics import median

from eventlog.contract import LogRecorder
from infra.local.postgres import Postgres
from kernel.ids import event_id, stream_id
from kernel.records import NewRecord
from tests.benchmarks import elections
from tests.benchmarks.servers import migrated, open_log, postgres, setting, settle
from tests.benchmarks.targets import Asked, Section, Target

SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (1_000, 2_000, 3_000)
PROCESSES = 10
BATCH = 100
PAGE = 100
FLAT = 0.8
FILL = 1000
READS = 10
SINGLES = 5

TEXT = """## As the log grows

PostgreSQL logs of {processes} processes at three sizes, in turns: how many records a second one writer appends, one in a
transaction and {batch} in a transaction, and how long it takes to read {page} records of one process from a random place in
it. Medians; `fsync` is {fsync}; the tables were vacuumed, as autovacuum does by itself.

| records | appended a second, alone | {batch} together | read of {page}, p50 | read of {page}, p99 |
|---:|---:|---:|---:|---:|
{rows}

From the smallest to the largest, appending alone keeps **{alone}** of its rate, together **{together}**, and reading
**{reading}** of its speed (at least {flat} is asked: flat within 20 %).

"""


@dataclass
class At:
    """A log of so many records: the seconds of each append of one record and of `BATCH`, and of each page read."""

    records: int
    log: LogRecorder
    made: Iterator[NewRecord]
    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)

    @property
    def rate_alone(self) -> float:
        """Records appended a second, one in a transaction."""
        return 1 / median(self.alone)

    @property
    def rate_together(self) -> float:
        """Records appended a second, `BATCH` in a transaction."""
        return BATCH / median(self.together)

    def read(self, percent: int) -> float:
        """Seconds that so many percent of the reads took at most."""
        return sorted(self.reads)[len(self.reads) * percent // 100]

    def fill(self) -> None:
        """Append until it has its size."""
        while (missing := self.records - self.log.last_position()) > 0:
            self.log.append([next(self.made) for _ in range(min(missing, FILL))])

    def append(self) -> None:
        """Append some records alone and one batch."""
        for size, seconds in ((1, self.alone),) * SINGLES + ((BATCH, self.together),):
            records = [next(self.made) for _ in range(size)]
            began = time.perf_counter()
            self.log.append(records)
            seconds.append(time.perf_counter() - began)

    def look(self, chance: random.Random) -> None:
        """Read one page."""
        process = f"p-{chance.randrange(PROCESSES)}"
        first = chance.randrange(max(self.log.length(process) - PAGE, 1))
        began = time.perf_counter()
        found = self.log.read_process_page(process, first=first, stop=first + PAGE, types=(), limit=PAGE)
        self.reads.append(time.perf_counter() - began)
        if len(found) != PAGE:
            raise RuntimeError(f"{len(found)} of {PAGE} records of {process} from index {first}")


def section(asked: Asked) -> Section:
    """Measure, and say what was found."""
    with postgres(asked.folder) as server:
        found, fsync = measure(asked, server), setting(server, "fsync")
    first, last = found[0], found[-1]
    targets = (
        Target("one record a transaction, of the rate at the smallest size", last.rate_alone / first.rate_alone, FLAT),
        Target(
            f"{BATCH} a transaction, of the rate at the smallest size", last.rate_together / first.rate_together, FLAT
        ),
        Target("reading, of the speed at the smallest size", first.read(50) / last.read(50), FLAT),
    )
    rows = [
        f"| {each.records:,} | {each.rate_alone:,.0f} | {each.rate_together:,.0f} "
        f"| {each.read(50) * 1e3:.2f} ms | {each.read(99) * 1e3:.2f} ms |"
        for each in found
    ]
    text = TEXT.format(
        processes=PROCESSES,
        batch=BATCH,
        page=PAGE,
        fsync=fsync,
        rows="\n".join(rows),
        alone=f"{targets[0].found:.2f}",
        together=f"{targets[1].found:.2f}",
        reading=f"{targets[2].found:.2f}",
        flat=FLAT,
    )
    return Section(text, targets)


def measure(asked: Asked, server: Postgres) -> list[At]:
    """Fill a log to each size, then measure them in turns, so that what else the machine does falls on all alike."""
    chance, rounds, sizes = random.Random(elections.SEED), asked.of(40, 5), QUICK_SIZES if asked.quick else SIZES
    with ExitStack() as opened:
        urls = [migrated(server, f"log_{size}") for size in sizes]
        logs = [opened.enter_context(closing(open_log(url))) for url in urls]
        found = [At(size, log, _records()) for size, log in zip(sizes, logs, strict=True)]
        for each, url in zip(found, urls, strict=True):
            each.fill()
            settle(url)
        for _ in range(rounds):
            for each in found:
                each.append()
                for _ in range(READS):
                    each.look(chance)
        return found


def _records() -> Iterator[NewRecord]:
    """Ballots, each of a new voter in no order, into the processes in turn."""
    chance = random.Random(elections.SEED)
    payload = b'{"box":"projects","channel":"web","choice":{"P/03/X":"2"},"replaces":null,"voter":"1400012345"}'
    number = 0
    while True:
        process, number = f"p-{number % PROCESSES}", number + 1
        yield NewRecord(
            process_id=process,
            stream_id=stream_id("ballots", process, "projects", f"v{chance.getrandbits(64):x}"),
            stream_version=1,
            event_id=event_id(f"grown {number}", 0),
            type="ballots.BallotCast",
            schema=1,
            actor="benchmark",
            correlation_id=event_id(f"grown {number}", 1),
            causation_id=event_id(f"grown {number}", 2),
            traceparent=None,
            payload=payload,
            salt=number.to_bytes(32, "big"),
        )
