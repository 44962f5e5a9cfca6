"""Brokers for tests: a vhost of the shared one, or a whole one that a test may stop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.rabbitmq import RabbitMQ, obtain_rabbitmq
from runtime.broker import Broker, Link, broker_at
from tests.broker.support import Programs
from tests.servers import obtained


@pytest.fixture
def broker(vhost: str) -> Broker:
    """A fresh vhost."""
    return broker_at(vhost)


@pytest.fixture
def link(broker: Broker) -> Iterator[Link]:
    """A connection to it."""
    with broker.linked("test") as opened:
        yield opened


@pytest.fixture(scope="module")
def own_rabbitmq() -> Iterator[RabbitMQ]:
    """A broker that the tests of one file stop and start; skipped by none, so one that is named has to be ours too."""
    with obtained(obtain_rabbitmq) as server:
        if not server.ours:
            pytest.fail("these tests stop the broker: unset COMITIA_TEST_RABBITMQ", pytrace=False)
        yield server


@pytest.fixture
def own_broker(own_rabbitmq: RabbitMQ) -> Broker:
    """A fresh vhost of it."""
    return broker_at(own_rabbitmq.vhost())


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    """Processes that end with the test."""
    with Programs(tmp_path) as started:
        yield started
