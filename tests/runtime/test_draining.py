"""A server that stops says so first, takes nothing new, lets what runs end for as long as it may, and then cuts it off."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from comitia.common.v1.common_pb2 import Command
from runtime.permissions import EVERYONE, Rule
from runtime.probes import LIVENESS
from runtime.server import Server
from runtime.service import Servicer
from tests.entrances import anywhere

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
NAME = "trial.Trial"
TABLE = {f"{NAME}/{method}": Rule(EVERYONE) for method in ("Work", "Tell")}


class Trial:
    """Calls that take as long as their request says, and streams that go on."""

    def __init__(self) -> None:
        self.working = threading.Semaphore(0)
        self.done: list[str] = []

    async def work(self, request: Command, context: Any) -> Command:
        """For so many seconds."""
        self.working.release()
        await asyncio.sleep(float(request.actor))
        self.done.append(request.actor)
        return request

    async def tell(self, request: Command, context: Any) -> AsyncIterator[Command]:
        """For ever."""
        while True:
            yield request
            await asyncio.sleep(0.02)

    def add(self, server: grpc.aio.Server) -> None:
        coding: dict[str, Any] = {
            "request_deserializer": Command.FromString,
            "response_serializer": Command.SerializeToString,
        }
        handlers = {
            "Work": grpc.unary_unary_rpc_method_handler(self.work, **coding),
            "Tell": grpc.unary_stream_rpc_method_handler(self.tell, **coding),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(NAME, handlers),))


class Running:
    """A server and a connection to it."""

    def __init__(self, drain_seconds: float) -> None:
        self.trial, self.ready, self.stopping = Trial(), True, threading.Event()
        self.server = Server(
            (Servicer(NAME, self.trial.add),),
            anywhere(drain_seconds=drain_seconds),
            self.stopping,
            ready=lambda: self.ready,
            table=TABLE,
        )
        self.channel: Any = grpc.insecure_channel(self.server.start())
        self.health = health_pb2_grpc.HealthStub(self.channel)

    def work(self, seconds: float) -> Any:
        """A call of this length, begun."""
        begun = self.channel.unary_unary(f"/{NAME}/Work").future(Command(actor=str(seconds)).SerializeToString())
        assert self.trial.working.acquire(timeout=10)
        return begun

    def status(self, name: str = "") -> Any:
        return self.health.Check(health_pb2.HealthCheckRequest(service=name), timeout=10).status


@contextmanager
def running(drain_seconds: float = 5.0) -> Iterator[Running]:
    found = Running(drain_seconds)
    yield found
    found.channel.close()
    found.server.stop()


def seconds_to_stop(found: Running) -> float:
    began = time.monotonic()
    found.server.stop()
    return time.monotonic() - began


def test_a_call_that_runs_is_answered() -> None:
    with running() as found:
        begun = found.work(0.6)
        assert 0.3 < seconds_to_stop(found) < 4
        assert begun.result()
        assert found.trial.done == ["0.6"]


def test_a_call_that_takes_longer_than_it_may_is_cut_off() -> None:
    with running(drain_seconds=0.3) as found:
        begun = found.work(60)
        assert 0.2 < seconds_to_stop(found) < 4
        assert begun.code() is grpc.StatusCode.UNAVAILABLE
        assert found.trial.done == []


def test_new_calls_are_not_taken_while_running_ones_end() -> None:
    with running() as found:
        begun = found.work(1.0)
        stop = threading.Thread(target=found.server.stop)
        stop.start()
        assert found.stopping.wait(10)
        time.sleep(0.2)
        with grpc.insecure_channel(found.server.address) as other:
            late: Any = other
            with pytest.raises(grpc.RpcError) as error:
                late.unary_unary(f"/{NAME}/Work")(Command(actor="0").SerializeToString(), timeout=10)
        assert error.value.code() is grpc.StatusCode.UNAVAILABLE
        stop.join()
        assert begun.result()
        assert found.trial.done == ["1.0"]


def test_who_watches_is_told_that_it_ends_and_holds_nothing_up() -> None:
    with running(drain_seconds=30) as found:
        watched = [found.health.Watch(health_pb2.HealthCheckRequest(service=name)) for name in ("", NAME, LIVENESS)]
        assert [next(each).status for each in watched] == [SERVING] * 3
        assert seconds_to_stop(found) < 4
        assert [[answer.status for answer in each] for each in watched] == [[NOT_SERVING], [NOT_SERVING], []]


def test_a_stream_without_an_end_is_cut_off_in_the_end() -> None:
    with running(drain_seconds=0.3) as found:
        stream = found.channel.unary_stream(f"/{NAME}/Tell")(b"")
        next(stream)
        assert seconds_to_stop(found) < 4
        with pytest.raises(grpc.RpcError) as error:
            list(stream)
        assert error.value.code() is grpc.StatusCode.UNAVAILABLE


def test_what_is_not_ready_is_alive() -> None:
    with running() as found:
        assert [found.status(name) for name in ("", NAME, LIVENESS)] == [SERVING] * 3
        found.ready = False
        assert [found.status(name) for name in ("", NAME, LIVENESS)] == [NOT_SERVING, NOT_SERVING, SERVING]
        found.ready = True
        assert found.status() == SERVING


def test_who_watches_is_told_of_each_change() -> None:
    with running() as found:
        watched = found.health.Watch(health_pb2.HealthCheckRequest(), timeout=20)
        assert next(watched).status == SERVING
        for ready, status in ((False, NOT_SERVING), (True, SERVING)):
            found.ready = ready
            assert next(watched).status == status


def test_a_server_that_is_not_ready_at_its_start_says_so_from_its_first_answer_on() -> None:
    server = Server((), anywhere(), threading.Event(), ready=lambda: False)
    with grpc.insecure_channel(server.start()) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        assert health.Check(health_pb2.HealthCheckRequest()).status == NOT_SERVING
        assert next(health.Watch(health_pb2.HealthCheckRequest(), timeout=10)).status == NOT_SERVING
    server.stop()


def test_everything_that_can_be_asked_for_is_listed() -> None:
    with running() as found:
        answer = found.health.List(health_pb2.HealthListRequest())
        listed = {name: each.status for name, each in answer.statuses.items()}
        assert listed == {"": SERVING, NAME: SERVING, LIVENESS: SERVING}


def test_a_service_that_is_not_here_is_not_found_and_may_be_watched_for() -> None:
    with running() as found:
        with pytest.raises(grpc.RpcError) as error:
            found.status("no.Such")
        assert error.value.code() is grpc.StatusCode.NOT_FOUND
        watched = found.health.Watch(health_pb2.HealthCheckRequest(service="no.Such"), timeout=10)
        assert next(watched).status == UNKNOWN
        watched.cancel()
