"""A command is allowed while the process is open and its open phase allows the command's action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kernel.refusal import Kind, Refused, unknown_process

SELECTION = "selection"


@dataclass(frozen=True, slots=True)
class Process:
    """What this service needs to know of a process; `version` is that of the process's own stream."""

    process_id: str
    version: int = 0
    status: Literal["unknown", "open", "completed", "cancelled"] = "unknown"
    phase: str | None = None
    allows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    matters: Mapping[str, str] = field(default_factory=dict)
    """Kind by matter: `motion` or `selection`."""
    districts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The districts that have an envelope, by matter whose budget has envelopes."""


def refuse_unless_allowed(process: Process, action: str) -> Refused | None:
    """None when `action` may be done now; otherwise why not, and in which phases it may."""
    name = process.process_id
    if process.status == "unknown":
        return unknown_process(name)
    if process.status != "open":
        said = f"the process is {process.status}: nothing more can be done in it; open another process"
        return Refused(f"process_{process.status}", say=said, process=name)
    allowed = process.allows.get(process.phase, ()) if process.phase else ()
    if action in allowed:
        return None
    elsewhere = ", ".join(phase for phase, allows in process.allows.items() if action in allows)
    now = f"the open phase does not allow {action!r}" if process.phase else f"no phase is open to {action!r} in"
    then = f"wait for a phase that does: {elsewhere}" if elsewhere else "no phase of the charter does"
    return Refused(
        "action_not_allowed_in_phase",
        say=f"{now}; {then}",
        phase=process.phase,
        action=action,
        allowed=", ".join(allowed),
        phases_allowing=elsewhere,
    )


def refuse_unless_selection(process: Process, matter: str) -> Refused | None:
    """None when `matter` is a selection of the charter: proposals are chosen by selections only."""
    kind = process.matters.get(matter)
    if kind == SELECTION:
        return None
    selections = ", ".join(name for name, each in process.matters.items() if each == SELECTION)
    if kind is None:
        said = f"the charter has no matter {matter!r}; its selections are: {selections or 'none'}"
        return Refused("unknown_matter", kind=Kind.NOT_FOUND, say=said, matter=matter, selections=selections)
    said = f"{matter!r} is decided by motions, not by choosing among proposals; selections are: {selections or 'none'}"
    return Refused("matter_is_not_a_selection", say=said, matter=matter, matter_kind=kind, selections=selections)
