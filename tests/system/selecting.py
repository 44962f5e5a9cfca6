"""A small selection held whole through a running engine: proposed, reviewed, voted on, counted, bundled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cli.bundles import fetch_bundle
from cli.client import Client
from cli.importing import choice_message
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from comitia.proposals.v1 import proposals_pb2
from tally.forms import Choice, Form
from tests.system.small import stage_of

MATTER, CHAMBER = "choice", "residents"


@dataclass(frozen=True)
class Selection:
    """What is chosen from (each option's cost, with a district or a group where it has one), how, and by which ballots.

    Voters are `v1`, `v2`, … in the order of `cast`; `won` is who must come out of it, in order.
    """

    name: str
    ballot: Mapping[str, Any]
    decided: Mapping[str, Any]
    """`allocation` or `election`."""
    offered: Mapping[str, Mapping[str, str]]
    cast: Sequence[Choice]
    won: Sequence[str]
    revised: Mapping[int, Choice] = field(default_factory=dict)
    """The ballots that voters cast again, by the voter's place from 0."""
    weights: Sequence[str] = ()

    def charter(self) -> str:
        """Three phases, one chamber, one matter."""
        document = {
            "comitia": 1,
            "name": "selection",
            "title": "A selection",
            "phases": [
                {
                    "name": "ideas",
                    "title": "Ideas",
                    "allows": ["enrol", "submit", "review", "shortlist"],
                    "next": "vote",
                },
                {"name": "vote", "title": "Vote", "allows": ["vote"], "votes": MATTER},
            ],
            "chambers": [{"name": CHAMBER, "title": "Residents"}],
            "matters": [
                {
                    "name": MATTER,
                    "title": "The choice",
                    "kind": "selection",
                    "chamber": CHAMBER,
                    "ballot": {"revisable": True, **self.ballot},
                    **self.decided,
                }
            ],
        }
        return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def hold(client: Client, selection: Selection) -> dict[str, Any]:
    """The whole selection; returns the tally, when the laureates are named."""
    open_box(client, selection)
    for number, choice in [*enumerate(selection.cast), *selection.revised.items()]:
        client.do(client.ballots.CastBallot, ballot(selection, number, choice))
    stage = stage_of(client, selection.name)
    stage.close_phase("vote")
    tally = stage.await_tally(MATTER)
    for winner in winners(tally):
        stage.await_laureate(winner)
    return tally


def winners(tally: Mapping[str, Any]) -> list[str]:
    """Who won, in order, by whichever method."""
    found: list[str] = tally["allocation"]["winners"] if tally["allocation"] else tally["count"]["election"]["elected"]
    return found


def open_box(client: Client, selection: Selection) -> None:
    """Everything up to the open box."""
    process_id, stage = selection.name, stage_of(client, selection.name)
    stage.open_process("A selection", "town", selection.charter())
    stage.open_phase("ideas")
    weights = selection.weights or ["1"] * len(selection.cast)
    stage.enrol(CHAMBER, [chambers_pb2.Member(member=f"v{n}", weight=weight) for n, weight in enumerate(weights, 1)])
    for name, review in selection.offered.items():
        idea = proposals_pb2.SubmitProposalRequest(process_id=process_id, proposal=name, title=name, author="v1")
        client.do(client.proposals.SubmitProposal, idea)
        reviewed = proposals_pb2.ReviewProposalRequest(
            process_id=process_id,
            proposal=name,
            feasible=True,
            cost=review["cost"],
            official="o-1",
            service="works",
            district=review.get("district", ""),
            group=review.get("group", ""),
        )
        client.do(client.proposals.ReviewProposal, reviewed)
        listed = proposals_pb2.ShortlistProposalRequest(process_id=process_id, proposal=name, matter=MATTER, by="jury")
        client.do(client.proposals.ShortlistProposal, listed)
    published = proposals_pb2.PublishShortlistRequest(process_id=process_id, matter=MATTER)
    client.do(client.proposals.PublishShortlist, published)
    stage.close_phase("ideas")
    stage.open_phase("vote")
    stage.await_box(MATTER)


def ballot(selection: Selection, number: int, choice: Choice) -> ballots_pb2.CastBallotRequest:
    """The ballot of the voter in place `number`, from 0."""
    message = choice_message(Form(selection.ballot["form"]), choice)
    voter = f"v{number + 1}"
    return ballots_pb2.CastBallotRequest(
        process_id=selection.name, box=MATTER, voter=voter, choice=message, channel="web"
    )


def bundle(client: Client, selection: Selection, folder: Path) -> Path:
    """The selection's bundle, in a file of its name."""
    path = folder / f"{selection.name}.comitia"
    fetch_bundle(client, selection.name, path)
    return path
