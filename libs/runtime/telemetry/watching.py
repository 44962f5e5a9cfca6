"""What gauges show: the log, the followers, the relay and the queues, looked at when somebody asks and never for long."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

from eventlog.contract import LogRecorder
from runtime.telemetry import metrics
from runtime.telemetry.metrics import Metric
from runtime.telemetry.totals import Reading

_LOG = logging.getLogger(__name__)

T = TypeVar("T")

FRESH = 0.5
PATIENCE = 1.0


class LaneProgress(Protocol):
    """How far a lane of a follower has come; `leading` when this process does its work and no other."""

    @property
    def name(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def head(self) -> int: ...
    @property
    def behind_seconds(self) -> float: ...
    @property
    def failing(self) -> bool: ...
    @property
    def leading(self) -> bool: ...


class Followed(Protocol):
    """A follower of the log. Asking how far it is may block on the log, and may raise."""

    def progress(self) -> Sequence[LaneProgress]: ...


class Publishing(Protocol):
    """A relay: whether it leads, and up to where the broker has confirmed what it published."""

    @property
    def leading(self) -> bool: ...
    @property
    def position(self) -> int: ...


class Probe(Generic[T]):
    """Asks something that may block (a database, a broker) in a thread of its own; who wants to know waits a second at most."""

    def __init__(self, name: str, ask: Callable[[], T], *, patience: float = PATIENCE) -> None:
        self._ask, self._patience = ask, patience
        self._wanted = threading.Event()
        self._known = threading.Condition()
        self._answer: T | None = None
        self._at = self._in_vain = -FRESH
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"probe {name}", daemon=True)
        self._thread.start()

    def get(self) -> T | None:
        """The answer, at most half a second old; None when it failed or does not come in time."""
        asked = monotonic()
        with self._known:
            if asked - self._at < FRESH:
                return self._answer
            if asked - self._in_vain < FRESH:
                return None
            self._wanted.set()
            if self._known.wait_for(lambda: self._at >= asked, self._patience):
                return self._answer
            self._in_vain = monotonic()
            return None

    def stop(self) -> None:
        """Ask no more. A question in hand is not waited for."""
        self._stopped = True
        self._wanted.set()

    def _run(self) -> None:
        while self._wanted.wait() and not self._stopped:
            self._wanted.clear()
            answer: T | None = None
            try:
                answer = self._ask()
            except Exception as error:
                _LOG.debug("%s: no answer: %s", self._thread.name, type(error).__name__)
            with self._known:
                self._answer, self._at = answer, monotonic()
                self._known.notify_all()


class Watch:
    """Gives each gauge of the table its readings; a gauge whose source does not answer shows nothing."""

    def __init__(self, ready: Callable[[], bool]) -> None:
        self._readers: dict[str, list[Callable[[], Iterable[Reading]]]] = defaultdict(list)
        self._probes: list[Probe[Any]] = []
        self._followers: list[Followed] = []
        self._ready = self._probe("ready", ready)
        self.show(metrics.READY, lambda: [(float(self.ready()), {})])

    def ready(self) -> bool:
        """Whether the process says so now, within a second."""
        return self._ready.get() is True

    def read(self, metric: Metric) -> Iterable[Reading]:
        """What a gauge shows now."""
        return chain.from_iterable(reader() for reader in self._readers[metric.name])

    def show(self, metric: Metric, reader: Callable[[], Iterable[Reading]]) -> None:
        """From now on a gauge shows what `reader` gives too; it must answer at once."""
        self._readers[metric.name].append(reader)

    def log(self, log: LogRecorder) -> None:
        """Show the log's position."""
        probe = self._probe("log", log.last_position)
        self.show(metrics.LOG_POSITION, lambda: () if (end := probe.get()) is None else [(end, {})])

    def follower(self, follower: Followed) -> None:
        """Show how a follower's lanes do; how far behind, only where it leads: who stands by does not work."""
        if not self._followers:
            probe = self._probe("followers", lambda: [lane for each in self._followers for lane in each.progress()])
            for metric, shown in _OF_LANES.items():
                self.show(metric, partial(_lanes, probe, shown))
        self._followers.append(follower)

    def relay(self, relay: Publishing) -> None:
        """Show whether a relay leads, and how far it came."""
        self.show(metrics.RELAY_LEADING, lambda: [(float(relay.leading), {})])
        self.show(metrics.RELAY_POSITION, lambda: [(relay.position, {})] if relay.leading else ())

    def queues(self, depths: Callable[[], Mapping[str, int]]) -> None:
        """Show how many messages wait in each queue; `depths` may block on the broker."""
        probe = self._probe("queues", depths)
        self.show(
            metrics.QUEUE_MESSAGES,
            lambda: [(number, {"queue": queue}) for queue, number in (probe.get() or {}).items()],
        )

    def stop(self) -> None:
        """Look no more."""
        for probe in self._probes:
            probe.stop()

    def _probe(self, name: str, ask: Callable[[], T]) -> Probe[T]:
        probe = Probe(name, ask)
        self._probes.append(probe)
        return probe


_OF_LANES: Mapping[Metric, Callable[[LaneProgress], float | None]] = {
    metrics.FOLLOWER_ACTIVE: lambda lane: float(lane.leading),
    metrics.FOLLOWER_FAILING: lambda lane: float(lane.failing) if lane.leading else None,
    metrics.FOLLOWER_LAG_EVENTS: lambda lane: max(lane.head - lane.position, 0) if lane.leading else None,
    metrics.FOLLOWER_LAG_SECONDS: lambda lane: lane.behind_seconds if lane.leading else None,
}


def _lanes(probe: Probe[list[LaneProgress]], shown: Callable[[LaneProgress], float | None]) -> list[Reading]:
    return [(value, {"follower": lane.name}) for lane in probe.get() or () if (value := shown(lane)) is not None]
