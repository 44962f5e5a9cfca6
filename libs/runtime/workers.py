"""A worker with a broker: nameko takes hints in green threads of the main thread, while native threads follow the log.

Of the whole process only py-amqp's sockets are green. The followers, the database, what they compute, the exporters and
the metrics' server are native threads with the Python that they expect; none of them keeps the hub from heartbeats.
"""

from __future__ import annotations

import threading
from importlib import import_module

from runtime.broker import broker_of
from runtime.followers import Follower
from runtime.green import ServiceRunner, make_amqp_green, sleep
from runtime.hints import CONFIG, Given
from runtime.main import announce
from runtime.service import Service
from runtime.settings import Settings

TURN = 0.1


def run_worker(
    service: Service, follower: Follower, settings: Settings, stop: threading.Event, worker_module: str
) -> None:
    """Follow the log, woken by hints, until `stop` is set. `worker_module` holds the nameko class `Worker` of the service.

    A broker that is not there, or goes, is waited for in the background. Raises `CannotStart` for its wrong address.
    """
    broker = broker_of(settings)
    make_amqp_green()
    runner = ServiceRunner({CONFIG: Given(broker, follower)})
    runner.add_service(import_module(worker_module).Worker)
    follower.start()
    runner.start()
    announce(f"{service.name} worker following the log")
    while not stop.is_set():
        sleep(TURN)
    runner.stop()
    follower.stop()
