"""One port for everything, on this machine only; started whole or not at all; stopped without cutting off what runs."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from runtime.listening import CannotStart, listening_address
from runtime.server import Server
from tests.entrances import anywhere


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("127.0.0.1:7400", "127.0.0.1:7400"),
        ("127.8.8.8:1", "127.8.8.8:1"),
        ("localhost:0", "127.0.0.1:0"),
        ("[::1]:65535", "[::1]:65535"),
    ],
)
def test_an_address_of_this_machine_is_accepted(listen: str, address: str) -> None:
    assert listening_address(listen) == address


@pytest.mark.parametrize(
    "listen", ["0.0.0.0:7400", "[::]:7400", "192.168.1.4:80", "example.org:443", "localhost.evil.org:1"]
)
def test_an_address_that_others_can_reach_is_refused_saying_why(listen: str) -> None:
    with pytest.raises(CannotStart, match="COMITIA_TLS_CERT, COMITIA_TLS_KEY and COMITIA_AUTH_JWKS, or say --insecure"):
        listening_address(listen)


@pytest.mark.parametrize(
    "listen", ["", "7400", ":7400", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:x", "::1:80", "unix:/s"]
)
def test_what_is_no_address_is_refused_with_an_example(listen: str) -> None:
    with pytest.raises(CannotStart, match=r"HOST:PORT such as 127\.0\.0\.1:7400"):
        listening_address(listen)


def test_a_taken_port_is_refused_naming_it() -> None:
    first = Server((), anywhere(), threading.Event())
    address = first.start()
    with pytest.raises(CannotStart, match=f"cannot listen on {address}"):
        Server((), anywhere(address), threading.Event()).start()
    first.stop()


def test_health_is_told_for_the_server_and_for_each_service(channel: Any) -> None:
    stub = health_pb2_grpc.HealthStub(channel)
    for name in ("", "trial.Trial"):
        assert stub.Check(health_pb2.HealthCheckRequest(service=name)).status == health_pb2.HealthCheckResponse.SERVING


def test_reflection_lists_every_service(channel: Any) -> None:
    found = ProtoReflectionDescriptorDatabase(channel).get_services()
    assert set(found) == {"trial.Trial", "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}


def test_stopping_tells_the_streams_first_and_can_be_done_twice() -> None:
    stopping = threading.Event()
    server = Server((), anywhere(), stopping)
    server.start()
    began = time.monotonic()
    server.stop()
    server.stop()
    assert stopping.is_set()
    assert time.monotonic() - began < 1


def test_a_server_that_never_started_can_be_stopped() -> None:
    stopping = threading.Event()
    Server((), anywhere(), stopping).stop()
    assert stopping.is_set()
