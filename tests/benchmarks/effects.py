"""From a command's acknowledgement until what it causes in another service is in the log: broker up, broker down.

The whole cluster runs, each service as processes of its own. An effect is there at its record's `recorded_at`, read from the same
machine's clock as the acknowledgement; the commit that shows it follows within a millisecond or two.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cli.client import Client
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.processes.v1 import processes_pb2
from eventlog.contract import LogRecorder
from infra.local.cluster import Cluster
from kernel.instants import parse_instant
from runtime.settings import Settings
from tests.benchmarks import elections
from tests.benchmarks.servers import cluster, open_log, setting
from tests.benchmarks.targets import Asked, Section

DRIVERS = 4
PATIENCE = 60.0
OPENED, DECIDED = "ballots.BoxOpened", "chambers.MotionDecided"
CHARTER = """
comitia: 1
name: effects
title: Effects
phases: [{name: decisions, title: Decisions, allows: [enrol, move, vote], next: null}]
chambers: [{name: council, title: Council, electors: enrolled}]
matters:
  - name: law
    title: Laws
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: council, majority: {more_than: 1/2, of: expressed}, tie: [reject]}
"""

TEXT = """## From a command to what follows from it in another service

The whole cluster on this machine: PostgreSQL (`fsync` {fsync}), RabbitMQ, relay, an api and a worker for each service.
{drivers} clients put motions, vote and seal, with pauses. With the broker up ({up} samples), its hints wake the workers;
with it stopped ({down} samples), they look into the log every {timer:g} s.

| from the acknowledgement | until it is in the log | broker | p50 | p99 |
|---|---|---|---:|---:|
{rows}

"""
OPENING = "| `PutMotion` (chambers) | the box is open (ballots) |"
DECIDING = "| `SealBox` (ballots) | the box is counted (ballots), then the motion decided (chambers) |"


@dataclass
class Times:
    """Seconds from the acknowledgement to the effect, one for each sample."""

    opening: list[float] = field(default_factory=list)
    deciding: list[float] = field(default_factory=list)


class Watch:
    """Waits for effects in the log, for everybody at once."""

    def __init__(self, log: LogRecorder) -> None:
        self._log, self._position, self._seen = log, log.last_position(), dict[tuple[str, str], datetime]()
        self._moved, self._stop = threading.Condition(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def wait(self, type_: str, motion: str) -> datetime:
        """When the effect was recorded; raises when it never comes."""
        with self._moved:
            if not self._moved.wait_for(lambda: (type_, motion) in self._seen, PATIENCE):
                raise RuntimeError(f"{type_} of {motion} is not in the log after {PATIENCE:g} s")
            return self._seen[type_, motion]

    def _run(self) -> None:
        while not self._stop.wait(0.005):
            for record in self._log.read(after=self._position, types=(OPENED, DECIDED)):
                self._position = record.position
                with self._moved:
                    self._seen[record.type, str(record.data()["motion"])] = parse_instant(record.recorded_at)
                    self._moved.notify_all()


def section(asked: Asked) -> Section:
    """Measure, and say what was found."""
    samples = {"up": asked.of(200, 4), "down": asked.of(100, 4)}
    with cluster(asked.folder) as running, closing(open_log(running.database)) as log:
        _open(running.server)
        up = _measure(running, log, "up", samples["up"])
        running.rabbitmq.stop()
        down = _measure(running, log, "down", samples["down"])
        text = TEXT.format(
            fsync=setting(running.postgres, "fsync"),
            drivers=DRIVERS,
            **samples,
            timer=Settings.model_fields["timer_seconds"].default,
            rows="\n".join(_rows(up, "up")) + "\n" + "\n".join(_rows(down, "down")),
        )
    return Section(text)


def _open(server: str) -> None:
    with Client(server) as client:
        opening = processes_pb2.OpenProcessRequest(
            process_id="effects", title="Effects", organiser="benchmark", charter_yaml=CHARTER
        )
        client.do(client.processes.OpenProcess, opening)
        client.do(client.processes.OpenPhase, processes_pb2.OpenPhaseRequest(process_id="effects", phase="decisions"))
        members = [chambers_pb2.Member(member="ana")]
        client.do(
            client.chambers.EnrolMembers,
            chambers_pb2.EnrolMembersRequest(process_id="effects", chamber="council", members=members),
        )


def _measure(running: Cluster, log: LogRecorder, name: str, samples: int) -> Times:
    times, watch = Times(), Watch(log)
    try:
        with ThreadPoolExecutor(DRIVERS) as drivers:
            started = [
                drivers.submit(_drive, running.server, watch, times, f"{name}-{driver}", samples // DRIVERS)
                for driver in range(DRIVERS)
            ]
            for each in started:
                each.result()
    finally:
        watch.stop()
    return times


def _drive(server: str, watch: Watch, times: Times, name: str, samples: int) -> None:
    """One motion after another, from its proposal to its decision."""
    chance = random.Random(f"{elections.SEED} {name}")
    with Client(server) as client:
        for number in range(samples):
            motion = f"{name}-{number}"
            client.do(
                client.chambers.ProposeMotion,
                chambers_pb2.ProposeMotionRequest(
                    process_id="effects", motion=motion, matter="law", title="A law", text="A law.", mover="ana"
                ),
            )
            time.sleep(chance.uniform(0.05, 0.3))
            client.do(client.chambers.PutMotion, chambers_pb2.PutMotionRequest(process_id="effects", motion=motion))
            acknowledged = datetime.now(UTC)
            times.opening.append(_seconds(acknowledged, watch.wait(OPENED, motion)))
            box = f"{motion}.council.1"
            ballot = ballots_pb2.CastBallotRequest(
                process_id="effects", box=box, voter="ana", channel="web", choice=YES
            )
            client.do(client.ballots.CastBallot, ballot)
            time.sleep(chance.uniform(0.05, 0.3))
            client.do(client.ballots.SealBox, ballots_pb2.SealBoxRequest(process_id="effects", box=box))
            acknowledged = datetime.now(UTC)
            times.deciding.append(_seconds(acknowledged, watch.wait(DECIDED, motion)))


YES = ballots_pb2.Choice(vote=ballots_pb2.VOTE_YES)


def _seconds(acknowledged: datetime, effect: datetime) -> float:
    """Not below 0: an effect may be there before its cause is acknowledged."""
    return max((effect - acknowledged).total_seconds(), 0.0)


def _rows(times: Times, broker: str) -> Iterator[str]:
    for what, seconds in ((OPENING, sorted(times.opening)), (DECIDING, sorted(times.deciding))):
        p50, p99 = (_percentile(seconds, percent) * 1e3 for percent in (50, 99))
        yield f"{what} {broker} | {p50:.0f} ms | {p99:.0f} ms |"


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]
