"""Use cases: load, decide, append. The only place of this service that touches the log for a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from chambers.domain import (
    assessing,
    casting,
    counting,
    deadlines,
    delegating,
    drawing,
    enrolment,
    moving,
    objecting,
    rolls,
)
from chambers.domain.case import Case, enrolled_roots, unknown_motion
from chambers.domain.commands import (
    DelegationCommand,
    GiveCastingVote,
    MotionCommand,
    ProposeMotion,
    PutMotion,
    RaiseObjection,
    RollCommand,
    TestObjection,
    WithdrawMotion,
)
from chambers.domain.deciding import awaited
from chambers.domain.events import (
    EVENTS,
    DelegationGiven,
    DelegationRevoked,
    MemberLeft,
    MembersEnrolled,
    MemberUpdated,
    RollFrozen,
)
from chambers.domain.freezing import freeze
from chambers.domain.motion_state import to_json
from chambers.domain.motions import Motion, NoMotion, evolve
from chambers.domain.process import Process, charter_allowing, charter_of
from chambers.domain.rolls import Roll
from chambers.domain.rolls import evolve as evolve_roll
from chambers.domain.voting import roll_to_freeze
from chambers.inbox import (
    box_stream,
    follow_boxes,
    follow_processes,
    process_stream,
    read_phase_opened,
    read_tally,
    seals,
)
from chambers.loaded import LoadedCase, ShownMotion
from chambers.rollbook import ChamberBook
from chambers.seeds import seed_at_the_seal
from eventlog.application import Change, Changes, CommandMeta, LogApplication, Receipt, Versioned
from eventlog.contract import LogRecorder
from kernel.events import Event
from kernel.ids import stream_id
from kernel.records import Record
from kernel.refusal import Refused, unknown_process
from rules.charter import Action, Charter
from rules.delegation import Standing

NOTHING_PROPOSED: Motion = NoMotion()
ROLL_EVENTS = (MembersEnrolled, MemberUpdated, MemberLeft, RollFrozen)
MOVING = (ProposeMotion, PutMotion, WithdrawMotion)
"""What the open phase must allow motions for; answers to what was asked may come in any phase."""


class Chambers(LogApplication):
    """Rolls and motions of every process of this log. `clock` dates what is frozen and starts what has a deadline."""

    name = "chambers"

    def __init__(self, log: LogRecorder, clock: Callable[[], datetime]) -> None:
        super().__init__(log, EVENTS)
        self._clock = clock
        self._processes = follow_processes(log)
        self._rolls = ChamberBook(log, "rolls", Roll(), rolls.after)
        self._delegations = ChamberBook(log, "delegations", delegating.NONE_GIVEN, delegating.after)
        self._boxes = follow_boxes(log)

    def change_roll(self, meta: CommandMeta, content: bytes, command: RollCommand) -> tuple[Receipt, ...] | Refused:
        """Enrol, update or remove members."""

        def decide() -> Changes | Refused:
            process = self.process(command.process_id)
            charter = charter_allowing(process, Action.ENROL)
            if isinstance(charter, Refused):
                return charter
            roll = self.roll(process.process_id, command.chamber)
            events = enrolment.decide(roll.state, command, charter)
            if isinstance(events, Refused):
                return events
            return Changes((Change(roll.id, roll.version, events),), expect=_at(process))

        return self.execute(command.process_id, type(command).__name__, meta, content, decide)

    def delegate(self, meta: CommandMeta, content: bytes, command: DelegationCommand) -> tuple[Receipt, ...] | Refused:
        """Give or revoke a delegation.

        Who has voted is known by the streams of ballots: each must still be empty when this is appended, in every box
        that the chamber's roll is frozen for and that is still to be counted, so that no ballot slips in between.
        """

        def decide() -> Changes | Refused:
            process = self.process(command.process_id)
            charter = charter_of(process)
            if isinstance(charter, Refused):
                return charter
            roll = self.roll(process.process_id, command.chamber)
            standing = self.delegations(process.process_id, command.chamber)
            ballots = self._own_ballots(roll.state, command)
            voted = next((box for box, (_, cast) in ballots.items() if cast), None)
            chamber = delegating.Chamber(charter, roll.state, standing.state, voted)
            events = delegating.decide(chamber, command)
            if isinstance(events, Refused):
                return events
            expect = {**_at(process), roll.id: roll.version, **dict(ballots.values())}
            return Changes((Change(standing.id, standing.version, events),), expect=expect)

        return self.execute(command.process_id, type(command).__name__, meta, content, decide)

    def _own_ballots(self, roll: Roll, command: DelegationCommand) -> dict[str, tuple[str, int]]:
        """The member's stream of ballots and its version, by each box concerned that is still to be counted."""
        boxes = self._boxes.at(command.process_id)
        concerned = [
            frozen.box
            for frozen in roll.frozen
            if frozen.box not in boxes.closed and command.matter in (None, boxes.matter_of(frozen.box))
        ]
        streams = {box: stream_id("ballots", command.process_id, box, command.member) for box in concerned}
        versions = self.recorder.versions(list(streams.values()))
        return {box: (stream, versions[stream]) for box, stream in streams.items()}

    def handle(self, meta: CommandMeta, content: bytes, command: MotionCommand) -> tuple[Receipt, ...] | Refused:
        """Carry out a command about one motion."""
        method = type(command).__name__
        return self.execute(command.process_id, method, meta, content, lambda: self._decide(command))

    def _decide(self, command: MotionCommand) -> Changes | Refused:
        process = self.process(command.process_id)
        moving_it = isinstance(command, MOVING)
        charter = charter_allowing(process, Action.MOVE) if moving_it else charter_of(process)
        if isinstance(charter, Refused):
            return charter
        loaded = self._load(process, charter, command.motion)
        events = _apply_rule(loaded.case, command, self._clock())
        return events if isinstance(events, Refused) else loaded.changes(events)

    def freeze_voters(self, policy: str, cause: Record) -> tuple[Receipt, ...]:
        """Freeze the roll of the matter that the opened phase votes on; nothing where the phase is open no more."""
        phase = read_phase_opened(cause)
        return self.react(policy, cause, lambda: self._freeze_for_phase(cause.process_id, phase, None))

    def freeze_waiting_roll(self, policy: str, cause: Record) -> tuple[Receipt, ...]:
        """Freeze the changed roll, if the open phase still waits for it because it was empty or not seated as declared."""
        chamber = str(cause.data()["chamber"])
        return self.react(policy, cause, lambda: self._freeze_for_phase(cause.process_id, None, chamber))

    def hear_box(self, policy: str, cause: Record) -> tuple[Receipt, ...]:
        """Take a tallied box as its chamber's answer, and do what follows from it."""
        tallied = read_tally(cause)

        def decide() -> Changes | None:
            loaded = None if tallied is None else self._load_for_engine(tallied.process_id, tallied.motion)
            if loaded is None or tallied is None:
                return None
            return loaded.changes_or_none(counting.count_the_box(loaded.case, tallied, self._clock()))

        return self.react(policy, cause, decide)

    def draw_lots(self, policy: str, cause: Record) -> tuple[Receipt, ...]:
        """Draw the lots that a motion waits for since `cause`, and do what follows from them."""
        motion = str(cause.data()["motion"])

        def decide() -> Changes | None:
            loaded = self._load_for_engine(cause.process_id, motion)
            if loaded is None:
                return None
            seed_of = partial(seed_at_the_seal, self.recorder, cause.process_id)
            return loaded.changes_or_none(drawing.draw_lots(loaded.case, seed_of, self._clock()))

        return self.react(policy, cause, decide)

    def lapse_advice(self, policy: str, process_id: str, motion: str, chamber: str, now: datetime) -> None:
        """Note that a chamber kept silent past its deadline; nothing while its sealed box is being counted."""

        def decide() -> Changes | None:
            loaded = self._load_for_engine(process_id, motion)
            box = None if loaded is None else deadlines.box_of_advice(loaded.case, chamber)
            if loaded is None or box is None:
                return None
            stream = box_stream(process_id, box)
            records = self.recorder.read_stream(stream)
            sealed = any(seals(record) for record in records)
            events = deadlines.lapse_advice(loaded.case, chamber, now, box_sealed=sealed)
            return loaded.changes_or_none(events, {stream: len(records)})

        self.tick(policy, process_id, _key(motion, chamber), decide)

    def close_objections(self, policy: str, process_id: str, motion: str, chamber: str, now: datetime) -> None:
        """Close a window to object whose time has come."""

        def decide() -> Changes | None:
            loaded = self._load_for_engine(process_id, motion)
            if loaded is None:
                return None
            return loaded.changes_or_none(deadlines.close_objections(loaded.case, chamber, now))

        self.tick(policy, process_id, _key(motion, chamber), decide)

    def process(self, process_id: str) -> Process:
        """The process as far as the log goes now."""
        return replace(self._processes.at(process_id), process_id=process_id)

    def roll(self, process_id: str, chamber: str) -> Versioned[Roll]:
        """A chamber's roll as far as the log goes now."""
        return self._rolls.at(process_id, chamber)

    def delegations(self, process_id: str, chamber: str) -> Versioned[Standing]:
        """A chamber's delegations as far as the log goes now."""
        return self._delegations.at(process_id, chamber)

    def motion(self, process_id: str, motion: str) -> Versioned[Motion] | Refused:
        """One motion as far as the log goes now."""
        process = self.process(process_id)
        if process.charter is None:
            return unknown_process(process_id)
        found = self._motion(process_id, motion)
        return found if found.version else unknown_motion(motion)

    def shown(self, process_id: str, motion: str) -> ShownMotion | Refused:
        """One motion and what it waits for, as far as the log goes now."""
        process = self.process(process_id)
        if process.charter is None:
            return unknown_process(process_id)
        loaded = self._load(process, process.charter, motion)
        if not loaded.motion.version:
            return unknown_motion(motion)
        return ShownMotion(loaded.case.state, awaited(loaded.case))

    def state(self, process_id: str, at: int | None = None) -> Mapping[str, Any]:
        """This service's part of the process's state after its first `at` events (all when None)."""
        found: dict[str, Roll] = {}
        given: dict[str, list[Event]] = {}
        motions: dict[str, Motion] = {}
        for record in self.recorder.read_process(process_id, stop=at, types=EVENTS):
            event = EVENTS[record.type].read(record)
            if isinstance(event, ROLL_EVENTS):
                found[event.chamber] = evolve_roll(found.get(event.chamber, Roll()), event)
            elif isinstance(event, (DelegationGiven, DelegationRevoked)):
                given.setdefault(event.chamber, []).append(event)
            else:
                name = str(record.data()["motion"])
                motions[name] = evolve(motions.get(name, NOTHING_PROPOSED), event)
        standing = {chamber: delegating.after({}, events) for chamber, events in given.items()}
        delegations = {chamber: delegating.to_json(each) for chamber, each in standing.items() if each}
        return {
            "rolls": {chamber: roll.to_json() for chamber, roll in found.items()},
            "motions": {name: to_json(motion) for name, motion in motions.items()},
            **({"delegations": delegations} if delegations else {}),
        }

    def _freeze_for_phase(self, process_id: str, phase: str | None, chamber: str | None) -> Changes | None:
        """What freezes the roll that the open phase votes with, if it is this phase (this chamber) and nothing refuses it."""
        process = self.process(process_id)
        wanted = roll_to_freeze(process)
        if wanted is None or phase not in (None, process.phase) or chamber not in (None, wanted.chamber.name):
            return None
        roll = self.roll(process_id, wanted.chamber.name)
        frozen = freeze(roll.state, wanted.chamber, wanted.box, self._clock().astimezone(UTC).date())
        if isinstance(frozen, Refused):
            return None
        return Changes((Change(roll.id, roll.version, (frozen,)),), expect=_at(process))

    def _motion(self, process_id: str, motion: str) -> Versioned[Motion]:
        return self.load(stream_id("motions", process_id, motion), NOTHING_PROPOSED, evolve)

    def _load(self, process: Process, charter: Charter, motion: str) -> LoadedCase:
        found = self._motion(process.process_id, motion)
        case = Case(motion, found.state, charter, may_ask=process.status == "open")
        decision = case.decision()
        roots = {} if decision is None else enrolled_roots(charter, decision)
        rolls = {name: self.roll(process.process_id, name) for name in roots}
        case = replace(case, rolls={name: roll.state for name, roll in rolls.items()})
        return LoadedCase(case, found, rolls, _at(process))

    def _load_for_engine(self, process_id: str, motion: str) -> LoadedCase | None:
        """A case that may still come to something: nothing does once its process is cancelled."""
        process = self.process(process_id)
        if process.charter is None or process.status == "cancelled":
            return None
        return self._load(process, process.charter, motion)


def _apply_rule(found: Case, command: MotionCommand, at: datetime) -> tuple[Event, ...] | Refused:
    match command:
        case ProposeMotion():
            return moving.propose(found, command)
        case PutMotion():
            return moving.put(found, command, at)
        case WithdrawMotion():
            return moving.withdraw(found, command)
        case GiveCastingVote():
            return casting.give(found, command, at)
        case RaiseObjection():
            return objecting.raise_objection(found, command, at)
        case TestObjection():
            return assessing.assess(found, command, at)


def _key(motion: str, chamber: str) -> str:
    """One deadline of a motion's chamber; no two pairs of names give the same."""
    return stream_id("deadline", motion, chamber)


def _at(process: Process) -> dict[str, int]:
    """A phase that opens or closes while we decide makes us decide again."""
    return {process_stream(process.process_id): process.version}
