"""kill -9 of every kind of process at random, and a rolling restart of all of them: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from infra.local.cluster import Cluster
from infra.local.layout import GROUPS
from tests.system.faults.trial import Trial, say

pytestmark = pytest.mark.slow

KILLS = 55
WEIGHTS = [5 if group.startswith("ballots") or group == "relay" else 1 for group in GROUPS]
"""Most often what a ballot passes through."""


def test_fifty_kills_lose_and_double_nothing(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    chance = random.Random(f"kills {seed}")
    trial = Trial(cluster, tmp_path, "kills", seed=seed, voters=6000)
    trial.open()
    killed: Counter[str] = Counter()
    with trial.load():
        # Every kind once, in a random order, and then at random, most often what the load passes through.
        kinds = [*chance.sample(GROUPS, len(GROUPS)), *chance.choices(GROUPS, WEIGHTS, k=KILLS - len(GROUPS))]
        for kind in kinds:
            name = chance.choice(sorted(cluster.of(kind)))
            if _kill(cluster, name):
                killed[kind] += 1
            trial.rest(chance.uniform(0.2, 1.8))
        for kind in GROUPS:
            if not killed[kind]:
                killed[kind] += _kill(cluster, sorted(cluster.of(kind))[0])
        while sum(killed.values()) < 50:
            kind = chance.choice(GROUPS)
            killed[kind] += _kill(cluster, chance.choice(sorted(cluster.of(kind))))
            trial.rest(0.5)
        cluster.await_ready()
        trial.rest(3)
    say(f"seed {seed}, killed: {dict(killed)}")
    assert sum(killed.values()) >= 50
    assert set(killed) == set(GROUPS)
    trial.check()


def _kill(cluster: Cluster, name: str) -> bool:
    """Kill a process that runs, be it starting; one that was just killed may not be there yet."""
    for _ in range(50):
        if cluster.processes[name].pid is not None:
            cluster.kill(name)
            return True
        time.sleep(0.1)
    return False


def test_a_rolling_restart_of_everything_is_not_noticed(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    trial = Trial(cluster, tmp_path, "rolling", seed=seed)
    trial.open()
    with trial.load():
        for group in GROUPS:
            for name in sorted(cluster.of(group)):
                cluster.restart(name)
        trial.rest(2)
    trial.check()
