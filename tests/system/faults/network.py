"""A network that can be cut and slowed: a TCP proxy between two programs, in a thread of the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType

CHUNK = 16_384


class Network:
    """From `address` (HOST:PORT on loopback) to `target`; use it as a context manager.

    `cut` drops every connection and takes no new one; `stall` keeps them and lets no byte through, as a pulled cable does;
    `slow` delays every chunk each way by so many seconds; `mend` is as before.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._delay = 0.0
        self._refusing = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._open: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Network:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._connected, "127.0.0.1", 0), self._loop
        ).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._server.close)
        self.cut()
        self._do(self._loop.stop)
        self._thread.join(10)

    def cut(self) -> None:
        """Drop every connection; refuse new ones."""
        self._do(lambda: self._set(refusing=True, flowing=True, delay=0.0))
        self._do(self._drop)

    def stall(self) -> None:
        """Let nothing through; nobody is told."""
        self._do(lambda: self._set(refusing=False, flowing=False, delay=0.0))

    def slow(self, seconds: float) -> None:
        """Delay every chunk by `seconds`."""
        self._do(lambda: self._set(refusing=False, flowing=True, delay=seconds))

    def mend(self) -> None:
        """Let everything through at once."""
        self._do(lambda: self._set(refusing=False, flowing=True, delay=0.0))

    def _do(self, what: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(what)

    def _set(self, *, refusing: bool, flowing: bool, delay: float) -> None:
        self._refusing, self._delay = refusing, delay
        if flowing:
            self._flowing.set()
        else:
            self._flowing.clear()

    def _drop(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(*self._target)
        self._open |= {writer, back}
        try:
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        finally:
            self._open -= {writer, back}

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(CHUNK):
                await self._flowing.wait()
                if self._delay:
                    await asyncio.sleep(self._delay)
                sink.write(data)
                await sink.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            sink.close()
