"""The proposals service, running, with a budget process that other services' events have opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from comitia.proposals.v1 import proposals_pb2_grpc
from proposals.wiring import wire
from tests.services.processes.running import Running
from tests.services.proposals.life import Life


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service with a log that stays empty: for requests that are all refused."""
    service = Running(wire, proposals_pb2_grpc.ProposalsServiceStub, tmp_path_factory.mktemp("idle"))
    yield service
    assert service.log.last_position() == 0
    service.stop()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The service with an empty log."""
    service = Running(wire, proposals_pb2_grpc.ProposalsServiceStub, tmp_path)
    yield service
    service.stop()


@pytest.fixture
def life(running: Running) -> Life:
    """The steps of a proposal's life, in a process that is open and in its first phase."""
    life = Life(running)
    life.process_opens()
    life.phase_opens("ideas")
    return life
