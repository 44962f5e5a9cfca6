"""The nameko worker of this service: what the broker tells wakes its follower, which reads the log from its own position."""

from __future__ import annotations

from runtime.cloudevents import Hint
from runtime.followers import Follower
from runtime.hints import Wakes, hinted


class Worker:
    """One for each hint."""

    name = "proposals"
    follower: Follower = Wakes()

    @hinted
    def wake(self, hint: Hint) -> None:
        """Something that this service reacts to, or lists, is in the log."""
        self.follower.nudge(hint.type)
