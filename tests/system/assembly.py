"""Assemblies on a running engine whose members represent one another: by proxy, liquidly, and in colleges of fixed shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from cli.client import Client
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from tests.system.small import stage_of

PROXY, LIQUID = chambers_pb2.DELEGATION_KIND_PROXY, chambers_pb2.DELEGATION_KIND_LIQUID
VOTES = {"yes": ballots_pb2.VOTE_YES, "no": ballots_pb2.VOTE_NO, "abstain": ballots_pb2.VOTE_ABSTAIN}
MATTERS = ("statutes", "accounts")


def charter(chamber: Mapping[str, Any]) -> str:
    """One chamber that decides two matters by simple majority when half of its members are present."""
    document = {
        "comitia": 1,
        "name": "assembly",
        "title": "An assembly",
        "phases": [{"name": "sitting", "title": "Sitting", "allows": ["enrol", "move", "vote"]}],
        "chambers": [{"title": "The members", **chamber}],
        "matters": [
            {
                "name": matter,
                "title": matter,
                "kind": "motion",
                "ballot": {"form": "yes_no_abstain"},
                "decision": {
                    "chamber": chamber["name"],
                    "majority": {"more_than": "1/2"},
                    "quorum": {"at_least": "1/2", "count": "heads"},
                },
            }
            for matter in MATTERS
        ],
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


class Delegating:
    """The delegations of one chamber of a process."""

    def __init__(self, client: Client, process_id: str, chamber: str) -> None:
        self.client, self.process_id, self.chamber = client, process_id, chamber

    def give(self, member: str, delegate: str, kind: Any = PROXY, matter: str | None = None) -> None:
        request = chambers_pb2.GiveDelegationRequest(
            process_id=self.process_id, chamber=self.chamber, member=member, delegate=delegate, kind=kind, matter=matter
        )
        self.client.do(self.client.chambers.GiveDelegation, request, actor=member)

    def revoke(self, member: str, matter: str | None = None) -> None:
        request = chambers_pb2.RevokeDelegationRequest(
            process_id=self.process_id, chamber=self.chamber, member=member, matter=matter
        )
        self.client.do(self.client.chambers.RevokeDelegation, request, actor=member)


class Assembly(Delegating):
    """One process with one chamber, in session."""

    def __init__(
        self, client: Client, process_id: str, chamber: Mapping[str, Any], *members: chambers_pb2.Member
    ) -> None:
        super().__init__(client, process_id, str(chamber["name"]))
        self.stage = stage_of(client, process_id)
        self.stage.open_process("An assembly", "the members", charter(chamber))
        self.stage.open_phase("sitting")
        self.stage.enrol(self.chamber, list(members))

    def put(self, motion: str, matter: str = MATTERS[0]) -> str:
        """Move a motion and put it; returns its open box."""
        proposal = chambers_pb2.ProposeMotionRequest(
            process_id=self.process_id, motion=motion, matter=matter, title=motion, text=motion
        )
        self.client.do(self.client.chambers.ProposeMotion, proposal)
        self.client.do(
            self.client.chambers.PutMotion, chambers_pb2.PutMotionRequest(process_id=self.process_id, motion=motion)
        )
        box = f"{motion}.{self.chamber}.1"
        self.stage.await_box(box)
        return box

    def vote(self, box: str, **votes: str) -> None:
        """Each of these members says so personally."""
        for member, said in votes.items():
            choice = ballots_pb2.Choice(vote=VOTES[said])
            request = ballots_pb2.CastBallotRequest(
                process_id=self.process_id, box=box, voter=member, choice=choice, channel="web"
            )
            self.client.do(self.client.ballots.CastBallot, request, actor=member)

    def seal(self, box: str) -> dict[str, Any]:
        """Seal the box; returns its tally, once its motion is decided as well."""
        self.client.do(self.client.ballots.SealBox, ballots_pb2.SealBoxRequest(process_id=self.process_id, box=box))
        tallied = self.stage.await_tally(box)
        self.decided(str(tallied["motion"]))
        return tallied

    def decided(self, motion: str) -> dict[str, Any]:
        return self.client.await_event(self.process_id, "chambers.MotionDecided", lambda data: data["motion"] == motion)


def members(*names: str, **more: Any) -> list[chambers_pb2.Member]:
    return [chambers_pb2.Member(member=name, **more) for name in names]
