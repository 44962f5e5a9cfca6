"""Publishes with publisher confirms: many messages are on their way at once, and all are confirmed before any counts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from time import monotonic

import amqp

from kernel.records import Record
from runtime import cloudevents
from runtime.broker import Link
from runtime.topology import EVENTS

CONFIRM_SECONDS = 10.0
"""How long nothing may be confirmed. A queue that was just recovered has been seen to lose what came too early."""
STOP_SECONDS = 5.0
"""How long a stop waits for what is on its way."""
TURN = 0.25
PERSISTENT = 2


class NotConfirmed(ConnectionError):
    """The broker refused or returned a message, or did not confirm it in time; what was published may be published again."""


class Confirmed:
    """A channel in confirm mode, of one thread. If we crash before `settle` returns, nobody knows what was published."""

    def __init__(self, link: Link, stop: threading.Event | None = None) -> None:
        """`stop`, once set, ends waits early. Raises `BROKEN`."""
        self._link, self._stop = link, stop or threading.Event()
        self._channel = link.channel()
        self._channel.confirm_select()
        self._sent = 0
        self._unconfirmed: OrderedDict[int, None] = OrderedDict()
        self._refused = ""
        events = self._channel.events
        events["basic_ack"].add(self._acknowledged)
        events["basic_nack"].add(self._not_acknowledged)
        events["basic_return"].add(self._returned)

    def send(
        self, body: bytes, exchange: str, routing_key: str, *, mandatory: bool = False, **properties: object
    ) -> None:
        """Put a persistent message on its way; `mandatory`: it must reach a queue. Waits while the broker takes none.

        Raises `BROKEN`.
        """
        if self._link.blocked:
            self._await(lambda: not self._link.blocked)
        message = amqp.Message(body, delivery_mode=PERSISTENT, **properties)
        self._sent += 1
        self._unconfirmed[self._sent] = None
        self._channel.basic_publish(message, exchange, routing_key, mandatory)

    def settle(self) -> None:
        """Wait until the broker has confirmed all that was sent. Raises `NotConfirmed`, one of `BROKEN`, if it does not."""
        self._await(lambda: not self._unconfirmed or bool(self._refused))
        if self._refused:
            raise NotConfirmed(self._refused)

    def _await(self, done: Callable[[], bool]) -> None:
        """Not for ever; while the broker is short of memory or disk it says so, and is waited for."""
        left, until, stopping_until = len(self._unconfirmed), monotonic() + CONFIRM_SECONDS, None
        while not done():
            now = monotonic()
            if self._link.blocked or len(self._unconfirmed) < left:
                left, until = len(self._unconfirmed), now + CONFIRM_SECONDS
            if self._stop.is_set():
                stopping_until = stopping_until or now + STOP_SECONDS
            if now > min(until, stopping_until or until):
                raise NotConfirmed(f"the broker has not confirmed {len(self._unconfirmed)} messages in time")
            self._link.receive(TURN)

    def _acknowledged(self, tag: int, multiple: bool) -> None:
        if not multiple:
            self._unconfirmed.pop(tag, None)
        while multiple and self._unconfirmed and next(iter(self._unconfirmed)) <= tag:
            self._unconfirmed.popitem(last=False)

    def _not_acknowledged(self, tag: int, multiple: bool) -> None:
        self._refused = "the broker refused a message: one of its queues cannot take it now"

    def _returned(self, error: object, exchange: str, routing_key: str, message: object) -> None:
        self._refused = "the broker has no queue for a message"


class Publisher:
    """Publishes records of the log to `comitia.events`, in order; on one link, of one thread."""

    def __init__(self, link: Link, deployment: str, stop: threading.Event) -> None:
        """Raises `BROKEN`."""
        self._deployment = deployment
        self._confirmed = Confirmed(link, stop)

    def publish(self, records: Sequence[Record]) -> None:
        """Returns when every one is confirmed. Raises `BROKEN`; what was published of them may be published again."""
        for record in records:
            self._confirmed.send(
                cloudevents.body_of(record, self._deployment),
                EVENTS.name,
                record.type,
                content_type=cloudevents.CONTENT_TYPE,
                message_id=record.event_id,
            )
        self._confirmed.settle()
