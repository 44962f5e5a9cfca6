"""Ballots sent one by one by 200 callers to one api process on PostgreSQL: against doing nothing, and against the library.

In turns and several times, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from statistics import median

from ballots.domain.events import BallotCast
from infra.local.postgres import Postgres
from tests.benchmarks import callers, elections, library
from tests.benchmarks.callers import Called, Calls
from tests.benchmarks.empty import METHOD as EMPTY
from tests.benchmarks.servers import append_all, ballots_api, migrated, open_log, postgres, setting
from tests.benchmarks.serving import PYTHON, running
from tests.benchmarks.targets import Asked, Section, Target

PROCESS = "singles"
CALLERS = 200
OF_EMPTY = 0.4
OF_LIBRARY = 2.0
CAST = "/comitia.ballots.v1.BallotsService/CastBallot"
DOOR = "/grpc.health.v1.Health/Check"

TEXT = """## Single ballots on PostgreSQL

{callers} concurrent callers in one process send a ballot each and wait for its receipt before they send the next, to one
`python -m ballots api`. In turns with it, {rounds} times, the same callers call a method that does nothing on a bare
`grpc.aio` server, and the health check of the same api (the same door, no work); and {writers} processes append one event
at a time with the `eventsourcing` library's default recorder to the same PostgreSQL server. Medians; `fsync` is {fsync}.

| | a second | p50 | p99 |
|---|---:|---:|---:|
{rows}

Acknowledged ballots come at **{empty}** of the rate of an empty gRPC method (at least {least_of_empty} is asked; {door} of
that of the api's own empty method), and at **{library}** times the rate of the library's recorder (at least
{least_of_library} is asked).

"""


@dataclass(frozen=True)
class Round:
    """One turn of each: calls of the empty method, of the door's, of single ballots; events a second by the library."""

    empty: Called
    door: Called
    cast: Called
    library: float


def section(asked: Asked) -> Section:
    """Measure, and say what was found."""
    with postgres(asked.folder) as server:
        rounds, fsync = measure(asked, server), setting(server, "fsync")
    ratios = {
        "empty": median(each.cast.rate / each.empty.rate for each in rounds),
        "door": median(each.cast.rate / each.door.rate for each in rounds),
        "library": median(each.cast.rate / each.library for each in rounds),
    }
    targets = (
        Target("single ballots, of an empty gRPC method", ratios["empty"], OF_EMPTY),
        Target("single ballots, of the library's recorder", ratios["library"], OF_LIBRARY),
    )
    text = TEXT.format(
        callers=CALLERS,
        rounds=len(rounds),
        writers=library.WRITERS,
        fsync=fsync,
        rows="\n".join(_rows(rounds)),
        least_of_empty=OF_EMPTY,
        least_of_library=OF_LIBRARY,
        **{name: f"{ratio:.2f}" for name, ratio in ratios.items()},
    )
    return Section(text, targets)


def measure(asked: Asked, server: Postgres) -> list[Round]:
    """So many rounds, after one that warms up and is not kept."""
    calls, events, number = asked.of(5_000, 300), asked.of(400, 20), asked.of(7, 1)
    election = elections.generate(calls * (number + 1))
    url, other = migrated(server, "singles"), server.database("library")
    with closing(open_log(url)) as log:
        append_all(log, elections.opened(asked.folder / "engine", PROCESS, *election))
        before, ballots = log.last_position(), elections.singles(PROCESS, *election)
        rounds = []
        with running([*PYTHON, "tests.benchmarks.empty"]) as empty, ballots_api(url, asked.folder) as api:
            for first in range(0, len(ballots), calls):
                rounds.append(
                    Round(
                        empty=callers.run(Calls(empty.address, EMPTY, ballots[first : first + calls], CALLERS)),
                        door=callers.run(Calls(api.address, DOOR, [b""] * calls, CALLERS)),
                        cast=callers.run(Calls(api.address, CAST, ballots[first : first + calls], CALLERS)),
                        library=library.rate(other, events),
                    )
                )
        cast = sum(1 for _ in log.read_process(PROCESS, first=before, types=[BallotCast.TYPE]))
    if cast != len(ballots):
        raise RuntimeError(f"{len(ballots)} ballots were acknowledged and {cast} are in the log")
    return rounds[1:]


def _rows(rounds: Sequence[Round]) -> Iterator[str]:
    for name, called in (
        ("empty method of a bare `grpc.aio` server", [each.empty for each in rounds]),
        ("empty method of the api", [each.door for each in rounds]),
        ("acknowledged ballots", [each.cast for each in rounds]),
    ):
        rate = median(each.rate for each in called)
        p50, p99 = (median(each.percentile(percent) for each in called) * 1e3 for percent in (50, 99))
        yield f"| {name} | {rate:,.0f} | {p50:.0f} ms | {p99:.0f} ms |"
    yield f"| events by the library's recorder, {library.WRITERS} writers | {median(each.library for each in rounds):,.0f} | | |"
