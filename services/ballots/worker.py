"""The nameko worker: what the broker tells wakes this service's follower, which reads the log from its own position."""

from __future__ import annotations

from ballots.projections import BoxList
from ballots.reactions import REACTIONS
from runtime.followers import Follower
from runtime.hints import Following, hinted

TYPES = frozenset(REACTIONS) | BoxList().types
"""What this service reacts to or lists."""


class Worker:
    """One for each bunch of hints that came together."""

    name = "ballots"
    follower: Follower = Following()

    @hinted(TYPES)
    def wake(self, types: frozenset[str]) -> None:
        """Something that this service reacts to or lists is in the log."""
        for type_ in types:
            self.follower.nudge(type_)
