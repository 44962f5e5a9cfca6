"""`comitia import`: a Pabulib election held again through the engine, ballot by ballot, then compared with `recount`."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from cli.bundles import save_bundle
from cli.client import CommandRefused
from cli.connect import DEFAULT_DATA, Data, Json, Server, connected
from cli.counting import Pabulib, RuleName, TieBreaks, listed, read_pabulib
from cli.demo.stage import Stage
from cli.output import FAILED, print_json, progress, say, wrong
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.proposals.v1 import proposals_pb2
from kernel.numbers import show
from kernel.refusal import Refused
from runtime.refusals import Refusal
from tally.forms import Choice, Form
from tally.pabulib import PabulibFile, Recount, recount
from tally.pabulib_import import Election, choices, election

MATTER = "projects"
CHAMBER = "voters"


def charter_of(held: Election) -> str:
    """The charter under which the election is held again: its own ballot and allocation, in four phases."""
    phases: list[dict[str, Any]] = [
        {"name": "ideas", "title": "Ideas", "allows": ["enrol", "submit"], "next": "review"},
        {"name": "review", "title": "Review", "allows": ["review", "shortlist"], "next": "vote"},
        {"name": "vote", "title": "Vote", "allows": ["vote"], "votes": MATTER},
    ]
    matter = {
        "name": MATTER,
        "title": held.title[:500],
        "kind": "selection",
        "chamber": CHAMBER,
        "ballot": held.ballot.model_dump(mode="json"),
        "allocation": held.allocation.model_dump(mode="json"),
    }
    document = {
        "comitia": 1,
        "name": "pabulib",
        "title": held.title[:500],
        "summary": "A published participatory budget, held again.",
        "sources": [{"cite": "Pabulib, arXiv:2012.06539", "status": "read"}],
        "phases": phases,
        "chambers": [{"name": CHAMBER, "title": "Voters", "electors": "enrolled"}],
        "matters": [matter],
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def import_(
    file: Pabulib,
    rule: RuleName = None,
    tie_break: TieBreaks = None,
    process: Annotated[
        str | None, typer.Option("--process", help="The new process's id; by default the file's name.")
    ] = None,
    bundle: Annotated[Path | None, typer.Option("--bundle", metavar="FILE", help="Write the bundle there.")] = None,
    server: Server = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Hold a Pabulib election again through the engine, and compare its winners with `comitia recount`'s.

    Ends with status 1 when they differ.
    """
    source, held, counted = read_election(file, rule, listed(tie_break), as_json=as_json)
    if bundle is not None and not bundle.parent.is_dir():
        wrong(f"there is no folder {bundle.parent} to write the bundle to", as_json=as_json)
    process_id = process or _process_id(file)
    with connected(server, data, create=True, as_json=as_json) as client, progress() as bar:
        stage = Stage(client, process_id, bar, bar.add_task("import", total=None))
        found = run(stage, source, held, counted)
        if bundle is not None:
            found["bundle"] = {"file": str(bundle), "bytes": save_bundle(client, process_id, bundle, as_json=as_json)}
    if as_json:
        print_json(found)
    else:
        verdict = "match" if found["matches"] else "DIFFER from"
        say(f"{process_id}: {found['ballots']:,} ballots, {found['seconds']} s to cast")
        say(f"{len(found['winners'])} winners {verdict} the recount's: {', '.join(found['winners'])}")
    if not found["matches"]:
        raise typer.Exit(FAILED)


def read_election(
    file: Path, rule: str | None, tie_break: list[str] | None, *, as_json: bool
) -> tuple[PabulibFile, Election, Recount]:
    """The file, the election to hold and its recount, or the end with status 2."""
    source = read_pabulib(file, as_json=as_json)
    held, counted = election(source, rule, tie_break), recount(source, rule, tie_break)
    if isinstance(held, Refused):
        wrong(held, file=file if "line" in held.details else None, as_json=as_json)
    if isinstance(counted, Refused):
        wrong(counted, file=file, as_json=as_json)
    if not source.votes or not source.projects:
        why = "there is no election to hold again in this file"
        empty = Refused("election_empty", say=why, projects=len(source.projects), votes=len(source.votes))
        wrong(empty, file=file, as_json=as_json)
    return source, held, counted


