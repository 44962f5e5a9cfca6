"""What must hold after every fault: what was acknowledged is there once, what follows happened once, and all of it verifies."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ballots.projections import BoxList
from chambers.projections import MotionList
from cli.bundles import fetch_bundle
from cli.client import Client
from eventlog.contract import LogRecorder
from kernel.records import Record
from processes.projections import ProcessList
from proposals.projections import ProposalList
from replay.verify import Report, verify
from runtime.views import Views
from runtime.views_postgres import PostgresViews
from runtime.views_sqlite import SQLiteViews
from testkit.check_log import all_records, check_log
from tests.system import small

SETTLE_SECONDS = 60.0

MOTION_EVENTS = Counter(
    {
        "processes.ProcessOpened": 1,
        "processes.PhaseOpened": 1,
        "chambers.MembersEnrolled": 2,
        "chambers.MotionProposed": 1,
        "chambers.RollFrozen": 2,
        "chambers.ChamberAsked": 2,
        "ballots.BoxOpened": 2,
        "ballots.BallotCast": 6,
        "ballots.BoxSealed": 2,
        "ballots.BoxTallied": 2,
        "chambers.ChamberCounted": 2,
        "chambers.MotionDecided": 1,
    }
)
"""Every event of a motion held by `deciding.hold`, commands' and reactions': once each, however often they were tried."""


def positions_are_gapless(log: LogRecorder) -> list[Record]:
    """Every promise of the log, for all of it; returns its records."""
    check_log(log)
    return list(all_records(log))


def each_acknowledged_ballot_is_there_once(
    records: Iterable[Record], process_id: str, acknowledged: Sequence[Mapping[str, Any]]
) -> None:
    """By voter: one ballot, the one acknowledged, at the position of its receipt, for what was chosen."""
    ballots: dict[str, list[Record]] = {}
    for record in records:
        if record.type == "ballots.BallotCast" and record.process_id == process_id:
            ballots.setdefault(record.data()["voter"], []).append(record)
    assert acknowledged, "no ballot was acknowledged: nothing was tried"
    for said in acknowledged:
        (found,) = ballots[said["voter"]]
        assert (found.event_id, found.position) == (said["event_id"], said["position"])
        assert found.data()["choice"] == [said["option"]]


def each_is_counted_once(records: Iterable[Record], process_id: str, acknowledged: Sequence[Mapping[str, Any]]) -> None:
    """The tally holds every ballot in the log once: at least those acknowledged, and none twice."""
    mine = [record for record in records if record.process_id == process_id]
    (tallied,) = [record.data() for record in mine if record.type == "ballots.BoxTallied"]
    (sealed,) = [record.data() for record in mine if record.type == "ballots.BoxSealed"]
    cast = Counter(record.data()["choice"][0] for record in mine if record.type == "ballots.BallotCast")
    assert sealed["ballots"] == sum(cast.values()) >= len(acknowledged)
    assert {option: cast[option] for option in small.SHORTLISTED} == tallied["count"]["supporters"]


def each_reaction_happened_once(records: Iterable[Record], motions: Sequence[str]) -> None:
    """Each motion that was decided has the events of a motion that nothing disturbed: none missing, none twice."""
    by_process: dict[str, Counter[str]] = {process_id: Counter() for process_id in motions}
    for record in records:
        if record.process_id in by_process:
            by_process[record.process_id][record.type] += 1
    assert motions, "no motion was decided: no reaction was tried"
    for process_id, found in by_process.items():
        assert found == MOTION_EVENTS, process_id


def it_verifies(client: Client, process_id: str, folder: Path) -> None:
    """The auditor's replay of the process agrees with what the services publish."""
    path = folder / f"{process_id}.comitia"
    fetch_bundle(client, process_id, path)
    with path.open("rb") as source:
        report = verify(source)
    assert isinstance(report, Report), report
    assert report.held, [finding.sentence() for check in report.checks for finding in check.findings]


def lines(path: Path) -> list[dict[str, Any]]:
    """The JSON lines that a client wrote; a line cut off by a kill was no acknowledgement that anyone saw."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def read_models_equal_a_rebuild(database: str, log: LogRecorder, records: Sequence[Record], folder: Path) -> None:
    """Every table of every projection in PostgreSQL, as the workers left it, is what one pass over the log makes in SQLite."""
    served, folded = PostgresViews(database), SQLiteViews(folder / "rebuilt.db")
    projections = (ProcessList(), ProposalList(), MotionList(), BoxList())
    try:
        for projection in projections:
            served.install(projection)
            folded.install(projection)
            mine = [record for record in records if record.type in projection.types]
            folded.apply(projection, mine, len(records), after=0)
            assert served.wait(projection.name, mine[-1].position, SETTLE_SECONDS), projection.name
            for table in re.findall(r"CREATE TABLE (\w+)", " ".join(projection.tables)):
                assert _rows(served, table) == _rows(folded, table), table
    finally:
        served.close()
        folded.close()


def _rows(views: Views, table: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(dict(row).values()) for row in views.read(f"SELECT * FROM {table}")), key=repr)
