"""Where a process stands is its type: only an `Open` one has anything left to happen to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from rules.charter import Charter, Phase

PhaseStatus: TypeAlias = Literal["waiting", "open", "closed"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Course(_Value):
    """The charter in force and how far the process has come under it; at most one phase is open."""

    process_id: str
    title: str
    organiser: str
    charter: Charter
    charter_hash: str
    phases: dict[str, PhaseStatus]
    amendments: int = 0
    voting: str | None = Field(default=None, exclude=True)
    """The phase in which votes could first be asked for or cast. Folded for commands only: no read model keeps it."""

    @property
    def phase(self) -> Phase | None:
        """The open phase."""
        return next((each for each in self.charter.phases if self.phases[each.name] == "open"), None)

    def path(self) -> tuple[Phase, ...]:
        """The phases in the order in which they follow one another."""
        by_name = {each.name: each for each in self.charter.phases}
        steps = [self.charter.phases[0]]
        while (following := steps[-1].next) is not None:
            steps.append(by_name[following])
        return tuple(steps)

    def next_phase(self) -> Phase | None:
        """The phase that is to open next, once none is open."""
        return next((each for each in self.path() if self.phases[each.name] == "waiting"), None)


class Unopened(_Value):
    status: Literal["unopened"] = "unopened"


class Open(_Value):
    status: Literal["open"] = "open"
    course: Course


class Completed(_Value):
    """Its last phase closed."""

    status: Literal["completed"] = "completed"
    course: Course


class Cancelled(_Value):
    """Stopped for good, in the phase it was in."""

    status: Literal["cancelled"] = "cancelled"
    course: Course
    reason: str
    authority: str


Known: TypeAlias = Open | Completed | Cancelled
ProcessState: TypeAlias = Unopened | Known

STATES: TypeAdapter[Known] = TypeAdapter(Annotated[Known, Field(discriminator="status")])
"""Reads a state back from its JSON, as the read model keeps it."""


def show_process(state: ProcessState) -> dict[str, Any] | None:
    """The process in its published state; None before it is opened."""
    if isinstance(state, Unopened):
        return None
    course, cancelled = state.course, None
    if isinstance(state, Cancelled):
        cancelled = {"reason": state.reason, "authority": state.authority}
    return {
        "process_id": course.process_id,
        "title": course.title,
        "organiser": course.organiser,
        "charter_hash": course.charter_hash,
        "status": state.status,
        "phase": course.phase.name if course.phase else None,
        "phases": dict(course.phases),
        "amendments": course.amendments,
        "cancelled": cancelled,
    }