def run(stage: Stage, source: PabulibFile, held: Election, counted: Recount) -> dict[str, Any]:
    """The whole election through the engine's API; returns what the command prints."""
    prepare(stage, source, held)
    stage.say("ballots", len(source.votes))
    seconds = _cast(stage, source, held)
    stage.close_phase("vote")
    tally = stage.await_tally(MATTER)
    winners = tally["allocation"]["winners"]
    if winners:
        stage.await_laureate(winners[-1])
    expected = list(counted.allocation.winners)
    return {
        "process": stage.process_id,
        "rule": held.allocation.rule.value,
        "ballots": len(source.votes),
        "seconds": f"{seconds:.2f}",
        "winners": winners,
        "spent": tally["allocation"]["spent"],
        "recount": expected,
        "matches": winners == expected,
    }


def prepare(stage: Stage, source: PabulibFile, held: Election) -> None:
    """Everything up to the open box: the process, its roll, its proposals, its shortlist."""
    stage.open_process(held.title[:500] or stage.process_id, "import", charter_of(held))
    stage.open_phase("ideas")
    voters = [chambers_pb2.Member(member=vote.voter) for vote in source.votes]
    stage.say("roll", len(voters))
    stage.enrol(CHAMBER, voters)
    _submit(stage, source)
    stage.close_phase("ideas")
    stage.open_phase("review")
    _review(stage, source)
    stage.close_phase("review")
    stage.open_phase("vote")
    stage.await_box(MATTER)


def _submit(stage: Stage, source: PabulibFile) -> None:
    for project in source.projects:
        request = proposals_pb2.SubmitProposalRequest(
            process_id=stage.process_id,
            proposal=project.project,
            title=project.name[:300] or project.project,
            summary=project.name,
            author="pabulib",
            category=project.category or "",
        )
        stage.client.do(stage.client.proposals.SubmitProposal, request)


def _review(stage: Stage, source: PabulibFile) -> None:
    client = stage.client
    for project in source.projects:
        review = proposals_pb2.ReviewProposalRequest(
            process_id=stage.process_id,
            proposal=project.project,
            feasible=True,
            cost=show(project.cost),
            reasons=["on the published ballot"],
            official="the organising city",
            service="as published by Pabulib",
        )
        client.do(client.proposals.ReviewProposal, review)
        shortlist = proposals_pb2.ShortlistProposalRequest(
            process_id=stage.process_id, proposal=project.project, matter=MATTER, by="import"
        )
        client.do(client.proposals.ShortlistProposal, shortlist)
    request = proposals_pb2.PublishShortlistRequest(process_id=stage.process_id, matter=MATTER)
    client.do(client.proposals.PublishShortlist, request)


def _cast(stage: Stage, source: PabulibFile, held: Election) -> float:
    """Cast every ballot; returns the seconds it took. Raises `CommandRefused` when one is refused."""
    started = time.monotonic()
    for result in stage.client.cast(stage.process_id, MATTER, ballots_of(source, held)):
        if result.HasField("refusal"):
            refused = result.refusal
            raise CommandRefused(Refusal(refused.reason, refused.message, dict(refused.metadata)))
        stage.step()
    return time.monotonic() - started


def ballots_of(source: PabulibFile, held: Election) -> Iterator[ballots_pb2.BallotToCast]:
    """The file's votes as the API takes them; a voter's id is the idempotency key."""
    for voter, choice in choices(source):
        message = choice_message(held.ballot.form, choice)
        yield ballots_pb2.BallotToCast(idempotency_key=voter, voter=voter, choice=message, channel="pabulib")


def choice_message(form: Form, choice: Choice) -> ballots_pb2.Choice:
    """A canonical choice as the API spells it."""
    if isinstance(choice, dict) and form is Form.GRADES:
        grades = [ballots_pb2.OptionGrade(option=option, grade=grade) for option, grade in choice.items()]
        return ballots_pb2.Choice(grades=ballots_pb2.GradeList(grades=grades))
    if isinstance(choice, dict) and form is Form.QUADRATIC:
        votes = [ballots_pb2.OptionVotes(option=option, votes=int(given)) for option, given in choice.items()]
        return ballots_pb2.Choice(quadratic=ballots_pb2.VotesList(votes=votes))
    if isinstance(choice, dict):
        points = [ballots_pb2.OptionPoints(option=option, points=given) for option, given in choice.items()]
        return ballots_pb2.Choice(points=ballots_pb2.PointList(points=points))
    options = ballots_pb2.OptionList(options=choice)
    if form is Form.RANKING:
        return ballots_pb2.Choice(ranking=options)
    return ballots_pb2.Choice(options=options)


def _process_id(file: Path) -> str:
    """The file's name as a process id."""
    return re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:63].strip("-") or "imported"
