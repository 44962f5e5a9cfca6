"""This service's part of a process's state: its boxes, folded with the same `evolve` that commands use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ballots.domain.box import Box, OpenBox, TalliedBox, Unopened, evolve, status
from ballots.domain.events import CATALOGUE
from ballots.turnout import NO_TURNOUT, TYPES, Turnout, count_in
from eventlog.contract import LogRecorder


def state_at(log: LogRecorder, process_id: str, at: int | None) -> dict[str, Any]:
    """`{"boxes": …}` after the process's first `at` events (all when None)."""
    boxes: dict[str, Box] = {}
    turnouts: dict[str, Turnout] = {}
    for record in log.read_process(process_id, stop=at, types=CATALOGUE):
        if record.type in TYPES:
            turnouts = count_in(turnouts, record)
        else:
            name = unquote(record.stream_id.split("/")[2])
            event = CATALOGUE[record.type].read(record)
            boxes[name] = evolve(boxes.get(name, Unopened()), event)
    return {
        "boxes": {
            name: box_state(box, turnouts.get(name, NO_TURNOUT))
            for name, box in boxes.items()
            if isinstance(box, OpenBox)
        }
    }


def box_state(box: OpenBox, turnout: Turnout) -> dict[str, Any]:
    """One box as services and auditors spell it."""
    event = box.opening.event
    return {
        "matter": event.matter,
        "chamber": event.chamber,
        "motion": event.motion,
        "round": event.round,
        "status": status(box),
        "stations": {name: {"key": known.key, "unit": known.unit} for name, known in box.stations.items()},
        "voters": turnout.voters,
        "cast": turnout.cast,
        "late": turnout.late,
        "sheets": _sheets(turnout),
        "count": dict(box.count) if isinstance(box, TalliedBox) else None,
        "allocation": dict(box.allocation) if isinstance(box, TalliedBox) and box.allocation is not None else None,
    }


def _sheets(turnout: Turnout) -> Mapping[str, Mapping[str, int]]:
    return {station: {"version": version, "voters": voters} for station, (version, voters) in turnout.sheets.items()}
