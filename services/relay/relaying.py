"""Follows the log and publishes it: a position counts only when the broker has confirmed everything up to it."""

from __future__ import annotations

import logging
import random
import threading

from eventsourcing.persistence import PersistenceError, Tracking

from eventlog.contract import LogRecorder
from relay.leading import Lead
from relay.settings import RelaySettings
from runtime import broker
from runtime.publishing import Publisher
from runtime.telemetry import tracing

_LOG = logging.getLogger(__name__)

NAME = "relay"
"""Under what name the log keeps how far was published."""
BROKEN: tuple[type[BaseException], ...] = (*broker.BROKEN, PersistenceError)
PAGE = 500
IDLE = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0


class Relay:
    """Works in the thread that calls `run`. A crash between a confirmation and the saved position publishes again."""

    def __init__(self, log: LogRecorder, lead: Lead, settings: RelaySettings) -> None:
        self._log, self._lead, self._settings = log, lead, settings
        self.position = 0

    @property
    def leading(self) -> bool:
        """Whether this relay publishes; the others stand by."""
        return self._lead.held

    def run(self, stop: threading.Event) -> None:
        """Lead and publish, or stand by, until `stop` is set; whatever breaks is tried again, with longer and longer pauses."""
        pause = FIRST_PAUSE
        while not stop.is_set():
            before = self.position
            try:
                if self._lead.take(stop, IDLE):
                    self._publish(stop)
            except BROKEN as error:
                pause = FIRST_PAUSE if self.position > before else min(pause * 2, LONGEST_PAUSE)
                _LOG.warning("publishing stopped (%s); trying again in %.1f s", type(error).__name__, pause)
                stop.wait(pause * random.uniform(0.5, 1.0))
            finally:
                self._lead.drop()

    def _publish(self, stop: threading.Event) -> None:
        with broker.connected(self._settings) as connection:
            publisher = Publisher(connection, self._settings.deployment)
            self.position = self._log.max_tracking_id(NAME) or 0
            _LOG.info("leading from position %d", self.position)
            while not stop.is_set():
                self._lead.check()
                page = self._log.read(after=self.position, limit=PAGE)
                if not page:
                    publisher.idle()
                    self._log.wait_for(self.position, IDLE)
                    continue
                with tracing.publishing(page):
                    publisher.publish(page)
                self._log.insert_tracking(Tracking(NAME, page[-1].position))
                self.position = page[-1].position
