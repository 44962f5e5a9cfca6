"""A client that sends the same command again, under the same key, until it is answered: what every client is told to do."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from cli.client import Client, CommandRefused
from comitia.common.v1 import common_pb2
from runtime.refusals import Refusal

T = TypeVar("T")

AGAIN = frozenset(
    {
        "unreachable",
        "unavailable",
        "deadline_exceeded",
        "cancelled",
        "log_unreachable",
        "log_busy",
        "log_full",
        "too_much_contention",
        "too_many_calls",
        "rate_exceeded",
        "box_busy",
        "server_stopping",
    }
)
"""Answers that say nothing about the command: whether it was carried out is learnt by sending it again."""

PATIENCE = 180.0


class Insistent(Client):
    """Counts the answers it did not accept, by reason, in `disturbed`."""

    def __init__(self, address: str, *, actor: str = "organiser") -> None:
        super().__init__(address, actor=actor)
        self.disturbed: dict[str, int] = {}

    def __enter__(self) -> Insistent:
        return self

    def do(
        self, rpc: Callable[[Any], Any], request: Any, *, actor: str | None = None, key: str | None = None
    ) -> list[common_pb2.Receipt]:
        key = key or uuid.uuid4().hex
        return self._insist(lambda: super(Insistent, self).do(rpc, request, actor=actor, key=key))

    def await_event(
        self, process_id: str, type_: str, match: Callable[[dict[str, Any]], bool] = lambda data: True
    ) -> dict[str, Any]:
        return self._insist(lambda: super(Insistent, self).await_event(process_id, type_, match))

    def state(self, process_id: str, at: int | None = None) -> dict[str, Any]:
        return self._insist(lambda: super(Insistent, self).state(process_id, at))

    def _insist(self, call: Callable[[], T]) -> T:
        until = time.monotonic() + PATIENCE
        pause = 0.05
        while True:
            try:
                return call()
            except CommandRefused as refused:
                reason = refused.reason
                if reason not in AGAIN:
                    raise
                self.disturbed[reason] = self.disturbed.get(reason, 0) + 1
                if time.monotonic() > until:
                    raise CommandRefused(
                        Refusal("never_answered", f"{PATIENCE:.0f} s long: {refused}", {})
                    ) from refused
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(pause * 2, 1.0)
