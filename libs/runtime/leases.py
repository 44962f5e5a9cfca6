"""Of several workers of a service one does the work: it holds a lease, and the others stand by until it lets go."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from time import monotonic
from typing import Protocol

_LOG = logging.getLogger(__name__)

LONGEST_BEAT = 1.0


class Leases(Protocol):
    """Who may do what until when, by one clock for all: the database's."""

    def lease(self, name: str, holder: str, seconds: float) -> bool:
        """Take or keep the lease of `name` for `seconds` from now; false while another holder has it."""

    def release(self, name: str, holder: str) -> None:
        """Let go of the lease, if this holder has it."""


class Lead:
    """One name's lease. A process that was paused for too long knows by its own clock that it must ask again.

    The lease keeps others from doing the same work; what is right if two believe to hold it is seen to by fencing:
    work and position are written in one transaction that checks the position.
    """

    def __init__(self, leases: Leases, name: str, holder: str, seconds: float) -> None:
        self.name = name
        self.term = 0
        self._leases, self._holder, self._seconds = leases, holder, seconds
        self._until = 0.0

    @property
    def held(self) -> bool:
        """Whether this process has the lease; `term` counts how often it got it anew."""
        return monotonic() < self._until

    def renew(self) -> None:
        """Ask for the lease, or for more time. Raises what the database raises; the lease then runs out by itself."""
        asked, had = monotonic(), self.held
        if not self._leases.lease(self.name, self._holder, self._seconds):
            self._until = 0.0
            return
        if not had:
            self.term += 1
        self._until = asked + self._seconds

    def release(self) -> None:
        """Let another take over at once."""
        self._until = 0.0
        self._leases.release(self.name, self._holder)


class Heart:
    """Renews leases from one thread, so that a long piece of work is not taken for a dead worker."""

    def __init__(self, leases: Leases, seconds: float) -> None:
        self._leases, self._seconds = leases, seconds
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._leads: list[Lead] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)

    def lead(self, name: str) -> Lead:
        """The lease of `name`, asked for from `start` on."""
        lead = Lead(self._leases, name, self._holder, self._seconds)
        self._leads.append(lead)
        return lead

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more, and let go of what is held."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        for lead in self._leads:
            if lead.held:
                self._carefully(lead.release, lead.name)

    def _run(self) -> None:
        while True:
            for lead in self._leads:
                self._carefully(lead.renew, lead.name)
            if self._stop.wait(min(self._seconds / 3, LONGEST_BEAT)):
                return

    def _carefully(self, ask: Callable[[], None], name: str) -> None:
        """A database that does not answer is the followers' to report: here it only means that the lease runs out."""
        try:
            ask()
        except Exception as error:
            _LOG.debug("the lease of %s could not be asked for: %s", name, error)
