"""A client that holds one motion after another, each a process of its own, until told to stop: what reactions are tried on.

`python -m tests.system.faults.deciding SERVER NAME`: a JSON line at the beginning and for
each process decided; SIGTERM ends it after the one in hand.
"""

from __future__ import annotations

import json
import sys

from cli.client import Client
from comitia.ballots.v1 import ballots_pb2
from runtime.main import stop_on_signals
from tests.system import small
from tests.system.faults.insisting import Insistent

YES = ballots_pb2.Choice(vote=ballots_pb2.VOTE_YES)


def hold(client: Client, process_id: str) -> None:
    """A motion from nothing to its decision: two chambers asked, six ballots, two boxes sealed, counted and decided on."""
    small.open_motion(client, process_id)
    for box in small.MOTION_BOXES:
        for voter in small.VOTERS:
            ballot = ballots_pb2.CastBallotRequest(
                process_id=process_id, box=box, voter=voter, channel="web", choice=YES
            )
            client.do(client.ballots.CastBallot, ballot, actor=voter)
        client.do(client.ballots.SealBox, ballots_pb2.SealBoxRequest(process_id=process_id, box=box))
    client.await_event(process_id, "chambers.MotionDecided")


def say(**what: object) -> None:
    """One line, at once."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main(server: str, name: str) -> None:
    stop = stop_on_signals()
    number = 0
    say(began=True)
    with Insistent(server) as client:
        while not stop.is_set():
            number += 1
            process_id = f"{name}-{number}"
            hold(client, process_id)
            say(process=process_id, disturbed=client.disturbed)


if __name__ == "__main__":
    main(*sys.argv[1:])
