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

from runtime import pem
from runtime.listening import CannotStart, is_loopback
from runtime.pem import Named
from runtime.settings import Settings
from runtime.telling import variable

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
STREAMS = (
    ("comitia.ballots.v1.BallotsService", "CastBallots"),
    ("comitia.audit.v1.AuditService", "GetBundle"),
    ("comitia.audit.v1.AuditService", "Events"),
)
_CONFIG = json.dumps(
    {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [
            {"name": [{"service": service, "method": method} for service, method in STREAMS]},
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 4,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "2s",
                    "backoffMultiplier": 3,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            },
        ],
    }
)
"""Queries may be asked again, and every command carries an idempotency key; gRPC adds the jitter (gRFC A6).

But not a stream: gRPC 1.85 sometimes sends it again with a message left out, or never ends it, not at its deadline and
not when cancelled, where the server was killed before it answered (docs/decisions/0042). Who streams begins it again.
"""
OPTIONS: tuple[tuple[str, Any], ...] = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.service_config", _CONFIG),
)


class NoAddress(ValueError):
    """What was given names no server."""


PUBLIC = Path("public")
"""Instead of a file: the authorities that the world's browsers trust, as gRPC brings them along."""


@dataclass(frozen=True)
class Credentials:
    """`ca` verifies the server (TLS when set); `cert` and `key` are shown to it; `token` gives the bearer token of now.

    `in_clear`: whether the token may go over a plain connection beyond this machine. `variables` name the three files.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    token: Callable[[], str] | None = None
    in_clear: bool = False
    variables: tuple[str, str, str] = ("COMITIA_CA", "COMITIA_CLIENT_CERT", "COMITIA_CLIENT_KEY")


PLAIN = Credentials()


def of_peers(settings: Settings) -> Credentials:
    """How this deployment's services call each other. Raises `CannotStart` naming the setting whose file cannot be used.

    Who has told a server that it may be reached in clear has told its peers to call it so, tokens included.
    """
    file = settings.peers_token_file
    ca, cert, key = (variable(name) for name in ("peers_ca", "peers_cert", "peers_key"))
    credentials = Credentials(
        settings.peers_ca,
        settings.peers_cert,
        settings.peers_key,
        None if file is None else lambda: token_in(file, variable("peers_token_file")),
        in_clear=True,
        variables=(ca, cert, key),
    )
    _material(credentials)
    if credentials.token is not None:
        credentials.token()
    return credentials


def token_in(file: Path, named: str = "COMITIA_TOKEN_FILE") -> str:
    """The token that a file holds now. Raises `CannotStart` when there is none."""
    try:
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(
            f"{named}: cannot read {file}: {getattr(error, 'strerror', None) or 'it is no text'}"
        ) from error
    if not found or not found.isascii() or not found.isprintable():
        raise CannotStart(f"{named}: {file} holds no token")
    return found


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
    """A channel to a service's replicas. Raises `NoAddress`, or `CannotStart` for files or a token that cannot be used.

    Several replicas under TLS show a certificate for the host of the first.
    """
    given, hosts = (*OPTIONS, *options), [each.rpartition(":")[0] for each in address.split(REPLICAS)]
    if credentials.ca is not None:
        named = (("grpc.default_authority", hosts[0].strip("[]")),) if len(hosts) > 1 else ()
        opened = grpc.secure_channel(target(address), _tls(credentials), options=(*given, *named))
    else:
        opened = grpc.insecure_channel(target(address), options=given)
        if credentials.token is not None and not credentials.in_clear and not all(map(is_loopback, hosts)):
            raise CannotStart(
                f"a token is not sent in clear to {address}: name the authorities of its certificate in "
                f"{credentials.variables[0]}, as a PEM file or as `{PUBLIC}` for those that everybody trusts"
            )
    return opened if credentials.token is None else grpc.intercept_channel(opened, _Bearing(credentials.token))


def _tls(credentials: Credentials) -> grpc.ChannelCredentials:
    ca, shown = _material(credentials)
    return grpc.ssl_channel_credentials(ca, *((None, None) if shown is None else (shown.key, shown.cert)))


def _material(credentials: Credentials) -> tuple[bytes | None, pem.Pair | None]:
    """What the files hold, checked: the authorities, and what is shown."""
    for_ca, for_cert, for_key = credentials.variables
    ca, cert, key = credentials.ca, credentials.cert, credentials.key
    trusted = None if ca is None or ca == PUBLIC else pem.authorities(Named(for_ca, ca))
    if cert is None or key is None:
        if cert is not key:
            raise CannotStart(f"{for_cert} and {for_key} go together: set both, or neither")
        return trusted, None
    if ca is None:
        raise CannotStart(f"{for_cert} is shown over TLS only: set {for_ca} too")
    return trusted, pem.pair(Named(for_cert, cert), Named(for_key, key))


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
