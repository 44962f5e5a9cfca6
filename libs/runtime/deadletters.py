"""The dead letters: messages that a worker could not read. Looked at without taking them; published again, or dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kernel.instants import show_instant
from runtime.broker import Broker, Link, body_in
from runtime.cloudevents import Unreadable, read_hint
from runtime.publishing import Confirmed
from runtime.topology import DEAD_LETTERS, HINTS, declare

SHOWN_BYTES = 80
_ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message. `id` follows from what it holds, when and where it died; `start` are the first bytes of its body."""

    id: str
    queue: str
    died_at: str
    why: str
    size: int
    content_type: str
    start: bytes


class DeadLetters:
    """The queue of dead letters, on one link. Who looks at a letter holds it until `close`; others do not see it meanwhile."""

    def __init__(self, link: Link) -> None:
        """Raises `BROKEN`."""
        declare(link, (DEAD_LETTERS,))
        self._link = link
        self._channel = link.channel()

    def look(self, limit: int) -> Iterator[DeadLetter]:
        """At most `limit` letters, the oldest first; they stay where they are. Raises `BROKEN`."""
        for message in self._each(limit):
            yield _letter(message)

    def replay(self, ids: Collection[str] | None) -> tuple[list[DeadLetter], list[DeadLetter]]:
        """Publish these letters (None: all) again, each to the queue it died in, and only then remove them.

        Returns those that were, and those that did not die in a queue of Comitia's and stay. A crash in between leaves a
        letter in both. Raises `BROKEN`.
        """
        confirmed = Confirmed(self._link)
        hints = {queue.name for queue in HINTS.values()}
        again, left = [], []
        for message in self._each(None):
            letter = _letter(message)
            if ids is not None and letter.id not in ids:
                continue
            if letter.queue not in hints:
                left.append(letter)
                continue
            kept = {name: message.properties[name] for name in _KEPT if name in message.properties}
            confirmed.send(body_in(message), "", letter.queue, mandatory=True, **kept)
            confirmed.settle()
            self._channel.basic_ack(message.delivery_tag)
            again.append(letter)
        return again, left

    def drop(self, ids: Collection[str] | None) -> list[DeadLetter]:
        """Remove these letters (None: all) for ever; returns them. Raises `BROKEN`."""
        dropped = []
        for message in self._each(None):
            letter = _letter(message)
            if ids is None or letter.id in ids:
                self._channel.basic_ack(message.delivery_tag)
                dropped.append(letter)
        return dropped

    def waiting(self) -> int:
        """How many letters there are that nobody looks at now. Raises `BROKEN`."""
        return int(self._channel.queue_declare(DEAD_LETTERS.name, passive=True).message_count)

    def close(self) -> None:
        """Let go of every letter that was looked at and not removed. Raises `BROKEN`."""
        self._channel.close()

    def _each(self, limit: int | None) -> Iterator[Any]:
        """One at a time; no more than there are now: a letter that dies again is not met twice."""
        number = self.waiting()
        for _ in range(number if limit is None else min(limit, number)):
            message = self._channel.basic_get(DEAD_LETTERS.name)
            if message is None:
                return
            yield message


@contextmanager
def opened(broker: Broker) -> Iterator[DeadLetters]:
    """The dead letters of a broker. Raises `BROKEN`."""
    with broker.linked("comitia deadletters") as link:
        letters = DeadLetters(link)
        yield letters
        letters.close()


_KEPT = ("content_type", "content_encoding", "message_id", "type")
"""Properties that are published again. Not the others: with some of them the broker would refuse or reroute the message."""


def _letter(message: Any) -> DeadLetter:
    body = body_in(message)
    content_type = str(message.properties.get("content_type") or "")
    death = _death(message.properties)
    died_at = _shown(death.get("time"))
    queue = str(death.get("queue") or message.delivery_info["routing_key"])
    hint = read_hint(body, content_type)
    why = hint.why if isinstance(hint, Unreadable) else f"the broker says: {death.get('reason') or 'nothing'}"
    digest = hashlib.sha256("\n".join((queue, died_at, content_type, "")).encode() + body)
    return DeadLetter(digest.hexdigest()[:_ID_DIGITS], queue, died_at, why, len(body), content_type, body[:SHOWN_BYTES])


def _death(properties: dict[str, Any]) -> dict[str, Any]:
    """The last time it died, as the broker has noted it; whoever publishes may have put anything there."""
    headers = properties.get("application_headers")
    deaths = headers.get("x-death") if isinstance(headers, dict) else None
    last = deaths[0] if isinstance(deaths, list) and deaths else None
    return last if isinstance(last, dict) else {}


def _shown(time: object) -> str:
    return show_instant(time.replace(tzinfo=UTC)) if isinstance(time, datetime) else ""
