"""What may be asked of this service: rolls and motions as the log has them, lists from the read model, states at any index."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from chambers.application import Chambers
from chambers.domain.enrolment import chamber_with_a_roll
from chambers.domain.motions import Motion
from chambers.domain.process import unknown_process
from chambers.domain.rolls import FrozenRoll
from chambers.domain.values import Member
from chambers.projections import Listed, MotionList
from eventlog.application import Versioned
from kernel.ids import NAME_PATTERN
from kernel.refusal import Kind, Refused
from runtime.views import Views

DEFAULT_PAGE = 100
MAX_PAGE = 1000
FRESH_WITHIN = 1.0
"""Seconds that a list may wait for the read model to reach what this service has written."""

_NUMBER = re.compile(r"[0-9]{0,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RollPage:
    """Some members of a roll in order of their ids; `token` leads to the next, '' when there is none."""

    members: tuple[Member, ...]
    total: int
    token: str
    frozen: tuple[FrozenRoll, ...]


class Queries:
    """Reads only; a refusal says what would be right to ask."""

    def __init__(self, chambers: Chambers, views: Views, motions: MotionList) -> None:
        self._chambers, self._views, self._motions = chambers, views, motions

    def roll(self, process_id: str, chamber: str, *, size: int, token: str) -> RollPage | Refused:
        """One page of a chamber's roll, as far as the log goes now."""
        if not 0 <= size <= MAX_PAGE:
            return _bad_size(size)
        if token and not re.fullmatch(NAME_PATTERN, token):
            return _bad_token(token)
        charter = self._chambers.process(process_id).charter
        if charter is None:
            return unknown_process(process_id)
        known = chamber_with_a_roll(charter, chamber)
        if isinstance(known, Refused):
            return known
        roll = self._chambers.roll(process_id, chamber).state
        limit = size or DEFAULT_PAGE
        names = nsmallest(limit + 1, (name for name in roll.members if name > token))
        shown = names[:limit]
        token = shown[-1] if len(names) > limit else ""
        return RollPage(tuple(roll.members[name] for name in shown), len(roll.members), token, roll.frozen)

    def motion(self, process_id: str, motion: str) -> Versioned[Motion] | Refused:
        """One motion, as far as the log goes now."""
        return self._chambers.motion(process_id, motion)

    def page(self, process_id: str, *, size: int, token: str) -> tuple[list[Listed], str] | Refused:
        """One page of motions, and the token of the next ('' when there is none)."""
        if not 0 <= size <= MAX_PAGE:
            return _bad_size(size)
        if not _NUMBER.fullmatch(token):
            return _bad_token(token)
        if self._chambers.process(process_id).charter is None:
            return unknown_process(process_id)
        self._views.wait(self._motions.name, self._chambers.written, FRESH_WITHIN)
        limit = size or DEFAULT_PAGE
        found = self._motions.page(self._views, process_id, after=int(token or 0), limit=limit + 1)
        shown = found[:limit]
        return shown, str(shown[-1].number) if len(found) > limit else ""

    def state(self, process_id: str, at: int | None) -> Mapping[str, Any] | Refused:
        """This service's part of the process's state after its first `at` events."""
        length = self._chambers.recorder.length(process_id)
        if length == 0:
            return unknown_process(process_id)
        if at is not None and not 0 <= at <= length:
            say = "the process has no such event; ask for 0 up to its number of events"
            return Refused("index_out_of_range", kind=Kind.INVALID, say=say, at=at, events=length)
        return self._chambers.state(process_id, at)


def _bad_size(size: int) -> Refused:
    return _bad_page("page_size", size, f"0 to {MAX_PAGE}; 0 means {DEFAULT_PAGE}")


def _bad_token(token: str) -> Refused:
    return _bad_page("page_token", token[:60], "the next_page_token of the page before, or nothing")


def _bad_page(field: str, found: str | int, expected: str) -> Refused:
    say = "the page asked for does not exist"
    return Refused("invalid_argument", kind=Kind.INVALID, say=say, field=field, found=found, expected=expected)
