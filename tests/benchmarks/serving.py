"""Servers to measure, each in a process of its own that says where it listens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PYTHON = (sys.executable, "-m")
COMITIA = (sys.executable, "-c", "from cli.main import app; app()")


@dataclass(frozen=True)
class Server:
    """A running server: HOST:PORT and its process."""

    address: str
    pid: int

    def peak_memory(self) -> int:
        """The most memory it has held, in bytes."""
        return peak_memory(self.pid)


def peak_memory(pid: int) -> int:
    """The most memory a process has held since its program was started, in bytes; `ru_maxrss` counts what forked it too."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """The process of a command, until the block ends; its first line must name an address on this machine."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = re.search(r"127\.0\.0\.1:\d+", line)
            if address is None:
                raise RuntimeError(f"{' '.join(command)} did not start: {line!r}")
            yield Server(address[0], process.pid)
        finally:
            process.terminate()


def engine(folder: Path) -> Sequence[str]:
    """The command of an embedded engine on a folder."""
    return [*COMITIA, "serve", "--data", str(folder), "--listen", "127.0.0.1:0"]
