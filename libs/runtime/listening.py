"""The server listens on loopback only: what it answers is neither encrypted nor authenticated yet."""

from __future__ import annotations

import ipaddress
import re

_LISTEN = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:\[\]]+)):(?P<port>[0-9]{1,5})", re.ASCII)


class CannotStart(Exception):
    """The process cannot start; the message says what is wrong and what to do. Raised before anything is served."""


def loopback_address(listen: str) -> str:
    """`HOST:PORT` as gRPC wants it; raises `CannotStart` for what is not an address, or is not on this machine."""
    match = _LISTEN.fullmatch(listen)
    if match is None or int(match["port"]) > 65_535:
        raise CannotStart(f"--listen expects HOST:PORT such as 127.0.0.1:7400 (port 0: any free one), found {listen!r}")
    host = match["six"] or match["host"]
    if not _is_loopback(host):
        raise CannotStart(
            f"refusing to listen on {host}: connections are neither encrypted nor authenticated yet, "
            "so only loopback is served (127.0.0.1, [::1] or localhost); put an authenticating proxy in front of it"
        )
    return f"{'127.0.0.1' if host == 'localhost' else listen.rpartition(':')[0]}:{match['port']}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
