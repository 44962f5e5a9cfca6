"""A process of its own that casts ballots into a log on disk: `python -m … FILE NUMBER BATCHES VOTER…`.

Prints, as JSON, the answer to each ballot: the version it got, or the reason why it was refused.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from ballots.application import Ballots, SubmittedBallot, submit
from ballots.domain.casting import CastBallot
from eventlog.application import CommandMeta, Receipt
from eventlog.sqlite import SQLiteLog
from kernel.refusal import Refused

PROCESS, BOX = "budget", "projects"


def main(path: str, number: str, batches: str, *voters: str) -> None:
    """Cast one ballot of each voter in each batch, as fast as it can once the file `path`.go is there."""
    ballots = Ballots(SQLiteLog(path, clock=lambda: datetime.now(UTC)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not Path(f"{path}.go").exists():
        pass
    answers = []
    for batch in range(int(batches)):
        keys = [f"{number}-{batch}-{voter}" for voter in voters]
        cast = [
            submit(CommandMeta(key, f"child-{number}"), CastBallot(BOX, voter, "options", ("well",), "web"), b"well")
            for key, voter in zip(keys, voters, strict=True)
        ]
        told = [
            result.reason if isinstance(result, Refused) else result.stream_version for result in send(ballots, cast)
        ]
        answers.extend(told)
    sys.stdout.write(json.dumps(answers))


def send(ballots: Ballots, cast: list[SubmittedBallot]) -> list[Receipt | Refused]:
    """Send a batch, again as long as it is told to."""
    while True:
        results = ballots.cast_many(PROCESS, BOX, cast)
        if not any(isinstance(result, Refused) and result.reason == "too_much_contention" for result in results):
            return results


if __name__ == "__main__":
    main(*sys.argv[1:])
