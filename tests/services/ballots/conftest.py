"""The ballots service, running, with an empty log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ballots.wiring import wire
from comitia.ballots.v1 import ballots_pb2_grpc
from tests.services.ballots.life import Life
from tests.services.processes.running import Running


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The service; its log is checked whole at the end."""
    service = Running(wire, ballots_pb2_grpc.BallotsServiceStub, tmp_path)
    yield service
    service.stop()


@pytest.fixture
def life(running: Running) -> Life:
    """A process in which nothing has happened."""
    return Life(running)
