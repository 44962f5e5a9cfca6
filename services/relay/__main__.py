"""Composition root: `python -m relay run | settings | health`."""

from __future__ import annotations

import sys
from contextlib import ExitStack

from relay.leading import SessionLock
from relay.relaying import NAME, Relay
from relay.settings import RelaySettings
from runtime import logs, telemetry
from runtime.broker import broker_of
from runtime.health import is_healthy
from runtime.listening import CannotStart
from runtime.main import UNHEALTHY, WRONG, announce, require, show_settings, stop_on_signals
from runtime.readiness import Readiness
from runtime.storage import now, open_patiently
from runtime.telling import variable
from runtime.topology import Depths

RUN = "run"


def main(given: list[str]) -> int:
    """Run the relay until SIGTERM or SIGINT; returns the exit status, 2 when it cannot start as asked."""
    try:
        match given:
            case ["run"]:
                run(RelaySettings.load())
            case ["settings"] | ["settings", "--json"]:
                show_settings(RelaySettings.load(), as_json=len(given) > 1)
            case ["health"]:
                return 0 if is_healthy(_asked_at(RelaySettings.load())) else UNHEALTHY
            case _:
                raise CannotStart("usage: python -m relay run | settings [--json] | health")
    except CannotStart as error:
        sys.stderr.write(f"error: {error}\n")
        return WRONG
    return 0


def run(settings: RelaySettings) -> None:
    """Publish, or stand by. Ready means that the log can be reached: a broker that is down is waited for."""
    require(settings, RUN)
    broker = broker_of(settings)
    logs.configure(settings, NAME, RUN)
    stop, readiness = stop_on_signals(), Readiness()
    with ExitStack() as opened:
        measured = opened.enter_context(telemetry.start(settings, NAME, RUN, ready=lambda: readiness.ready))
        storage = open_patiently(settings, now, observer=measured.observer, stop=stop)
        opened.callback(storage.close)
        lock = SessionLock(settings.database_url, settings.lease_seconds)
        relay = Relay(storage.log, lock, broker, settings.deployment, settings.lease_seconds)
        depths = Depths(broker)
        opened.callback(depths.close)
        measured.watch_log(storage.log)
        measured.watch_relay(relay)
        measured.watch_queues(depths)
        readiness.start(storage.log.check)
        announce("relay following the log")
        relay.run(stop)
        readiness.stop()


def _asked_at(settings: RelaySettings) -> RelaySettings:
    if not settings.metrics_listen:
        raise CannotStart(f"{variable('metrics_listen')} is not set, and a relay answers nowhere else")
    return settings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
