"""`python -m SERVICE api | worker | settings`: one service as a process of its own, over the log of its settings."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Sequence

from runtime import logs
from runtime.followers import Follower
from runtime.garbage import collect_rarely
from runtime.listening import CannotStart, loopback_address
from runtime.server import Server
from runtime.service import Context, Service
from runtime.settings import Settings, load
from runtime.storage import Storage, now

Wire = Callable[[Context], Service]

WRONG = 2


def main(name: str, wire: Wire, arguments: Sequence[str] | None = None) -> int:
    """Run the process until SIGTERM or SIGINT; returns the exit status, 2 when it cannot start as asked."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        settings = load()
        if given == ["settings"]:
            sys.stdout.write(settings.model_dump_json(indent=2) + "\n")
        elif given == ["api"]:
            loopback_address(settings.listen)
            _run(settings, wire, _serve)
        elif given == ["worker"]:
            _run(settings, wire, _work)
        else:
            raise CannotStart(f"usage: python -m {name} api | worker | settings")
    except CannotStart as error:
        sys.stderr.write(f"error: {error}\n")
        return WRONG
    return 0


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set; call it in the main thread."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _run(settings: Settings, wire: Wire, work: Callable[[Service, Context, threading.Event], None]) -> None:
    logs.configure(settings)
    stop = stop_on_signals()
    storage = Storage(settings, now, alone=False)
    try:
        context = Context(log=storage.log, clock=now, views=storage.views, settings=settings)
        service = wire(context)
        collect_rarely()
        work(service, context, stop)
    finally:
        storage.close()


def _serve(service: Service, context: Context, stop: threading.Event) -> None:
    for projection in service.projections:
        context.views.install(projection)
    server = Server(service.servicers, context.settings.listen, context.stopping)
    sys.stdout.write(f"{service.name} listening on {server.start()}\n")
    sys.stdout.flush()
    stop.wait()
    server.stop()


def _work(service: Service, context: Context, stop: threading.Event) -> None:
    follower = Follower(service, context)
    follower.start()
    sys.stdout.write(f"{service.name} worker following {context.settings.log_path}\n")
    sys.stdout.flush()
    stop.wait()
    follower.stop()
