"""`python -m infra.local.cluster`: a cluster in the foreground of a terminal, or under a program that reads JSON."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from infra.local.cluster import Cluster, ClusterFailed, StoppedEarly
from infra.local.layout import RELAY, WrongScale, scale_of
from infra.local.provision import CannotObtain

DATA = Path(".comitia") / "cluster"
WRONG = 2


def run(arguments: Sequence[str] | None = None) -> int:
    """Until Ctrl-C or SIGTERM, then 0; 2 when the cluster cannot run. A second signal kills what is still ending."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.cluster", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the database and of what audit signs with")
    parser.add_argument("--json", action="store_true", help="say on one line of JSON what runs, once it is ready")
    parser.add_argument("scale", nargs="*", metavar="GROUP=NUMBER", help="how many processes, such as BALLOTS_API=3")
    given = parser.parse_args(arguments)
    try:
        cluster = Cluster(given.data, scale=scale_of(given.scale))
        stop = _stop_on_signals(cluster)
        cluster.start()
    except StoppedEarly:
        return 0
    except (CannotObtain, ClusterFailed, WrongScale, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return WRONG
    sys.stdout.write(json.dumps(cluster.to_json()) + "\n" if given.json else _told(cluster))
    sys.stdout.flush()
    # Not stop.wait(): a signal that comes while it holds the event's lock would wait for that lock for ever.
    while not stop.is_set():
        time.sleep(0.1)
    cluster.stop()
    return 0


def _stop_on_signals(cluster: Cluster) -> threading.Event:
    stop = threading.Event()

    def heard(*_: object) -> None:
        (cluster.hurry if stop.is_set() else cluster.giving_up).set()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, heard)
    return stop


def _told(cluster: Cluster) -> str:
    kinds = [each.place.kind for each in cluster.processes.values()]
    counted = f"{kinds.count('api')} apis, {kinds.count('worker')} workers, {len(cluster.of(RELAY))} relays"
    return (
        f"\nready: {counted}; data in {cluster.data}. Ctrl-C stops it. In another terminal:\n\n"
        f'  export COMITIA_SERVER="{cluster.server}"\n'
        '  comitia demo --server "$COMITIA_SERVER"\n'
        "  comitia process list\n\n"
    )
