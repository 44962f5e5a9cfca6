"""The use cases of ballot boxes: load, decide, append. The only place that touches the log for a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, TypeVar, cast

from ballots import evidence
from ballots.delegations import Represent, representation
from ballots.domain import box as boxes
from ballots.domain import sheets
from ballots.domain.box import Box, OpenBox, Unopened
from ballots.domain.casting import CastBallot
from ballots.domain.electorate import Electorate
from ballots.domain.events import CATALOGUE, BallotArrivedLate, Trigger
from ballots.domain.opening import OpenABox, decide_open
from ballots.domain.sealing import Held, SealBox, decide_seal
from ballots.domain.sheets import NO_SHEET, FileCountSheet, decide_file
from ballots.domain.stations import RegisterStation, decide_register
from ballots.domain.tallying import decide_tally
from ballots.inbox import Inbox
from ballots.polls import Polls
from ballots.turnout import Turnouts
from eventlog.application import Change, Changes, CommandMeta, LogApplication, Receipt, Submission, Versioned
from eventlog.commands import OUT_OF_SERVICE, out_of_service
from eventlog.contract import LogRecorder
from eventlog.roots import root_at
from kernel.events import Event
from kernel.ids import stream_id
from kernel.records import Record
from kernel.refusal import Refused

T = TypeVar("T")
UNOPENED: Box = Unopened()
CAST = "CastBallot"
"""The method of every ballot, however it came: a retry may come by another one."""


@dataclass(frozen=True, slots=True)
class SubmittedBallot(Submission):
    """A ballot of a batch with what it says."""

    command: CastBallot


def submit(meta: CommandMeta, command: CastBallot, said: bytes) -> SubmittedBallot:
    """A ballot as the log's application takes it; `said` is the choice as it came.

    Its content is the same whether it came alone or in a stream: a retry may take the other way.
    """
    return SubmittedBallot(meta, f"{command.box}\0{command.voter}\0{command.channel}\0".encode() + said, command)


class Ballots(LogApplication):
    """The boxes of every process of this log."""

    name = "ballots"

    def __init__(self, log: LogRecorder, **options: Any) -> None:
        super().__init__(log, CATALOGUE, **options)
        self.shared_log = log
        self.inbox = Inbox(log)
        self.turnouts = Turnouts(log)
        self._polls = Polls(log, self.inbox, self.box)

    def box(self, process_id: str, box: str) -> Versioned[Box]:
        """A box and its version."""
        return self.load(stream_id("boxes", process_id, box), UNOPENED, boxes.evolve)

    def register_station(
        self, process_id: str, meta: CommandMeta, content: bytes, command: RegisterStation
    ) -> tuple[Receipt, ...] | Refused:
        """Make a station's key known to its box."""

        def decide() -> Changes | Refused:
            box = self.box(process_id, command.box)
            delegates = isinstance(box.state, OpenBox) and self._delegates(process_id, box.state)
            decided = decide_register(box.state, command, delegates=delegates)
            return decided if isinstance(decided, Refused) else _changes(box, decided)

        return self.execute(process_id, "RegisterStation", meta, content, decide)

    def cast_many(self, process_id: str, box: str, ballots: Sequence[SubmittedBallot]) -> list[Receipt | Refused]:
        """Cast ballots into one box in one transaction; each is answered as if it came alone, in their order."""
        seen: Mapping[str, int] = {}

        def decide(waiting: Sequence[Submission]) -> Sequence[Change | Refused]:
            nonlocal seen
            poll = self._polls.poll(process_id, box)
            seen = poll.expect
            return self._polls.decide(
                process_id, poll, [each.command for each in cast("Sequence[SubmittedBallot]", waiting)]
            )

        results = self.execute_many(process_id, CAST, ballots, decide, lambda: seen)
        first = lru_cache(partial(self._first_ballot, process_id, box))
        for i, result in enumerate(results):
            if isinstance(result, Refused):
                if result.reason == "already_voted":
                    results[i] = _with_place(result, first(ballots[i].command.voter))
            elif result.type == BallotArrivedLate.TYPE:
                results[i] = late(box, result)
        return results

    def file_count_sheet(
        self, meta: CommandMeta, content: bytes, command: FileCountSheet
    ) -> tuple[Receipt, ...] | Refused:
        """File a station's sheet, or its correction."""
        process_id = command.process_id
        stream = stream_id("sheets", process_id, command.box, command.station)

        def decide() -> Changes | Refused:
            box = self.box(process_id, command.box)
            endings = self.inbox.endings(process_id, box.state)
            filed = self.load(stream, NO_SHEET, sheets.evolve)
            decided = decide_file(box.state, filed.state, command, cancelled=endings.cancelled, moot=endings.moot)
            if isinstance(decided, Refused):
                return decided
            return replace(_changes(filed, decided), expect={**endings.expect, box.id: box.version})

        return self.execute(process_id, "FileCountSheet", meta, content, decide)

    def seal_box(self, process_id: str, meta: CommandMeta, content: bytes, box: str) -> tuple[Receipt, ...] | Refused:
        """Seal a box by command."""

        def seal() -> tuple[Receipt, ...] | Refused:
            return self.execute(
                process_id, "SealBox", meta, content, lambda: self._decide_seal(process_id, box, "command")
            )

        try:
            return self._alone(process_id, seal)
        except OUT_OF_SERVICE as error:
            return out_of_service(error)

    def open_by(self, policy: str, cause: Record, decide: Callable[[], OpenABox | None]) -> None:
        """Open the box that `decide` describes, once; None when `cause` opens none.

        Its roll is read before it opens: a roll that is not what was frozen shows before anyone votes, and the first voter
        does not wait for it.
        """

        def decide_changes() -> Changes | None:
            command = decide()
            if command is None:
                return None
            if command.roll is not None:
                self.inbox.electorate(cause.process_id, command.box)
            box = self.box(cause.process_id, command.box)
            opened = decide_open(box.state, command)
            return _changes(box, opened) if opened else None

        self.react(policy, cause, decide_changes)

    def seal_by(self, policy: str, cause: Record, boxes_of: Callable[[], Sequence[str]], trigger: Trigger) -> None:
        """Seal those of the boxes that are open, because of `cause`."""

        def decide() -> Changes | None:
            found = [self._decide_seal(cause.process_id, box, trigger) for box in boxes_of()]
            sealed = [change for each in found if isinstance(each, Changes) for change in each.changes]
            return Changes(tuple(sealed)) if sealed else None

        self._alone(cause.process_id, lambda: self.react(policy, cause, decide))

    def seal_at(self, policy: str, process_id: str, box: str) -> None:
        """Seal a box whose deadline has come, unless it is sealed."""

        def decide() -> Changes | None:
            decided = self._decide_seal(process_id, box, "deadline")
            return None if isinstance(decided, Refused) else decided

        self._alone(process_id, lambda: self.tick(policy, process_id, box, decide))

    def tally_by(self, policy: str, sealed: Record) -> None:
        """Count the box that `sealed` sealed."""
        name = sealed.data()["box"]
        log = self.shared_log

        def decide() -> Changes | None:
            box = self.box(sealed.process_id, name)
            electorate, represent = self._electorate(sealed, name, box.state)
            events = decide_tally(
                box.state,
                lambda: evidence.last_ballots(log, sealed, name),
                evidence.sheets_of(log, sealed, name),
                electorate,
                lambda: self.root_at(sealed),
                represent,
            )
            return _changes(box, events) if events else None

        self.react(policy, sealed, decide)

    def root_at(self, record: Record) -> bytes:
        """The root that seeds what is drawn by lot because of `record`."""
        return root_at(self.shared_log, record)

    def _delegates(self, process_id: str, box: OpenBox) -> bool:
        chamber = self.inbox.facts(process_id).rules().chamber(box.opening.event.chamber)
        return chamber is not None and chamber.delegation is not None

    def _electorate(self, sealed: Record, name: str, box: Box) -> tuple[Electorate, Represent | None]:
        """What the ballots of a sealed box weigh; everyone's weight only where members may be represented, and by whom."""
        if not isinstance(box, OpenBox) or not self._delegates(sealed.process_id, box):
            return self.inbox.set_apart(sealed.process_id, name), None
        event, facts = box.opening.event, self.inbox.facts_at(sealed)
        electorate = self.inbox.electorate(sealed.process_id, name)
        return electorate, representation(self.shared_log, facts, sealed, event.chamber, event.matter, electorate)

    def _decide_seal(self, process_id: str, box: str, trigger: Trigger) -> Changes | Refused:
        loaded = self.box(process_id, box)
        turnout = self.turnouts.of(process_id, box)
        held = Held(ballots=turnout.voters, sheets=len(turnout.sheets))
        decided = decide_seal(loaded.state, SealBox(box, held, trigger))
        return decided if isinstance(decided, Refused) else _changes(loaded, decided)

    def _alone(self, process_id: str, seal: Callable[[], T]) -> T:
        """A seal says how many ballots it seals, so none may come between counting and sealing.

        Nearly all are counted before the log is held, so that other writers wait for a few milliseconds only.
        """
        self.turnouts.all_of(process_id)
        with self.shared_log.exclusively():
            return seal()

    def _first_ballot(self, process_id: str, box: str, voter: str) -> Record:
        return self.shared_log.read_stream(stream_id("ballots", process_id, box, voter))[0]


def late(box: str, receipt: Receipt) -> Refused:
    """What the caster of a late ballot is told: it is in the log, where, and why it does not count."""
    return Refused(
        "ballot_late",
        say="the box was sealed before this ballot came; it is recorded and not counted",
        box=box,
        position=receipt.position,
        process_index=receipt.process_index,
        event_id=receipt.event_id,
        recorded_at=receipt.recorded_at,
        leaf_hash=receipt.leaf_hash.hex(),
        stream_version=receipt.stream_version,
    )


def _with_place(refused: Refused, first: Record) -> Refused:
    details = {**refused.details, "position": first.position, "process_index": first.process_index}
    return Refused(refused.reason, kind=refused.kind, say=refused.say, **details)


def _changes(loaded: Versioned[Any], events: tuple[Event, ...]) -> Changes:
    return Changes((Change(loaded.id, loaded.version, events),))
