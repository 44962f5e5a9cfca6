"""Real processes of the services, started as an operator starts them and ended with the test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.deploy.files import ROOT


@dataclass(frozen=True)
class Process:
    """One that works; `address` is where it listens."""

    process: subprocess.Popen[str]
    address: str


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This one's without its own settings, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMITIA_")}
    path = os.pathsep.join(str(ROOT / folder) for folder in ("libs", "services"))
    return {**kept, "PYTHONPATH": path, **settings}


def run(*words: str, settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`python -m WORDS…` to its end."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def running(*words: str, settings: Mapping[str, str]) -> Iterator[Process]:
    """`python -m WORDS…` from when it says where it listens; told to stop at the end, and asked to end well."""
    process = subprocess.Popen(
        [sys.executable, "-m", *words], env=environment(settings), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert " listening on " in said, f"{' '.join(words)} said {said!r}"
        yield Process(process, said.split()[-1])
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
