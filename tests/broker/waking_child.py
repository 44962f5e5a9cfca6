"""A worker as it runs, but for its follower, which only says what woke it: `python -m tests.broker.waking_child SERVICE`.

It stands by while the file `standing-by` is in its data folder. With the word `computing` a native thread computes without
a pause, as a count does. It says `awake TYPE` for each nudge, `started` and `stopped`.
"""

from __future__ import annotations

import sys
import threading
from typing import cast

from runtime import logs
from runtime.followers import Follower
from runtime.main import announce, stop_on_signals
from runtime.service import Service
from runtime.settings import Settings
from runtime.workers import run_worker


class Recording:
    """In place of a follower."""

    def __init__(self, settings: Settings, *, computing: bool) -> None:
        self._standing_by = settings.data_dir / "standing-by"
        self._computing = computing
        self._stop = threading.Event()

    @property
    def leading(self) -> bool:
        return not self._standing_by.exists()

    def start(self) -> None:
        announce("started")
        if self._computing:
            threading.Thread(target=self._compute, daemon=True).start()

    def nudge(self, type_: str = "") -> None:
        announce(f"awake {type_ or 'all'}")

    def stop(self, *, wait: bool = True) -> None:
        self._stop.set()
        announce("stopped")

    def _compute(self) -> None:
        while not self._stop.is_set():
            sum(number * number for number in range(1_000_000))


def main(service: str, *words: str) -> None:
    """Until SIGTERM."""
    settings = Settings.load()
    logs.configure(settings, service, "worker")
    follower = cast("Follower", Recording(settings, computing="computing" in words))
    run_worker(Service(service, ()), follower, settings, stop_on_signals(), f"{service}.worker")


if __name__ == "__main__":
    main(*sys.argv[1:])
