"""A collector for tests: takes OTLP over HTTP, keeps every byte, and finds spans in them."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PATIENCE = 20.0


@dataclass(frozen=True)
class Sent:
    """A span as a process sent it. Ids are hex; `parent` is '' for a root."""

    trace: str
    id: str
    parent: str
    name: str
    service: str
    kind: str
    attributes: dict[str, Any]
    error: str | None

    @property
    def traceparent(self) -> str:
        """The header that names it."""
        return f"00-{self.trace}-{self.id}-01"


class Receiver:
    """Takes what is sent to `address`, from `with` to its end."""

    def __init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver._take(self.path, gzip.decompress(body) if self.headers.get("Content-Encoding") else body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Tests do not care."""

        self._lock = threading.Lock()
        self._spans: list[Sent] = []
        self._metrics: set[str] = set()
        self.raw: list[bytes] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(0.02), daemon=True)

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def spans(self) -> list[Sent]:
        """Every span so far, in the order in which they came."""
        with self._lock:
            return list(self._spans)

    @property
    def metrics(self) -> set[str]:
        """The names of every metric so far."""
        with self._lock:
            return set(self._metrics)

    def of_trace(self, trace: str) -> list[Sent]:
        """The spans of one trace."""
        return [span for span in self.spans if span.trace == trace]

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until what was sent makes something hold; fails when that takes too long."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, sorted({(span.service, span.name) for span in self.spans})
            time.sleep(0.05)

    def _take(self, path: str, body: bytes) -> None:
        with self._lock:
            self.raw.append(body)
            if path == "/v1/traces":
                self._spans.extend(_spans(ExportTraceServiceRequest.FromString(body)))
            else:
                assert path == "/v1/metrics", path
                self._metrics.update(_metrics(ExportMetricsServiceRequest.FromString(body)))


def _spans(request: ExportTraceServiceRequest) -> list[Sent]:
    found = []
    for of_resource in request.resource_spans:
        resource = _attributes(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                found.append(
                    Sent(
                        trace=span.trace_id.hex(),
                        id=span.span_id.hex(),
                        parent=span.parent_span_id.hex(),
                        name=span.name,
                        service=resource["service.name"],
                        kind=resource.get("comitia.kind", ""),
                        attributes=_attributes(span.attributes),
                        error=span.status.message if span.status.code == 2 else None,
                    )
                )
    return found


def _metrics(request: ExportMetricsServiceRequest) -> set[str]:
    return {
        metric.name
        for of_resource in request.resource_metrics
        for of_scope in of_resource.scope_metrics
        for metric in of_scope.metrics
    }


def _attributes(given: Any) -> dict[str, Any]:
    return {each.key: _value(each.value) for each in given}


def _value(value: Any) -> Any:
    which = value.WhichOneof("value")
    if which == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, which)
