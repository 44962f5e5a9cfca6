"""A server whose calls are observed, a collector that keeps what it is sent, and Prometheus's side of the numbers."""

from __future__ import annotations

import asyncio
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest

from runtime import telemetry
from runtime.permissions import EVERYONE, Rule
from runtime.server import Server
from runtime.service import Servicer
from runtime.settings import Settings
from runtime.telemetry import Telemetry
from tests.entrances import anywhere
from tests.runtime.conftest import TRIAL, add_trial
from tests.telemetry.receiver import Receiver

Start = Callable[..., Telemetry]
Scrape = Callable[[Telemetry], str]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as opened:
        yield opened


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a process's telemetry with these settings; all of it is stopped at the end."""
    with ExitStack() as opened:

        def started(*, ready: Callable[[], bool] = lambda: True, kind: str = "api", **settings: Any) -> Telemetry:
            given = Settings(data_dir=tmp_path, **settings)
            return opened.enter_context(telemetry.start(given, "trial", kind, ready=ready))

        yield started


@pytest.fixture
def serve() -> Iterator[Callable[[Telemetry], Any]]:
    """A connection to a server with one method of each kind, observed by a telemetry."""
    with ExitStack() as opened:
        yield lambda observed: opened.enter_context(_Trial(observed)).channel


async def _wait(request: bytes, context: Any) -> bytes:
    await asyncio.sleep(30)
    return request


def _add_slow(server: grpc.aio.Server) -> None:
    handlers = {"Wait": grpc.unary_unary_rpc_method_handler(_wait)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("slow.Slow", handlers),))


class _Trial:
    """The trial server of the runtime's tests, observed, and a method that takes its time."""

    def __init__(self, observed: Telemetry) -> None:
        servicers = (Servicer("trial.Trial", add_trial), Servicer("slow.Slow", _add_slow))
        table = {**TRIAL, "slow.Slow/Wait": Rule(EVERYONE)}
        self._server = Server(servicers, anywhere(), threading.Event(), observing=observed.interceptor, table=table)

    def __enter__(self) -> _Trial:
        self.channel = grpc.insecure_channel(self._server.start())
        return self

    def __exit__(self, *_: object) -> None:
        self.channel.close()
        self._server.stop()


def get(address: str, path: str) -> tuple[int, str]:
    """The status and the body of an answer over HTTP."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def scrape() -> Scrape:
    """What Prometheus is told."""

    def scraped(observed: Telemetry) -> str:
        status, body = get(observed.address, "/metrics")
        assert status == 200
        return body

    return scraped
