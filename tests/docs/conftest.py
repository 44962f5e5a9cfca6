"""What tests of the documentation share: an engine that runs, and the examples as a reader runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.client import Client
from cli.embedded import Engine

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = DOCS / "examples"

Example = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Engine(tmp_path_factory.mktemp("docs")) as engine, Client(engine.address) as client:
        yield client


@pytest.fixture(scope="session")
def example() -> Example:
    """Runs docs/examples/NAME with arguments, and text on its standard input."""

    def run(name: str, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=60, check=False, env=environment()
        )

    return run


def environment() -> dict[str, str]:
    """This process's, with the libraries on the path as an installation puts them."""
    root = DOCS.parent
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (root / "libs", root / "services")))}
