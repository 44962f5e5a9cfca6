"""Use cases: load, decide, append. The only place of this service that touches the log for a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from eventlog.application import Change, Changes, CommandMeta, LogApplication, Receipt, Versioned
from eventlog.contract import LogRecorder
from kernel.events import Event
from kernel.ids import stream_id
from kernel.refusal import Refused, unknown_process
from processes.domain.amendment import AmendCharter, amend
from processes.domain.calendar import happens, next_due
from processes.domain.cancellation import CancelProcess, cancel
from processes.domain.command import Command
from processes.domain.events import EVENTS
from processes.domain.evolution import UNOPENED, evolve
from processes.domain.opening import OpenProcess, open_process
from processes.domain.phases import ClosePhase, OpenPhase, close_phase, open_phase
from processes.domain.states import Known, ProcessState, Unopened, show_process
from processes.inbox import follow_shortlists

Done = tuple[Receipt, ...] | Refused


class Processes(LogApplication):
    name = "processes"

    def __init__(self, log: LogRecorder) -> None:
        super().__init__(log, EVENTS)
        self._shortlists = follow_shortlists(log)

    def open_process(self, meta: CommandMeta, content: bytes, command: OpenProcess) -> Done:
        return self._carry_out(meta, content, command, lambda state: open_process(state, command))

    def open_phase(self, meta: CommandMeta, content: bytes, command: OpenPhase) -> Done:
        def decide(state: ProcessState) -> tuple[Event, ...] | Refused:
            return open_phase(state, command, self._shortlists.at(command.process_id))

        return self._carry_out(meta, content, command, decide)

    def close_phase(self, meta: CommandMeta, content: bytes, command: ClosePhase) -> Done:
        return self._carry_out(meta, content, command, lambda state: close_phase(state, command))

    def amend_charter(self, meta: CommandMeta, content: bytes, command: AmendCharter) -> Done:
        return self._carry_out(meta, content, command, lambda state: amend(state, command))

    def cancel_process(self, meta: CommandMeta, content: bytes, command: CancelProcess) -> Done:
        return self._carry_out(meta, content, command, lambda state: cancel(state, command))

    def keep_calendar(self, policy: str, process_id: str, now: datetime) -> tuple[Receipt, ...]:
        """Do, in order, every dated change of phase that has come; each happens once."""
        done: tuple[Receipt, ...] = ()
        while due := next_due(self.load_process(process_id).state):
            receipts = self.tick(policy, process_id, due.key, partial(self._happen, process_id, due.key, now))
            if not receipts:
                break
            done += receipts
        return done

    def load_process(self, process_id: str) -> Versioned[ProcessState]:
        """The process as far as the log goes now."""
        return self.load(stream_id("processes", process_id), UNOPENED, evolve)

    def process(self, process_id: str) -> Versioned[Known] | Refused:
        """The process as far as the log goes now; refused when there is none."""
        found = self.load_process(process_id)
        if isinstance(found.state, Unopened):
            return unknown_process(process_id)
        return Versioned(found.id, found.version, found.state)

    def state(self, process_id: str, at: int | None = None) -> Mapping[str, Any]:
        """This service's part of the process's state after its first `at` events (all when None)."""
        state: ProcessState = UNOPENED
        for record in self.recorder.read_process(process_id, stop=at, types=EVENTS):
            state = evolve(state, EVENTS[record.type].read(record))
        return {"process": show_process(state)}

    def _happen(self, process_id: str, key: str, now: datetime) -> Changes | None:
        process = self.load_process(process_id)
        due = next_due(process.state)
        if due is None or due.key != key:
            return None
        events = happens(due, now, self._shortlists.at(process_id))
        return Changes((Change(process.id, process.version, events),)) if events else None

    def _carry_out(
        self,
        meta: CommandMeta,
        content: bytes,
        command: Command,
        rule: Callable[[ProcessState], tuple[Event, ...] | Refused],
    ) -> Done:
        def decide() -> Changes | Refused:
            process = self.load_process(command.process_id)
            events = rule(process.state)
            if isinstance(events, Refused):
                return events
            return Changes((Change(process.id, process.version, events),))

        return self.execute(command.process_id, type(command).__name__, meta, content, decide)
