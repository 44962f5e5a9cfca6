"""To a collector over OTLP/HTTP, with OpenTelemetry's SDK: this process's spans as they end, its numbers now and then."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.metrics.export import Metric as Exported
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from runtime.listening import CannotStart
from runtime.settings import Settings
from runtime.telemetry.metrics import Kind, Metric
from runtime.telemetry.totals import Sample, Totals

NAME = "comitia"
ENDPOINT_SETTING = "COMITIA_OTLP_ENDPOINT"
EXPORT_SECONDS = 3.0
"""How long one export may take: spans that the collector does not take are dropped, and no call ever waits for them."""
SPANS_EVERY_MS = 1_000
TOTALS_EVERY = 15.0
"""Seconds."""


def resource_of(settings: Settings, service: str, kind: str) -> Resource:
    """What every span and number says of the process that it comes from."""
    return Resource.create(
        {
            "service.name": service,
            "service.namespace": NAME,
            "service.version": _version(),
            "service.instance.id": str(uuid.uuid4()),
            "host.name": socket.gethostname(),
            "comitia.kind": kind,
            "comitia.deployment": settings.deployment,
        }
    )


def collector(settings: Settings) -> str | None:
    """The collector's address without a slash at its end. Raises `CannotStart` for what is no http(s) address."""
    given = settings.otlp_endpoint
    if not given:
        return None
    parts = urlsplit(given)
    if parts.username is not None or parts.password is not None:
        raise CannotStart(
            f"{ENDPOINT_SETTING} holds a user or a password: give the collector's credentials in OTEL_EXPORTER_OTLP_HEADERS"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise CannotStart(f"{ENDPOINT_SETTING} expects http(s)://HOST:PORT of an OTLP/HTTP collector, found {given!r}")
    return given.rstrip("/")


def tracing_to(address: str, resource: Resource, ratio: float) -> TracerProvider:
    """Spans go to the collector; traces begun elsewhere are kept as decided there, of those begun here a share."""
    provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(ratio)), resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{address}/v1/traces", timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=SPANS_EVERY_MS))
    return provider


class TotalsExporter:
    """Sends the process's numbers every 15 s, and a last time when it is stopped."""

    def __init__(self, address: str, resource: Resource, totals: Totals) -> None:
        self._exporter = OTLPMetricExporter(endpoint=f"{address}/v1/metrics", timeout=EXPORT_SECONDS)
        self._resource, self._totals = resource, totals
        self._began = time.time_ns()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="totals", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send once more; takes as long as one export at most."""
        self._stop.set()
        self._thread.join(2 * EXPORT_SECONDS)
        self._exporter.shutdown()

    def _run(self) -> None:
        while not self._stop.wait(TOTALS_EVERY):
            self._send()
        self._send()

    def _send(self) -> None:
        now = time.time_ns()
        metrics = [
            _exported(metric, samples, self._began, now) for metric, samples in self._totals.samples() if samples
        ]
        scope = ScopeMetrics(InstrumentationScope(NAME), metrics, "")
        self._exporter.export(MetricsData([ResourceMetrics(self._resource, [scope], "")]))


def _exported(metric: Metric, samples: Iterable[Sample], began: int, now: int) -> Exported:
    labelled = [(dict(zip(metric.labels, sample.labels, strict=True)), sample) for sample in samples]
    return Exported(metric.name, metric.says, metric.unit, _points(metric, labelled, began, now))


def _points(
    metric: Metric, labelled: Iterable[tuple[dict[str, str], Sample]], began: int, now: int
) -> Gauge | Sum | Histogram:
    cumulative = AggregationTemporality.CUMULATIVE
    if metric.kind is Kind.HISTOGRAM:
        unknown: Any = None  # the smallest and the largest value, which are not kept
        distributions = [
            HistogramDataPoint(
                labels, began, now, sample.count, sample.value, sample.buckets, metric.bounds, unknown, unknown
            )
            for labels, sample in labelled
        ]
        return Histogram(distributions, cumulative)
    points = [NumberDataPoint(labels, began, now, sample.value) for labels, sample in labelled]
    return Sum(points, cumulative, is_monotonic=True) if metric.kind is Kind.COUNTER else Gauge(points)


def _version() -> str:
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "unknown"
