"""A process is opened once under its id, under a charter that is valid as a whole and is written whole into the log."""

from __future__ import annotations

from kernel.events import Event
from kernel.refusal import Kind, Refused
from processes.domain.command import Command
from processes.domain.events import ProcessOpened
from processes.domain.states import ProcessState, Unopened
from processes.domain.texts import Title
from rules.carrying import what_never_ends
from rules.charter import charter_hash, load_charter


class OpenProcess(Command):
    title: Title
    organiser: Title
    charter_yaml: str


def open_process(state: ProcessState, command: OpenProcess) -> tuple[Event, ...] | Refused:
    if not isinstance(state, Unopened):
        said = "a process of this id was opened before; choose another id"
        return Refused("process_exists", kind=Kind.EXISTS, say=said, process=command.process_id, status=state.status)
    charter = load_charter(command.charter_yaml)
    if isinstance(charter, Refused):
        return charter
    endless = what_never_ends(charter)
    if endless is not None:
        return endless
    opened = ProcessOpened(
        process_id=command.process_id,
        title=command.title,
        organiser=command.organiser,
        charter=charter.to_json(),
        charter_hash=charter_hash(charter),
    )
    return (opened,)
