"""The broker: how to reach it, and all that is declared on it. Hints and the integrators' feed are the same messages."""

from __future__ import annotations

import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import amqp.exceptions
import kombu
import kombu.exceptions
from kombu import Exchange, Queue, binding

from runtime.listening import CannotStart
from runtime.settings import Settings

EVENTS = Exchange("comitia.events", type="topic", durable=True)
"""Every event of the log, by its type: routing key `ballots.BoxSealed`."""
DEAD = Exchange("comitia.dead", type="fanout", durable=True)
"""Messages that a worker could not read."""

QUORUM = {"x-queue-type": "quorum"}
DEAD_LETTERS = Queue("comitia.deadletters", exchange=DEAD, durable=True, queue_arguments=QUORUM)
SERVICES = ("processes", "proposals", "chambers", "ballots", "audit")
"""Whose workers are hinted."""

HEARTBEAT = 10.0
CONNECT_SECONDS = 5.0

BROKEN: tuple[type[BaseException], ...] = (
    OSError,
    amqp.exceptions.AMQPError,
    kombu.exceptions.OperationalError,
)
"""What a connection to the broker fails with; none of it names a password."""


def hints_queue(service: str, types: Collection[str]) -> Queue:
    """The service's queue: each of `types` is a hint for it; what its workers reject goes to the dead letters."""
    return Queue(
        queue_name(service),
        bindings=[binding(EVENTS, routing_key=type_) for type_ in sorted(types)],
        durable=True,
        queue_arguments={**QUORUM, "x-dead-letter-exchange": DEAD.name},
    )


def queue_name(service: str) -> str:
    """`comitia.ballots.hints`."""
    return f"comitia.{service}.hints"


def connection(settings: Settings) -> kombu.Connection:
    """A connection, not yet made, to the broker of the settings. Raises `CannotStart` for TLS files that cannot be used."""
    url = "" if settings.broker is None else settings.broker.get_secret_value()
    return kombu.Connection(
        url.replace("amqps://", "amqp://", 1),
        heartbeat=HEARTBEAT,
        connect_timeout=CONNECT_SECONDS,
        ssl=_tls(settings) if url.startswith("amqps://") else False,
        transport_options={"read_timeout": 3 * HEARTBEAT, "write_timeout": 3 * HEARTBEAT},
    )


def declare(channel: Any, queues: Collection[Queue] = ()) -> None:
    """Exchanges, the dead letters and these queues, as they must be: the same whoever comes first. Raises `BROKEN`."""
    for exchange in (EVENTS, DEAD):
        exchange(channel).declare()
    for queue in (DEAD_LETTERS, *queues):
        queue(channel).declare()


def depths(settings: Settings) -> Mapping[str, int]:
    """How many messages wait in each queue that there is. Blocking; raises `BROKEN`."""
    found = {}
    with connected(settings) as broker:
        for name in (*map(queue_name, SERVICES), DEAD_LETTERS.name):
            # A queue that is not there closes the channel that asked for it.
            with broker.channel() as channel:
                try:
                    found[name] = channel.queue_declare(name, passive=True).message_count
                except amqp.exceptions.NotFound:
                    continue
    return found


@contextmanager
def connected(settings: Settings) -> Iterator[kombu.Connection]:
    """A connection that is made at once, and closed at the end. Raises `BROKEN`."""
    with connection(settings) as broker:
        broker.connect()
        yield broker


def _tls(settings: Settings) -> dict[str, Any]:
    """The broker must show a certificate for its own name, from `broker_ca` or an authority that the machine trusts."""
    try:
        context = ssl.create_default_context(cafile=settings.broker_ca)
        if settings.broker_cert is not None:
            context.load_cert_chain(settings.broker_cert, settings.broker_key)
    except (OSError, ssl.SSLError) as error:
        raise CannotStart(f"COMITIA_BROKER_CA, _CERT or _KEY cannot be used: {error}") from error
    return {"context": context}
