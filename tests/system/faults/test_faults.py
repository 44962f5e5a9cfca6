"""Real faults on one real cluster under load: nothing that a client saw acknowledged is lost, doubled or counted twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.local.cluster import Cluster
from infra.local.layout import GROUPS
from tests.system import small
from tests.system.faults.breaking import end, fill, holder, kill, records_on_a_small_disk, session_with_the_lock
from tests.system.faults.insisting import Insistent
from tests.system.faults.network import Network
from tests.system.faults.trial import ROOT, Trial, opened, say, until

pytestmark = pytest.mark.slow

KILLS = 55
WEIGHTS = [5 if group.startswith("ballots") or group == "relay" else 1 for group in GROUPS]
"""Most often what a ballot passes through."""
PROCESSES, TIMES = 8, 1250
VOTER = "v-1"


def test_fifty_kills_lose_and_double_nothing(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    chance = random.Random(f"kills {seed}")
    trial = Trial(cluster, tmp_path, "kills", seed=seed, voters=3000)
    trial.open()
    killed: Counter[str] = Counter()
    with trial.load():
        # Every kind once, in a random order, and then at random, most often what the load passes through.
        kinds = [*chance.sample(GROUPS, len(GROUPS)), *chance.choices(GROUPS, WEIGHTS, k=KILLS - len(GROUPS))]
        for kind in kinds:
            name = chance.choice(sorted(cluster.of(kind)))
            if kill(cluster, name):
                killed[kind] += 1
            trial.rest(chance.uniform(0.2, 1.2))
        for kind in GROUPS:
            if not killed[kind]:
                killed[kind] += kill(cluster, sorted(cluster.of(kind))[0])
        while sum(killed.values()) < 50:
            kind = chance.choice(GROUPS)
            killed[kind] += kill(cluster, chance.choice(sorted(cluster.of(kind))))
            trial.rest(0.5)
        cluster.await_ready()
        trial.rest(3)
    say(f"seed {seed}, killed: {dict(killed)}")
    assert sum(killed.values()) >= 50
    assert set(killed) == set(GROUPS)
    trial.check()


def test_a_rolling_restart_of_everything_is_not_noticed(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    trial = Trial(cluster, tmp_path, "rolling", seed=seed)
    trial.open()
    with trial.load():
        for group in GROUPS:
            for name in sorted(cluster.of(group)):
                cluster.restart(name)
        trial.rest(2)
    trial.check()


def test_without_the_broker_for_ten_seconds(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    trial = Trial(cluster, tmp_path, "broker", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(3)
        cluster.rabbitmq.stop()
        trial.rest(10)
        cluster.rabbitmq.start()
        trial.rest(5)
    trial.check()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgresql_restarted(cluster: Cluster, tmp_path: Path, seed: int, mode: str) -> None:
    trial = Trial(cluster, tmp_path, f"postgres-{mode}", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(3)
        cluster.postgres.stop("immediate" if mode == "immediate" else "fast")
        trial.rest(2)
        cluster.postgres.start()
        trial.rest(5)
    trial.check()


def test_two_relays_that_both_believe_they_lead(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    """The leader is paused, its session ended, the other leads; then the first wakes and goes on where it was."""
    trial = Trial(cluster, tmp_path, "relays", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(2)
        leader = session_with_the_lock(cluster)
        paused = next(each for each in cluster.of("relay").values() if each.pid == leader.client)
        paused.signal(signal.SIGSTOP)
        end(cluster, leader.backend)
        until(lambda: session_with_the_lock(cluster).client != leader.client, 30, "the other relay leads")
        trial.rest(3)
        paused.signal(signal.SIGCONT)
        trial.rest(5)
    trial.check()


def test_a_worker_that_is_paused_past_its_lease_and_woken(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    trial = Trial(cluster, tmp_path, "paused", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(2)
        for service in ("ballots", "chambers"):
            had = holder(cluster, f"{service}.reactions")
            paused = next(each for each in cluster.of(f"{service}-worker").values() if each.pid == had)
            paused.signal(signal.SIGSTOP)
            until(lambda s=service, h=had: holder(cluster, f"{s}.reactions") != h, 30, "the other took over")  # type: ignore[misc]
            trial.rest(2)
            paused.signal(signal.SIGCONT)
        trial.rest(4)
    trial.check()


def test_a_disk_that_is_full(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    """The records' file system takes nothing more for some seconds: commands are refused, told so, and sent again."""
    trial = Trial(cluster, tmp_path, "full", seed=seed)
    trial.open()
    with trial.load():
        trial.rest(2)
        with records_on_a_small_disk(cluster) as disk:
            trial.rest(2)
            fill(disk / "filler")
            trial.rest(4)
            (disk / "filler").unlink()
            trial.rest(3)
        trial.rest(2)
    assert trial.disturbed["log_full"], dict(trial.disturbed)
    trial.check()


def test_a_network_that_fails_in_every_way(cluster: Cluster, tmp_path: Path, seed: int) -> None:
    """Both apis of the ballots reach the database through it; everything else goes past it."""
    parts = urlsplit(cluster.database)
    with Network((str(parts.hostname), int(parts.port or 5432))) as network:
        through = parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{network.port}")).geturl()
        cluster.tell({"COMITIA_DATABASE": through}, "ballots-api")
        for name in cluster.of("ballots-api"):
            cluster.restart(name)
        trial = Trial(cluster, tmp_path, "network", seed=seed)
        trial.open()
        with trial.load():
            trial.rest(2)
            network.slow(0.05)
            trial.rest(4)
            network.cut()
            trial.rest(3)
            network.mend()
            trial.rest(3)
            network.stall()
            trial.rest(6)
            network.mend()
            trial.rest(4)
        assert trial.disturbed["log_unreachable"], dict(trial.disturbed)
        trial.check()
        cluster.tell({"COMITIA_DATABASE": cluster.database}, "ballots-api")
        for name in cluster.of("ballots-api"):
            cluster.restart(name)


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
