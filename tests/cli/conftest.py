"""One small election, held through the engine once, and the engine still running on its folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.embedded import Engine
from tests.cli.running import HELD, comitia, election

PROCESS = "benches"


@dataclass(frozen=True)
class Held:
    """The folder in which the election `benches` was held, the engine that has it open, and the bundle made then."""

    data: Path
    engine: Engine
    bundle: Path


@pytest.fixture(scope="package")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder = tmp_path_factory.mktemp("held")
    data, bundle = folder / "data", folder / "benches.comitia"
    done = comitia("import", election(folder), "--data", data, "--bundle", bundle)
    assert done.status == HELD, done
    with Engine(data) as engine:
        yield Held(data, engine, bundle)


@pytest.fixture(params=["--server", "--data"])
def there(request: pytest.FixtureRequest, held: Held) -> tuple[str, str]:
    """Both ways to name an engine that runs: its address, or the folder that it has open."""
    return request.param, held.engine.address if request.param == "--server" else str(held.data)
