"""The base of every command, and the refusals that all rules share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from kernel.ids import ProcessId
from kernel.refusal import Refused, unknown_process
from processes.domain.states import Open, ProcessState, Unopened


class Command(BaseModel):
    """What somebody asks for; fields are checked here, rules where they are decided."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    process_id: ProcessId


def refuse_unless_open(state: ProcessState, process_id: str) -> Refused | Open:
    """The process if anything may still happen in it; otherwise why not."""
    if isinstance(state, Open):
        return state
    if isinstance(state, Unopened):
        return unknown_process(process_id)
    said = f"the process is {state.status}: nothing more can be done in it; open another process"
    return Refused(f"process_{state.status}", say=said, process=process_id)
