"""The door on a running server: who is turned away costs little, who is let in is judged, a token that ends ends streams."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from runtime.permissions import ORGANISING
from runtime.refusals import refusal_of
from tests.entrances import anywhere
from tests.runtime.issuing import Issuer, bearer
from tests.runtime.standins import METHODS, call, refused, request, serving
from tests.runtime.trying import raw, told, trying


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


def test_who_is_turned_away_is_not_read(issuer: Issuer) -> None:
    method = METHODS["ballots.CastBallot"]
    with serving(issuer.entrance()) as server, grpc.insecure_channel(server.address) as channel:
        rpc = raw(channel, f"/{method.containing_service.full_name}/{method.name}")
        with pytest.raises(grpc.RpcError) as error:
            rpc(b"\xff\xff\xff", timeout=10)
        assert refusal_of(error.value).reason == "token_missing"
        with pytest.raises(grpc.RpcError) as error:
            rpc(b"\xff\xff\xff", metadata=bearer(issuer.token("ana", "member")), timeout=10)
        assert refusal_of(error.value).reason == "malformed_request"


@pytest.mark.parametrize(
    ("metadata", "reason", "why"),
    [
        pytest.param((("authorization", ""),), "token_invalid", "ambiguous", id="an empty one"),
        pytest.param((("authorization", "Basic YTpi"),), "token_invalid", "ambiguous", id="a password"),
        pytest.param((("authorization", "Bearer "),), "token_invalid", "malformed", id="no token after the word"),
        pytest.param(
            (("authorization", "Bearer a"), ("authorization", "Bearer b")), "token_invalid", "ambiguous", id="two"
        ),
        pytest.param((("authorization", "bearer a.b.c"),), "token_invalid", "malformed", id="in small letters"),
        pytest.param((("authorisation", "Bearer a"),), "token_missing", None, id="in another field"),
    ],
)
def test_metadata_that_carry_no_token(issuer: Issuer, metadata: Any, reason: str, why: str | None) -> None:
    with trying(issuer.entrance()) as client, pytest.raises(grpc.RpcError) as error:
        client.channel.unary_unary("/trial.Trial/Wait")(b"", metadata=metadata, timeout=10)
    refusal = refusal_of(error.value)
    assert error.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert (refusal.reason, refusal.metadata.get("why")) == (reason, why)


def test_a_token_that_gRPC_does_not_carry_is_refused_all_the_same(issuer: Issuer) -> None:  # noqa: N802
    with trying(issuer.entrance()) as client, pytest.raises(grpc.RpcError) as error:
        client.channel.unary_unary("/trial.Trial/Wait")(b"", metadata=bearer("a" * 100_000), timeout=10)
    assert error.value.code() in (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAUTHENTICATED)


def test_health_and_reflection_carry_no_token(issuer: Issuer) -> None:
    with trying(issuer.entrance()) as client:
        health = health_pb2_grpc.HealthStub(client.channel)
        for name in ("", "trial.Trial", "liveness"):
            answer = health.Check(health_pb2.HealthCheckRequest(service=name))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        assert "trial.Trial" in ProtoReflectionDescriptorDatabase(client.channel).get_services()


def test_a_stream_ends_when_the_token_of_its_caller_does(issuer: Issuer) -> None:
    with trying(issuer.entrance(auth_leeway_seconds=0)) as client:
        stream = client.go(issuer.token("ana", "auditor", exp=int(time.time()) + 2))
        with pytest.raises(grpc.RpcError) as error:
            list(stream)
        assert (error.value.code().name, refusal_of(error.value).reason) == ("UNAUTHENTICATED", "token_expired")


def test_a_message_outside_the_token_ends_the_stream_after_the_answers_before_it(issuer: Issuer) -> None:
    method = METHODS["ballots.CastBallots"]
    messages = [request(method, "ana") for _ in range(3)]
    messages[2].ballots[0].voter = "ben"
    with serving(issuer.entrance()) as server, grpc.insecure_channel(server.address) as channel:
        rpc = raw(channel, f"/{method.containing_service.full_name}/{method.name}", "stream_stream")
        answers = rpc(
            iter(each.SerializeToString() for each in messages),
            metadata=bearer(issuer.token("ana", "member")),
            timeout=30,
        )
        assert [next(answers), next(answers)] == [b"", b""]
        with pytest.raises(grpc.RpcError) as error:
            next(answers)
    assert (error.value.code().name, refusal_of(error.value).reason) == ("PERMISSION_DENIED", "scope_denied")


def test_the_lookup_of_the_service_decides_for_who_is_limited(issuer: Issuer) -> None:
    method = METHODS["ballots.CastBallot"]
    with serving(issuer.entrance()) as server, grpc.insecure_channel(server.address) as channel:
        for chambers, passes in ((["board"], True), (["workers"], False)):
            token = issuer.token("ana", "member", chambers=chambers)
            assert (refused(channel, method, request(method, "ana"), token=token) is None) == passes


@pytest.mark.parametrize(
    ("broken", "ended"),
    [
        ("unreachable", ("UNAVAILABLE", "log_unreachable")),
        ("full", ("RESOURCE_EXHAUSTED", "log_full")),
        ("busy", ("RESOURCE_EXHAUSTED", "log_busy")),
    ],
)
def test_a_log_that_cannot_be_used_is_told_as_that(broken: str, ended: tuple[str, str]) -> None:
    with trying(anywhere()) as client:
        assert client.each(told("ana"), told(broken)) == [told("ana"), ended]


def test_keys_that_are_published_later_are_known_soon(issuer: Issuer) -> None:
    method = METHODS["processes.OpenPhase"]
    with serving(issuer.entrance()) as server, grpc.insecure_channel(server.address) as channel:
        token = issuer.token("ana", *ORGANISING)
        assert len(call(channel, method, request(method, "ana"), token=token)) == 1
        issuer.keys = {"second": Issuer(issuer.file.parent / "other").keys["first"]}
        issuer.publish()
        new = issuer.token("ana", *ORGANISING, kid="second")
        assert len(call(channel, method, request(method, "ana"), token=new)) == 1
        deadline = time.monotonic() + 10
        while (told := refused(channel, method, request(method, "ana"), token=token)) is None:
            assert time.monotonic() < deadline, "what a key signed that was taken away still passes"
            time.sleep(0.05)
        assert told.metadata["why"] == "kid_unknown"
