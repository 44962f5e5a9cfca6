"""Which chamber votes in a box, for callers whose token is limited to some chambers."""

from __future__ import annotations

from typing import Any

from ballots.application import Ballots
from ballots.domain.box import Unopened
from runtime.caller import NOTHING, About

KEPT = 10_000
"""Boxes that are remembered: a box has the chamber that it opened with, for ever."""


class Subjects:
    """Asked for each ballot of a caller whose token is limited. Safe to use from many threads."""

    def __init__(self, ballots: Ballots) -> None:
        self._ballots = ballots
        self._known: dict[tuple[str, str], About] = {}

    def __call__(self, method: str, request: Any) -> About:
        """Of a request that names a box; blocking. Nothing is known of one that was never opened."""
        place = (request.process_id, request.box)
        known = self._known.get(place)
        if known is not None:
            return known
        box = self._ballots.box(*place).state
        if isinstance(box, Unopened):
            return NOTHING
        about = About(frozenset({box.opening.event.chamber}))
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[place] = about
        return about
