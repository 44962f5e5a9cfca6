"""What may be asked of this service: rolls and motions as the log has them, lists from the read model, states at any index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from chambers.application import Chambers
from chambers.domain.enrolment import chamber_with_a_roll
from chambers.domain.rolls import FrozenRoll
from chambers.domain.values import Member
from chambers.loaded import ShownMotion
from chambers.projections import Listed, MotionList
from kernel.ids import NAME_PATTERN
from kernel.refusal import Refused, unknown_process
from runtime import asking
from runtime.views import Views


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
        self._freshness = asking.Freshness(chambers.recorder, views, motions)

    def roll(self, process_id: str, chamber: str, *, size: int, token: str) -> RollPage | Refused:
        """One page of a chamber's roll, as far as the log goes now."""
        asked = asking.page(size, token, NAME_PATTERN)
        if isinstance(asked, Refused):
            return asked
        charter = self._chambers.process(process_id).charter
        if charter is None:
            return unknown_process(process_id)
        known = chamber_with_a_roll(charter, chamber)
        if isinstance(known, Refused):
            return known
        roll = self._chambers.roll(process_id, chamber).state
        names = nsmallest(asked.limit + 1, (name for name in roll.members if name > asked.token))
        shown, token = asked.cut(names, str)
        return RollPage(tuple(roll.members[name] for name in shown), len(roll.members), token, roll.frozen)

    def motion(self, process_id: str, motion: str) -> ShownMotion | Refused:
        """One motion, as far as the log goes now."""
        return self._chambers.shown(process_id, motion)

    def page(self, process_id: str, *, size: int, token: str) -> tuple[list[Listed], str] | Refused:
        """One page of motions, and the token of the next ('' when there is none)."""
        asked = asking.page(size, token)
        if isinstance(asked, Refused):
            return asked
        if self._chambers.process(process_id).charter is None:
            return unknown_process(process_id)
        self._freshness.wait()
        found = self._motions.page(self._views, process_id, after=asked.after, limit=asked.limit + 1)
        return asked.cut(found, lambda row: row.number)

    def state(self, process_id: str, at: int | None) -> Mapping[str, Any] | Refused:
        """This service's part of the process's state after its first `at` events."""
        return asking.state_after(self._chambers.recorder, process_id, at, self._chambers.state)
