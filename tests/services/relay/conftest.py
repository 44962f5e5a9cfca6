"""Relays as processes, over a migrated database and a vhost, with an integrator's queue that gets every event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from eventlog.postgres import PostgresLog
from runtime.broker import Broker
from runtime.storage import now
from tests.broker.conftest import broker, own_broker, own_rabbitmq
from tests.broker.support import Happening, Programs
from tests.services.relay.feed import make_feed

__all__ = ["broker", "own_broker", "own_rabbitmq"]


@pytest.fixture
def log(migrated: str) -> Iterator[PostgresLog]:
    """The log, empty."""
    with closing(PostgresLog(migrated, clock=now)) as opened:
        yield opened


@pytest.fixture
def happening(log: PostgresLog) -> Happening:
    """Puts events into it."""
    return Happening(log)


@pytest.fixture
def feed(broker: Broker) -> Broker:
    """The vhost, with a queue bound to every event."""
    make_feed(broker)
    return broker


@pytest.fixture
def relays(tmp_path: Path, migrated: str, vhost: str) -> Iterator[Programs]:
    """Starts relays; a relay that is silent for two seconds loses its lead."""
    settings = {"database": migrated, "broker": vhost, "lease_seconds": "2", "deployment": "test.example"}
    with Programs(tmp_path, settings) as started:
        yield started
