"""Traces, metrics and probes of a process: `start` once, at its start; without its settings it costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any

from eventlog.contract import LogRecorder
from eventlog.observing import UNOBSERVED, Observer
from runtime.settings import Settings

if TYPE_CHECKING:
    from runtime.telemetry.watching import Followed, Publishing, Watch

__all__ = ["UNMEASURED", "Telemetry", "start"]


class Telemetry:
    """What a process measures itself with. Use it as a context manager, or `stop` it at the process's end.

    `observer` goes to the log's recorder; `interceptor`, when there is one, to the server before every other; what is
    watched shows in gauges. `address` is where `/metrics`, `/live` and `/ready` are answered, '' for nowhere.
    """

    def __init__(self) -> None:
        self.observer: Observer = UNOBSERVED
        self.interceptor: Any = None
        self.address = ""
        self.watch: Watch | None = None
        self.opened = ExitStack()

    def watch_log(self, log: LogRecorder) -> None:
        """Show the log's position and the followers' lag."""
        if self.watch is not None:
            self.watch.log(log)

    def watch_follower(self, follower: Followed) -> None:
        """Show how a follower's lanes do."""
        if self.watch is not None:
            self.watch.follower(follower)

    def watch_relay(self, relay: Publishing) -> None:
        """Show whether a relay leads, and how far it came."""
        if self.watch is not None:
            self.watch.relay(relay)

    def watch_queues(self, depths: Callable[[], Mapping[str, int]]) -> None:
        """Show how many messages wait in each queue of the broker; `depths` may block, and may raise."""
        if self.watch is not None:
            self.watch.queues(depths)

    def stop(self) -> None:
        """Send what was not sent yet, for a few seconds at most, and answer no more. May be called twice."""
        self.opened.close()

    def __enter__(self) -> Telemetry:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


UNMEASURED = Telemetry()
"""Of a process that nobody measures."""


def start(settings: Settings, service: str, kind: str, *, ready: Callable[[], bool]) -> Telemetry:
    """The telemetry of this process, the only one at a time: its service's name, its kind (`api`, `worker`, …).

    `ready` says whether the process can do its work; it may block. Raises `CannotStart` naming the setting that is wrong.
    """
    telemetry = Telemetry()
    if settings.metrics_listen or settings.otlp_endpoint:
        # The SDK takes a fifth of a second to import: a process that measures nothing does not wait for it.
        from runtime.telemetry.running import run

        try:
            run(telemetry, settings, service, kind, ready)
        except BaseException:
            telemetry.stop()
            raise
    return telemetry
