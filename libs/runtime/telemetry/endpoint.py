"""What an operator's tools ask over HTTP: `/metrics` for Prometheus, `/live` and `/ready` for an orchestrator.

It may listen beyond loopback, as orchestrators and Prometheus need: it takes nothing and tells numbers only. Among them is how
many ballots came, so it belongs in a network that only operators reach.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import cast

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from runtime.listening import CannotStart

SETTING = "COMITIA_METRICS_LISTEN"
POLL = 0.1
SLOW_CLIENT = 5.0
"""Seconds that a client may take to say what it wants."""

_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:\[\]]+)):(?P<port>[0-9]{1,5})", re.ASCII)


class Endpoint:
    """Answers from `start` to `stop`, in native threads, also in a process whose sockets eventlet has replaced."""

    def __init__(self, listen: str, registry: CollectorRegistry, ready: Callable[[], bool]) -> None:
        """Raises `CannotStart` for what is not HOST:PORT of this machine, or is in use."""
        match = _ADDRESS.fullmatch(listen)
        if match is None or int(match["port"]) > 65_535:
            raise CannotStart(
                f"{SETTING} expects HOST:PORT such as 127.0.0.1:9464 (port 0: any free one), found {listen!r}"
            )
        host = match["six"] or match["host"]
        try:
            self._server = _Server((host, int(match["port"])), registry, ready)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise CannotStart(f"{SETTING}: cannot listen on {listen}: {why}; choose another HOST:PORT") from error
        self.address = f"{listen.rpartition(':')[0]}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(POLL), name="metrics", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more. Calls in hand are not waited for."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], registry: CollectorRegistry, ready: Callable[[], bool]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.registry, self.ready = registry, ready
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Without the library's question to the DNS for its own name."""
        TCPServer.server_bind(self)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    timeout = SLOW_CLIENT

    def do_GET(self) -> None:
        server = cast("_Server", self.server)
        path = self.path.partition("?")[0]
        if path == "/metrics":
            encode, content_type = choose_encoder(self.headers.get("Accept", ""))
            self._answer(HTTPStatus.OK, encode(server.registry), content_type)
        elif path == "/live":
            self._answer(HTTPStatus.OK, b"live\n")
        elif path != "/ready":
            self._answer(HTTPStatus.NOT_FOUND, b"/metrics, /live or /ready\n")
        elif server.ready():
            self._answer(HTTPStatus.OK, b"ready\n")
        else:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, b"not ready\n")

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Which Python answers is nobody's business."""
        return "comitia"

    def log_message(self, format: str, *args: object) -> None:
        """What is asked every few seconds is not logged."""
