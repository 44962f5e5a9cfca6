"""An open process may be cancelled, for good, for a reason and by an authority that are both written down."""

from __future__ import annotations

from kernel.events import Event
from kernel.refusal import Refused
from processes.domain.command import Command, refuse_unless_open
from processes.domain.events import ProcessCancelled
from processes.domain.states import ProcessState
from processes.domain.texts import Reason


class CancelProcess(Command):
    reason: Reason
    authority: Reason


def cancel(state: ProcessState, command: CancelProcess) -> tuple[Event, ...] | Refused:
    process = refuse_unless_open(state, command.process_id)
    if isinstance(process, Refused):
        return process
    return (ProcessCancelled(reason=command.reason, authority=command.authority),)
