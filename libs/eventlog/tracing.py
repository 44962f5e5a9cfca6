"""In which trace the work at hand is: told by whoever traces, and carried by what is appended because of an event."""

from __future__ import annotations

from contextvars import ContextVar

TRACEPARENT: ContextVar[str | None] = ContextVar("comitia_traceparent", default=None)
"""The W3C `traceparent` of the reaction or timer that runs here; None when nobody traces it."""


def current() -> str | None:
    """The trace of the reaction or timer that runs in this thread."""
    return TRACEPARENT.get()
