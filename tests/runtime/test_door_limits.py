"""On a running server one caller gets so much and no more; another goes on, and the probe is answered whatever happens."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from runtime.door import BAD_TOKEN
from runtime.refusals import refusal_of
from tests.entrances import anywhere
from tests.runtime.issuing import Issuer
from tests.runtime.standins import METHODS, refused, request, serving
from tests.runtime.trying import Client, told, trying


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


def test_more_calls_at_a_time_than_allowed_are_refused_and_others_go_on(issuer: Issuer) -> None:
    with trying(issuer.entrance(caller_calls=3)) as client:
        ana, ben = issuer.token("ana", "member"), issuer.token("ben", "operator")
        running = [client.wait(ana) for _ in range(3)]
        for _ in running:
            assert client.trial.running.acquire(timeout=10)
        refusal = client.ended(client.wait(ana))
        assert refusal is not None
        assert (refusal.reason, refusal.metadata) == ("too_many_calls", {"running": "3", "maximum": "3"})
        same = client.ended(client.wait(issuer.token("ana", "auditor")))
        assert same is not None, "another token of the same caller"
        other = client.wait(ben)
        assert client.trial.running.acquire(timeout=10)
        client.trial.let_go.set()
        assert [client.ended(begun) for begun in (*running, other)] == [None] * 4
        assert client.ended(client.wait(ana)) is None


def test_a_call_that_its_caller_gave_up_is_not_running(issuer: Issuer) -> None:
    with trying(issuer.entrance(caller_calls=1)) as client:
        token = issuer.token("ana", "member")
        for _ in range(5):
            waiting(client, token).cancel()
            stream = settled(client, token)
            assert next(stream) == told("ana")
            stream.cancel()
            settled(client, token).cancel()


def waiting(client: Client, token: str) -> Any:
    """A call that waits, begun once the calls before it have ended: the server hears of a cancelled one a moment later."""
    for _ in range(200):
        begun = client.wait(token)
        while not begun.done():
            if client.trial.running.acquire(timeout=0.01):
                return begun
        refusal = client.ended(begun)
        assert refusal is not None
        assert refusal.reason == "too_many_calls"
        time.sleep(0.01)
    raise AssertionError("the calls before it never ended")


def settled(client: Client, token: str) -> Any:
    """A stream that begins once the calls before it have ended."""
    for _ in range(200):
        stream = client.go(token)
        try:
            next(stream)
        except grpc.RpcError as error:
            assert refusal_of(error).reason == "too_many_calls"  # noqa: PT017  # any other is a fault
            time.sleep(0.01)
        else:
            return stream
    raise AssertionError("the calls before it never ended")


def test_more_calls_in_a_second_than_allowed_are_refused_with_the_time_to_wait(issuer: Issuer) -> None:
    method = METHODS["ballots.GetBox"]
    with serving(issuer.entrance(caller_rate=20)) as server, grpc.insecure_channel(server.address) as channel:
        token = issuer.token("ana", "member")
        asked = request(method, "ana")
        ended = [refused(channel, method, asked, token=token) for _ in range(60)]
        turned_away = [each for each in ended if each is not None]
        assert ended[:20] == [None] * 20
        assert turned_away
        assert {each.reason for each in turned_away} == {"rate_exceeded"}
        assert {each.metadata["code"] for each in turned_away} == {"RESOURCE_EXHAUSTED"}
        assert refused(channel, method, asked, token=issuer.token("ben", "member")) is None
        time.sleep(int(turned_away[-1].metadata["retry_after_milliseconds"]) / 1000 + 0.05)
        assert refused(channel, method, asked, token=token) is None


def test_each_message_of_a_stream_counts(issuer: Issuer) -> None:
    with trying(issuer.entrance(caller_rate=20)) as client:
        answers = client.each(*[told("ana")] * 200, token=issuer.token("ana", "member"))
    assert answers[-1] == ("RESOURCE_EXHAUSTED", "rate_exceeded")
    assert set(answers[:-1]) == {told("ana")}
    assert 20 <= len(answers) < 200


def test_tokens_that_are_no_good_are_counted_where_they_come_from(issuer: Issuer) -> None:
    """To check a signature costs more than all else at the door."""
    method = METHODS["ballots.GetBox"]
    with (
        serving(issuer.entrance(caller_rate=2 * BAD_TOKEN)) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        good, bad = issuer.token("ana", "member"), Issuer(issuer.file.parent / "other").token("ana", "member")
        assert refused(channel, method, request(method, "ana"), token=good) is None
        ended = [refused(channel, method, request(method, "ana"), token=bad) for _ in range(10)]
        reasons = [each.reason for each in ended if each]
        assert len(reasons) == 10
        assert reasons[:2] == ["token_invalid"] * 2
        assert reasons.count("rate_exceeded") >= 6
        assert refused(channel, method, request(method, "ana"), token=good) is None, "a caller who is known goes on"


def test_the_probe_is_answered_however_busy_its_caller_is() -> None:
    with trying(anywhere(caller_calls=1, caller_rate=5)) as client:
        begun = client.wait()
        assert client.trial.running.acquire(timeout=10)
        health = health_pb2_grpc.HealthStub(client.channel)
        for _ in range(50):
            assert health.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError) as error:
            next(health.Watch(health_pb2.HealthCheckRequest(), timeout=10))
        assert refusal_of(error.value).reason == "too_many_calls"
        client.trial.let_go.set()
        assert client.ended(begun) is None


def test_on_this_machine_each_connection_counts_for_itself() -> None:
    method = METHODS["ballots.GetBox"]
    with serving(anywhere(caller_rate=5)) as server, ExitStack() as opened:
        for _ in range(4):
            options = [("grpc.use_local_subchannel_pool", 1)]
            channel = opened.enter_context(grpc.insecure_channel(server.address, options=options))
            ended = [refused(channel, method, request(method, "ana")) is None for _ in range(20)]
            assert ended[:5] == [True] * 5
            assert not all(ended)


def test_a_message_that_is_too_large_is_refused_whoever_sends_it(issuer: Issuer) -> None:
    method = METHODS["ballots.CastBallot"]
    with serving(issuer.entrance(max_request_bytes=2000)) as server, grpc.insecure_channel(server.address) as channel:
        large = request(method, "ana", channel="w" * 2000)
        refusal = refused(channel, method, large, token=issuer.token("ana", "member"))
        assert refusal is not None
        assert refusal.metadata["code"] == "RESOURCE_EXHAUSTED"
