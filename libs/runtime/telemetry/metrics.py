"""Every metric of Comitia in one table: the name that Prometheus shows, its kind, unit, labels, and what it says.

No other module names a metric. Labels hold names that the code knows beforehand (types, methods, reasons, queues), never
what a person sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

PREFIX = "comitia_"

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
RECORDS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)


class Kind(StrEnum):
    """How a metric is counted."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True)
class Metric:
    """One row of the table. `unit` is UCUM's (`s`; `{event}` for what is counted); `bounds` are a histogram's buckets."""

    name: str
    kind: Kind
    unit: str
    labels: tuple[str, ...]
    says: str
    bounds: tuple[float, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which Prometheus stores it."""
        if self.kind is Kind.HISTOGRAM:
            return (f"{self.name}_bucket", f"{self.name}_sum", f"{self.name}_count")
        return (self.name,)


def _counter(name: str, unit: str, *labels: str, says: str) -> Metric:
    return Metric(f"{PREFIX}{name}_total", Kind.COUNTER, unit, labels, says)


def _gauge(name: str, unit: str, *labels: str, says: str) -> Metric:
    return Metric(f"{PREFIX}{name}", Kind.GAUGE, unit, labels, says)


def _histogram(name: str, unit: str, *labels: str, bounds: tuple[float, ...], says: str) -> Metric:
    return Metric(f"{PREFIX}{name}", Kind.HISTOGRAM, unit, labels, says, bounds)


READY = _gauge("ready", "", says="1 when the process can do its work: its log answers and has a known schema")

LOG_POSITION = _gauge("log_position", "{event}", says="the position of the log's last event")
APPEND_SECONDS = _histogram(
    "append_seconds",
    "s",
    bounds=SECONDS,
    says="from the wait for the log's lock to the end of the commit, for each transaction that this process appended",
)
APPEND_RECORDS = _histogram("append_records", "{event}", bounds=RECORDS, says="events in one transaction")
EVENTS_APPENDED = _counter(
    "events_appended", "{event}", "type", says="events that this process appended; ballots are `ballots.BallotCast`"
)

RPC_SECONDS = _histogram(
    "rpc_seconds",
    "s",
    "method",
    "code",
    bounds=SECONDS,
    says="how long a call took, a stream from its opening to its end",
)
RPC_IN_FLIGHT = _gauge("rpc_in_flight", "{call}", "method", says="calls and streams being served")
REFUSALS = _counter(
    "refusals", "{refusal}", "reason", "code", says="commands and queries refused, one by one also within a stream"
)

FOLLOWER_ACTIVE = _gauge(
    "follower_active", "", "follower", says="1 when this process does the follower's work, 0 when it stands by"
)
FOLLOWER_LAG_EVENTS = _gauge(
    "follower_lag_events", "{event}", "follower", says="events in the log that an active follower has not passed yet"
)
FOLLOWER_LAG_SECONDS = _gauge(
    "follower_lag_seconds", "s", "follower", says="the age of the first event that an active follower has not passed"
)
FOLLOWER_FAILING = _gauge(
    "follower_failing", "", "follower", says="1 while the follower's next event has failed and is tried again"
)
REACTION_SECONDS = _histogram(
    "reaction_seconds", "s", "follower", "type", bounds=SECONDS, says="how long a reaction to an event took"
)
REACTION_DELAY_SECONDS = _histogram(
    "reaction_delay_seconds",
    "s",
    "follower",
    "type",
    bounds=SECONDS,
    says="from an event's `recorded_at` to the end of the reaction to it",
)

RELAY_LEADING = _gauge("relay_leading", "", says="1 in the relay that publishes, 0 in one that stands by")
RELAY_POSITION = _gauge("relay_position", "{event}", says="the position up to which the broker has confirmed events")
QUEUE_MESSAGES = _gauge("queue_messages", "{message}", "queue", says="messages that wait in a queue of the broker")
HINTS = _counter(
    "hints",
    "{message}",
    "outcome",
    says="messages that a worker took from its queue: `taken`, or `dead` for a bad body",
)

CHECKPOINT_REFUSED = _counter(
    "checkpoint_refused", "{refusal}", "reason", says="checkpoints not signed because the log is not what was signed"
)

TABLE: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        READY,
        LOG_POSITION,
        APPEND_SECONDS,
        APPEND_RECORDS,
        EVENTS_APPENDED,
        RPC_SECONDS,
        RPC_IN_FLIGHT,
        REFUSALS,
        FOLLOWER_ACTIVE,
        FOLLOWER_LAG_EVENTS,
        FOLLOWER_LAG_SECONDS,
        FOLLOWER_FAILING,
        REACTION_SECONDS,
        REACTION_DELAY_SECONDS,
        RELAY_LEADING,
        RELAY_POSITION,
        QUEUE_MESSAGES,
        HINTS,
        CHECKPOINT_REFUSED,
    )
}

FROM_ZERO: tuple[tuple[Metric, Mapping[str, str]], ...] = (
    (REFUSALS, {"reason": "log_full", "code": "RESOURCE_EXHAUSTED"}),
    (REFUSALS, {"reason": "log_unreachable", "code": "UNAVAILABLE"}),
    (REFUSALS, {"reason": "internal", "code": "INTERNAL"}),
    (CHECKPOINT_REFUSED, {"reason": "log_forked"}),
    (CHECKPOINT_REFUSED, {"reason": "log_shrunk"}),
)
"""Counters shown as 0 from the start: an alert on an increase would not see the first of a series that begins with it."""

COMMON_LABELS = ("service_name", "comitia_kind")
"""On every metric: whose process it is, and its kind: `api`, `worker`, the relay's `run`, the embedded server's `engine`."""


class Sink(Protocol):
    """Where this process's numbers go. Called from any thread; never raises."""

    def add(self, metric: Metric, amount: int, labels: Mapping[str, str]) -> None:
        """Count `amount` more."""

    def record(self, metric: Metric, value: float, labels: Mapping[str, str]) -> None:
        """Put one value into a histogram."""


class _Nowhere:
    """Nobody measures."""

    def add(self, metric: Metric, amount: int, labels: Mapping[str, str]) -> None:
        """Nothing is counted."""

    def record(self, metric: Metric, value: float, labels: Mapping[str, str]) -> None:
        """Nothing is kept."""


NOWHERE = _Nowhere()
_sink: Sink = NOWHERE


def send_to(sink: Sink) -> Sink:
    """From now on this process's numbers go to `sink`; returns where they went before."""
    global _sink
    before, _sink = _sink, sink
    return before


def add(metric: Metric, amount: int = 1, **labels: str) -> None:
    """Count `amount` more of a counter of the table."""
    _sink.add(metric, amount, labels)


def record(metric: Metric, value: float, **labels: str) -> None:
    """Put one value into a histogram of the table."""
    _sink.record(metric, value, labels)
