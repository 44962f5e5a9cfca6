"""One cluster for all the faults of a module: PostgreSQL, RabbitMQ, two relays, five apis (two for ballots), ten workers."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cluster import Cluster

SCALE = {"ballots-api": 2, "ballots-worker": 2, "chambers-worker": 2}
SETTINGS = {"COMITIA_LEASE_SECONDS": "2", "COMITIA_TIMER_SECONDS": "0.5", "COMITIA_DRAIN_SECONDS": "5"}
"""Short, so that what must happen after a silence happens while the load is on."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """In a folder that the database's user can enter, with the cluster's own log in it; a failure shows the end of that."""
    folder = Path(tempfile.mkdtemp(prefix="comitia-faults-"))
    folder.chmod(0o711)
    log = folder / "cluster.log"
    try:
        with (
            log.open("w", encoding="utf-8") as output,
            Cluster(folder / "data", scale=SCALE, settings=SETTINGS, output=output) as running,
        ):
            yield running
    except BaseException:
        sys.stdout.write(log.read_text(encoding="utf-8")[-5000:])
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def seed() -> int:
    """Printed with each trial; COMITIA_TEST_SEED repeats one."""
    return int(os.environ.get("COMITIA_TEST_SEED") or int.from_bytes(os.urandom(4), "big"))
