"""A process of its own that votes, or gives and revokes delegations: `python -m … LOG GO ROLE NUMBER TIMES MEMBER…`.

LOG is a file, or the address of a PostgreSQL database; it begins once the file GO is there. ROLE is `vote`: each member
in turn casts one ballot, after a pause; or `delegate`: each in turn gives their vote to the hub and takes it back, again
and again, so many times or (0) until they have voted. Prints, as JSON, how often each answer was given.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

from ballots.application import Ballots, submit
from ballots.domain.casting import CastBallot
from chambers.application import Chambers
from chambers.domain.commands import DelegationCommand, GiveDelegation, RevokeDelegation
from eventlog.application import CommandMeta
from kernel.refusal import Refused
from runtime.storage import now
from tests.services.ballots.voting_child import open_log

PAUSE = 0.05
"""Seconds before each ballot, in which the others give and take back that member's delegation."""

PROCESS, CHAMBER, BOX, HUB = "race", "members", "m-1.members.1", "hub"


def main(place: str, go: str, role: str, number: str, times: str, *members: str) -> None:
    """Do it as fast as it can."""
    log = open_log(place)
    act = voting(Ballots(log), number) if role == "vote" else delegating(Chambers(log, now), number)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not Path(go).exists():
        pass
    told: Counter[str] = Counter()
    for member in members:
        for time in range(int(times)) if int(times) else count():
            answer = again(partial(act, member, time))
            told[answer] += 1
            if answer == "voted_personally":
                break
    sys.stdout.write(json.dumps(told))


def again(act: Callable[[], Any]) -> str:
    """Send it as long as others are in the way; the answer in one word."""
    while True:
        found = act()
        if not isinstance(found, Refused):
            return "done"
        if found.reason != "too_much_contention":
            return found.reason


def voting(ballots: Ballots, number: str) -> Callable[[str, int], Any]:
    def vote(member: str, time: int) -> Any:
        sleep(PAUSE)
        meta = CommandMeta(f"{number}-{member}-{time}", member)
        return ballots.cast_many(PROCESS, BOX, [submit(meta, CastBallot(BOX, member, "vote", "no", "web"), b"no")])[0]

    return vote


def delegating(chambers: Chambers, number: str) -> Callable[[str, int], Any]:
    """Give where nothing stands, take back where something does, as far as this child has seen."""
    given: set[str] = set()

    def delegate(member: str, time: int) -> Any:
        meta, command = CommandMeta(f"{number}-{member}-{time}", member), _command(member, member in given)
        found = chambers.delegate(meta, repr(command).encode(), command)
        stands = isinstance(command, GiveDelegation) and not isinstance(found, Refused)
        stands = stands or (isinstance(found, Refused) and found.reason == "delegation_stands")
        (given.add if stands else given.discard)(member)
        return found

    return delegate


def _command(member: str, stands: bool) -> DelegationCommand:
    if stands:
        return RevokeDelegation(process_id=PROCESS, chamber=CHAMBER, member=member, matter=None)
    return GiveDelegation(process_id=PROCESS, chamber=CHAMBER, member=member, delegate=HUB, kind="liquid", matter=None)


def roles(voters: Sequence[str], others: Sequence[str]) -> list[tuple[str, int, Sequence[str]]]:
    """What each of seven children does: its role, how many times, for whom; all go by the voters in the same order."""
    return (
        [("vote", 1, voters)] * 2 + [("delegate", 0, voters)] * 3 + [("delegate", 5, others), ("delegate", 6, others)]
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
