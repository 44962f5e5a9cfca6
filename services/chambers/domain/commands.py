"""What a client may ask for, already well formed; whether it may happen is decided by the module of each rule."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import Field

from chambers.domain.values import Because, Criterion, Member, Prose, Title, Value, YesNo
from kernel.ids import Name, ProcessId


class Command(Value):
    """A command in a process."""

    process_id: ProcessId

    def told(self) -> dict[str, Any]:
        """What it says, apart from the process it is said in."""
        return {name: value for name, value in self if name != "process_id"}


class EnrolMembers(Command):
    """Enter members in a roll: all of them or none."""

    chamber: Name
    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=1000)]


class UpdateMember(Command):
    """Replace a member's weight, roles, unit and mandate."""

    chamber: Name
    member: Member


class RemoveMember(Command):
    """Take a member off a roll."""

    chamber: Name
    member: Name
    reason: Because


class ProposeMotion(Command):
    """Move a motion."""

    motion: Name
    matter: Name
    title: Title
    text: Prose
    mover: Name


class PutMotion(Command):
    """Ask the chambers that the decision asks next."""

    motion: Name


class WithdrawMotion(Command):
    """Take a motion back."""

    motion: Name
    reason: Because


class GiveCastingVote(Command):
    """Break a tie, as the holder of the declared role."""

    motion: Name
    chamber: Name
    member: Name
    choice: YesNo


class RaiseObjection(Command):
    """Object to a motion within the window."""

    motion: Name
    chamber: Name
    member: Name
    reason: Because


class TestObjection(Command):
    """Say which of the charter's criteria a member's objection meets, as the holder of the declared role."""

    motion: Name
    chamber: Name
    member: Name
    tester: Name
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=50)]
    reason: Because


RollCommand: TypeAlias = EnrolMembers | UpdateMember | RemoveMember
MotionCommand: TypeAlias = ProposeMotion | PutMotion | WithdrawMotion | GiveCastingVote | RaiseObjection | TestObjection
