"""The end of the log, watched by one thread on behalf of every follower; a follower that goes away leaves nothing behind."""

from __future__ import annotations

import asyncio

from eventlog.contract import LogRecorder
from runtime.servicing import call, call_waiting

_WATCH_SECONDS = 0.25
_GATHER_SECONDS = 0.005


class Tail:
    """Lives in one event loop. While nobody waits, nothing runs."""

    def __init__(self, log: LogRecorder) -> None:
        self._log = log
        self._last = 0
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._watch: asyncio.Task[None] | None = None

    async def beyond(self, position: int, seconds: float) -> bool:
        """Wait until the log holds a record after `position` (True) or the time is over (False)."""
        if self._last > position:
            return True
        loop = asyncio.get_running_loop()
        moved: asyncio.Future[None] = loop.create_future()
        self._waiting[moved] = position
        if self._watch is None or self._watch.done():
            self._watch = loop.create_task(self._watching())
        try:
            await asyncio.wait_for(moved, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(moved, None)
        return True

    async def _watching(self) -> None:
        while self._waiting:
            if await call_waiting(self._log.wait_for, self._last, _WATCH_SECONDS):
                self._last = await call(self._log.last_position)
                for moved, position in tuple(self._waiting.items()):
                    if position < self._last and not moved.done():
                        moved.set_result(None)
                await asyncio.sleep(_GATHER_SECONDS)
