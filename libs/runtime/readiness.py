"""Ready means: the log can be reached, and its schema is one that this version knows. Asked each second, said at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic

_LOG = logging.getLogger(__name__)

EVERY = 1.0
STALE = 3.0
"""Seconds after which a question that still has no answer counts as one that was answered with no."""


class Readiness:
    """Not ready until `start`, nor after `stop`. `check` raises while the log cannot be used; it may block."""

    def __init__(self) -> None:
        self._good_at = -STALE
        self._said: bool | None = None
        self._stop = threading.Event()

    @property
    def ready(self) -> bool:
        """Whether the log answered a moment ago."""
        return not self._stop.is_set() and monotonic() - self._good_at < STALE

    def start(self, check: Callable[[], object]) -> None:
        """Begin to ask, in a thread; the log has just been opened, so it is ready now."""
        self._good_at = monotonic()
        threading.Thread(target=self._run, args=(check,), name="readiness", daemon=True).start()

    def stop(self) -> None:
        """Be ready no more: the process is about to end."""
        self._stop.set()

    def _run(self, check: Callable[[], object]) -> None:
        while not self._stop.wait(EVERY):
            try:
                check()
                self._good_at = monotonic()
                self._say(True)
            except Exception as error:
                self._good_at = -STALE
                self._say(False, error)

    def _say(self, ready: bool, why: Exception | None = None) -> None:
        """Into the log once, when it changes."""
        if ready != self._said and (self._said is not None or not ready):
            _LOG.warning("ready again" if ready else "not ready: %s", *(() if ready else (why,)))
        self._said = ready
