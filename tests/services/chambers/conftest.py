"""The chambers service, running, with a firm in session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chambers.wiring import wire
from comitia.chambers.v1 import chambers_pb2_grpc
from tests.services.chambers.session import Session
from tests.services.processes.running import Running


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The service with an empty log, which is checked whole at the end."""
    service = Running(wire, chambers_pb2_grpc.ChambersServiceStub, tmp_path)
    yield service
    service.stop()


@pytest.fixture
def session(running: Running) -> Session:
    """The firm's process, open, in the phase in which members are enrolled and motions moved."""
    session = Session(running)
    session.process_opens()
    session.phase_opens("session")
    return session
