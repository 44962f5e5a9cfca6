"""The nameko worker: what the broker tells wakes this service's follower, which reads the log from its own position."""

from __future__ import annotations

from audit.reactions import REACTIONS
from runtime.followers import Follower
from runtime.hints import Following, hinted

TYPES = frozenset(REACTIONS)
"""What this service reacts to."""


class Worker:
    """One for each bunch of hints that came together."""

    name = "audit"
    follower: Follower = Following()

    @hinted(TYPES)
    def wake(self, types: frozenset[str]) -> None:
        """Something that this service reacts to is in the log."""
        for type_ in types:
            self.follower.nudge(type_)
