"""A process of its own that casts ballots into a log: `python -m … LOG GO HOW NUMBER BATCHES VOTER…`.

LOG is a file, or the address of a PostgreSQL database; it begins once the file GO is there.

HOW: the ballots of a batch come as one message of a `stream`; or as `singles`, each alone and all at once; or as
`duplicates`: singles under the same keys in every batch of every child. Prints, as JSON, the answer to each ballot: the
version it got, or the reason why it was refused.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from ballots.application import Ballots, SubmittedBallot, submit
from ballots.domain.casting import CastBallot
from ballots.gathering import Gathering
from eventlog.application import CommandMeta, Receipt
from eventlog.contract import LogRecorder
from eventlog.postgres import PostgresLog
from eventlog.sqlite import SQLiteLog
from kernel.refusal import Refused
from runtime.storage import now

PROCESS, BOX = "budget", "projects"


def main(place: str, go: str, how: str, number: str, batches: str, *voters: str) -> None:
    """Cast one ballot of each voter in each batch, as fast as it can."""
    ballots = Ballots(open_log(place))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not Path(go).exists():
        pass
    answers: list[str | int] = []
    for batch in range(int(batches)):
        again = f"{number}-{batch}" if how != "duplicates" else "all"
        cast = [
            submit(
                CommandMeta(f"{again}-{voter}", "child"), CastBallot(BOX, voter, "options", ("well",), "web"), b"well"
            )
            for voter in voters
        ]
        results = send(ballots, cast) if how == "stream" else asyncio.run(send_singles(ballots, cast))
        answers.extend(result.reason if isinstance(result, Refused) else result.stream_version for result in results)
    sys.stdout.write(json.dumps(answers))


def open_log(place: str) -> LogRecorder:
    """The log at a file or an address."""
    return PostgresLog(place, clock=now) if place.startswith("postgresql:") else SQLiteLog(place, clock=now)


def send(ballots: Ballots, cast: list[SubmittedBallot]) -> list[Receipt | Refused]:
    """Send a batch, again as long as it is told to."""
    while True:
        results = ballots.cast_many(PROCESS, BOX, cast)
        if not any(isinstance(result, Refused) and result.reason == "too_much_contention" for result in results):
            return results


async def send_singles(ballots: Ballots, cast: list[SubmittedBallot]) -> list[Receipt | Refused]:
    """Send each ballot alone and all at once, each again as long as it is told to."""
    gathering = Gathering(ballots.cast_many)

    async def send_one(ballot: SubmittedBallot) -> Receipt | Refused:
        while True:
            result = await gathering.cast(PROCESS, ballot)
            if not isinstance(result, Refused) or result.reason != "too_much_contention":
                return result

    return await asyncio.gather(*map(send_one, cast))


if __name__ == "__main__":
    main(*sys.argv[1:])
