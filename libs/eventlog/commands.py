"""What goes into a use case and what comes out: commands and their keys, changes to streams, receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from eventlog.contract import LogBusy, LogFull, LogUnreachable
from eventlog.mapping import Cause, Draft
from kernel.events import Event
from kernel.ids import command_id, content_id, event_id
from kernel.records import Record
from kernel.refusal import Kind, Refused
from transparency.merkle import hash_leaf

S = TypeVar("S")

OUT_OF_SERVICE = (LogFull, LogBusy, LogUnreachable)
"""What a log that cannot be used now raises: nothing is wrong with the command, which is to be sent again."""


@dataclass(frozen=True, slots=True)
class Change:
    """Events to append to a stream whose current version is `version` (0 for a new stream)."""

    stream_id: str
    version: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a command changes, all or nothing; `expect` names streams it read, with the version they must still have."""

    changes: tuple[Change, ...]
    expect: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommandMeta:
    """Who sent a command, under which key it may be sent again, and in which conversation and trace."""

    idempotency_key: str
    actor: str
    correlation_id: str = ""
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One command of a batch: `content` is what it says, the same bytes on every retry."""

    meta: CommandMeta
    content: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a record is in the log, and the leaf hash by which anyone can prove that it stays there."""

    position: int
    process_index: int
    event_id: str
    type: str
    recorded_at: str
    leaf_hash: bytes
    stream_version: int


@dataclass(frozen=True, slots=True)
class Versioned(Generic[S]):
    """A stream's state and version: the library's immutable aggregate. Version 0: the stream does not exist."""

    id: str
    version: int
    state: S


@dataclass(frozen=True, slots=True)
class Command:
    """A command's id, the same on every retry, and the cause that its events will carry."""

    id: str
    cause: Cause

    def judge(self, first: Record) -> Refused | None:
        """None when `first`, the record under this command's id, is from the same person saying the same thing."""
        if (first.actor, first.causation_id) == (self.cause.actor, self.cause.causation_id):
            return None
        return Refused(
            "idempotency_key_reused",
            kind=Kind.CONFLICT,
            say="this idempotency key was used for another command: use a new key",
            position=first.position,
        )

    def says_the_same_as(self, other: Command) -> bool:
        """Whether two commands of one id are one command sent twice."""
        return (self.cause.actor, self.cause.causation_id) == (other.cause.actor, other.cause.causation_id)


def command_of(process_id: str, method: str, meta: CommandMeta, content: bytes) -> Command:
    """A command without a conversation of its own starts one, named by its id."""
    id = command_id(process_id, method, meta.idempotency_key)
    cause = Cause(
        process_id=process_id,
        actor=meta.actor,
        correlation_id=meta.correlation_id or id,
        causation_id=content_id(method, content),
        traceparent=meta.traceparent,
    )
    return Command(id, cause)


def drafts_of(command: Command, changes: Sequence[Change]) -> list[Draft]:
    """The events of a command, numbered through all its streams."""
    drafts: list[Draft] = []
    for change in changes:
        for version, event in enumerate(change.events, start=change.version + 1):
            drafts.append(Draft(change.stream_id, version, event_id(command.id, len(drafts)), event, command.cause))
    return drafts


def receipt_of(record: Record) -> Receipt:
    """RFC 9162 §2.1.1: the leaf hash covers the record's header and its commitment to the payload."""
    return Receipt(
        position=record.position,
        process_index=record.process_index,
        event_id=record.event_id,
        type=record.type,
        recorded_at=record.recorded_at,
        leaf_hash=hash_leaf(record.leaf()),
        stream_version=record.stream_version,
    )


def out_of_service(error: LogFull | LogBusy | LogUnreachable) -> Refused:
    """The refusal of a command for which the log cannot be used now."""
    if isinstance(error, LogUnreachable):
        return Refused("log_unreachable", kind=Kind.UNAVAILABLE, say=str(error))
    if isinstance(error, LogFull):
        return Refused("log_full", kind=Kind.EXHAUSTED, say=str(error))
    return Refused("log_busy", kind=Kind.EXHAUSTED, say=str(error))
