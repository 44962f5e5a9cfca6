"""Group commit: what threads bring while one of them commits is committed together by the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar

from eventlog.contract import LogBusy, LogUnreachable

B = TypeVar("B")
R = TypeVar("R")


class _Waiting(Generic[B, R]):
    """One thread in the line: with a batch, or to have the log for itself. `woken` is held until it may go on."""

    __slots__ = ("alone", "answer", "batch", "leads", "taken", "woken")

    def __init__(self, batch: B | None) -> None:
        self.batch = batch
        self.alone = batch is None
        self.leads = self.taken = False
        self.answer: R | BaseException | None = None
        self.woken = Lock()
        self.woken.acquire()


class Gathering(Generic[B, R]):
    """`commit(batches)` answers each of them in order; `choose(batches)` picks those that can go together with the first;
    it raises nothing.

    There is no thread of its own: the first to come leads, and hands over to the first that waits. If the leader dies with
    its process, so do those that wait.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[B]], Sequence[R | BaseException]],
        choose: Callable[[Sequence[B]], Sequence[int]],
        *,
        patience: float,
    ) -> None:
        """`patience`: the seconds that anyone waits for their turn."""
        self._commit, self._choose, self._patience = commit, choose, patience
        self._lock = Lock()
        self._line: list[_Waiting[B, R]] = []
        self._led = False

    def put(self, batch: B) -> R:
        """Commit a batch, alone or with others; returns its answer or raises its error. Raises `LogBusy`."""
        mine: _Waiting[B, R] = _Waiting(batch)
        self._stand_in_line(mine)
        if mine.leads:
            self._lead(mine)
        answer = mine.answer
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[return-value]  # who was taken was answered

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep everyone else waiting until the end of the block. Raises `LogBusy`."""
        mine: _Waiting[B, R] = _Waiting(None)
        self._stand_in_line(mine)
        with self._lock:
            self._line.remove(mine)
        try:
            yield
        finally:
            self._hand_over()

    def _stand_in_line(self, mine: _Waiting[B, R]) -> None:
        """Returns when it is this thread's turn to lead, or when another has committed its batch."""
        with self._lock:
            self._line.append(mine)
            if not self._led:
                self._led = mine.leads = True
                return
        try:
            if mine.woken.acquire(timeout=self._patience):
                return
            with self._lock:
                if not mine.taken and not mine.leads:
                    raise LogBusy(
                        f"the log was kept busy by this process's threads for {self._patience:g} s: try again"
                    )
            mine.woken.acquire()
        except BaseException:
            self._leave(mine)
            raise

    def _leave(self, mine: _Waiting[B, R]) -> None:
        """Out of the line for good; a turn that had just come goes to the next."""
        with self._lock:
            if mine in self._line:
                self._line.remove(mine)
        if mine.leads:
            self._hand_over()

    def _lead(self, mine: _Waiting[B, R]) -> None:
        """Commit what can go together with this thread's own, which is the first; wake who was answered, and hand over."""
        with self._lock:
            taken = self._take()
        try:
            answers = self._commit([waiting.batch for waiting in taken if waiting.batch is not None])
            for waiting, answer in zip(taken, answers, strict=True):
                waiting.answer = answer
        except BaseException as error:
            for waiting in taken:
                waiting.answer = error if waiting is mine else _copied(error)
        finally:
            self._hand_over()
            for waiting in taken:
                if waiting is not mine:
                    waiting.woken.release()

    def _take(self) -> list[_Waiting[B, R]]:
        """Up to the first who wants the log for itself: whoever came after it comes after it."""
        ready = []
        for waiting in self._line:
            if waiting.alone:
                break
            ready.append(waiting)
        chosen = {0, *self._choose([waiting.batch for waiting in ready if waiting.batch is not None])}
        taken = [waiting for number, waiting in enumerate(ready) if number in chosen]
        self._line = [waiting for number, waiting in enumerate(self._line) if number not in chosen]
        for waiting in taken:
            waiting.taken = True
        return taken

    def _hand_over(self) -> None:
        with self._lock:
            following = self._line[0] if self._line else None
            self._led = following is not None
            if following is not None:
                following.leads = True
                following.woken.release()


def _copied(error: BaseException) -> BaseException:
    """For each thread an error of its own; what was meant for the leader alone (Ctrl-C) leaves the others in doubt."""
    if isinstance(error, Exception):
        try:
            return type(error)(*error.args)
        except TypeError:
            return error
    return LogUnreachable(
        "the thread that was committing was interrupted; whether the batch is in the log is not known: send it again"
    )
