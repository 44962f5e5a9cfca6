"""RabbitMQ, and how it is reached: with or without TLS, every wait bounded, errors that name no password."""

from __future__ import annotations

import contextlib
import random
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import TCP_USER_TIMEOUT
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import amqp
import amqp.exceptions
import amqp.method_framing

from runtime.listening import CannotStart
from runtime.settings import Settings
from runtime.telling import variable

HEARTBEAT = 10.0
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""How long the broker may take to answer, or to take what is written to it."""
CLOSE_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0

BROKEN: tuple[type[Exception], ...] = (OSError, amqp.exceptions.AMQPError)
"""What a connection to the broker fails with; none of it names a password, or holds what was in a message."""


@dataclass(frozen=True)
class Broker:
    """Where the broker is, and as whom it is asked. Without a name the certificate says who asks (`EXTERNAL`)."""

    host: str
    port: int
    vhost: str
    heartbeat: float = HEARTBEAT
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @property
    def place(self) -> str:
        """What messages call it."""
        return f"{self.host}:{self.port}{'' if self.vhost == '/' else '/' + self.vhost}"

    @contextmanager
    def linked(self, name: str, *, heartbeat: bool = True) -> Iterator[Link]:
        """A connection made now and closed at the end; `name` is what the broker's operator sees. Raises `BROKEN`."""
        link = Link(self, name, self.heartbeat if heartbeat else 0.0)
        try:
            yield link
        finally:
            link.close()


def broker_of(settings: Settings) -> Broker:
    """The broker of the settings. Raises `CannotStart` for an address or TLS files that cannot be used."""
    url = "" if settings.broker is None else settings.broker.get_secret_value()
    return broker_at(url, settings.broker_ca, settings.broker_cert, settings.broker_key)


def broker_at(url: str, ca: Path | None = None, cert: Path | None = None, key: Path | None = None) -> Broker:
    """`amqp(s)://USER:PASSWORD@HOST:PORT/VHOST?heartbeat=SECONDS`. Raises `CannotStart`, never with the password."""
    try:
        parts = urlsplit(url)
        tls, host, port = parts.scheme == "amqps", parts.hostname, parts.port
        heartbeat = float(parse_qs(parts.query).get("heartbeat", [str(HEARTBEAT)])[0])
    except ValueError as error:
        raise _unusable() from error
    if parts.scheme not in ("amqp", "amqps") or not host or not 1 <= heartbeat <= 600:
        raise _unusable()
    if tls:
        _try_files(ca, cert, key)
    external = tls and cert is not None and not parts.username
    return Broker(
        host=host,
        port=port or (5671 if tls else 5672),
        vhost=unquote(parts.path[1:]) or "/",
        heartbeat=heartbeat,
        user="" if external else unquote(parts.username or "guest"),
        password="" if external else unquote(parts.password or "guest"),
        tls=tls,
        ca=ca,
        cert=cert,
        key=key,
    )


class Link:
    """An open connection, of one thread. `blocked` while the broker takes no messages: its memory or disk is short."""

    def __init__(self, broker: Broker, name: str, heartbeat: float) -> None:
        """Raises `BROKEN`."""
        self.broker = broker
        self.blocked = False
        self.connection = amqp.Connection(
            host=f"[{broker.host}]:{broker.port}" if ":" in broker.host else f"{broker.host}:{broker.port}",
            userid=broker.user,
            password=broker.password,
            login_method="PLAIN" if broker.user else "EXTERNAL",
            virtual_host=broker.vhost,
            ssl=_tls(broker) if broker.tls else False,
            connect_timeout=CONNECT_SECONDS,
            heartbeat=heartbeat,
            on_blocked=lambda _: self._block(True),
            on_unblocked=lambda: self._block(False),
            client_properties={"product": "Comitia", "connection_name": name},
            # py-amqp gives a connection up whose other end has been silent for one second.
            socket_settings={TCP_USER_TIMEOUT: int(ANSWER_SECONDS * 1000)},
        )
        try:
            self.connection.connect()
            self.connection.sock.settimeout(ANSWER_SECONDS)
        except BaseException:
            self.connection.collect()
            raise
        self._tick_at = 0.0

    def channel(self) -> amqp.Channel:
        """A channel of its own: an error that closes one leaves the others open."""
        return self.connection.channel()

    def receive(self, seconds: float) -> bool:
        """Handle the next thing that comes within `seconds` (True), and say that we live. Raises `BROKEN`.

        Not by `drain_events`: its time starts anew with each heartbeat that comes.
        """
        deadline = monotonic() + seconds
        self._tick()
        try:
            while not self.connection.blocking_read(max(deadline - monotonic(), 0.0)):
                self._tick()
        except TimeoutError:
            self._tick()
            return False
        return True

    def close(self) -> None:
        """Say goodbye, without waiting for long."""
        with contextlib.suppress(Exception):
            self.connection.sock.settimeout(CLOSE_SECONDS)
            self.connection.close()
        self.connection.collect()

    def _tick(self) -> None:
        if self.connection.heartbeat and monotonic() >= self._tick_at:
            self._tick_at = monotonic() + self.connection.heartbeat / 10
            self.connection.heartbeat_tick()

    def _block(self, blocked: bool) -> None:
        self.blocked = blocked


def body_in(message: Any) -> bytes:
    """The body of a message that came. py-amqp has a text in place of an empty one."""
    body = message.body
    return body.encode() if isinstance(body, str) else bytes(body)


class Pauses:
    """How long to wait before the next attempt: longer each time, and never the same for two who wait for one broker."""

    def __init__(self) -> None:
        self._longest = FIRST_PAUSE

    def next(self) -> float:
        """Seconds to wait now."""
        pause = random.uniform(self._longest / 2, self._longest)
        self._longest = min(self._longest * 2, LONGEST_PAUSE)
        return pause

    def reset(self) -> None:
        """It worked: begin with short pauses again."""
        self._longest = FIRST_PAUSE


class _Tolerant(amqp.basic_message.Message):  # type: ignore[misc]  # py-amqp has no types
    """A message whose properties py-amqp cannot read has none: its body can still be refused and kept for an operator.

    Anybody who may publish can send such properties; py-amqp would fail on each delivery, and nobody get past it.
    """

    def _load_properties(self, class_id: int, buf: bytes, offset: int) -> Any:
        try:
            return super()._load_properties(class_id, buf, offset)
        except Exception:
            self.properties: dict[str, Any] = {}
            return len(buf)


amqp.method_framing.Message = _Tolerant


def _tls(broker: Broker) -> dict[str, Any]:
    """The broker must show a certificate for the name that it is called by, from `ca` or who this machine trusts."""
    return {
        "server_hostname": broker.host,
        "cert_reqs": ssl.CERT_REQUIRED,
        "ca_certs": None if broker.ca is None else str(broker.ca),
        "certfile": None if broker.cert is None else str(broker.cert),
        "keyfile": None if broker.key is None else str(broker.key),
    }


def _try_files(ca: Path | None, cert: Path | None, key: Path | None) -> None:
    try:
        context = ssl.create_default_context(cafile=ca)
        if cert is not None:
            context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        names = ", ".join(variable(name) for name in ("broker_ca", "broker_cert", "broker_key"))
        raise CannotStart(f"{names}: PEM files are expected that belong together: {error}") from error


def _unusable() -> CannotStart:
    return CannotStart(
        f"{variable('broker')}: expected amqp(s)://USER:PASSWORD@HOST:PORT/VHOST, with ?heartbeat=SECONDS from 1 to 600 or "
        "without, special characters as %XX"
    )
