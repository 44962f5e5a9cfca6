"""Small votes on a running engine: three people on the roll, three projects on the shortlist, a fourth that is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import grpc
import yaml
from grpc_health.v1 import health_pb2, health_pb2_grpc

from cli.client import Client
from cli.demo.stage import Stage
from cli.embedded import Engine
from cli.output import progress
from comitia.audit.v1 import audit_pb2
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.proposals.v1 import proposals_pb2
from rules import templates

MATTER = "projects"
VOTERS = ("ana", "bo", "chi")
COSTS = {"well": "500", "bench": "200", "lamp": "400", "tower": "900"}
SHORTLISTED = ("well", "bench", "lamp")
BUDGET = "800"
MOTION = "statutes"
CHAMBERS = ("board", "workers")
MOTION_BOXES = tuple(f"{MOTION}.{chamber}.1" for chamber in CHAMBERS)
MOTION_BOX = MOTION_BOXES[0]


def charter(ballot: Mapping[str, Any]) -> str:
    """A budget of 800 among projects, under these ballot rules."""
    document = {
        "comitia": 1,
        "name": "small",
        "title": "A small budget",
        "phases": [
            {"name": "ideas", "title": "Ideas", "allows": ["enrol", "submit"], "next": "review"},
            {"name": "review", "title": "Review", "allows": ["review", "shortlist"], "next": "vote"},
            {"name": "vote", "title": "Vote", "allows": ["vote"], "votes": MATTER},
        ],
        "chambers": [{"name": "residents", "title": "Residents"}],
        "matters": [
            {
                "name": MATTER,
                "title": "Projects",
                "kind": "selection",
                "chamber": "residents",
                "ballot": dict(ballot),
                "allocation": {"rule": "greedy", "budget": BUDGET},
            }
        ],
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def open_vote(client: Client, process_id: str, *, voters: Sequence[str] = VOTERS, **ballot: Any) -> None:
    """From nothing to an open box for the three projects on the shortlist, with these voters on the roll."""
    stage = stage_of(client, process_id)
    stage.open_process("A small budget", "town", charter(ballot))
    stage.open_phase("ideas")
    stage.enrol("residents", [chambers_pb2.Member(member=voter) for voter in voters])
    for proposal in COSTS:
        idea = proposals_pb2.SubmitProposalRequest(
            process_id=process_id, proposal=proposal, title=proposal, summary=proposal, author=voters[0]
        )
        client.do(client.proposals.SubmitProposal, idea)
    stage.close_phase("ideas")
    stage.open_phase("review")
    for proposal, cost in COSTS.items():
        review = proposals_pb2.ReviewProposalRequest(
            process_id=process_id, proposal=proposal, feasible=True, cost=cost, official="o-1", service="works"
        )
        review.reasons.append("it can be built")
        client.do(client.proposals.ReviewProposal, review)
    for proposal in SHORTLISTED:
        listed = proposals_pb2.ShortlistProposalRequest(
            process_id=process_id, proposal=proposal, matter=MATTER, by="jury"
        )
        client.do(client.proposals.ShortlistProposal, listed)
    published = proposals_pb2.PublishShortlistRequest(process_id=process_id, matter=MATTER)
    client.do(client.proposals.PublishShortlist, published)
    stage.close_phase("review")
    stage.open_phase("vote")
    stage.await_box(MATTER)


def close_vote(client: Client, process_id: str) -> dict[str, Any]:
    """Close the vote; returns the tally."""
    stage = stage_of(client, process_id)
    stage.close_phase("vote")
    return stage.await_tally(MATTER)


def open_motion(client: Client, process_id: str) -> None:
    """A firm whose board and workers are asked for a motion; returns when both boxes are open."""
    stage = stage_of(client, process_id)
    stage.open_process("A firm", "firm", templates.text("bicameral-firm"))
    stage.open_phase("decisions")
    for chamber in CHAMBERS:
        stage.enrol(chamber, [chambers_pb2.Member(member=voter) for voter in VOTERS])
    motion = chambers_pb2.ProposeMotionRequest(
        process_id=process_id, motion=MOTION, matter="government", title="Statutes", text="New ones."
    )
    client.do(client.chambers.ProposeMotion, motion)
    client.do(client.chambers.PutMotion, chambers_pb2.PutMotionRequest(process_id=process_id, motion=MOTION))
    for box in MOTION_BOXES:
        stage.await_box(box)


def stage_of(client: Client, process_id: str) -> Stage:
    """A stage without a bar on the screen."""
    bar = progress()
    return Stage(client, process_id, bar, bar.add_task(process_id))


class World:
    """A running engine and a client of it."""

    def __init__(self, engine: Engine, client: Client) -> None:
        self.engine, self.client = engine, client

    @contextmanager
    def nothing_written(self) -> Iterator[None]:
        """Whatever happens inside leaves the log, its signed checkpoints and the server as they were."""
        assert self.engine.settle()
        before = self._heads()
        yield
        assert self.engine.settle()
        assert self._heads() == before
        assert self.healthy()

    def healthy(self) -> bool:
        """Whether the server says that it serves."""
        with grpc.insecure_channel(self.engine.address) as channel:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=10)
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    def _heads(self) -> list[tuple[str, int, bytes]]:
        """The size of the log and of each process in it; for the first, its size and Merkle root as audit signs them."""
        log = self.engine.context.log
        first, *others = log.process_ids()
        signed = self.client.ask(self.client.audit.GetCheckpoint, audit_pb2.GetCheckpointRequest(process_id=first))
        lengths = [(process_id, log.length(process_id), b"") for process_id in others]
        return [("", log.last_position(), b""), (first, signed.size, signed.root), *lengths]


def options(*names: str) -> ballots_pb2.Choice:
    """A choice of these options."""
    return ballots_pb2.Choice(options=ballots_pb2.OptionList(options=names))


def ranking(*names: str) -> ballots_pb2.Choice:
    """A choice in this order, best first."""
    return ballots_pb2.Choice(ranking=ballots_pb2.OptionList(options=names))


def points(*given: tuple[str, str]) -> ballots_pb2.Choice:
    """A choice that gives these points."""
    rows = [ballots_pb2.OptionPoints(option=option, points=number) for option, number in given]
    return ballots_pb2.Choice(points=ballots_pb2.PointList(points=rows))


def votes(*given: tuple[str, int]) -> ballots_pb2.Choice:
    """A choice that gives so many votes, at the cost of their squares."""
    rows = [ballots_pb2.OptionVotes(option=option, votes=number) for option, number in given]
    return ballots_pb2.Choice(quadratic=ballots_pb2.VotesList(votes=rows))


def grades(*given: tuple[str, str]) -> ballots_pb2.Choice:
    """A choice that gives these grades."""
    rows = [ballots_pb2.OptionGrade(option=option, grade=grade) for option, grade in given]
    return ballots_pb2.Choice(grades=ballots_pb2.GradeList(grades=rows))
