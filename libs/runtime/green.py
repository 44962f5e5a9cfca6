"""nameko and eventlet, as a worker uses them: without their warnings, and with nothing green but py-amqp's sockets."""

from __future__ import annotations

import os
import warnings

import amqp.transport

os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
# Names are looked up by the system's resolver, which reads what containers are given; eventlet's own does not.

with warnings.catch_warnings():
    # eventlet says at each start that it is in maintenance; nameko stands on it (docs/decisions/0017).
    warnings.simplefilter("ignore")
    from eventlet import Timeout, sleep
    from eventlet.event import Event
    from eventlet.green import socket, ssl
    from nameko.extensions import DependencyProvider, Entrypoint
    from nameko.runners import ServiceRunner

__all__ = ["DependencyProvider", "Entrypoint", "Event", "ServiceRunner", "Timeout", "make_amqp_green", "sleep"]


def make_amqp_green() -> None:
    """From now on py-amqp's sockets yield to the hub of their thread while they wait; nobody else's do."""
    amqp.transport.socket, amqp.transport.ssl = socket, ssl
