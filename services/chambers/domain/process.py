"""A command is allowed while the process is open and its open phase allows the command's action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kernel.refusal import Refused, unknown_process
from rules.charter import Action, Charter


@dataclass(frozen=True, slots=True)
class Process:
    """What this service needs to know of a process; `version` is that of the process's own stream."""

    process_id: str
    version: int = 0
    status: Literal["unknown", "open", "completed", "cancelled"] = "unknown"
    phase: str | None = None
    charter: Charter | None = None


def charter_of(process: Process) -> Charter | Refused:
    """The charter in force in an open process."""
    name = process.process_id
    if process.charter is None:
        return unknown_process(name)
    if process.status != "open":
        say = f"the process is {process.status}: nothing more can be done in it; open another process"
        return Refused(f"process_{process.status}", say=say, process=name)
    return process.charter


def charter_allowing(process: Process, action: Action) -> Charter | Refused:
    """The charter in force, where the open phase allows `action`; otherwise why not, and in which phases it may be done."""
    charter = charter_of(process)
    if isinstance(charter, Refused):
        return charter
    phase = charter.phase(process.phase) if process.phase else None
    allowed = phase.allows if phase else ()
    if action in allowed:
        return charter
    elsewhere = ", ".join(each.name for each in charter.phases if action in each.allows)
    now = f"the open phase does not allow {action.value!r}" if phase else f"no phase is open to {action.value!r} in"
    then = f"wait for a phase that does: {elsewhere}" if elsewhere else "no phase of the charter does"
    return Refused(
        "action_not_allowed_in_phase",
        say=f"{now}; {then}",
        phase=process.phase,
        action=action.value,
        allowed=", ".join(each.value for each in allowed),
        phases_allowing=elsewhere,
    )
