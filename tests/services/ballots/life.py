"""The life of a ballot box over gRPC, and what other services put in the log between its steps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ballots.domain.sheets import FileCountSheet, signed_bytes
from comitia.ballots.v1 import ballots_pb2 as pb
from kernel import canonical
from kernel.ids import stream_id
from kernel.records import Record
from kernel.refusal import Refused
from rules.charter import parse_charter
from tests.services.processes.running import PATIENCE, Running

PROCESS = "budget-2026"
PROJECTS = "projects"
HALL = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
KEY = HALL.public_key().public_bytes_raw()
NO_LIMITS: dict[str, Any] = {"from": None, "until": None}


def charter(**changes: Any) -> dict[str, Any]:
    """A charter with a selection among projects, a motion in the council, and cantons that are only counted."""
    declared = {
        "comitia": 1,
        "name": "budget",
        "title": "Budget",
        "phases": [
            {"name": "ideas", "title": "Ideas", "allows": ["enrol", "submit", "shortlist", "move"], "next": "vote"},
            {"name": "vote", "title": "Vote", "allows": ["vote", "move"], "votes": PROJECTS, "next": None},
        ],
        "chambers": [
            {"name": "residents", "title": "Residents"},
            {"name": "council", "title": "Council"},
            {"name": "cantons", "title": "Cantons", "electors": "counted", "units": [{"code": "ZH"}, {"code": "UR"}]},
        ],
        "matters": [
            {
                "name": PROJECTS,
                "title": "Projects",
                "kind": "selection",
                "chamber": "residents",
                "ballot": {"form": "approval", "min": 1, "max": 2} | changes,
                "allocation": {"rule": "greedy", "budget": "1000"},
            },
            {
                "name": "law",
                "title": "Law",
                "kind": "motion",
                "ballot": {"form": "yes_no_abstain"},
                "decision": {"chamber": "council", "majority": {"more_than": "1/2", "of": "expressed"}},
            },
        ],
    }
    parsed = parse_charter(declared)
    assert not isinstance(parsed, Refused), str(parsed)
    return parsed.to_json()


OPTIONS = [
    {"option": "well", "cost": "500", "submitted": 1},
    {"option": "bench", "cost": "200", "submitted": 2},
    {"option": "lamp", "cost": "400", "submitted": 3},
]


class Life:
    """One process with its boxes. The first number of a `roll` is the weight of its first member, and so on."""

    def __init__(self, running: Running, process_id: str = PROCESS) -> None:
        self.running = running
        self.process_id = process_id
        self._rolls: dict[str, dict[str, Any]] = {}

    # What other services do.

    def process_opens(self, **ballot: Any) -> None:
        self._process("ProcessOpened", process_id=self.process_id, charter=charter(**ballot), next_years_field=1)

    def process_is_cancelled(self) -> None:
        self._process("ProcessCancelled", reason="no money", authority="council")

    def shortlist(self) -> None:
        stream = stream_id("shortlists", self.process_id, PROJECTS)
        self._happen(stream, "proposals.ShortlistPublished", matter=PROJECTS, options=OPTIONS)

    def enrol(self, *members: str, chamber: str = "residents", weight: str = "1", unit: str | None = None) -> None:
        rows: list[dict[str, Any]] = [
            {"member": name, "weight": weight, "roles": [], "unit": unit, "mandate": NO_LIMITS} for name in members
        ]
        self._rolls.setdefault(chamber, {}).update({row["member"]: row for row in rows})
        stream = stream_id("rolls", self.process_id, chamber)
        self._happen(stream, "chambers.MembersEnrolled", chamber=chamber, members=rows)

    def freeze(self, box: str = PROJECTS, chamber: str = "residents") -> Record:
        roll = self._rolls.get(chamber, {})
        rows = [[name, one["weight"], one["unit"], []] for name, one in sorted(roll.items())]
        return self._happen(
            stream_id("rolls", self.process_id, chamber),
            "chambers.RollFrozen",
            chamber=chamber,
            box=box,
            on="2026-11-22",
            members=len(roll),
            weight=str(sum(int(one["weight"]) for one in roll.values())),
            digest=hashlib.sha256(canonical.dumps(rows)).hexdigest(),
        )

    def ask(
        self, chamber: str = "council", kind: str = "vote", deadline: str | None = None, motion: str = "m-1"
    ) -> str:
        """Propose a motion and ask a chamber in a box of its own; returns the box."""
        stream, box = stream_id("motions", self.process_id, motion), f"{motion}.{chamber}.1"
        if not self.running.log.versions([stream])[stream]:
            about = {"title": "A law", "text": "", "mover": "ana"}
            self._happen(stream, "chambers.MotionProposed", motion=motion, matter="law", **about)
        if chamber in self._rolls:
            self.freeze(box, chamber)
        asked = {"motion": motion, "chamber": chamber, "kind": kind, "round": 1, "box": box, "deadline": deadline}
        self._happen(stream, "chambers.ChamberAsked", **asked)
        return box

    def advice_lapses(self, chamber: str, motion: str = "m-1") -> Record:
        stream = stream_id("motions", self.process_id, motion)
        lapsed = {"chamber": chamber, "deadline": "2026-12-22T12:00:00.000000Z", "meaning": "negative"}
        return self._happen(stream, "chambers.AdviceLapsed", motion=motion, **lapsed)

    def motion_is_withdrawn(self, motion: str = "m-1") -> Record:
        stream = stream_id("motions", self.process_id, motion)
        return self._happen(stream, "chambers.MotionWithdrawn", motion=motion, reason="a mistake")

    def vote_phase_closes(self) -> None:
        self._process("PhaseClosed", phase="vote", trigger="command", due=None)

    # What this service does.

    def open_projects(self, *members: str, **ballot: Any) -> Life:
        """From nothing to an open box of projects for these members."""
        self.process_opens(**ballot)
        self.shortlist()
        self.enrol(*(members or ("ana", "bo", "chi")))
        self.freeze()
        self.wait_for("BoxOpened")
        return self

    def open_law(self, *members: str, **asked: Any) -> str:
        """From nothing to an open box for a motion in the council; returns the box."""
        self.process_opens()
        self.enrol(*(members or ("ana", "bo", "chi")), chamber="council")
        box = self.ask(**asked)
        self.wait_for("BoxOpened")
        return box

    def open_cantons(self) -> str:
        """From nothing to an open box for a motion in the cantons; returns the box."""
        self.process_opens()
        box = self.ask("cantons")
        self.wait_for("BoxOpened")
        return box

    def cast(self, voter: str = "ana", *options: str, key: str = "", **request: Any) -> Any:
        """Cast a ballot for these options, the well if none is named."""
        return self.running.do("CastBallot", self.ballot(voter, *options, **request), key=key)

    def refuses(self, voter: str = "ana", *options: str, key: str = "", **request: Any) -> Any:
        """Cast a ballot that must be refused."""
        return self.running.refused("CastBallot", self.ballot(voter, *options, **request), key=key)

    def ballot(self, voter: str = "ana", *options: str, **request: Any) -> pb.CastBallotRequest:
        choice = pb.Choice(options=pb.OptionList(options=options or ("well",)))
        fields: dict[str, Any] = {
            "process_id": self.process_id,
            "box": PROJECTS,
            "voter": voter,
            "choice": choice,
            "channel": "web",
        }
        return pb.CastBallotRequest(**(fields | request))

    def message(self, *ballots: tuple[str, str, tuple[str, ...]], **request: Any) -> pb.CastBallotsRequest:
        """A message of a stream: (key, voter, options) of each ballot."""
        cast = [
            pb.BallotToCast(
                idempotency_key=key,
                voter=voter,
                choice=pb.Choice(options=pb.OptionList(options=options)),
                channel="web",
            )
            for key, voter, options in ballots
        ]
        fields: dict[str, Any] = {"process_id": self.process_id, "box": PROJECTS, "actor": "kiosk-7", "ballots": cast}
        return pb.CastBallotsRequest(**(fields | request))

    def stream(self, *messages: pb.CastBallotsRequest) -> list[list[pb.BallotResult]]:
        """The results of each message."""
        answers = self.running.stub.CastBallots(iter(messages), timeout=PATIENCE)
        return [list(answer.results) for answer in answers]

    def register(self, box: str = PROJECTS, station: str = "hall", unit: str | None = None) -> Any:
        request = pb.RegisterStationRequest(process_id=self.process_id, box=box, station=station, key=KEY, unit=unit)
        return self.running.do("RegisterStation", request)

    def sheet(self, totals: Mapping[str, str], *, voters: int, **changes: Any) -> pb.FileCountSheetRequest:
        """A sheet signed over exactly what it says."""
        fields: dict[str, Any] = {"process_id": self.process_id, "box": PROJECTS, "station": "hall", "voters": voters}
        fields |= {name: value for name, value in changes.items() if value is not None}
        said = FileCountSheet.model_validate({**fields, "totals": totals, "signature": bytes(64)})
        data = said.event().model_dump(mode="json")
        listed = [pb.OptionTotal(option=option, total=total) for option, total in totals.items()]
        signature = HALL.sign(signed_bytes(self.process_id, data))
        return pb.FileCountSheetRequest(**fields, totals=listed, signature=signature)

    def file(self, totals: Mapping[str, str], *, voters: int, **changes: Any) -> Any:
        return self.running.do("FileCountSheet", self.sheet(totals, voters=voters, **changes))

    def seal(self, box: str, key: str = "") -> Any:
        return self.running.do("SealBox", pb.SealBoxRequest(process_id=self.process_id, box=box), key=key)

    def box(self, box: str = PROJECTS) -> pb.Box:
        answer: pb.GetBoxResponse = self.running.ask("GetBox", pb.GetBoxRequest(process_id=self.process_id, box=box))
        return answer.box

    def boxes(self) -> list[pb.BoxSummary]:
        return list(self.running.ask("ListBoxes", pb.ListBoxesRequest(process_id=self.process_id)).boxes)

    def state(self, at: int | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self.running.state(pb.GetStateRequest(process_id=self.process_id, at=at))["boxes"]
        return found

    def payloads(self, type_: str) -> Iterator[dict[str, Any]]:
        """What this service has logged of one type."""
        return (record.data() for record in self.running.records(self.process_id, f"ballots.{type_}"))

    def wait_for(self, type_: str, number: int = 1) -> dict[str, Any]:
        """Wait until this service has logged so many events of a type; returns the last."""
        self.running.until(lambda: len(list(self.payloads(type_))) >= number)
        return list(self.payloads(type_))[-1]

    def _process(self, type_: str, **payload: Any) -> None:
        self._happen(stream_id("processes", self.process_id), f"processes.{type_}", **payload)

    def _happen(self, stream: str, type_: str, **payload: Any) -> Record:
        return self.running.happen(self.process_id, stream, type_, payload)
