"""Where a server may listen: on loopback as it is; beyond it only with TLS and tokens, unless `--insecure` was said."""

from __future__ import annotations

import ipaddress
import re

_LISTEN = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:\[\]]+)):(?P<port>[0-9]{1,5})", re.ASCII)

INSECURE = "--insecure"


class CannotStart(Exception):
    """The process cannot start; the message says what is wrong and what to do. Raised before anything is served."""


def listening_address(listen: str, *, protected: bool = False, insecure: bool = False) -> str:
    """`HOST:PORT` as gRPC wants it; `protected` means TLS and tokens. Raises `CannotStart` for what must not be served."""
    match = _LISTEN.fullmatch(listen)
    if match is None or int(match["port"]) > 65_535:
        raise CannotStart(f"--listen expects HOST:PORT such as 127.0.0.1:7400 (port 0: any free one), found {listen!r}")
    host = match["six"] or match["host"]
    if not (protected or insecure or is_loopback(host)):
        raise CannotStart(
            f"refusing to listen on {host}: beyond loopback (127.0.0.1, [::1] or localhost) callers must be authenticated and "
            f"connections encrypted: set COMITIA_TLS_CERT, COMITIA_TLS_KEY and COMITIA_AUTH_JWKS, or say {INSECURE} where "
            "the network itself keeps others out"
        )
    return f"{'127.0.0.1' if host == 'localhost' else listen.rpartition(':')[0]}:{match['port']}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it: an address of 127/8, ::1 (in brackets or not) or `localhost`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
