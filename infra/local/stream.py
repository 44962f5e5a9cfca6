"""One log stream of many processes: every line under the name of who said it, in a colour of its own on a terminal."""

from __future__ import annotations

import os
import selectors
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
NAME_WIDTH = 19
REMEMBERED = 20
LONGEST = 65536
"""Bytes of a line; a longer one is told in pieces."""


class Stream:
    """Reads what is attached, in a thread of its own, and writes it line by line to `out`, until `close`."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._coloured = out.isatty() and not os.environ.get("NO_COLOR")
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._lock = threading.Lock()
        self._unfinished: dict[int, tuple[str, bytes]] = {}
        self._colours: dict[str, int] = {}
        self._last: dict[str, deque[str]] = {}
        self._closing = False
        self._thread = threading.Thread(target=self._pump, name="log stream", daemon=True)
        self._thread.start()

    def attach(self, name: str, descriptor: int) -> None:
        """Read `descriptor`, which is the stream's from now on, to its end."""
        with self._lock:
            self._unfinished[descriptor] = (name, b"")
            self._selector.register(descriptor, selectors.EVENT_READ)
        os.write(self._wake_write, b"!")

    @contextmanager
    def pipe(self, name: str) -> Iterator[int]:
        """A descriptor to give to a program that writes under a name."""
        read, write = os.pipe()
        self.attach(name, read)
        try:
            yield write
        finally:
            os.close(write)

    def say(self, name: str, line: str) -> None:
        """Write one line; a reader that is gone hears nothing."""
        with self._lock:
            colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
            self._last.setdefault(name, deque(maxlen=REMEMBERED)).append(line)
            start, end = (f"\x1b[{colour}m", "\x1b[0m") if self._coloured else ("", "")
            try:
                self._out.write(f"{start}{name:<{NAME_WIDTH}} |{end} {line}\n")
                self._out.flush()
            except (BrokenPipeError, ValueError):
                return

    def last(self, name: str) -> list[str]:
        """The newest lines said under a name."""
        with self._lock:
            return list(self._last.get(name, ()))

    def close(self) -> None:
        """Write what is still to be read, then stop reading."""
        self._closing = True
        os.write(self._wake_write, b"!")
        self._thread.join()
        for descriptor in (self._wake_read, self._wake_write, *self._unfinished):
            os.close(descriptor)
        self._selector.close()

    def _pump(self) -> None:
        while True:
            ready = [key.fd for key, _ in self._selector.select(0 if self._closing else None)]
            if self._closing and ready in ([], [self._wake_read]):
                return
            for descriptor in ready:
                given = os.read(descriptor, LONGEST)
                if descriptor != self._wake_read:
                    self._take(descriptor, given)

    def _take(self, descriptor: int, given: bytes) -> None:
        name, before = self._unfinished[descriptor]
        *lines, rest = (before + given).split(b"\n")
        if not given or len(rest) > LONGEST:
            lines, rest = [*lines, *([rest] if rest else [])], b""
        for line in lines:
            self.say(name, line.decode(errors="backslashreplace").rstrip("\r"))
        with self._lock:
            if given:
                self._unfinished[descriptor] = (name, rest)
            else:
                self._selector.unregister(descriptor)
                del self._unfinished[descriptor]
                os.close(descriptor)
