"""One trace follows a ballot from its sender to the tally: W3C trace context in, through the log, and out again.

Spans hold names that the code knows and numbers, never what a person sent: no exception's text either. Without a tracer
(`trace_with`) nothing is recorded, and a trace that came in is passed on as it came.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags, Tracer

from eventlog.tracing import TRACEPARENT
from kernel.instants import parse_instant
from kernel.records import Record
from runtime.telemetry import metrics

HEADER = "traceparent"
EVENTS = "comitia.events"
MOST_SPANS = 256
"""Of one transaction or one batch published: traces beyond it go without that span."""

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)

Attributes = Mapping[str, str | int | Sequence[str]]

_tracer: Tracer | None = None
_working_on: dict[str, Span] = {}
"""The reactions and timers that run now, by the header that what they append carries: another thread may commit it."""


def trace_with(tracer: Tracer | None) -> Tracer | None:
    """From now on this process's spans come from `tracer`; returns what they came from before."""
    global _tracer
    before, _tracer = _tracer, tracer
    return before


def is_on() -> bool:
    """Whether this process records spans."""
    return _tracer is not None


def parse(traceparent: object) -> SpanContext | None:
    """W3C Trace Context §3.2: the span that a header names; None for one that is not valid, which is ignored."""
    match = _TRACEPARENT.fullmatch(traceparent) if isinstance(traceparent, str) else None
    if match is None:
        return None
    found = SpanContext(int(match[1], 16), int(match[2], 16), is_remote=True, trace_flags=TraceFlags(int(match[3], 16)))
    return found if found.is_valid else None


def show(span: SpanContext) -> str:
    """The header that names a span."""
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags & TraceFlags.SAMPLED:02x}"


def current() -> SpanContext | None:
    """The span that the work at hand belongs to."""
    found = trace.get_current_span().get_span_context()
    return found if found.is_valid else None


def current_traceparent() -> str | None:
    """The header of the current span, which a record keeps and other services are sent."""
    found = current()
    return None if found is None else show(found)


def outgoing() -> tuple[tuple[str, str], ...]:
    """The metadata of a call to another service: it is part of the current trace."""
    found = current_traceparent()
    return () if found is None else ((HEADER, found),)


def begin(name: str, kind: SpanKind, parent: SpanContext | None, attributes: Attributes) -> Span:
    """A span as child of `parent`, else the root of a new trace."""
    if _tracer is None:
        return trace.INVALID_SPAN
    return _tracer.start_span(name, _context_of(parent), kind, attributes)


def enter(span: Span) -> object:
    """Make a span the current one of this task or thread, until `leave` is given what this returns."""
    return contexts.attach(trace.set_span_in_context(span))


def fail(span: Span, error: BaseException) -> None:
    """Mark a span as failed by its error's class: the error's text may hold what people said."""
    span.set_status(Status(StatusCode.ERROR, type(error).__name__))


@contextmanager
def publishing(records: Sequence[Record]) -> Iterator[None]:
    """While the relay publishes a batch: afterwards a span `publish` in the trace of each event, one for each trace."""
    began = time.time_ns()
    yield
    _tell("publish", SpanKind.PRODUCER, records, began, time.time_ns())


def appended(records: Sequence[Record], seconds: float) -> None:
    """After a commit that took `seconds`: a span `log append` in the trace of each event, one for each trace."""
    if _tracer is not None:
        ended = time.time_ns()
        _tell("log append", SpanKind.CLIENT, records, ended - int(seconds * 1e9), ended)


@contextmanager
def reacting(follower: str, cause: Record) -> Iterator[None]:
    """While a follower reacts to `cause`: a span in its trace, which the events of the reaction carry on; and its times."""
    began = time.perf_counter()
    attributes: Attributes = {"comitia.event_type": cause.type, "comitia.position": cause.position}
    try:
        with _working(f"{follower} {cause.type}", SpanKind.CONSUMER, parse(cause.traceparent), attributes):
            yield
    finally:
        metrics.record(metrics.REACTION_SECONDS, time.perf_counter() - began, follower=follower, type=cause.type)
    age = (datetime.now(UTC) - parse_instant(cause.recorded_at)).total_seconds()
    metrics.record(metrics.REACTION_DELAY_SECONDS, max(age, 0.0), follower=follower, type=cause.type)


@contextmanager
def timed(service: str, timer: str) -> Iterator[None]:
    """While a timer runs: the root of a new trace if it appends anything or fails, else nothing."""
    with _working(f"{service} timer {timer}", SpanKind.INTERNAL, None, {}, always=False):
        yield


@contextmanager
def _working(
    name: str, kind: SpanKind, parent: SpanContext | None, attributes: Attributes, *, always: bool = True
) -> Iterator[None]:
    """A span that is current, and whose header is what the events of a reaction or timer carry."""
    if _tracer is None:
        yield
        return
    with _current(begin(name, kind, parent, attributes), always=always) as span:
        header = show(span.get_span_context())
        told = TRACEPARENT.set(header)
        _working_on[header] = span
        try:
            yield
        finally:
            del _working_on[header]
            TRACEPARENT.reset(told)


@contextmanager
def _current(span: Span, *, always: bool = True) -> Iterator[Span]:
    """Ends the span; unless `always`, only one that appended or failed: a span that is never ended is never sent."""
    token = contexts.attach(trace.set_span_in_context(span))
    try:
        yield span
    except BaseException as error:
        always = True
        fail(span, error)
        raise
    finally:
        contexts.detach(token)
        if always or EVENTS in (getattr(span, "attributes", None) or ()):
            span.end()


def _tell(name: str, kind: SpanKind, records: Iterable[Record], began: int, ended: int) -> None:
    """A finished span in each trace that events carry; only those that their sender or an earlier step sampled."""
    if _tracer is None:
        return
    types: dict[str, list[str]] = defaultdict(list)
    for record in records:
        if record.traceparent is not None:
            types[record.traceparent].append(record.type)
    for traceparent, found in islice(types.items(), MOST_SPANS):
        if traceparent in _working_on:
            _working_on[traceparent].set_attribute(EVENTS, len(found))
        parent = parse(traceparent)
        if parent is not None and parent.trace_flags.sampled:
            attributes: Attributes = {EVENTS: len(found), "comitia.event_types": sorted(set(found))}
            _tracer.start_span(name, _context_of(parent), kind, attributes, start_time=began).end(ended)


def _context_of(parent: SpanContext | None) -> contexts.Context:
    """A context with nothing but the parent: without one a root, whatever runs around it."""
    fresh = contexts.Context()
    return fresh if parent is None else trace.set_span_in_context(NonRecordingSpan(parent), fresh)
