"""Elections to measure with: a real one from the shared data, or one generated from a seed, and how it is set up over gRPC."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.progress import Progress

from cli.client import Client
from cli.demo.stage import Stage
from cli.importing import MATTER, ballots_of, prepare
from comitia.ballots.v1 import ballots_pb2
from kernel.refusal import Refused
from tally.pabulib import PabulibFile, parse
from tally.pabulib_import import Election, election

PROJECTS = 25


def read(path: Path) -> tuple[PabulibFile, Election]:
    """A Pabulib file and the election in it; raises `ValueError` saying what is wrong with it."""
    return _parsed(path.read_text(encoding="utf-8-sig"), str(path))


def generate(voters: int, seed: int) -> tuple[PabulibFile, Election]:
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
