"""Keeps processes running: one that dies is reported and started again, later each time it dies soon."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.local.layout import Place
from infra.local.stream import Stream

BOUND = Path(__file__).with_name("bound.py")
LOOK_SECONDS = 0.05
FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
SETTLED_SECONDS = 30.0
READY_SECONDS = 5.0


class Supervised:
    """One process of the cluster: where it is, whether it should run, and as what it runs now."""

    def __init__(self, place: Place, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.place = place
        self.command = list(command)
        self.env = dict(env)
        self.wanted = False
        self.starts = 0
        self.status: int | None = None
        """Exit status of the last run that ended; negative for a signal."""
        self.failures = 0
        """How often it has ended by itself, with an error, since it was last ready."""
        self._running: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._wait = FIRST_WAIT
        self._not_before = 0.0

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def pid(self) -> int | None:
        """Its process id; none while it does not run."""
        running = self._running
        return None if running is None else running.pid

    @property
    def ready(self) -> bool:
        """Whether it says that it is."""
        if self.pid is None:
            return False
        connection = http.client.HTTPConnection(self.place.metrics, timeout=READY_SECONDS)
        try:
            connection.request("GET", "/ready")
            ready = connection.getresponse().status == http.HTTPStatus.OK
            self.failures = 0 if ready else self.failures
            return ready
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def signal(self, number: int) -> None:
        """Send it, if it runs."""
        if (running := self._running) is not None:
            running.send_signal(number)

    def to_json(self) -> dict[str, Any]:
        place = self.place
        return {
            "name": self.name,
            "service": place.service,
            "kind": "relay" if place.kind == "run" else place.kind,
            "replica": place.replica,
            "pid": self.pid,
            "address": place.address or None,
            "metrics": place.metrics,
            "starts": self.starts,
        }

    def _look(self, stream: Stream) -> bool:
        """Notice an end, start what should run; whether anything changed. In the supervisor's thread only."""
        if self._running is not None:
            if self._running.poll() is None:
                return False
            self._ended(self._running.returncode, stream)
            return True
        if not self.wanted or time.monotonic() < self._not_before:
            return False
        self._start(stream)
        return True

    def _start(self, stream: Stream) -> None:
        command = [sys.executable, "-I", "-S", str(BOUND), str(os.getpid()), *self.command]
        self._running = subprocess.Popen(
            command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._running.stdout is not None
        stream.attach(self.name, os.dup(self._running.stdout.fileno()))
        self._running.stdout.close()
        self._began = time.monotonic()
        self.starts += 1

    def _ended(self, status: int, stream: Stream) -> None:
        self.status, self._running = status, None
        self.failures += status > 0
        if not self.wanted:
            return
        lived = time.monotonic() - self._began
        self._wait = FIRST_WAIT if lived > SETTLED_SECONDS else self._wait
        self._not_before = time.monotonic() + self._wait
        stream.say("cluster", f"{self.name} ended: {told(status)}; starting it again in {self._wait:g} s")
        self._wait = min(self._wait * 2, LONGEST_WAIT)


class Supervisor:
    """Looks after processes in a thread of its own, from which all of them are started."""

    def __init__(self, stream: Stream, changed: Callable[[], None]) -> None:
        self._stream = stream
        self._changed = changed
        self._lock = threading.Lock()
        self._all: dict[str, Supervised] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    @property
    def all(self) -> dict[str, Supervised]:
        """Every process, by name, in the order of their starting."""
        with self._lock:
            return dict(self._all)

    def start(self, processes: Iterable[Supervised]) -> None:
        """Have them run from now on."""
        with self._lock:
            for each in processes:
                each.wanted = True
                self._all[each.name] = each

    def stop(self, processes: Iterable[Supervised], seconds: float, hurry: threading.Event) -> None:
        """End them in order, all at once; those that take longer than `seconds`, or all when in a hurry, are killed."""
        ending = list(processes)
        with self._lock:
            for each in ending:
                each.wanted = False
                each.signal(signal.SIGTERM)
                each.signal(signal.SIGCONT)
        deadline = time.monotonic() + seconds
        while any(each.pid for each in ending):
            if hurry.is_set() or time.monotonic() > deadline:
                for each in ending:
                    each.signal(signal.SIGKILL)
            time.sleep(LOOK_SECONDS)

    def forget(self, process: Supervised) -> None:
        """Look after it no more; it must have been stopped."""
        with self._lock:
            self._all.pop(process.name, None)

    def close(self) -> None:
        """Look after nothing more; whatever runs still dies with this thread."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            with self._lock:
                changed = [each._look(self._stream) for each in self._all.values()]
            if any(changed):
                self._changed()


def told(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"exit status {status}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-status).name}"
    return f"killed by signal {-status}"
