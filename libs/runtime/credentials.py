"""Calling a service: addresses of one or more replicas, TLS, a bearer token, and retries of what may be sent again."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc

from runtime.listening import CannotStart
from runtime.settings import Settings

if TYPE_CHECKING:
    UnaryUnary = grpc.UnaryUnaryClientInterceptor[Any, Any]
    UnaryStream = grpc.UnaryStreamClientInterceptor[Any, Any]
    StreamUnary = grpc.StreamUnaryClientInterceptor[Any, Any]
    StreamStream = grpc.StreamStreamClientInterceptor[Any, Any]
else:
    UnaryUnary, UnaryStream = grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor
    StreamUnary, StreamStream = grpc.StreamUnaryClientInterceptor, grpc.StreamStreamClientInterceptor

REPLICAS = "+"
_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]+,=]+):(?P<port>[0-9]{1,5})", re.ASCII)
_CONFIG = json.dumps(
    {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 4,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "2s",
                    "backoffMultiplier": 3,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ],
    }
)
"""Queries may be asked again, and every command carries an idempotency key; gRPC adds the jitter (gRFC A6)."""
OPTIONS: tuple[tuple[str, Any], ...] = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.service_config", _CONFIG),
)


class NoAddress(ValueError):
    """What was given names no server."""


@dataclass(frozen=True)
class Credentials:
    """`ca` verifies the server (TLS when set); `cert` and `key` are shown to it; `token` gives the bearer token of now."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    token: Callable[[], str] | None = None


PLAIN = Credentials()


def of_peers(settings: Settings) -> Credentials:
    """How this deployment's services call each other."""
    file = settings.peers_token_file
    token = None if file is None else lambda: token_in(file)
    return Credentials(settings.peers_ca, settings.peers_cert, settings.peers_key, token)


def token_in(file: Path) -> str:
    """The token that a file holds now. Raises `CannotStart` when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"cannot read the token in {file}: {error}") from error


def target(address: str) -> str:
    """gRPC's name for `HOST:PORT`, or for several replicas joined by `+`. Raises `NoAddress`."""
    parts = [_ADDRESS.fullmatch(each) for each in address.split(REPLICAS)]
    found = [match for match in parts if match is not None and int(match["port"]) < 65_536]
    if len(found) < len(parts):
        raise NoAddress(address)
    if len(found) == 1 and not _is_ip(found[0]["host"]):
        return f"dns:///{address}"
    if not all(_is_ip(match["host"]) for match in found):
        raise NoAddress(address)
    kind = "ipv6" if any(match["host"].startswith("[") for match in found) else "ipv4"
    return f"{kind}:{','.join(match[0] for match in found)}"


def channel(address: str, credentials: Credentials = PLAIN, options: Sequence[tuple[str, Any]] = ()) -> grpc.Channel:
    """A channel to a service's replicas. Raises `NoAddress`, or `CannotStart` for files that cannot be used."""
    given = (*OPTIONS, *options)
    if credentials.ca is None:
        opened = grpc.insecure_channel(target(address), options=given)
    else:
        opened = grpc.secure_channel(target(address), _tls(credentials), options=given)
    return opened if credentials.token is None else grpc.intercept_channel(opened, _Bearing(credentials.token))


def _tls(credentials: Credentials) -> grpc.ChannelCredentials:
    def read(path: Path | None) -> bytes | None:
        if path is None:
            return None
        try:
            return path.read_bytes()
        except OSError as error:
            raise CannotStart(f"cannot read {path}: {error.strerror}") from error

    return grpc.ssl_channel_credentials(read(credentials.ca), read(credentials.key), read(credentials.cert))


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


class _Call(NamedTuple):
    """A call's details with metadata of our own."""

    method: str
    timeout: float | None
    metadata: Any
    credentials: Any
    wait_for_ready: bool | None
    compression: Any


class _Bearing(UnaryUnary, UnaryStream, StreamUnary, StreamStream):
    """Sends the token with every call."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return continuation(self._with_token(client_call_details), request)

    def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return continuation(self._with_token(client_call_details), request)

    def intercept_stream_unary(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        return continuation(self._with_token(client_call_details), request_iterator)

    def intercept_stream_stream(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        return continuation(self._with_token(client_call_details), request_iterator)

    def _with_token(self, details: Any) -> _Call:
        metadata = (*(details.metadata or ()), ("authorization", f"Bearer {self._token()}"))
        return _Call(
            details.method,
            details.timeout,
            metadata,
            details.credentials,
            details.wait_for_ready,
            getattr(details, "compression", None),
        )
