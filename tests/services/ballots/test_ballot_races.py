"""Eight processes at once on one log: one ballot counts for each voter, versions have no gap, and a seal counts them all."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ballots.application import Ballots
from ballots.domain.events import BallotArrivedLate, BallotCast, BoxSealed
from ballots.reactions import seal_the_phases_box
from eventlog.contract import LogRecorder
from kernel.ids import stream_id
from testkit.check_log import check_log
from tests.services.ballots.life import Life
from tests.services.ballots.voting_child import BOX, PROCESS, open_log
from tests.services.processes.running import Running

PROCESSES = 8


class Shared(NamedTuple):
    """An empty log that several processes can open: where it is, and opened here."""

    place: str
    log: LogRecorder


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shared]:
    """Of each kind; checked whole at the end."""
    place = str(tmp_path / "log.db") if request.param == "sqlite" else request.getfixturevalue("migrated")
    log = open_log(place)
    yield Shared(place, log)
    check_log(log)
    log.close()


def open_box(running: Running, log: LogRecorder, *voters: str, revisable: bool) -> Life:
    """Put into the log all that it takes to open a box for these voters."""
    life = Life(running, PROCESS).open_projects(*voters, revisable=revisable)
    log.append(list(running.log.read_process(PROCESS)))
    return life


def start(shared: Shared, go: Path, how: str, batches: int, voters: Sequence[str]) -> list[subprocess.Popen[str]]:
    """Start the children and let them go at once."""
    command = [sys.executable, "-m", "tests.services.ballots.voting_child", shared.place, str(go), how]
    children = [
        subprocess.Popen([*command, str(number), str(batches), *voters], stdout=subprocess.PIPE, text=True)
        for number in range(PROCESSES)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    go.touch()
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


@pytest.mark.parametrize("how", ["stream", "singles"])
@pytest.mark.slow
def test_eight_processes_cast_one_voters_only_ballot_and_one_is_counted(
    running: Running, shared: Shared, tmp_path: Path, how: str
) -> None:
    open_box(running, shared.log, "ana", revisable=False)
    told = answers(start(shared, tmp_path / "go", how, 5, ["ana"]))
    assert Counter(told) == {1: 1, "already_voted": 5 * PROCESSES - 1}
    assert cast_by(shared.log, "ana") == [(1, None)]


@pytest.mark.parametrize("how", ["stream", "singles"])
@pytest.mark.slow
def test_eight_processes_revise_one_voters_ballot_and_no_version_is_missing(
    running: Running, shared: Shared, tmp_path: Path, how: str
) -> None:
    open_box(running, shared.log, "ana", revisable=True)
    told = answers(start(shared, tmp_path / "go", how, 5, ["ana"]))
    number = 5 * PROCESSES
    assert sorted(told) == list(range(1, number + 1))
    assert cast_by(shared.log, "ana") == [(version, version - 1 or None) for version in range(1, number + 1)]


@pytest.mark.slow
def test_duplicates_from_eight_processes_are_one_ballot_and_each_gets_its_receipt(
    running: Running, shared: Shared, tmp_path: Path
) -> None:
    voters = [f"v{number}" for number in range(20)]
    open_box(running, shared.log, *voters, revisable=True)
    told = answers(start(shared, tmp_path / "go", "duplicates", 10, voters))
    assert told == [1] * (PROCESSES * 10 * len(voters))
    assert [cast_by(shared.log, voter) for voter in voters] == [[(1, None)]] * len(voters)


@pytest.mark.slow
def test_a_seal_among_thousands_of_ballots_waits_for_no_lull_and_counts_exactly_those_before_it(
    running: Running, shared: Shared, tmp_path: Path
) -> None:
    voters = [f"v{number}" for number in range(25)]
    life = open_box(running, shared.log, *voters, revisable=True)
    life.vote_phase_closes()
    (closed,) = running.records(PROCESS, "processes.PhaseClosed")
    disk = shared.log
    children = start(shared, tmp_path / "go", "singles", 30, voters)
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
