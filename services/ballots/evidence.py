"""What a sealed box is counted from, read from the log: its ballots, its sheets, and the root that seeds its lots."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ballots.domain.events import BallotCast, Choice, CountSheetFiled
from ballots.domain.sheets import sheet_of
from eventlog.contract import LogRecorder
from kernel.ids import stream_id
from kernel.records import Record
from tally.counting import Sheet
from transparency.merkle import hash_leaf, root_of


def ballots_of(log: LogRecorder, sealed: Record, box: str) -> Iterator[tuple[str, Choice]]:
    """(voter, choice) of each ballot cast into the box before `sealed`, in the log's order."""
    prefix = stream_id("ballots", sealed.process_id, box) + "/"
    for record in log.read_process(sealed.process_id, stop=sealed.process_index, types=(BallotCast.TYPE,)):
        if record.stream_id.startswith(prefix):
            data = json.loads(record.payload)
            yield data["voter"], data["choice"]


def sheets_of(log: LogRecorder, sealed: Record, box: str) -> list[Sheet]:
    """The last sheet of each station before `sealed`."""
    prefix = stream_id("sheets", sealed.process_id, box) + "/"
    latest: dict[str, Sheet] = {}
    for record in log.read_process(sealed.process_id, stop=sealed.process_index, types=(CountSheetFiled.TYPE,)):
        if record.stream_id.startswith(prefix):
            latest[record.stream_id] = sheet_of(CountSheetFiled.model_validate_json(record.payload))
    return list(latest.values())


def root_at(log: LogRecorder, sealed: Record) -> bytes:
    """RFC 9162 root of the process's records up to and including `sealed`: nobody could know it while ballots came in."""
    records = log.read_process(sealed.process_id, stop=sealed.process_index + 1)
    return root_of(hash_leaf(record.leaf()) for record in records)
