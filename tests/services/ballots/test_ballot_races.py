"""Eight processes at once on one log: one ballot counts for each voter, versions have no gap, and a seal counts them all."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ballots.application import Ballots
from ballots.domain.events import BallotArrivedLate, BallotCast, BoxSealed
from ballots.reactions import seal_the_phases_box
from eventlog.contract import LogRecorder
from eventlog.sqlite import SQLiteLog
from kernel.ids import stream_id
from runtime.storage import now
from testkit.check_log import check_log
from tests.services.ballots.life import Life
from tests.services.ballots.voting_child import BOX, PROCESS
from tests.services.processes.running import Running

PROCESSES = 8


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SQLiteLog]:
    """An empty log on disk, checked whole at the end."""
    log = SQLiteLog(tmp_path / "log.db", clock=now)
    yield log
    check_log(log)
    log.close()


def open_box(running: Running, log: SQLiteLog, *voters: str, revisable: bool) -> Life:
    """Put into the log all that it takes to open a box for these voters."""
    life = Life(running, PROCESS).open_projects(*voters, revisable=revisable)
    log.append(list(running.log.read_process(PROCESS)))
    return life


def start(path: Path, batches: int, voters: Sequence[str]) -> list[subprocess.Popen[str]]:
    """Start the children and let them go at once."""
    command = [sys.executable, "-m", "tests.services.ballots.voting_child", str(path)]
    children = [
        subprocess.Popen([*command, str(number), str(batches), *voters], stdout=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    Path(f"{path}.go").touch()
    return children


def answers(children: Sequence[subprocess.Popen[str]]) -> list[Any]:
    found = []
    for child in children:
        out, _ = child.communicate(timeout=60)
        assert child.returncode == 0
        found.extend(json.loads(out))
    return found


def cast_by(log: LogRecorder, voter: str) -> list[tuple[int, int | None]]:
    """(version, replaces) of each ballot of a voter."""
    stream = stream_id("ballots", PROCESS, BOX, voter)
    return [(record.stream_version, record.data()["replaces"]) for record in log.read_stream(stream)]


@pytest.mark.slow
def test_eight_processes_cast_one_voters_only_ballot_and_one_is_counted(
    running: Running, disk: SQLiteLog, tmp_path: Path
) -> None:
    open_box(running, disk, "ana", revisable=False)
    told = answers(start(tmp_path / "log.db", 5, ["ana"]))
    assert Counter(told) == {1: 1, "already_voted": 5 * PROCESSES - 1}
    assert cast_by(disk, "ana") == [(1, None)]


@pytest.mark.slow
def test_eight_processes_revise_one_voters_ballot_and_no_version_is_missing(
    running: Running, disk: SQLiteLog, tmp_path: Path
) -> None:
    open_box(running, disk, "ana", revisable=True)
    told = answers(start(tmp_path / "log.db", 5, ["ana"]))
    number = 5 * PROCESSES
    assert sorted(told) == list(range(1, number + 1))
    assert cast_by(disk, "ana") == [(version, version - 1 or None) for version in range(1, number + 1)]


@pytest.mark.slow
def test_a_seal_among_thousands_of_ballots_waits_for_no_lull_and_counts_exactly_those_before_it(
    running: Running, disk: SQLiteLog, tmp_path: Path
) -> None:
    voters = [f"v{number}" for number in range(25)]
    life = open_box(running, disk, *voters, revisable=True)
    life.vote_phase_closes()
    (closed,) = running.records(PROCESS, "processes.PhaseClosed")
    children = start(tmp_path / "log.db", 30, voters)
    while disk.last_position() < 500:
        assert any(child.poll() is None for child in children)
    seal_the_phases_box(Ballots(disk), *disk.append([closed]))
    told = Counter(answers(children))
    (sealed,) = disk.read(types=[BoxSealed.TYPE])
    cast = list(disk.read_process(PROCESS, types=[BallotCast.TYPE]))
    late = list(disk.read_process(PROCESS, types=[BallotArrivedLate.TYPE]))
    assert all(record.position < sealed.position for record in cast)
    assert all(record.position > sealed.position for record in late)
    assert sealed.data()["ballots"] == len({record.stream_id for record in cast})
    assert told["ballot_late"] == len(late) > 0
    assert len(cast) + len(late) == 30 * len(voters) * PROCESSES
