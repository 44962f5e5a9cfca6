"""Whatever is sent and whatever breaks, a client never gets UNKNOWN, nor anything of the inside."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comitia.common.v1.common_pb2 import Command
from runtime.refusals import refusal_of

NOT_PROTOBUF = b"\xff\xff\xff"
NOT_UTF8 = b"\x12\x02\xc3\x28"
ARITIES = {"One": "unary_unary", "Many": "unary_stream", "Each": "stream_stream", "Last": "stream_unary"}


def answers(channel: Any, method: str, *sent: bytes) -> list[bytes]:
    """Call a method of the trial service with raw bytes."""
    arity = ARITIES[method]
    request: Any = iter(sent) if arity.startswith("stream") else sent[0]
    answer = getattr(channel, arity)(f"/trial.Trial/{method}")(request)
    return list(answer) if isinstance(answer, Iterator) else [answer]


def failure(channel: Any, method: str, *sent: bytes) -> Any:
    """The error that such a call ends in."""
    with pytest.raises(grpc.RpcError) as error:
        answers(channel, method, *sent)
    return error.value


def told(actor: str) -> bytes:
    """A request that makes the trial service do something."""
    return Command(actor=actor).SerializeToString()


@pytest.mark.parametrize("method", ARITIES)
def test_a_request_passes_unchanged(channel: Any, method: str) -> None:
    assert answers(channel, method, told("ana"))[-1] == told("ana")


@pytest.mark.parametrize("method", ARITIES)
@pytest.mark.parametrize("sent", [NOT_PROTOBUF, NOT_UTF8], ids=["no protobuf", "text that is no UTF-8"])
def test_bytes_that_are_no_request_are_invalid_argument(channel: Any, method: str, sent: bytes) -> None:
    error = failure(channel, method, sent)
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal_of(error).reason == "malformed_request"
    assert method in error.details()


def test_bad_bytes_in_the_middle_of_a_stream_are_invalid_argument(channel: Any) -> None:
    assert failure(channel, "Each", told("ana"), NOT_PROTOBUF).code() is grpc.StatusCode.INVALID_ARGUMENT


def test_bad_bytes_to_health_and_reflection_are_invalid_argument(channel: Any) -> None:
    check = channel.unary_unary("/grpc.health.v1.Health/Check")
    info = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
    with pytest.raises(grpc.RpcError) as health:
        check(NOT_PROTOBUF)
    with pytest.raises(grpc.RpcError) as reflection:
        list(info(iter([NOT_PROTOBUF])))
    assert [error.value.code().name for error in (health, reflection)] == ["INVALID_ARGUMENT"] * 2


@pytest.mark.parametrize("method", ["One", "Many", "Each"])
@pytest.mark.parametrize("actor", ["broken", "nonsense"], ids=["an exception", "an answer that cannot be sent"])
def test_a_bug_is_internal_with_an_incident_and_nothing_of_the_inside(
    channel: Any, caplog: pytest.LogCaptureFixture, method: str, actor: str
) -> None:
    with caplog.at_level(logging.ERROR, "runtime.guard"):
        error = failure(channel, method, told(actor))
    incident = refusal_of(error).metadata["incident"]
    assert error.code() is grpc.StatusCode.INTERNAL
    assert incident in error.details()
    assert not any(secret in str(error) for secret in ("1234", "Traceback", "RuntimeError", "TypeError"))
    (entry,) = [entry for entry in caplog.records if incident in entry.getMessage()]
    assert entry.exc_info is not None


def test_the_server_goes_on_after_a_bug(channel: Any) -> None:
    failure(channel, "One", told("broken"))
    assert answers(channel, "One", told("ana")) == [told("ana")]


def test_a_request_over_the_size_limit_is_refused_with_both_sizes(channel: Any) -> None:
    error = failure(channel, "One", bytes(4 * 1024 * 1024 + 1))
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "4194305 vs. 4194304" in error.details()


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.binary(max_size=60), method=st.sampled_from(sorted(ARITIES)))
def test_no_bytes_whatever_yield_unknown_or_internal(channel: Any, sent: bytes, method: str) -> None:
    try:
        ended = "OK" if answers(channel, method, sent) else "no answer"
    except grpc.RpcError as error:
        ended = error.code().name
    assert ended in ("OK", "INVALID_ARGUMENT")
