"""What an integrator hears: the positions of the events that reach its queue, in the order in which they come."""

from __future__ import annotations

import json
from collections.abc import Sequence

from eventlog.contract import LogRecorder
from runtime.broker import BROKEN, Broker, body_in
from runtime.topology import declare
from tests.broker.support import taken, until

QUEUE = "integrator"


def make_feed(broker: Broker) -> None:
    """A queue bound to every event; a broker that has just started is waited for."""

    def made() -> bool:
        try:
            with broker.linked("test") as link:
                declare(link)
                channel = link.channel()
                channel.queue_declare(QUEUE, durable=True, auto_delete=False)
                channel.queue_bind(QUEUE, "comitia.events", "#")
        except BROKEN:
            return False
        return True

    until(made)


def heard(broker: Broker) -> list[int]:
    """The positions that have come since this was last asked."""
    return [int(json.loads(body_in(message))["position"]) for message in taken(broker, QUEUE)]


def await_position(log: LogRecorder, position: int, patience: float = 60.0) -> None:
    """Wait until the relay has kept this position."""
    until(lambda: (log.max_tracking_id("relay") or 0) >= position, f"the relay is at {position}", patience)


def first_heard(positions: Sequence[int]) -> list[int]:
    """The positions without those that were heard before, or after a later one."""
    highest, found = 0, []
    for position in positions:
        if position > highest:
            highest = position
            found.append(position)
    return found


def repeats(positions: Sequence[int]) -> int:
    """How many came that had come before."""
    return len(positions) - len(set(positions))


def is_complete(positions: Sequence[int], number: int) -> bool:
    """Whether each of so many events came, and none before one that is earlier in the log, repeats left aside."""
    return first_heard(positions) == list(range(1, number + 1))
