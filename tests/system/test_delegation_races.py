"""Processes that vote, delegate and revoke for the same members at once: the tally counts each member exactly once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ballots.application import Ballots
from ballots.domain.events import BallotCast, BoxSealed, BoxTallied
from ballots.reactions import count_the_box
from cli.client import Client
from cli.embedded import Engine
from eventlog.application import CommandMeta
from eventlog.contract import LogRecorder
from kernel.refusal import Refused
from replay.replay import Replay
from testkit.check_log import check_log
from tests.services.ballots.voting_child import open_log
from tests.system.assembly import LIQUID, Assembly, members
from tests.system.delegating_child import BOX, CHAMBER, HUB, PROCESS, roles

pytestmark = pytest.mark.slow

VOTERS = tuple(f"v-{number}" for number in range(12))
OTHERS = tuple(f"o-{number}" for number in range(12))
STEADY = ("s-1", "s-2")
"""They delegate before the box opens, and stay with it."""

GIVEN, REVOKED = "chambers.DelegationGiven", "chambers.DelegationRevoked"


def open_box(folder: Path, log: LogRecorder) -> None:
    """Put into the log an assembly with an open box, in which the hub has voted and half of the members have delegated."""
    with Engine(folder) as engine, Client(engine.address) as client:
        chamber = {"name": CHAMBER, "delegation": {"liquid": True}}
        assembly = Assembly(client, PROCESS, chamber, *members(*VOTERS, *OTHERS, *STEADY, HUB))
        for member in (*VOTERS[::2], *OTHERS[::2], *STEADY):
            assembly.give(member, HUB, LIQUID)
        assembly.vote(assembly.put("m-1"), hub="yes")
        assert engine.settle()
        log.append(list(engine.context.log.read_process(PROCESS)))


def race(place: str, go: Path) -> dict[str, Counter[str]]:
    """What the children were told, by their role."""
    children = []
    for number, (role, times, names) in enumerate(roles(VOTERS, OTHERS)):
        command = [sys.executable, "-m", "tests.system.delegating_child", place, str(go), role, str(number), str(times)]
        children.append((role, subprocess.Popen([*command, *names], stdout=subprocess.PIPE, text=True)))
    for _, child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    go.touch()
    told: dict[str, Counter[str]] = {"vote": Counter(), "delegate": Counter()}
    for role, child in children:
        out, _ = child.communicate(timeout=120)
        assert child.returncode == 0
        told[role].update(json.loads(out))
    return told


def tally(log: LogRecorder) -> dict[str, Any]:
    """Seal the box and count it."""
    ballots = Ballots(log)
    assert not isinstance(ballots.seal_box(PROCESS, CommandMeta("seal", "chair"), b"", BOX), Refused)
    (sealed,) = log.read_process(PROCESS, types=[BoxSealed.TYPE])
    count_the_box(ballots, sealed)
    (tallied,) = log.read_process(PROCESS, types=[BoxTallied.TYPE])
    count: dict[str, Any] = tallied.data()["count"]
    return count


def stands_at_the_end(log: LogRecorder) -> set[str]:
    stands: set[str] = set()
    for record in log.read_process(PROCESS, types=[GIVEN, REVOKED]):
        (stands.add if record.type == GIVEN else stands.remove)(record.data()["member"])
    return stands


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_each_member_is_counted_once_whoever_came_first(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = str(tmp_path / "log.db") if kind == "sqlite" else request.getfixturevalue("migrated")
    log = open_log(place)
    open_box(tmp_path / "engine", log)
    told = race(place, tmp_path / "go")
    assert told["vote"] == {"done": len(VOTERS), "already_voted": len(VOTERS)}
    assert told["delegate"]["voted_personally"] == 3 * len(VOTERS)
    assert told["delegate"]["done"] > 2 * len(OTHERS)

    cast = {record.data()["voter"]: record.position for record in log.read_process(PROCESS, types=[BallotCast.TYPE])}
    for record in log.read_process(PROCESS, types=[GIVEN, REVOKED]):
        assert record.position < cast.get(record.data()["member"], record.position + 1), "none after a personal vote"

    count = tally(log)
    represented = [each["member"] for each in count["delegated"]]
    assert set(STEADY) <= set(represented)
    assert set(cast) == {*VOTERS, HUB}
    assert sorted(represented) == sorted(stands_at_the_end(log) - set(cast))
    assert count["voters"] == len(cast) + len(represented)
    assert count["scores"] == {"yes": str(1 + len(represented)), "no": str(len(VOTERS)), "abstain": "0"}

    replay = Replay()
    for record in log.read_process(PROCESS):
        replay.apply(record)
    assert [each.sentence() for check in replay.findings.checks.values() for each in check.findings] == []
    check_log(log)
    log.close()
