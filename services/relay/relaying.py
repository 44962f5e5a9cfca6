"""Follows the log and publishes it: a position counts only when the broker has confirmed everything up to it."""

from __future__ import annotations

import logging
import threading
from time import monotonic

from eventsourcing.persistence import PersistenceError, Tracking

from eventlog.contract import LogRecorder
from relay.leading import SessionLock
from runtime.broker import BROKEN, Broker, Pauses
from runtime.leases import Heart
from runtime.publishing import Publisher
from runtime.telemetry import tracing
from runtime.topology import declare

_LOG = logging.getLogger(__name__)

NAME = "relay"
"""Under what name the log keeps how far was published."""
LOST: tuple[type[Exception], ...] = (*BROKEN, PersistenceError)
"""What ends a lead: the broker or the log is gone."""
PAGE = 500
STAND_BY = 0.2
IDLE = 0.5
SAVE_SECONDS = 0.25
"""After a crash at most so much is published again, beside what was on its way: each save is a commit of the database."""


class Relay:
    """Works in the thread that calls `run`. A crash between a confirmation and the saved position publishes again."""

    def __init__(
        self, log: LogRecorder, lock: SessionLock, broker: Broker, deployment: str, lease_seconds: float
    ) -> None:
        self._log, self._lock, self._broker, self._deployment = log, lock, broker, deployment
        self._heart = Heart(lock, lease_seconds)
        self._lead = self._heart.lead(NAME)
        self._pauses = Pauses()
        self._away = False
        self._saved, self._save_at = 0, 0.0
        self.position = 0

    @property
    def leading(self) -> bool:
        """Whether this relay publishes; the others stand by."""
        return self._lead.held

    def run(self, stop: threading.Event) -> None:
        """Lead and publish, or stand by, until `stop` is set; whatever breaks is tried again, by this relay or another."""
        self._heart.start()
        try:
            while not stop.is_set():
                if self._lead.held:
                    self._lead_once(stop)
                else:
                    stop.wait(STAND_BY)
        finally:
            self._heart.stop()

    def _lead_once(self, stop: threading.Event) -> None:
        try:
            self._publish(stop)
        except LOST as error:
            self._stand_back(stop, error)
        except Exception as error:
            _LOG.exception("the relay failed; trying again")
            self._stand_back(stop, error)

    def _publish(self, stop: threading.Event) -> None:
        """Until `stop` is set or another leads. Raises `BROKEN` or the log's errors."""
        term = self._lead.term
        with self._broker.linked("comitia relay") as link:
            declare(link)
            publisher = Publisher(link, self._deployment, stop)
            self.position = self._saved = self._log.max_tracking_id(NAME) or 0
            self._back()
            while self._lead.held and self._lead.term == term and not stop.is_set():
                page = self._log.read(after=self.position, limit=PAGE)
                if page:
                    with tracing.publishing(page):
                        publisher.publish(page)
                    self.position = page[-1].position
                if not page or monotonic() >= self._save_at:
                    self._save()
                if not page:
                    link.receive(0.0)
                    self._log.wait_for(self.position, IDLE)
            self._save()

    def _save(self) -> None:
        """The log never moves a position back: one who was paused and overtaken does no harm here."""
        if self.position > self._saved:
            self._log.insert_tracking(Tracking(NAME, self.position))
            self._saved = self.position
        self._save_at = monotonic() + SAVE_SECONDS

    def _stand_back(self, stop: threading.Event, error: Exception) -> None:
        if not self._away:
            _LOG.warning("publishing to %s stopped after position %d: %s", self._broker.place, self.position, error)
        self._away = True
        pause = self._pauses.next()
        self._lock.rest(pause)
        self._lead.release()
        stop.wait(pause)

    def _back(self) -> None:
        _LOG.info("leading from position %d", self.position)
        if self._away:
            _LOG.warning("publishing to %s again", self._broker.place)
        self._away = False
        self._pauses.reset()
