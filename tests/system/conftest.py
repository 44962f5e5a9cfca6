"""The demo's three processes, run once for all tests that look at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.client import Client
from cli.demo import run
from cli.embedded import Engine
from tests.system.sittings import Clock, House


@dataclass(frozen=True)
class Demo:
    """A running engine that has played the demo, a client of it, and what came of each story."""

    engine: Engine
    client: Client
    told: dict[str, run.Told]
    caught: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder: Path = tmp_path_factory.mktemp("demo")
    with Engine(folder) as engine, Client(engine.address) as client:
        told, caught = run.play(client, folder, run.SEED)
        yield Demo(engine, client, {each.process_id: each for each in told}, caught)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running engine with a clock that the test moves on, and a client of it."""
    clock = Clock()
    with (
        Engine(tmp_path_factory.mktemp("house"), clock=clock, timers_every=0.05) as engine,
        Client(engine.address) as client,
    ):
        yield House(engine, client, clock)
