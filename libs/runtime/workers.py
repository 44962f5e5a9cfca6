"""A worker with a broker: nameko takes hints in green threads, while native threads follow the log.

The followers, the database and what they compute run in native threads, where neither a query nor a long count keeps the
hub from the broker's heartbeats: sockets are patched, threads are not.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from importlib import import_module

from runtime.followers import Follower
from runtime.service import Service
from runtime.settings import Settings

_LOG = logging.getLogger(__name__)

TURN = 0.1


def run_worker(
    service: Service, follower: Follower, settings: Settings, stop: threading.Event, worker_module: str
) -> None:
    """Follow the log, woken by hints, until `stop` is set. `worker_module` holds the nameko class of the service."""
    _patch()
    import eventlet
    from nameko.runners import ServiceRunner

    from runtime.hints import CONFIG

    types = frozenset(service.reactions).union(*(projection.types for projection in service.projections))
    runner = ServiceRunner({CONFIG: {"settings": settings, "types": types, "follower": follower}})
    runner.add_service(import_module(worker_module).Worker)
    follower.start()
    runner.start()
    sys.stdout.write(f"{service.name} worker following the log\n")
    sys.stdout.flush()
    while not stop.is_set():
        eventlet.sleep(TURN)
    runner.stop()
    follower.stop()


def _patch() -> None:
    """Once, before anything of the broker's is imported."""
    if any(name.partition(".")[0] in ("kombu", "amqp", "nameko") for name in sys.modules):
        raise RuntimeError("the broker's libraries were imported before eventlet could patch their sockets")
    os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    with warnings.catch_warnings():
        # eventlet is in maintenance, and says so at each start; nameko stands on it (docs/decisions/0017).
        warnings.simplefilter("ignore")
        import eventlet

        eventlet.monkey_patch(socket=True, select=True, time=True)
    for name in ("nameko", "kombu", "amqp"):
        logging.getLogger(name).setLevel(logging.WARNING)
