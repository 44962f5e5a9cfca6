"""The processes service, running, with an empty log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from comitia.processes.v1 import processes_pb2_grpc
from processes.wiring import wire
from tests.services.processes.running import Running
from tests.services.processes.steps import Steps


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service with a log that stays empty: for requests that are all refused."""
    service = Running(wire, processes_pb2_grpc.ProcessesServiceStub, tmp_path_factory.mktemp("idle"))
    yield service
    assert service.log.last_position() == 0
    service.stop()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The service with an empty log."""
    service = Running(wire, processes_pb2_grpc.ProcessesServiceStub, tmp_path)
    yield service
    service.stop()


@pytest.fixture
def steps(running: Running) -> Steps:
    """The steps of a process, over gRPC."""
    return Steps(running)
