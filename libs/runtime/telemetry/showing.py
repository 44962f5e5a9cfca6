"""A process's numbers as Prometheus reads them: every metric of the table, and the library's own of memory and CPU."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from runtime.telemetry.metrics import COMMON_LABELS, Kind, Metric
from runtime.telemetry.totals import Sample, Totals


def registry_of(totals: Totals, service: str, kind: str) -> CollectorRegistry:
    """What `/metrics` shows, each metric with the labels of `COMMON_LABELS`."""
    registry = CollectorRegistry()
    registry.register(_Shown(totals, (service, kind)))
    return registry


class _Shown(Collector):
    def __init__(self, totals: Totals, common: tuple[str, ...]) -> None:
        self._totals, self._common = totals, common
        self._process = ProcessCollector(registry=None)

    def collect(self) -> Iterator[Family]:
        common = dict(zip(COMMON_LABELS, self._common, strict=True))
        for family in self._process.collect():
            family.samples = [sample._replace(labels={**sample.labels, **common}) for sample in family.samples]
            yield family
        for metric, samples in self._totals.samples():
            if samples:
                yield _family(metric, samples, self._common)

    def describe(self) -> Iterator[Family]:
        """Nothing is asked when the collector is registered."""
        return iter(())


def _family(metric: Metric, samples: list[Sample], common: tuple[str, ...]) -> Family:
    labels = (*COMMON_LABELS, *metric.labels)
    if metric.kind is Kind.HISTOGRAM:
        histogram = HistogramMetricFamily(metric.name, metric.says, labels=labels)
        bounds = [str(bound) for bound in metric.bounds] + ["+Inf"]
        for sample in samples:
            buckets = list(zip(bounds, accumulate(sample.buckets), strict=True))
            histogram.add_metric((*common, *sample.labels), buckets, sample.value)
        return histogram
    of = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = of(metric.name, metric.says, labels=labels)
    for sample in samples:
        family.add_metric((*common, *sample.labels), sample.value)
    return family
