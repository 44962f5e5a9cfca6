"""Ten thousand concurrent duplicates of one ballot, from eight processes to two apis, leave one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest

from infra.local.cluster import Cluster
from tests.system import small
from tests.system.faults.insisting import Insistent
from tests.system.faults.trial import ROOT, opened

pytestmark = pytest.mark.slow

PROCESSES, TIMES = 8, 1250
VOTER = "v-1"


def test_ten_thousand_duplicates_of_one_ballot_leave_one(cluster: Cluster) -> None:
    with Insistent(cluster.server) as client:
        small.open_vote(client, "duplicates", voters=[VOTER, "v-2"], form="approval")
    apis = cluster.addresses("ballots")
    assert len(apis) == 2
    children = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.system.faults.duplicating",
                apis[number % 2],
                "duplicates",
                VOTER,
                str(TIMES),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    told: Counter[str] = Counter()
    for child in children:
        said, _ = child.communicate(timeout=300)
        assert child.returncode == 0
        told.update(json.loads(said))
    with opened(cluster.database) as log:
        cast = [record for record in log.read_process("duplicates") if record.type == "ballots.BallotCast"]
    assert sum(told.values()) == PROCESSES * TIMES
    (ballot,) = cast
    assert set(told) == {f"{ballot.event_id} {ballot.position}", "already_voted"}
    assert told[f"{ballot.event_id} {ballot.position}"] >= 1
