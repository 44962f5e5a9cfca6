"""Given what happened, when a command comes, then these events or this refusal: tests of rules without a store."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, Generic, TypeVar

from kernel.refusal import Refused

S = TypeVar("S")
E = TypeVar("E")


class Then(Generic[E]):
    """What was decided."""

    def __init__(self, decided: tuple[E, ...] | Refused) -> None:
        self.decided = decided

    def then(self, *events: E) -> None:
        """Exactly these events, in this order; none means that nothing was to be done."""
        assert not isinstance(self.decided, Refused), f"refused: {self.decided}"
        assert tuple(self.decided) == events

    def refused(self, reason: str, **details: Any) -> Refused:
        """Refused for `reason`; `details` must be among the numbers that it carries."""
        assert isinstance(self.decided, Refused), f"not refused: {self.decided}"
        assert self.decided.reason == reason, f"refused for another reason: {self.decided}"
        carried = {name: self.decided.details.get(name) for name in details}
        assert carried == details
        return self.decided


class Given(Generic[S, E]):
    """A state, reached by events."""

    def __init__(self, state: S, evolve: Callable[[S, E], S], decide: Callable[..., tuple[E, ...] | Refused]) -> None:
        self.state, self._evolve, self._decide = state, evolve, decide

    def given(self, *events: E) -> Given[S, E]:
        """The state after `events` as well."""
        return Given(reduce(self._evolve, events, self.state), self._evolve, self._decide)

    def when(self, *command: Any, **arguments: Any) -> Then[E]:
        """Decide, as `decide(state, *command, **arguments)`."""
        return Then(self._decide(self.state, *command, **arguments))


def scenario(
    initial: S, evolve: Callable[[S, E], S], decide: Callable[..., tuple[E, ...] | Refused]
) -> Callable[..., Given[S, E]]:
    """`given = scenario(NO_BOX, evolve, decide)`, then `given(opened, cast).when(command).then(event)` in each test."""
    return Given(initial, evolve, decide).given
