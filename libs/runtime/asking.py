"""What queries of every service share: pages of a list, how fresh it is, and states after a process's first events."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from eventlog.contract import LogRecorder
from kernel.refusal import Kind, Refused, unknown_process
from runtime.views import Projection, Views

T = TypeVar("T")

DEFAULT_PAGE = 100
MAX_PAGE = 1000
FRESH_WITHIN = 1.0
"""Seconds that a list may wait for the read model to take in what is in the log, whichever process appended it."""

NUMBER = r"[0-9]{0,18}"
"""The token of a list in the order of a number."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page asked for: at most `limit` rows, after the row that `token` names ('' for the first page)."""

    limit: int
    token: str

    @property
    def after(self) -> int:
        """The number in the token of a numbered list; 0 for the first page."""
        return int(self.token or 0)

    def cut(self, found: Sequence[T], key: Callable[[T], object]) -> tuple[list[T], str]:
        """Of up to `limit + 1` rows found, those shown and the token of the next page ('' when there is none)."""
        shown = list(found[: self.limit])
        return shown, str(key(shown[-1])) if len(found) > self.limit else ""


class Freshness:
    """Has lists show what was appended before they were asked for. Safe to use from many threads."""

    def __init__(self, log: LogRecorder, views: Views, projection: Projection) -> None:
        self._log, self._views, self._projection = log, views, projection
        self._stood_at = -1

    def wait(self, seconds: float = FRESH_WITHIN) -> bool:
        """Wait for the read model to hold all that the log holds now of its types; false when that takes longer.

        While it does not move at all (no worker runs), only the first list waits: lists must not hold up commands.
        """
        deadline, end, name = monotonic() + seconds, self._log.last_position(), self._projection.name
        while (position := self._views.position(name)) < end:
            ahead = self._log.read(after=position, until=end, limit=1, types=self._projection.types)
            if not ahead:
                break
            remaining = deadline - monotonic()
            if position == self._stood_at or remaining <= 0:
                return False
            if not self._views.wait(name, ahead[0].position, remaining):
                self._stood_at = position
                return False
        return True


def page(size: int, token: str, pattern: str = NUMBER) -> Page | Refused:
    """A page as a request names it; size 0 means `DEFAULT_PAGE`."""
    if not 0 <= size <= MAX_PAGE:
        return _bad_page("page_size", size, f"0 to {MAX_PAGE}; 0 means {DEFAULT_PAGE}")
    if token and not re.fullmatch(pattern, token, re.ASCII if pattern == NUMBER else 0):
        return _bad_page("page_token", token[:60], "the next_page_token of the page before, or nothing")
    return Page(size or DEFAULT_PAGE, token)


def state_after(
    log: LogRecorder, process_id: str, at: int | None, read: Callable[[str, int | None], Mapping[str, Any]]
) -> Mapping[str, Any] | Refused:
    """What `read` says of a process after its first `at` events, when it has as many; all of them by default."""
    length = log.length(process_id)
    if length == 0:
        return unknown_process(process_id)
    if at is not None and not 0 <= at <= length:
        say = "the process has no such event; ask for 0 up to its number of events"
        return Refused("index_out_of_range", kind=Kind.INVALID, say=say, at=at, events=length)
    return read(process_id, at)


def _bad_page(field: str, found: str | int, expected: str) -> Refused:
    say = "the page asked for does not exist"
    return Refused("invalid_argument", kind=Kind.INVALID, say=say, field=field, found=found, expected=expected)
