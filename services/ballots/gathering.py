"""Single ballots that come together are committed together; each is answered as if it came alone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import TypeAlias

from eventsourcing.persistence import PersistenceError

from ballots.application import SubmittedBallot
from eventlog.application import Receipt
from kernel.refusal import Kind, Refused
from runtime.servicing import call

MAX_TOGETHER = 500
"""In one transaction."""

MAX_WAITING = 5_000
"""For one box, in one process."""

Answer: TypeAlias = Receipt | Refused | Exception
CastMany: TypeAlias = Callable[[str, str, Sequence[SubmittedBallot]], Sequence[Receipt | Refused]]
Line: TypeAlias = deque[tuple[SubmittedBallot, "asyncio.Future[Receipt | Refused]"]]


class Gathering:
    """The single ballots of one api process, a line for each box. Used from one event loop.

    A ballot that comes alone goes at once; those that come while it is being committed are the next batch. A caller who
    goes away takes nothing with them: their ballot is committed with the others. What the process holds when it dies
    was acknowledged to nobody.
    """

    def __init__(
        self, cast_many: CastMany, *, max_together: int = MAX_TOGETHER, max_waiting: int = MAX_WAITING
    ) -> None:
        self._cast_many, self._max_together, self._max_waiting = cast_many, max_together, max_waiting
        self._lines: dict[tuple[str, str], Line] = {}
        self._committing: set[asyncio.Task[None]] = set()

    async def cast(self, process_id: str, ballot: SubmittedBallot) -> Receipt | Refused:
        """Wait for the ballot's turn and its answer; refused at once when too many wait. Raises what `cast_many` raised."""
        box = (process_id, ballot.command.box)
        line = self._lines.get(box)
        if line is None:
            line = self._lines[box] = deque()
            task = asyncio.create_task(self._commit(box, line), context=Context())
            self._committing.add(task)
            task.add_done_callback(self._committing.discard)
        elif len(line) >= self._max_waiting:
            return _busy(len(line))
        answer: asyncio.Future[Receipt | Refused] = asyncio.get_running_loop().create_future()
        line.append((ballot, answer))
        return await answer

    async def _commit(self, box: tuple[str, str], line: Line) -> None:
        """Batch after batch until nobody waits for this box; in no caller's context, for it is the work of all of them."""
        try:
            while line:
                batch = [line.popleft() for _ in range(min(len(line), self._max_together))]
                answers = await self._answers(box, [ballot for ballot, _ in batch])
                for (_, waiting), answer in zip(batch, answers, strict=True):
                    if waiting.done():
                        continue
                    if isinstance(answer, Exception):
                        waiting.set_exception(answer)
                    else:
                        waiting.set_result(answer)
        finally:
            del self._lines[box]

    async def _answers(self, box: tuple[str, str], ballots: Sequence[SubmittedBallot]) -> list[Answer]:
        """One answer for each. What the log could not do is told to all; what one ballot broke harms no other."""
        try:
            return [*await call(self._cast_many, *box, ballots)]
        except PersistenceError as error:
            return [error] * len(ballots)
        except Exception as error:
            if len(ballots) == 1:
                return [error]
            return [answer for each in ballots for answer in await self._answers(box, [each])]


def _busy(waiting: int) -> Refused:
    say = "too many ballots wait for this box here: send it again with the same key, after a pause or to another server"
    return Refused("box_busy", kind=Kind.EXHAUSTED, say=say, waiting=waiting)
