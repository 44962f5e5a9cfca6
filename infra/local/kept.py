"""A server that lives no longer than this program: started through a keeper, which outlives even a kill -9 of this one."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

KEEPER = Path(__file__).with_name("keeper.py")
START_SECONDS = 30.0


class Kept:
    """One server in `folder`, to start, signal and start again until `close`.

    `ending`: signals that end it, each with the seconds to wait before the next. `remove`: the folder goes with it. What
    it prints goes to `output`, a file or a file descriptor. `afterwards`: a command to run when all is over.
    """

    def __init__(
        self,
        folder: Path,
        *,
        output: Path | int,
        ending: Sequence[tuple[int, float]],
        remove: bool,
        afterwards: Sequence[str] = (),
    ) -> None:
        self.pid: int | None = None
        self.status: int | None = None
        self._folder = folder
        self._lock = threading.Lock()
        self._news = b""
        told = {"ending": list(ending), "remove": str(folder) if remove else None, "afterwards": list(afterwards)}
        printed = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if isinstance(output, Path) else output
        try:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(KEEPER), json.dumps(told)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=printed,
                start_new_session=True,
            )
        finally:
            if isinstance(output, Path):
                os.close(printed)

    def start(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Start the server, which must not be running; raises `OSError` when it cannot be executed."""
        self.status = None
        self._order({"start": {"command": list(command), "env": dict(env), "folder": str(self._folder)}})
        deadline = time.monotonic() + START_SECONDS
        while self.pid is None and self.status is None and time.monotonic() < deadline:
            self._hear(0.1)
        if self.pid is None and self.status is None:
            raise OSError(f"{command[0]} did not start within {START_SECONDS:g} s")

    @property
    def running(self) -> bool:
        """Whether it runs, as far as the keeper has said."""
        self._hear(0)
        return self.pid is not None

    def signal(self, number: int) -> None:
        """Send it to the server, if that is running."""
        if self.running:
            self._order({"signal": number})

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended, with all that it left behind; false when it runs longer than that."""
        deadline = time.monotonic() + seconds
        while self.running:
            if time.monotonic() > deadline:
                return False
            self._hear(0.1)
        return True

    def close(self) -> None:
        """End it if it runs, and remove what is to be removed. Harmless when done already."""
        for pipe in (self._keeper.stdin, self._keeper.stdout):
            if pipe is not None:
                pipe.close()
        self._keeper.wait()
        self.pid = None

    def _order(self, order: Mapping[str, Any]) -> None:
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(json.dumps(order).encode() + b"\n")
        self._keeper.stdin.flush()

    def _hear(self, seconds: float) -> None:
        """Take in what the keeper says within so many seconds; a keeper that is gone has taken the server with it."""
        pipe = self._keeper.stdout
        assert pipe is not None
        with self._lock:
            if pipe.closed or not select.select([pipe], [], [], seconds)[0]:
                return
            heard = os.read(pipe.fileno(), 65536)
            if not heard:
                self._ended(-9)
                return
            *lines, self._news = (self._news + heard).split(b"\n")
            for line in lines:
                self._take(json.loads(line))

    def _take(self, news: Mapping[str, Any]) -> None:
        if "failed" in news:
            raise OSError(news["failed"])
        if "started" in news:
            self.pid = news["started"]
        else:
            self._ended(news["ended"])

    def _ended(self, status: int) -> None:
        self.pid, self.status = None, status
