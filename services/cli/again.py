"""A stream that broke off is begun again where it was: nothing is asked twice that was answered, nothing cast twice."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Iterator
from threading import Lock
from typing import Generic, TypeVar

import grpc

M = TypeVar("M")

ATTEMPTS = 5
FIRST_SECONDS, GROWTH, LONGEST_SECONDS = 0.2, 3.0, 5.0


class Patience:
    """How often a stream is begun again without an answer in between, and after which pauses."""

    def __init__(self) -> None:
        self._failed = 0

    def answered(self) -> None:
        """It works: the next failure is the first again."""
        self._failed = 0

    def waited(self, error: grpc.RpcError) -> bool:
        """Whether to try again, after a pause; false for what no pause mends, or when it was tried often enough."""
        self._failed += 1
        code = error.code() if isinstance(error, grpc.Call) else None
        if code is not grpc.StatusCode.UNAVAILABLE or self._failed == ATTEMPTS:
            return False
        pause = min(FIRST_SECONDS * GROWTH ** (self._failed - 1), LONGEST_SECONDS)
        time.sleep(pause * random.uniform(0.5, 1.5))
        return True


class Sending(Generic[M]):
    """Messages that are each answered once, in order; a new stream begins with those that were not answered.

    gRPC takes them in a thread of its own: that of a stream that broke takes no more once another has begun.
    """

    def __init__(self, messages: Iterator[M]) -> None:
        self._messages = messages
        self._unanswered: deque[M] = deque()
        self._lock = Lock()
        self._stream = 0

    def stream(self) -> Iterator[M]:
        """The messages of a new stream."""
        with self._lock:
            self._stream += 1
            return self._of(self._stream, list(self._unanswered))

    def answered(self) -> None:
        """The first message without an answer has one now."""
        self._unanswered.popleft()

    @property
    def unanswered(self) -> int:
        """How many messages were sent and have no answer yet."""
        return len(self._unanswered)

    def _of(self, stream: int, again: list[M]) -> Iterator[M]:
        yield from again
        while True:
            with self._lock:
                message = next(self._messages, None) if stream == self._stream else None
                if message is None:
                    return
                self._unanswered.append(message)
            yield message
