"""`python -m SERVICE api | worker | settings | health`: one service as a process of its own, over the log of its settings."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from eventlog.contract import LogUnreachable
from runtime import describing, logs, telemetry
from runtime.entrance import Entrance
from runtime.followers import Follower
from runtime.garbage import collect_rarely
from runtime.health import is_healthy
from runtime.listening import CannotStart
from runtime.readiness import Readiness
from runtime.server import Server
from runtime.service import Context, Service
from runtime.settings import Settings
from runtime.storage import now, open_patiently
from runtime.telling import variable

_LOG = logging.getLogger(__name__)

Wire = Callable[[Context], Service]

WRONG, UNHEALTHY = 2, 1
MOMENT = 2.0


@dataclass(frozen=True)
class Process:
    """A process of a service, about to work until `stop` is set. `kind` is `api` or `worker`."""

    name: str
    kind: str
    settings: Settings
    stop: threading.Event
    readiness: Readiness
    telemetry: telemetry.Telemetry


def main(name: str, wire: Wire, arguments: Sequence[str] | None = None, *, settings: type[Settings] = Settings) -> int:
    """Run the process until SIGTERM or SIGINT; returns the exit status: 2 when it cannot start as asked, 1 for unhealthy."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        match given:
            case ["api"] | ["api", "--insecure"]:
                _run(name, "api", wire, settings.load(), insecure=len(given) > 1)
            case ["worker"]:
                _run(name, "worker", wire, settings.load(), insecure=False)
            case ["settings"] | ["settings", "--json"]:
                show_settings(settings.load(), as_json=len(given) > 1)
            case ["health"]:
                return 0 if is_healthy(settings.load()) else UNHEALTHY
            case _:
                raise CannotStart(f"usage: python -m {name} api [--insecure] | worker | settings [--json] | health")
    except CannotStart as error:
        sys.stderr.write(f"error: {error}\n")
        return WRONG
    return 0


def show_settings(settings: Settings, *, as_json: bool) -> None:
    """Print every setting with what it is for and what it is now."""
    sys.stdout.write((describing.as_json if as_json else describing.as_text)(settings) + "\n")


def require(settings: Settings, kind: str) -> None:
    """Raises `CannotStart` naming the settings that a process of this kind needs and does not have."""
    missing = settings.missing(kind)
    if missing:
        described = describing.describe(settings)
        needed = "; ".join(f"{variable(name)} ({described[name].description})" for name in missing)
        raise CannotStart(f"not set, and needed here: {needed}")


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set; call it in the main thread.

    A thread sets it that reads what the interpreter writes as soon as a signal comes. A handler would run only when the main
    thread next runs Python, which one that waits without end never does, and on top of whatever lock that thread holds.
    """
    stop = threading.Event()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)

    def heed() -> None:
        os.read(reading, 1)
        stop.set()

    threading.Thread(target=heed, name="signals", daemon=True).start()
    return stop


def leave_in_time(stop: threading.Event, seconds: float) -> None:
    """Once `stop` is set, the process ends in `seconds` and a moment, with status 0, whatever its threads wait for.

    What they were about to append is appended whole or not at all, and nobody has been told that it was.
    """

    def leave() -> None:
        stop.wait()
        time.sleep(seconds + MOMENT)
        _LOG.warning("still busy %.1f s after the end of the drain: leaving", MOMENT)
        os._exit(0)

    threading.Thread(target=leave, name="leaving", daemon=True).start()


def announce(line: str) -> None:
    """Say on one line of the output that the process works."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _run(name: str, kind: str, wire: Wire, settings: Settings, *, insecure: bool) -> None:
    require(settings, kind)
    entrance = Entrance(settings, insecure=insecure) if kind == "api" else None
    logs.configure(settings, name, kind)
    stop, readiness = stop_on_signals(), Readiness()
    leave_in_time(stop, settings.drain_seconds + (settings.linger_seconds if entrance else 0))
    with ExitStack() as opened:
        measured = opened.enter_context(telemetry.start(settings, name, kind, ready=lambda: readiness.ready))
        process = Process(name, kind, settings, stop, readiness, measured)
        storage = open_patiently(settings, now, observer=measured.observer, stop=stop)
        opened.callback(storage.close)
        measured.watch_log(storage.log)
        context = Context(log=storage.log, clock=now, views=storage.views, settings=settings, leases=storage.leases)
        try:
            service = wire(context)
            service.before_start()
            for projection in service.projections:
                context.views.install(projection)
            follower = None if entrance else Follower(service, context, hinted=settings.broker is not None)
        except LogUnreachable as error:
            raise CannotStart(f"{error}; start it again when the database answers") from error
        readiness.start(storage.log.check)
        collect_rarely()
        if entrance is not None:
            _serve(process, entrance, service, context)
        if follower is not None:
            _follow(process, service, follower)


def _serve(process: Process, entrance: Entrance, service: Service, context: Context) -> None:
    """Until it is told to stop; then it is not ready first, and running calls have their time to end."""
    server = Server(
        service.servicers,
        entrance,
        context.stopping,
        ready=lambda: process.readiness.ready,
        observing=process.telemetry.interceptor,
        subjects={service.name: service.subject},
    )
    announce(f"{process.name} listening on {server.start()}")
    process.stop.wait()
    process.readiness.stop()
    time.sleep(process.settings.linger_seconds)
    server.stop()


def _follow(process: Process, service: Service, follower: Follower) -> None:
    process.telemetry.watch_follower(follower)
    if process.settings.broker is not None:
        # nameko and eventlet are imported by a worker that has a broker, and by nothing else.
        from runtime.workers import run_worker

        run_worker(service, follower, process.settings, process.stop, f"{process.name}.worker")
    else:
        follower.start()
        announce(f"{process.name} worker following the log")
        process.stop.wait()
        follower.stop()
    process.readiness.stop()
