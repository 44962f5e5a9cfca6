"""What runs on this machine and mentions a folder; programs and folders that stand in for those of other machines."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 30.0


def processes_of(folder: Path) -> dict[int, str]:
    """Command lines, by process id, of the processes that have the folder in their arguments or their environment."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (path / "cmdline").read_bytes()
            environment = (path / "environ").read_bytes()
        except OSError:
            continue
        if arguments and str(folder).encode() in arguments + environment:
            found[int(path.name)] = arguments.replace(b"\0", b" ").decode(errors="replace").strip()
    return found


def eventually(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it holds, at the latest after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def program(path: Path, script: str) -> Path:
    """An executable shell script."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path
