"""The network between an api and its database cut, stalled and slowed: callers wait, or are told to send it again."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.local.cluster import Cluster
from tests.system.faults.network import Network
from tests.system.faults.trial import Trial

pytestmark = pytest.mark.slow


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
