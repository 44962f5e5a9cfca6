"""Keeps one server for the program that started it: when that program is gone, however it went, so is the server.

Run by `infra.local.kept`, as a process of its own that needs nothing but Python. Standard input is the lifeline: orders
come through it, one JSON object a line, and when it closes (or the parent changes) the server is ended, every process
that the server left behind is killed, and the folder is removed if it was said to be. News go to standard output:
`{"started": PID}`, `{"ended": STATUS}`, `{"failed": WHY}`. What the server prints goes to standard error.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PARENT_CHECK_SECONDS = 0.5
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)


class Keeper:
    """One server at a time; `ending` is the list of (signal, seconds to wait) that ends it when the lifeline breaks."""

    def __init__(self, *, ending: list[tuple[int, float]], remove: str | None, afterwards: list[str]) -> None:
        self._ending = ending
        self._remove = remove
        self._afterwards = afterwards
        self._parent = os.getppid()
        self._server: subprocess.Popen[bytes] | None = None
        self._orders = b""

    def run(self, wake: int) -> None:
        """Follow orders until the lifeline breaks, then end and clean up."""
        while os.getppid() == self._parent:
            ready, _, _ = select.select([sys.stdin.fileno(), wake], [], [], PARENT_CHECK_SECONDS)
            if wake in ready:
                os.read(wake, 512)
            self._reap()
            if sys.stdin.fileno() in ready:
                given = os.read(sys.stdin.fileno(), 65536)
                if not given:
                    break
                self._follow(given)
        self._end()

    def _follow(self, given: bytes) -> None:
        *lines, self._orders = (self._orders + given).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "start" in order:
                self._start(**order["start"])
            elif self._server is not None:
                self._server.send_signal(order["signal"])

    def _start(self, command: list[str], env: dict[str, str], folder: str) -> None:
        try:
            self._server = subprocess.Popen(
                command,
                env=env,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr.fileno(),
                stderr=sys.stderr.fileno(),
                start_new_session=True,
                preexec_fn=_die_with_the_keeper,
            )
        except OSError as error:
            tell({"failed": str(error)})
            return
        tell({"started": self._server.pid})

    def _reap(self) -> None:
        """Take note of every process that ended; what the server left behind ends with it."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self._server is not None and pid == self._server.pid:
                self._server.returncode = os.waitstatus_to_exitcode(status)
                kill_descendants()
                ended, self._server = self._server, None
                tell({"ended": ended.returncode})

    def _end(self) -> None:
        for number, patience in self._ending:
            deadline = time.monotonic() + patience
            if self._server is not None:
                self._server.send_signal(number)
            while self._server is not None and time.monotonic() < deadline:
                time.sleep(0.02)
                self._reap()
        kill_descendants()
        if self._afterwards:
            subprocess.run(self._afterwards, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        if self._remove is not None:
            shutil.rmtree(self._remove, ignore_errors=True)


def kill_descendants() -> None:
    """Kill every process below this one, and those that they start meanwhile, and reap them."""
    while found := descendants():
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, os.WNOHANG)
            except (ProcessLookupError, ChildProcessError):
                continue
        time.sleep(0.01)


def descendants() -> set[int]:
    """The processes that have this one among their ancestors, zombies apart; none where there is no /proc."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if state != "Z":
            parents[int(stat.parent.name)] = int(parent)
    found: set[int] = set()
    wanted = {os.getpid()}
    while wanted:
        wanted = {pid for pid, parent in parents.items() if parent in wanted} - found
        found |= wanted
    return found


def tell(news: dict[str, Any]) -> None:
    """Say it on standard output; a program that is gone hears nothing."""
    try:
        os.write(sys.stdout.fileno(), json.dumps(news).encode() + b"\n")
    except BrokenPipeError:
        return


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _die_with_the_keeper() -> None:
    for number in IGNORED:
        signal.signal(number, signal.SIG_DFL)
    _prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def main() -> int:
    """`keeper.py {"ending": …, "remove": …, "afterwards": …}`."""
    read, write = os.pipe()
    for end in (read, write):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(write)
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    Keeper(**json.loads(sys.argv[1])).run(read)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
