"""What a sealed box is counted from, read from the log: its last ballots, and its sheets."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ballots.domain.events import BallotCast, Choice, CountSheetFiled
from ballots.domain.sheets import sheet_of
from eventlog.contract import LogRecorder
from kernel.ids import stream_id
from kernel.records import Record
from tally.counting import Sheet


def last_ballots(log: LogRecorder, sealed: Record, box: str) -> Iterator[tuple[str, Choice]]:
    """(voter, choice) of each voter's last ballot in the box before `sealed`, in no order that means anything.

    Read backwards: the first that is met of a voter is the last. Only who revised is remembered, and only until their
    first ballot is met, so that memory does not grow with the number of ballots.
    """
    prefix = stream_id("ballots", sealed.process_id, box) + "/"
    revised: set[str] = set()
    for record in log.read_process_backwards(sealed.process_id, stop=sealed.process_index, types=(BallotCast.TYPE,)):
        stream = record.stream_id
        if stream in revised:
            if record.stream_version == 1:
                revised.remove(stream)
        elif stream.startswith(prefix):
            if record.stream_version > 1:
                revised.add(stream)
            data = json.loads(record.payload)
            yield data["voter"], data["choice"]


def sheets_of(log: LogRecorder, sealed: Record, box: str) -> list[Sheet]:
    """The last sheet of each station before `sealed`."""
    prefix = stream_id("sheets", sealed.process_id, box) + "/"
    latest: dict[str, Sheet] = {}
    for record in log.read_process(sealed.process_id, stop=sealed.process_index, types=(CountSheetFiled.TYPE,)):
        if record.stream_id.startswith(prefix):
            latest[record.stream_id] = sheet_of(CountSheetFiled.read(record))
    return list(latest.values())
