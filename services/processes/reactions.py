"""When a date of a charter has come, change the phase: this service's policies, by name; it reacts to no event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from processes.application import Processes
from processes.projections import ProcessList
from runtime.views import Views


def keep_the_calendar(processes: Processes, listing: ProcessList, views: Views, now: datetime) -> object:
    """Phases open and close on their dates. If we crash here, the next tick finds the same changes due."""
    for process_id in listing.due(views, now):
        processes.keep_calendar("keep_the_calendar", process_id, now)
    return None


TIMERS: Mapping[str, Callable[[Processes, ProcessList, Views, datetime], object]] = MappingProxyType(
    {"keep_the_calendar": keep_the_calendar}
)
