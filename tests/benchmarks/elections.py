"""Elections to measure with: a real one from the shared data, or one generated from a seed, and how it is set up over gRPC."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from rich.progress import Progress

from cli.client import Client
from cli.demo.stage import Stage
from cli.importing import MATTER, ballots_of, prepare
from comitia.ballots.v1 import ballots_pb2
from comitia.common.v1 import common_pb2
from eventlog.sqlite import SQLiteLog
from kernel.records import Record
from kernel.refusal import Refused
from runtime.storage import now
from tally.pabulib import PabulibFile, parse
from tally.pabulib_import import Election, election
from testkit.shared import shared_data
from tests.benchmarks.serving import engine, running
from tests.benchmarks.targets import Asked

PROJECTS = 25
KATOWICE = "Poland_Katowice_2023.pb"
SEED = 20261122


def katowice(asked: Asked) -> tuple[PabulibFile, Election]:
    """Katowice 2023 from the shared data; a small one when it is only tried out."""
    return generate(3_000) if asked.quick else read(shared_data("pabulib", KATOWICE))


def read(path: Path) -> tuple[PabulibFile, Election]:
    """A Pabulib file and the election in it; raises `ValueError` saying what is wrong with it."""
    return _parsed(path.read_text(encoding="utf-8-sig"), str(path))


def generate(voters: int, seed: int = SEED) -> tuple[PabulibFile, Election]:
    """An election like Katowice's: 25 projects, three points for one to three of them."""
    chance = random.Random(seed)
    lines = ["META", "key;value", "description;Generated", f"num_projects;{PROJECTS}", f"num_votes;{voters}"]
    lines += ["budget;3000000", "vote_type;cumulative", "rule;greedy", "min_sum_points;1", "max_sum_points;3"]
    lines += ["PROJECTS", "project_id;cost;name"]
    lines += [f"P/{number:02}/X;{chance.randrange(20, 2500) * 1000};Project {number}" for number in range(PROJECTS)]
    lines += ["VOTES", "voter_id;vote;points"]
    for voter in range(voters):
        points = chance.choice(((3,), (2, 1), (1, 1, 1)))
        chosen = chance.sample(range(PROJECTS), len(points))
        vote = ",".join(f"P/{number:02}/X" for number in chosen)
        lines.append(f"{1_400_000_000 + voter};{vote};{','.join(map(str, points))}")
    return _parsed("\n".join(lines) + "\n", f"generated with seed {seed}")


def set_up(client: Client, process_id: str, source: PabulibFile, held: Election) -> None:
    """Everything up to an open box, as `comitia import` does it."""
    prepare(Stage(client, process_id, bar := Progress(disable=True), bar.add_task("set up")), source, held)


def opened(folder: Path, process_id: str, source: PabulibFile, held: Election) -> list[Record]:
    """The records up to the open box, from an embedded engine that set it up."""
    with running(engine(folder)) as server, Client(server.address) as client:
        set_up(client, process_id, source, held)
    with closing(SQLiteLog(folder / "log.db", clock=now)) as log:
        return list(log.read_process(process_id))


def singles(process_id: str, source: PabulibFile, held: Election) -> list[bytes]:
    """Each ballot as a call of its own, encoded."""
    return [
        ballots_pb2.CastBallotRequest(
            command=common_pb2.Command(idempotency_key=each.idempotency_key, actor="benchmark"),
            process_id=process_id,
            box=MATTER,
            voter=each.voter,
            choice=each.choice,
            channel=each.channel,
        ).SerializeToString()
        for each in ballots_of(source, held)
    ]


def messages(process_id: str, source: PabulibFile, held: Election, size: int) -> Sequence[bytes]:
    """All ballots as the messages of one stream, `size` in each, encoded."""
    ballots = list(ballots_of(source, held))
    return [
        ballots_pb2.CastBallotsRequest(
            process_id=process_id, box=MATTER, actor="benchmark", ballots=ballots[first : first + size]
        ).SerializeToString()
        for first in range(0, len(ballots), size)
    ]


def answers(raw: Sequence[bytes]) -> Iterator[ballots_pb2.BallotResult]:
    """The results in the answers to a stream."""
    for answer in raw:
        yield from ballots_pb2.CastBallotsResponse.FromString(answer).results


def _parsed(text: str, name: str) -> tuple[PabulibFile, Election]:
    source = parse(text)
    if isinstance(source, Refused):
        raise ValueError(f"{name}: {source}")
    held = election(source)
    if isinstance(held, Refused):
        raise ValueError(f"{name}: {held}")
    return source, held
