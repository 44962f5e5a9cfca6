"""A process's counters and histograms, summed up in memory: a call pays about a microsecond, whoever asks pays the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

from runtime.telemetry.metrics import FROM_ZERO, TABLE, Kind, Metric

Reading = tuple[float, Mapping[str, str]]
Read = Callable[[Metric], Iterable[Reading]]
"""What a gauge shows now: a value with its labels, several, or none when it is not known."""


@dataclass(frozen=True)
class Sample:
    """One row of a metric: its labels' values, in the table's order, and its value; of a histogram its buckets and sum."""

    labels: tuple[str, ...]
    value: float
    buckets: tuple[int, ...] = ()
    """How many values lie in each bucket, not added up; one more bucket than bounds."""

    @property
    def count(self) -> int:
        """How many values a histogram holds."""
        return sum(self.buckets)


@dataclass(slots=True)
class _Distribution:
    buckets: list[int]
    sum: float = 0.0


class Totals:
    """The sink of `metrics.add` and `metrics.record`; gauges show what `read` says when somebody asks."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._lock = Lock()
        self._counts: dict[Metric, dict[tuple[str, ...], int]] = {metric: {} for metric in _of(Kind.COUNTER)}
        self._distributions: dict[Metric, dict[tuple[str, ...], _Distribution]] = {
            metric: {} for metric in _of(Kind.HISTOGRAM)
        }
        for metric, labels in FROM_ZERO:
            self.add(metric, 0, labels)

    def add(self, metric: Metric, amount: int, labels: Mapping[str, str]) -> None:
        """Count `amount` more."""
        row = tuple([labels[name] for name in metric.labels])
        rows = self._counts[metric]
        with self._lock:
            rows[row] = rows.get(row, 0) + amount

    def record(self, metric: Metric, value: float, labels: Mapping[str, str]) -> None:
        """Put one value into a histogram."""
        row = tuple([labels[name] for name in metric.labels])
        rows = self._distributions[metric]
        with self._lock:
            found = rows.get(row)
            if found is None:
                found = rows[row] = _Distribution([0] * (len(metric.bounds) + 1))
            found.buckets[bisect_left(metric.bounds, value)] += 1
            found.sum += value

    def samples(self) -> Iterator[tuple[Metric, list[Sample]]]:
        """Every metric of the table with what it shows now."""
        for metric in TABLE.values():
            if metric.kind is Kind.GAUGE:
                readings = [
                    (tuple(labels[name] for name in metric.labels), value) for value, labels in self._read(metric)
                ]
                yield metric, [Sample(row, float(value)) for row, value in readings]
            else:
                with self._lock:
                    yield metric, self._summed_up(metric)

    def _summed_up(self, metric: Metric) -> list[Sample]:
        if metric.kind is Kind.COUNTER:
            return [Sample(row, value) for row, value in self._counts[metric].items()]
        rows = self._distributions[metric]
        return [Sample(row, found.sum, tuple(found.buckets)) for row, found in rows.items()]


def _of(kind: Kind) -> list[Metric]:
    return [metric for metric in TABLE.values() if metric.kind is kind]
