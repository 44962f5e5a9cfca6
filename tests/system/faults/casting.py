"""A client of a vote, in its own process: casts one voter's ballot after another until told to stop, and notes each receipt.

`python -m tests.system.faults.casting SERVER PROCESS BOX CLIENT VOTERS RATE SEED`: VOTERS voters, RATE a second; a JSON line at
the beginning, one for each ballot acknowledged, one at the end. SIGTERM ends it, after the ballots in hand.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from comitia.ballots.v1 import ballots_pb2
from runtime.main import stop_on_signals
from tests.system.faults.insisting import Insistent
from tests.system.small import SHORTLISTED, options

AT_ONCE = 8
TWICE = 0.1
"""The share of ballots that an unsure client sends again although they were acknowledged."""


def voter(client: int, number: int) -> str:
    """The pseudonym of a client's voter."""
    return f"v-{client}-{number:06d}"


class Casting:
    """One client's voters, in order, at a steady rate."""

    def __init__(self, client: Insistent, process_id: str, box: str, number: int, rate: float, seed: int) -> None:
        self._client, self._process_id, self._box, self._number = client, process_id, box, number
        self._rate, self._random = rate, random.Random(f"{seed} {number}")
        self._stop = stop_on_signals()
        self._writing = threading.Lock()

    def run(self, voters: int) -> None:
        """Cast until the voters or the time are out. A refusal ends the run: nobody may be refused."""
        self._say(began=True)
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            sent = []
            for number in range(voters):
                if self._stop.wait(max(0.0, began + number / self._rate - time.monotonic())):
                    break
                sent.append(pool.submit(self._cast, number, self._random.choice(SHORTLISTED), self._random.random()))
            for each in sent:
                each.result()
        self._say(sent=len(sent), disturbed=self._client.disturbed)

    def _cast(self, number: int, option: str, chance: float) -> None:
        who = voter(self._number, number)
        first = self._send(who, option)
        self._say(voter=who, option=option, event_id=first.event_id, position=first.position)
        if chance < TWICE:
            again = self._send(who, option)
            if (again.event_id, again.position) != (first.event_id, first.position):
                raise AssertionError(f"a ballot sent again got another receipt: {first}, {again}")

    def _send(self, who: str, option: str) -> Any:
        request = ballots_pb2.CastBallotRequest(
            process_id=self._process_id, box=self._box, voter=who, channel="web", choice=options(option)
        )
        (receipt,) = self._client.do(self._client.ballots.CastBallot, request, actor=who, key=f"ballot {who}")
        return receipt

    def _say(self, **what: Any) -> None:
        with self._writing:
            sys.stdout.write(json.dumps(what) + "\n")
            sys.stdout.flush()


def main(server: str, process_id: str, box: str, number: str, voters: str, rate: str, seed: str) -> None:
    with Insistent(server) as client:
        Casting(client, process_id, box, int(number), float(rate), int(seed)).run(int(voters))


if __name__ == "__main__":
    main(*sys.argv[1:])
