"""How many ballots and sheets each box of a process holds, folded from the log as far as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from ballots.domain.events import BallotArrivedLate, BallotCast, CountSheetFiled
from eventlog.contract import LogRecorder
from eventlog.views import CachedFold
from kernel.records import Record

TYPES = (BallotCast.TYPE, BallotArrivedLate.TYPE, CountSheetFiled.TYPE)


@dataclass(slots=True)
class Turnout:
    """A box's numbers: people with a counted ballot, ballots cast, late ballots; and per station the sheet that counts."""

    voters: int = 0
    cast: int = 0
    late: int = 0
    sheets: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def sheet_voters(self) -> int:
        """Voters on the sheets that count."""
        return sum(voters for _, voters in self.sheets.values())


NO_TURNOUT = Turnout()


class Turnouts:
    """The turnout of every box. Each record is read once, and its payload only where its stream does not tell."""

    def __init__(self, log: LogRecorder) -> None:
        self._fold: CachedFold[dict[str, Turnout]] = CachedFold(log, TYPES, dict, count_in)

    def of(self, process_id: str, box: str) -> Turnout:
        """A box's turnout at the end of the log."""
        return self.all_of(process_id).get(box, NO_TURNOUT)

    def all_of(self, process_id: str) -> Mapping[str, Turnout]:
        """The turnout of each box that holds something."""
        return self._fold.at(process_id)


def count_in(turnouts: dict[str, Turnout], record: Record) -> dict[str, Turnout]:
    """Take in one more record; the fold owns the dict and only ever adds to it, in the log's order."""
    _, _, box, who = record.stream_id.split("/")
    turnout = turnouts.get(box_name := unquote(box))
    if turnout is None:
        turnout = turnouts[box_name] = Turnout()
    if record.type == BallotCast.TYPE:
        turnout.cast += 1
        turnout.voters += record.stream_version == 1
    elif record.type == BallotArrivedLate.TYPE:
        turnout.late += 1
    elif record.type == CountSheetFiled.TYPE:
        turnout.sheets[unquote(who)] = (record.stream_version, record.data()["voters"])
    return turnouts
