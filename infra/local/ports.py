"""Free ports of this machine, below those that the kernel gives to outgoing connections."""

from __future__ import annotations

import contextlib
import secrets
import socket
from pathlib import Path

LOWEST = 12000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_kept: list[socket.socket] = []
"""Until this program ends. The ports of UDP have the same numbers and are not otherwise used here."""


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now, and that no other program is given by this function.

    Not one the kernel hands out: a server that is stopped for a while must find its port free when it starts again.
    """
    highest = int(_RANGE.read_text().split()[0]) if _RANGE.is_file() else 32768
    while True:
        port = LOWEST + secrets.randbelow(max(highest - LOWEST, 1000))
        if _keep(port) and _is_free(port):
            return port


def _keep(port: int) -> bool:
    """Take the UDP port of this number, which whoever else asks finds taken: a server may bind its own much later."""
    mark = socket.socket(type=socket.SOCK_DGRAM)
    try:
        mark.bind(("127.0.0.1", port))
    except OSError:
        mark.close()
        return False
    _kept.append(mark)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False
