"""Where tests let a server listen: on loopback, at any free port, for everyone."""

from __future__ import annotations

from typing import Any

from runtime.entrance import Entrance
from runtime.settings import Settings


def anywhere(listen: str = "127.0.0.1:0", **settings: Any) -> Entrance:
    """Calls that run at the end have a moment to end."""
    return Entrance(Settings.load(**{"listen": listen, "drain_seconds": 2.0, **settings}))
