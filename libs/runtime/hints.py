"""Hints in a nameko service: an entrypoint that takes them from the service's queue, and the follower that they wake."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import kombu
from kombu.mixins import ConsumerMixin
from nameko.extensions import DependencyProvider, Entrypoint

from runtime import broker
from runtime.cloudevents import BadMessage, hint_of
from runtime.followers import Follower

_LOG = logging.getLogger(__name__)

Method = TypeVar("Method", bound=Callable[..., object])

CONFIG = "comitia"
"""Where the container's configuration holds what `workers.run_worker` gives: settings, types, follower."""
PREFETCH = 200


class Wakes(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """Gives a service's methods its follower."""

    def get_dependency(self, worker_ctx: Any) -> Follower:
        """The follower of this process."""
        found: Follower = self.container.config[CONFIG]["follower"]
        return found


class Hinted(Entrypoint, ConsumerMixin):  # type: ignore[misc]  # nameko and kombu have no types
    """Calls a method `method(hint)` for each message of the service's queue, and acknowledges it afterwards.

    A message that is no event is rejected to the dead letters, and holds nobody up. Without the broker it tries again for
    ever: hints are late then, and nothing else. If we crash before the acknowledgement, the hint comes again.
    """

    def setup(self) -> None:
        given = self.container.config[CONFIG]
        self.connection = broker.connection(given["settings"])
        self._queue = broker.hints_queue(self.container.service_name, given["types"])
        self._consuming: Any = None

    def start(self) -> None:
        self._consuming = self.container.spawn_managed_thread(self.run, identifier="hints")

    def stop(self) -> None:
        self.should_stop = True
        self._consuming.wait()
        self.connection.release()

    def get_consumers(self, consumer_class: Any, channel: Any) -> list[kombu.Consumer]:
        broker.declare(channel, (self._queue,))
        consumer = kombu.Consumer(
            channel, queues=[self._queue], on_message=self._came, prefetch_count=PREFETCH, auto_declare=False
        )
        return [consumer]

    def on_connection_error(self, exc: BaseException, interval: float) -> None:
        _LOG.warning("no hints: the broker does not answer (%s); trying again in %.0f s", type(exc).__name__, interval)

    def on_connection_revived(self) -> None:
        """What was appended meanwhile is read at the next turn of the timer at the latest; ask for it now."""
        self.container.config[CONFIG]["follower"].nudge()

    def _came(self, message: Any) -> None:
        try:
            hint = hint_of(bytes(message.body), message.content_type)
        except BadMessage as bad:
            _LOG.warning("a message to %s is no event and goes to the dead letters: %s", self._queue.name, bad)
            message.reject()
            return
        self.container.spawn_worker(self, (hint,), {}, handle_result=_Acknowledging(message))


class _Acknowledging:
    """After the method: the message is done with. What the method could not do, the follower's timer does."""

    def __init__(self, message: Any) -> None:
        self._message = message

    def __call__(self, worker_ctx: Any, result: object, exc_info: Any) -> tuple[object, Any]:
        try:
            self._message.ack()
        except broker.BROKEN:
            _LOG.debug("a hint could not be acknowledged and comes again")
        return result, exc_info


def hinted(method: Method) -> Method:
    """Marks the method of a nameko service that takes its hints."""
    marked: Method = Hinted.decorator(method)
    return marked
