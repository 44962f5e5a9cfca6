"""Hints in a nameko service: an entrypoint that takes them from the service's queue, and the follower that they wake."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from runtime import topology
from runtime.broker import BROKEN, Broker, Link, Pauses, body_in
from runtime.cloudevents import Unreadable, read_hint
from runtime.followers import Follower
from runtime.green import DependencyProvider, Entrypoint, Event, Timeout, sleep
from runtime.telemetry import metrics

_LOG = logging.getLogger(__name__)

Method = TypeVar("Method", bound=Callable[..., object])

CONFIG = "comitia"
PREFETCH = 200
TURN = 0.25
STOP_SECONDS = 3.0


@dataclass(frozen=True)
class Given:
    """What `workers.run_worker` puts into the container's configuration, under `CONFIG`."""

    broker: Broker
    follower: Follower


class Following(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Gives a service's methods the follower of this process."""

    def get_dependency(self, worker_ctx: Any) -> Follower:
        """The follower, which runs in threads of its own."""
        given: Given = self.container.config[CONFIG]
        return given.follower


class Hinted(Entrypoint):  # type: ignore[misc]  # nameko has no types
    """Calls a method `method(types)` with the types of the hints that came, and acknowledges them afterwards.

    A message that is no event is rejected to the dead letters, and holds nobody up. Without the broker it tries again for
    ever: nothing but time is lost. If we crash before the acknowledgement, the hints come again. Everything of one
    connection happens in one green thread: py-amqp's lock is a native one.
    """

    def __init__(self, types: Collection[str], **options: Any) -> None:
        self.types = frozenset(types)
        super().__init__(**options)

    def setup(self) -> None:
        """Called by nameko before `start`."""
        self._given: Given = self.container.config[CONFIG]
        self._service = str(self.container.service_name)
        self._stopping = False
        self._away = False
        self._pauses = Pauses()

    def start(self) -> None:
        """Begin to listen; a broker that is not there is waited for in the background."""
        self._listening = self.container.spawn_managed_thread(self._run, identifier=f"{self._service} hints")

    def stop(self) -> None:
        """Take no more hints. What was taken and not acknowledged comes again, to another worker or later."""
        self._stopping = True
        with Timeout(STOP_SECONDS, False):
            self._listening.wait()

    def _run(self) -> None:
        while not self._stopping:
            try:
                with self._given.broker.linked(f"comitia {self._service} worker") as link:
                    listening = _Listening(self, link, self._given.follower, self._service)
                    listening.begin()
                    self._back()
                    while not self._stopping:
                        listening.turn()
                        self._pauses.reset()
            except BROKEN as error:
                self._lost(error)
                self._pause()
            except Exception:
                _LOG.exception("%s could not take hints; trying again", self._service)
                self._pause()

    def call(self, types: frozenset[str]) -> None:
        """Run the method in a nameko worker, and wait for its end. Raises what it raised."""
        ended = Event()

        def handle(worker_ctx: Any, result: object, exc_info: Any) -> tuple[object, Any]:
            ended.send(None if exc_info is None else exc_info[1])
            return result, exc_info

        self.container.spawn_worker(self, (types,), {}, handle_result=handle)
        failed = ended.wait()
        if failed is not None:
            raise failed

    def _pause(self) -> None:
        until = monotonic() + self._pauses.next()
        while not self._stopping and monotonic() < until:
            sleep(TURN)

    def _lost(self, error: Exception) -> None:
        """Said once, not at each attempt."""
        if not self._away:
            place = self._given.broker.place
            _LOG.warning(
                "%s hears nothing from the broker %s, and reads the log by its timer: %s", self._service, place, error
            )
        self._away = True

    def _back(self) -> None:
        """What was appended meanwhile is in the log: have it read now."""
        if self._away:
            _LOG.warning("%s hears the broker %s again", self._service, self._given.broker.place)
        self._away = False
        self._given.follower.nudge()


class _Listening:
    """One connection's life: takes hints while this process leads, and leaves them to the one that does otherwise."""

    def __init__(self, hinted: Hinted, link: Link, follower: Follower, service: str) -> None:
        self._hinted, self._link, self._follower, self._service = hinted, link, follower, service
        self._queue = topology.hints_name(service)
        self._delivered = 0
        self._came: list[Any] = []
        self._consuming = False

    def begin(self) -> None:
        """Make what is missing on the broker. Raises `BROKEN`."""
        topology.subscribe(self._link, self._service, self._hinted.types)
        self._channel = self._link.channel()
        self._channel.basic_qos(0, PREFETCH, False)

    def turn(self) -> None:
        """Wait for hints, not for long, and handle those that came together. Raises `BROKEN`."""
        self._consume_where_it_wakes_somebody()
        self._receive()
        batch, self._came = self._came, []
        self._take(batch)

    def _consume_where_it_wakes_somebody(self) -> None:
        leading = self._follower.leading
        if leading and not self._consuming:
            self._channel.basic_consume(self._queue, consumer_tag=self._service, callback=self._deliver)
        elif self._consuming and not leading:
            self._channel.basic_cancel(self._service)
        self._consuming = leading

    def _receive(self) -> None:
        """Wait for a message, and take with it what else has come."""
        seconds = TURN
        while len(self._came) < PREFETCH:
            try:
                if not self._link.receive(seconds):
                    return
            except BROKEN:
                raise
            except (ValueError, LookupError) as error:
                self._refuse_what_cannot_be_delivered(error)
            seconds = 0.0

    def _deliver(self, message: Any) -> None:
        self._delivered += 1
        self._came.append(message)

    def _refuse_what_cannot_be_delivered(self, error: Exception) -> None:
        """py-amqp could not read how a message was addressed. A channel's deliveries are numbered: this was the next."""
        self._delivered += 1
        _LOG.warning("a message to %s cannot be read by py-amqp, and goes to the dead letters: %s", self._queue, error)
        self._channel.basic_reject(self._delivered, requeue=False)
        metrics.add(metrics.HINTS, outcome="dead")

    def _take(self, batch: list[Any]) -> None:
        types, last, good = set(), 0, 0
        for message in batch:
            hint = read_hint(body_in(message), message.properties.get("content_type"))
            if isinstance(hint, Unreadable):
                _LOG.warning("a message to %s goes to the dead letters: %s", self._queue, hint.why)
                self._channel.basic_reject(message.delivery_tag, requeue=False)
            else:
                types.add(hint.type)
                last, good = message.delivery_tag, good + 1
        if types:
            self._hinted.call(frozenset(types))
            self._channel.basic_ack(last, multiple=True)
            metrics.add(metrics.HINTS, good, outcome="taken")
        if len(batch) > good:
            metrics.add(metrics.HINTS, len(batch) - good, outcome="dead")


def hinted(types: Collection[str]) -> Callable[[Method], Method]:
    """Marks the method of a nameko service that is told which of these types of events were appended."""
    marking: Callable[[Method], Method] = Hinted.decorator(types)
    return marking
