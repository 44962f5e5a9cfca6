"""Messages of a stream in turn: while one is committed, the next is read and the one before is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from runtime.servicing import call

Q = TypeVar("Q")
B = TypeVar("B")
D = TypeVar("D")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class _End:
    """Nothing more comes; `error` when that is because something broke."""

    error: Exception | None = None


class Turns(Generic[Q, B, D, A]):
    """Three steps for each message, each blocking and done in a thread: `read` it, `commit` it, `answer` it; one call's.

    Answers keep the messages' order and wait for no later message. However the call ends, what it began to commit is
    committed.
    """

    def __init__(self, read: Callable[[Q], B], commit: Callable[[B], D], answer: Callable[[B, D], A]) -> None:
        self._do_read, self._do_commit, self._do_answer = read, commit, answer
        self._read: asyncio.Queue[B | _End] = asyncio.Queue(1)
        self._committed: asyncio.Queue[tuple[B, D] | _End] = asyncio.Queue(1)
        self._committing: asyncio.Future[D] | None = None

    async def answers(self, messages: AsyncIterator[Q]) -> AsyncIterator[A]:
        """The answers, as they come; raises what a step raised, after the answers before it."""
        steps = [asyncio.create_task(self._read_all(messages)), asyncio.create_task(self._commit_all())]
        try:
            while not isinstance(done := await self._committed.get(), _End):
                yield await call(self._do_answer, *done)
            if done.error is not None:
                raise done.error
        finally:
            for step in steps:
                step.cancel()
            if self._committing is not None and not self._committing.done():
                await asyncio.wait([self._committing])

    async def _read_all(self, messages: AsyncIterator[Q]) -> None:
        try:
            async for message in messages:
                await self._read.put(await call(self._do_read, message))
        except Exception as error:
            await self._read.put(_End(error))
        else:
            await self._read.put(_End())

    async def _commit_all(self) -> None:
        try:
            while not isinstance(batch := await self._read.get(), _End):
                self._committing = asyncio.ensure_future(call(self._do_commit, batch))
                await self._committed.put((batch, await asyncio.shield(self._committing)))
        except Exception as error:
            batch = _End(error)
        await self._committed.put(batch)
