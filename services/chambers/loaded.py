"""A motion's case as it was loaded: with the versions of the streams that a change of it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chambers.domain.case import Case
from chambers.domain.events import RollFrozen
from chambers.domain.motions import Motion
from chambers.domain.rolls import Roll
from eventlog.application import Change, Changes, Versioned
from kernel.events import Event
from rules.decisions import Ask


@dataclass(frozen=True, slots=True)
class ShownMotion:
    """A motion as it is shown: `awaited` is what its decision asks for now."""

    state: Motion
    awaited: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class LoadedCase:
    """`expect` holds the version of the process, so that a phase changing meanwhile makes us decide again."""

    case: Case
    motion: Versioned[Motion]
    rolls: Mapping[str, Versioned[Roll]]
    expect: Mapping[str, int] = field(default_factory=dict)

    def changes(self, events: tuple[Event, ...], expect: Mapping[str, int] | None = None) -> Changes:
        """Each roll frozen in its own stream, everything else in the motion's: all of it or nothing."""
        frozen: dict[str, list[Event]] = {}
        for event in events:
            if isinstance(event, RollFrozen):
                frozen.setdefault(event.chamber, []).append(event)
        of_rolls = [Change(self.rolls[name].id, self.rolls[name].version, tuple(each)) for name, each in frozen.items()]
        of_motion = tuple(event for event in events if not isinstance(event, RollFrozen))
        changes = (*of_rolls, Change(self.motion.id, self.motion.version, of_motion))
        return Changes(changes, expect={**self.expect, **(expect or {})})

    def changes_or_none(self, events: tuple[Event, ...], expect: Mapping[str, int] | None = None) -> Changes | None:
        """None where nothing is to be done."""
        return self.changes(events, expect) if events else None
