"""Group commit: what threads bring while one of them commits is committed together by the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import Generic, TypeVar

B = TypeVar("B")
R = TypeVar("R")


class _Waiting(Generic[B, R]):
    """One thread's batch, and what became of it; `turn` is set when it is answered, or when its thread must lead."""

    def __init__(self, batch: B) -> None:
        self.batch = batch
        self.turn = Event()
        self.answer: R | BaseException | None = None
        self.answered = False


class Gathering(Generic[B, R]):
    """`commit(batches)` answers each of them in order; `together(batches)` says how many of the first can go together.

    There is no thread of its own: the first to come leads, and hands over to the first that waits. If the leader dies with
    its process, so do those that wait.
    """

    def __init__(
        self, commit: Callable[[Sequence[B]], Sequence[R | BaseException]], together: Callable[[Sequence[B]], int]
    ) -> None:
        self._commit, self._together = commit, together
        self._lock = Lock()
        self._line: list[_Waiting[B, R]] = []
        self._led = False

    def put(self, batch: B) -> R:
        """Commit a batch, alone or with others; returns its answer or raises its error."""
        mine: _Waiting[B, R] = _Waiting(batch)
        with self._lock:
            self._line.append(mine)
            lead = not self._led
            self._led = True
        if not lead:
            mine.turn.wait()
        if not mine.answered:
            self._lead()
        if isinstance(mine.answer, BaseException):
            raise mine.answer
        return mine.answer  # type: ignore[return-value]  # answered: an R

    def _lead(self) -> None:
        """Commit what waits, this thread's own first of all; then hand over."""
        with self._lock:
            number = max(1, self._together([waiting.batch for waiting in self._line]))
            taken, self._line = self._line[:number], self._line[number:]
        try:
            answers: Sequence[R | BaseException] = self._commit([waiting.batch for waiting in taken])
        except BaseException as error:
            answers = [error] * len(taken)
        for waiting, answer in zip(taken, answers, strict=True):
            waiting.answer, waiting.answered = answer, True
        with self._lock:
            following = self._line[0] if self._line else None
            self._led = following is not None
        for waiting in taken[1:]:
            waiting.turn.set()
        if following is not None:
            following.turn.set()
