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


def leads(positions: Sequence[int]) -> list[list[int]]:
    """The positions as stretches that rise: one for each time that somebody began to publish."""
    stretches: list[list[int]] = []
    for position in positions:
        if not stretches or position <= stretches[-1][-1]:
            stretches.append([])
        stretches[-1].append(position)
    return stretches


def is_complete(positions: Sequence[int], number: int) -> bool:
    """Whether each of so many events came, and each stretch left none out."""
    gapless = all(stretch == list(range(stretch[0], stretch[-1] + 1)) for stretch in leads(positions))
    return gapless and set(positions) == set(range(1, number + 1))
