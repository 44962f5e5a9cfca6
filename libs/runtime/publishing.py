"""Publishes records with publisher confirms: many are on their way at once, and all are confirmed before any counts."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import kombu
from amqp import Channel, Message

from kernel.records import Record
from runtime import broker, cloudevents

CONFIRM_SECONDS = 30.0
PERSISTENT = 2


class NotConfirmed(ConnectionError):
    """The broker refused a message, or did not confirm it in time; what was published may be published again."""


class Publisher:
    """One channel in confirm mode, of one thread."""

    def __init__(self, connection: kombu.Connection, deployment: str) -> None:
        """Declares what it publishes to. Raises `broker.BROKEN`."""
        self._connection, self._deployment = connection, deployment
        self._channel: Channel = connection.channel()
        broker.declare(self._channel)
        self._channel.confirm_select()
        self._sent = self._confirmed = 0
        self._refused = False
        self._unconfirmed: set[int] = set()
        self._channel.events["basic_ack"].add(self._acknowledged)
        self._channel.events["basic_nack"].add(self._not_acknowledged)

    def publish(self, records: Sequence[Record]) -> None:
        """Publish in order, and wait until the broker has confirmed every one. Raises `broker.BROKEN`."""
        for record in records:
            headers = {} if record.traceparent is None else {"traceparent": record.traceparent}
            message = Message(
                cloudevents.body_of(record, self._deployment),
                content_type=cloudevents.CONTENT_TYPE,
                delivery_mode=PERSISTENT,
                message_id=record.event_id,
                application_headers=headers,
            )
            self._sent += 1
            self._unconfirmed.add(self._sent)
            self._channel.basic_publish(message, exchange=broker.EVENTS.name, routing_key=record.type)
        deadline = monotonic() + CONFIRM_SECONDS
        while self._unconfirmed and not self._refused:
            if monotonic() > deadline:
                raise NotConfirmed(f"{len(self._unconfirmed)} messages were not confirmed in {CONFIRM_SECONDS:.0f} s")
            self._receive(1.0)
        if self._refused:
            raise NotConfirmed("the broker refused a message")

    def idle(self) -> None:
        """Keep the connection alive while there is nothing to publish. Raises `broker.BROKEN` when it is not."""
        self._connection.heartbeat_check()
        self._receive(0.001)

    def _receive(self, seconds: float) -> None:
        try:
            self._connection.drain_events(timeout=seconds)
        except TimeoutError:
            self._connection.heartbeat_check()

    def _acknowledged(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {tag for tag in self._unconfirmed if tag > delivery_tag}
        else:
            self._unconfirmed.discard(delivery_tag)

    def _not_acknowledged(self, delivery_tag: int, multiple: bool) -> None:
        self._refused = True
