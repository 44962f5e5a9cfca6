"""Everything that Comitia has on the broker, in one table: exchanges, queues, and what goes from which to which."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from types import MappingProxyType
from typing import Any

import amqp
import amqp.exceptions

from runtime.broker import Broker, Link

SERVICES = ("processes", "proposals", "chambers", "ballots", "audit")
"""Whose workers are hinted."""

MEBIBYTE = 1024 * 1024
KEPT_HINTS, KEPT_LETTERS, KEPT_BYTES = 50_000, 10_000, 256 * MEBIBYTE
"""What a queue keeps at most: then its oldest go. A worker reads the log, not the hints: those that go cost nothing."""
UNLIMITED = 1_000_000_000
"""RabbitMQ 4 drops a message of a quorum queue after 20 deliveries, and each look at the dead letters is one."""


@dataclass(frozen=True)
class Exchange:
    """A durable exchange; `kind` says how it finds the queues of a message."""

    name: str
    kind: str


@dataclass(frozen=True)
class Binding:
    """What of an exchange comes into a queue."""

    exchange: str
    key: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Queue:
    """A durable queue on a majority of the broker's nodes, with the bindings that do not depend on who consumes it."""

    name: str
    arguments: Mapping[str, Any]
    bindings: tuple[Binding, ...] = ()


EVENTS = Exchange("comitia.events", "topic")
"""Every event of the log, by its type: routing key `ballots.BoxSealed`."""

DEAD = Exchange("comitia.dead", "headers")
"""What was refused. By headers, because a queue that is full sends what it drops here too: that is no dead letter."""

_OF_REASON = tuple(
    Binding(DEAD.name, arguments={"x-match": "all-with-x", "x-first-death-reason": reason})
    for reason in ("rejected", "delivery_limit")
)
DEAD_LETTERS = Queue(
    "comitia.deadletters",
    {
        "x-queue-type": "quorum",
        "x-max-length": KEPT_LETTERS,
        "x-max-length-bytes": KEPT_BYTES,
        "x-delivery-limit": UNLIMITED,
    },
    _OF_REASON,
)


def hints_name(service: str) -> str:
    """`comitia.ballots.hints`."""
    return f"comitia.{service}.hints"


def _hints(service: str) -> Queue:
    name = hints_name(service)
    arguments = {
        "x-queue-type": "quorum",
        "x-max-length": KEPT_HINTS,
        "x-max-length-bytes": KEPT_BYTES,
        "x-overflow": "drop-head",
        "x-dead-letter-exchange": DEAD.name,
        "x-dead-letter-routing-key": name,
    }
    return Queue(name, arguments)


HINTS: Mapping[str, Queue] = MappingProxyType({service: _hints(service) for service in SERVICES})
"""Each service's queue; its workers bind it to the types of the events that they handle."""

EXCHANGES = (EVENTS, DEAD)
QUEUES = (DEAD_LETTERS, *HINTS.values())


def declare(link: Link, queues: Iterable[Queue] = QUEUES) -> None:
    """Both exchanges and these queues, made where they are missing, and bound. Raises `BROKEN`.

    What is there is left as it is, whatever its limits: it may be newer than we are, or an operator's, who gives us no
    right to make or bind any.
    """
    for exchange in EXCHANGES:
        _ensure(link, partial(_declare_exchange, exchange))
    for queue in queues:
        _ensure(link, partial(_declare_queue, queue))
        with suppress(amqp.exceptions.AccessRefused):
            bind(link, queue.name, queue.bindings)


def subscribe(link: Link, service: str, types: Collection[str]) -> None:
    """The service's queue gets every event of these types. Raises `BROKEN`."""
    declare(link, (DEAD_LETTERS, HINTS[service]))
    bind(link, hints_name(service), [Binding(EVENTS.name, type_) for type_ in sorted(types)])


def bind(link: Link, queue: str, bindings: Iterable[Binding]) -> None:
    """Bind a queue; harmless when it is bound so already. Raises `BROKEN`."""
    channel = link.channel()
    for binding in bindings:
        channel.queue_bind(queue, binding.exchange, binding.key, arguments=dict(binding.arguments))
    channel.close()


class Depths:
    """How many messages wait in each queue that there is; asked at most every `fresh` seconds, on a connection kept open."""

    def __init__(self, broker: Broker, *, fresh: float = 3.0) -> None:
        self._broker, self._fresh = broker, fresh
        self._one_at_a_time = threading.Lock()
        self._opened = ExitStack()
        self._link: Link | None = None
        self._found: Mapping[str, int] = {}
        self._at = -fresh

    def __call__(self) -> Mapping[str, int]:
        """The number of messages by queue. Blocking; raises `BROKEN`."""
        with self._one_at_a_time:
            if monotonic() - self._at >= self._fresh:
                try:
                    self._found = self._ask()
                except BaseException:
                    self._forget()
                    raise
                self._at = monotonic()
            return self._found

    def close(self) -> None:
        """Close the connection."""
        with self._one_at_a_time:
            self._forget()

    def _ask(self) -> Mapping[str, int]:
        if self._link is None:
            # Nobody may ask for long: without heartbeats the broker does not mind.
            self._link = self._opened.enter_context(self._broker.linked("comitia queue depths", heartbeat=False))
        found = {}
        for queue in QUEUES:
            channel = self._link.channel()
            try:
                found[queue.name] = int(channel.queue_declare(queue.name, passive=True).message_count)
            except amqp.exceptions.NotFound:
                # The broker has closed the channel that asked.
                continue
            channel.close()
        return found

    def _forget(self) -> None:
        self._link = None
        self._opened.close()


def _declare_exchange(exchange: Exchange, channel: amqp.Channel, passive: bool) -> None:
    channel.exchange_declare(exchange.name, exchange.kind, passive=passive, durable=True, auto_delete=False)


def _declare_queue(queue: Queue, channel: amqp.Channel, passive: bool) -> None:
    arguments = dict(queue.arguments)
    channel.queue_declare(queue.name, passive=passive, durable=True, auto_delete=False, arguments=arguments)


def _ensure(link: Link, declared: Callable[[amqp.Channel, bool], object]) -> None:
    """Make what is not there; the broker closes the channel that asks for it in vain."""
    channel = link.channel()
    try:
        declared(channel, True)
    except amqp.exceptions.NotFound:
        channel = link.channel()
        declared(channel, False)
    channel.close()
