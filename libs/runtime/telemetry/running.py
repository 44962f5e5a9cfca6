"""Puts the telemetry of a process together: where its numbers and spans go, what it shows, what it answers."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from opentelemetry import trace

from kernel.records import Record
from runtime.settings import Settings
from runtime.telemetry import Telemetry, exporting, metrics, tracing
from runtime.telemetry.endpoint import Endpoint
from runtime.telemetry.interceptor import Observing
from runtime.telemetry.metrics import Metric
from runtime.telemetry.showing import registry_of
from runtime.telemetry.totals import Totals
from runtime.telemetry.watching import Watch

_LOG = logging.getLogger(__name__)


def run(telemetry: Telemetry, settings: Settings, service: str, kind: str, ready: Callable[[], bool]) -> None:
    """Start what the settings ask for; all of it ends with `telemetry.opened`."""
    opened = telemetry.opened
    collector = exporting.collector(settings)
    telemetry.watch = watch = Watch(ready)
    opened.callback(watch.stop)
    totals = Totals(watch.read)
    opened.callback(metrics.send_to, metrics.send_to(_Numbers(totals)))

    if collector is not None:
        resource = exporting.resource_of(settings, service, kind)
        opened.callback(exporting.TotalsExporter(collector, resource, totals).stop)
        tracers = exporting.tracing_to(collector, resource, settings.trace_ratio)
        opened.callback(tracers.shutdown)
        opened.callback(tracing.trace_with, tracing.trace_with(tracers.get_tracer(exporting.NAME)))

    telemetry.observer = _Appends()
    telemetry.interceptor = interceptor = Observing()
    watch.show(metrics.RPC_IN_FLIGHT, interceptor.in_flight)

    if settings.metrics_listen:
        endpoint = Endpoint(settings.metrics_listen, registry_of(totals, service, kind), watch.ready)
        endpoint.start()
        opened.callback(endpoint.stop)
        telemetry.address = endpoint.address
        _LOG.info("metrics and probes on http://%s", endpoint.address)


class _Numbers:
    """The process's numbers; a refusal's reason is also said on the span of what was refused."""

    def __init__(self, totals: Totals) -> None:
        self.record = totals.record
        self._add = totals.add

    def add(self, metric: Metric, amount: int, labels: Mapping[str, str]) -> None:
        """Count `amount` more."""
        self._add(metric, amount, labels)
        if metric is metrics.REFUSALS:
            refused = trace.get_current_span()
            if refused.is_recording():
                refused.set_attribute("comitia.refusal", labels["reason"])


class _Appends:
    """Measures each commit, and shows it in the traces of its events."""

    def appended(self, records: Sequence[Record], seconds: float) -> None:
        """After a commit, in the thread that made it."""
        metrics.record(metrics.APPEND_SECONDS, seconds)
        metrics.record(metrics.APPEND_RECORDS, len(records))
        for type_, number in Counter(record.type for record in records).items():
            metrics.add(metrics.EVENTS_APPENDED, number, type=type_)
        tracing.appended(records, seconds)
