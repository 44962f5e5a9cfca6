"""A call is a span in its caller's trace; records carry it; what follows from them goes on in it. Nothing is said of anyone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from opentelemetry import trace

from comitia.common.v1.common_pb2 import Command
from eventlog import tracing as eventlog_tracing
from kernel.records import Record
from runtime import servicing
from runtime.telemetry import Telemetry, tracing
from tests.telemetry.conftest import Start
from tests.telemetry.receiver import Receiver, Sent

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TRACE = PARENT[3:35]
UNSAMPLED = PARENT[:-2] + "00"
Serve = Callable[[Telemetry], Any]


def record(type_: str = "ballots.BoxSealed", traceparent: str | None = PARENT, position: int = 1) -> Record:
    return Record(
        process_id="p",
        stream_id="boxes/p/secret-box",
        stream_version=1,
        event_id=f"e{position}",
        type=type_,
        schema=1,
        actor="secret-actor",
        correlation_id="c",
        causation_id=None,
        traceparent=traceparent,
        payload=b'{"box":"secret-box"}',
        salt=bytes(32),
        position=position,
        process_index=position - 1,
        recorded_at="2026-11-22T12:00:00.000000Z",
    )


@pytest.fixture
def traced(receiver: Receiver, start: Start) -> Telemetry:
    """A process whose traces go to the receiver."""
    return start(otlp_endpoint=receiver.address)


def sent(telemetry: Telemetry, receiver: Receiver) -> list[Sent]:
    """Everything that the process has to send, when its calls have ended."""
    while any(number for number, _ in telemetry.interceptor.in_flight()):
        time.sleep(0.01)
    telemetry.stop()
    return receiver.spans


@pytest.mark.parametrize(
    "header",
    [
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        f"{PARENT}\n",
        f"{PARENT}-more",
        b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        None,
    ],
)
def test_a_header_that_is_not_valid_is_ignored(header: object) -> None:
    assert tracing.parse(header) is None


@pytest.mark.parametrize("header", [PARENT, UNSAMPLED])
def test_a_valid_header_is_spelled_again_as_it_came(header: str) -> None:
    parsed = tracing.parse(header)
    assert parsed is not None
    assert tracing.show(parsed) == header


def test_a_call_is_a_span_in_its_callers_trace(traced: Telemetry, serve: Serve, receiver: Receiver) -> None:
    serve(traced).unary_unary("/trial.Trial/One")(
        Command(actor="ana").SerializeToString(), metadata=(("traceparent", PARENT),)
    )
    (span,) = sent(traced, receiver)
    assert (span.trace, span.parent, span.name) == (TRACE, PARENT[36:52], "trial.Trial/One")
    assert (span.service, span.kind, span.error) == ("trial", "api", None)
    assert span.attributes == {
        "rpc.system": "grpc",
        "rpc.service": "trial.Trial",
        "rpc.method": "One",
        "rpc.grpc.status_code": "OK",
    }


def test_a_call_without_a_trace_begins_one(traced: Telemetry, serve: Serve, receiver: Receiver) -> None:
    serve(traced).unary_unary("/trial.Trial/One")(Command(actor="ana").SerializeToString())
    (span,) = sent(traced, receiver)
    assert span.parent == ""


def test_a_question_for_the_servers_health_is_in_no_trace(traced: Telemetry, serve: Serve, receiver: Receiver) -> None:
    health_pb2_grpc.HealthStub(serve(traced)).Check(health_pb2.HealthCheckRequest(), timeout=10)
    assert sent(traced, receiver) == []


def test_a_share_of_the_traces_begun_here_is_kept_and_every_one_that_its_sender_keeps(
    start: Start, serve: Serve, receiver: Receiver
) -> None:
    traced = start(otlp_endpoint=receiver.address, trace_ratio=0)
    call = serve(traced).unary_unary("/trial.Trial/One")
    for metadata in ((), (("traceparent", UNSAMPLED),), (("traceparent", PARENT),)):
        call(Command(actor="ana").SerializeToString(), metadata=metadata)
    (span,) = sent(traced, receiver)
    assert span.trace == TRACE


def test_a_refused_call_says_its_reason_and_is_no_error_of_the_server(
    traced: Telemetry, serve: Serve, receiver: Receiver
) -> None:
    with pytest.raises(grpc.RpcError):
        serve(traced).unary_unary("/trial.Trial/One")(Command(actor="refused").SerializeToString())
    (span,) = sent(traced, receiver)
    assert span.attributes["rpc.grpc.status_code"] == "FAILED_PRECONDITION"
    assert (span.attributes["comitia.refusal"], span.error) == ("quorum_not_met", None)


def test_a_broken_call_is_an_error_whose_text_stays_here(traced: Telemetry, serve: Serve, receiver: Receiver) -> None:
    with pytest.raises(grpc.RpcError):
        serve(traced).unary_unary("/trial.Trial/One")(Command(actor="broken").SerializeToString())
    (span,) = sent(traced, receiver)
    assert (span.attributes["rpc.grpc.status_code"], span.error) == ("INTERNAL", "INTERNAL")
    assert b"password" not in b"".join(receiver.raw)


@pytest.mark.parametrize("method", ["Many", "Last"])
def test_streams_are_spans_too(traced: Telemetry, serve: Serve, receiver: Receiver, method: str) -> None:
    request, channel = Command(actor="ana").SerializeToString(), serve(traced)
    if method == "Many":
        assert len(list(channel.unary_stream("/trial.Trial/Many")(request))) == 2
    else:
        channel.stream_unary("/trial.Trial/Last")(iter([request, request]))
    spans = sent(traced, receiver)
    assert [span.attributes["rpc.grpc.status_code"] for span in spans if span.name == f"trial.Trial/{method}"] == ["OK"]


def test_each_message_of_a_stream_is_a_span_of_the_stream(traced: Telemetry, serve: Serve, receiver: Receiver) -> None:
    requests = [Command(actor=name).SerializeToString() for name in ("ana", "bo", "chi")]
    list(serve(traced).stream_stream("/trial.Trial/Each")(iter(requests)))
    spans = sent(traced, receiver)
    (stream,) = (span for span in spans if span.name == "trial.Trial/Each")
    assert [span.parent for span in spans if span.name == "trial.Trial/Each message"] == [stream.id] * 3
    assert len(spans) == 4


def test_a_stream_that_its_client_gives_up_ends_its_spans(traced: Telemetry, serve: Serve, receiver: Receiver) -> None:
    def endless() -> Iterator[bytes]:
        yield Command(actor="ana").SerializeToString()
        time.sleep(1)

    call: Any = serve(traced).stream_stream("/trial.Trial/Each")(endless())
    next(call)
    call.cancel()
    assert sorted(span.name for span in sent(traced, receiver)) == ["trial.Trial/Each", "trial.Trial/Each message"]


def test_a_call_whose_time_is_over_is_cancelled(traced: Telemetry, serve: Serve, receiver: Receiver) -> None:
    with pytest.raises(grpc.RpcError):
        serve(traced).unary_unary("/slow.Slow/Wait")(b"", timeout=0.3)
    (span,) = sent(traced, receiver)
    assert span.attributes["rpc.grpc.status_code"] == "CANCELLED"


def test_a_command_carries_the_span_that_serves_it(traced: Telemetry) -> None:
    span = tracing.begin("served", trace.SpanKind.SERVER, tracing.parse(PARENT), {})
    with trace.use_span(span):
        found = servicing._traceparent(None)
    assert found == tracing.show(span.get_span_context())
    assert found != PARENT
    assert found.startswith(f"00-{TRACE}-")


def test_work_in_a_thread_is_in_the_calls_trace(traced: Telemetry) -> None:
    import asyncio

    async def ask() -> str | None:
        tracing.enter(tracing.begin("served", trace.SpanKind.SERVER, tracing.parse(PARENT), {}))
        return await servicing.call(tracing.current_traceparent)

    found = asyncio.run(ask())
    assert found is not None
    assert found.startswith(f"00-{TRACE}-")


def test_what_was_appended_is_a_span_in_each_of_its_traces_once(traced: Telemetry, receiver: Receiver) -> None:
    other = PARENT.replace("4bf9", "ffff")
    records = [
        *(record("ballots.BallotCast", PARENT, position) for position in range(1, 1001)),
        record("ballots.BallotCast", other, 1001),
        record("ballots.BoxOpened", other, 1002),
        record("ballots.BallotCast", UNSAMPLED, 1003),
        record("ballots.BallotCast", None, 1004),
    ]
    traced.observer.appended(records, 0.25)
    spans = {span.trace: span for span in sent(traced, receiver)}
    assert set(spans) == {TRACE, other[3:35]}
    assert spans[TRACE].name == "log append"
    assert spans[TRACE].attributes == {"comitia.events": 1000, "comitia.event_types": ["ballots.BallotCast"]}
    assert spans[other[3:35]].attributes["comitia.event_types"] == ["ballots.BallotCast", "ballots.BoxOpened"]


def test_a_published_batch_is_a_span_in_each_of_its_traces(traced: Telemetry, receiver: Receiver) -> None:
    with tracing.publishing([record(position=1), record(position=2), record(traceparent=None, position=3)]):
        pass
    (span,) = sent(traced, receiver)
    assert (span.name, span.trace, span.parent) == ("publish", TRACE, PARENT[36:52])


def test_a_reaction_is_in_its_causes_trace_and_what_it_appends_carries_it(
    traced: Telemetry, receiver: Receiver
) -> None:
    with tracing.reacting("ballots.reactions", record()):
        carried = eventlog_tracing.current()
    assert eventlog_tracing.current() is None
    (span,) = sent(traced, receiver)
    assert (span.name, span.trace, span.parent) == ("ballots.reactions ballots.BoxSealed", TRACE, PARENT[36:52])
    assert carried == span.traceparent
    assert span.attributes == {"comitia.event_type": "ballots.BoxSealed", "comitia.position": 1}


def test_a_reaction_to_an_event_without_a_trace_begins_one(traced: Telemetry, receiver: Receiver) -> None:
    with tracing.reacting("ballots.reactions", record(traceparent=None)):
        carried = eventlog_tracing.current()
    (span,) = sent(traced, receiver)
    assert (span.parent, span.traceparent) == ("", carried)


def test_a_reaction_that_fails_says_the_class_of_the_error_and_not_its_text(
    traced: Telemetry, receiver: Receiver
) -> None:
    with pytest.raises(ValueError, match="secret"), tracing.reacting("ballots.reactions", record()):
        raise ValueError("the secret choice")
    (span,) = sent(traced, receiver)
    assert span.error == "ValueError"
    assert b"secret" not in b"".join(receiver.raw)


def test_a_timer_is_a_trace_when_it_appended_something_or_failed_and_nothing_else(
    traced: Telemetry, receiver: Receiver
) -> None:
    with tracing.timed("ballots", "idle"):
        pass
    with tracing.timed("ballots", "seal"):
        traced.observer.appended([record(traceparent=eventlog_tracing.current())], 0.001)
    with pytest.raises(RuntimeError), tracing.timed("ballots", "broken"):
        raise RuntimeError
    spans = {span.name: span for span in sent(traced, receiver)}
    assert set(spans) == {"ballots timer seal", "log append", "ballots timer broken"}
    assert spans["log append"].parent == spans["ballots timer seal"].id


def test_without_a_collector_no_span_is_made_and_a_trace_is_passed_on_as_it_came(start: Start, serve: Serve) -> None:
    measured = start(metrics_listen="127.0.0.1:0")
    assert not tracing.begin("served", trace.SpanKind.SERVER, tracing.parse(PARENT), {}).is_recording()
    with tracing.reacting("ballots.reactions", record()):
        assert eventlog_tracing.current() is None
    with tracing.timed("ballots", "seal"):
        assert eventlog_tracing.current() is None
    call: Any = Called(PARENT)
    assert servicing._traceparent(call) == PARENT
    assert serve(measured).unary_unary("/trial.Trial/One")(b"") == b""


class Called:
    """A call with a header."""

    def __init__(self, header: str) -> None:
        self._header = header

    def invocation_metadata(self) -> list[tuple[str, str]]:
        return [("traceparent", self._header)]


def test_a_process_that_measures_nothing_has_no_interceptor_and_imports_no_sdk(start: Start) -> None:
    import subprocess
    import sys

    assert start().interceptor is None
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from runtime import telemetry, servicing; from runtime.settings import Settings;"
            "telemetry.start(Settings(), 'trial', 'api', ready=lambda: True).stop();"
            "print([m for m in sys.modules if m.startswith(('opentelemetry.sdk', 'prometheus_client'))])",
        ],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"


def test_a_call_to_another_service_is_part_of_the_trace(traced: Telemetry) -> None:
    assert tracing.outgoing() == ()
    with trace.use_span(tracing.begin("served", trace.SpanKind.SERVER, tracing.parse(PARENT), {})):
        ((name, value),) = tracing.outgoing()
    assert name == "traceparent"
    assert value.startswith(f"00-{TRACE}-")
