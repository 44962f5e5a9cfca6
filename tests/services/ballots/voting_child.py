"""A process of its own that casts ballots into a log on disk: `python -m … FILE NUMBER BATCHES VOTER…`.

Prints, as JSON, the answer to each ballot: the version it got, or the reason why it was refused.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from ballots.application import Ballots, submit
from ballots.domain.casting import CastBallot
from eventlog.application import CommandMeta
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
            submit(CommandMeta(key, f"child-{number}"), CastBallot(BOX, voter, "options", ("well",), "web"))
            for key, voter in zip(keys, voters, strict=True)
        ]
        for result in ballots.cast_many(PROCESS, BOX, cast):
            answers.append(result.reason if isinstance(result, Refused) else result.stream_version)
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
