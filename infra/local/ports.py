"""Free ports of this machine, below those that the kernel gives to outgoing connections."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

LOWEST = 12000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now.

    Not one the kernel hands out: a server that is stopped for a while must find its port free when it starts again.
    """
    highest = int(_RANGE.read_text().split()[0]) if _RANGE.is_file() else 32768
    while True:
        port = LOWEST + secrets.randbelow(max(highest - LOWEST, 1000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
