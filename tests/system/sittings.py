"""A process held from its opening to its outcomes by a client over gRPC, on an engine whose clock the test moves on."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli.bundles import fetch_bundle
from cli.client import Client
from cli.embedded import Engine
from cli.paper import Station
from comitia.ballots.v1 import ballots_pb2
from comitia.chambers.v1 import chambers_pb2
from kernel.instants import parse_instant
from replay.verify import Report, verify
from rules import templates
from rules.charter import Charter, load_charter
from tests.system.small import stage_of

WORDS = {"yes": ballots_pb2.VOTE_YES, "no": ballots_pb2.VOTE_NO, "abstain": ballots_pb2.VOTE_ABSTAIN}
CASTING = {"yes": chambers_pb2.CASTING_CHOICE_YES, "no": chambers_pb2.CASTING_CHOICE_NO}


class Clock:
    """What the engine takes for the time: it goes on by a millisecond at each look, and as far as it is told."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now

    def until(self, instant: datetime) -> None:
        self._now = max(self._now, instant)


class House:
    """A running engine, its clock and a client of it."""

    def __init__(self, engine: Engine, client: Client, clock: Clock) -> None:
        self.engine, self.client, self.clock = engine, client, clock


class Sitting:
    """One process under a charter. Members are `chamber-01`, `chamber-02`, … in the order in which they are enrolled."""

    def __init__(self, house: House, process_id: str, text: str) -> None:
        self.house, self.process_id = house, process_id
        self.client = house.client
        self.stage = stage_of(self.client, process_id)
        found = load_charter(text)
        assert isinstance(found, Charter), str(found)
        self.charter = found
        self.stage.open_process(found.title, "organiser", text)
        self.stage.open_phase(found.phases[0].name)
        self._said: dict[str, int] = {}

    @classmethod
    def of(cls, house: House, template: str) -> Sitting:
        """A process under a template as it is shipped."""
        return cls(house, f"held-{template}", templates.text(template))

    # Rolls.

    def enrol(self, chamber: str, *roles: str | tuple[str, ...], units: Iterable[str] = (), first: int = 1) -> None:
        """One member for each entry: the name of a role, several of them, or '' for none; or one for each unit."""
        members = []
        for number, held in enumerate(roles, first):
            names = held if isinstance(held, tuple) else tuple(filter(None, (held,)))
            members.append(chambers_pb2.Member(member=f"{chamber}-{number:02d}", roles=names))
        members += [chambers_pb2.Member(member=f"{chamber}-{unit}", unit=unit) for unit in units]
        self.stage.enrol(chamber, members)

    # Motions.

    def move(self, motion: str, matter: str | None = None) -> None:
        """Propose and put a motion; of the only matter, unless it is named."""
        (*_, only) = (each.name for each in self.charter.matters if each.kind == "motion")
        request = chambers_pb2.ProposeMotionRequest(
            process_id=self.process_id, motion=motion, matter=matter or only, title=motion, text="", mover="someone"
        )
        self.client.do(self.client.chambers.ProposeMotion, request)
        self.put(motion)

    def put(self, motion: str) -> None:
        self.client.do(
            self.client.chambers.PutMotion, chambers_pb2.PutMotionRequest(process_id=self.process_id, motion=motion)
        )

    def vote(self, motion: str, chamber: str, yes: int, no: int = 0, abstain: int = 0) -> None:
        """The chamber's next ballot: its first members say yes, the next no, the next abstain; then the seal."""
        said = {"yes": yes, "no": no, "abstain": abstain}
        choices = [word for word, number in said.items() for _ in range(number)]
        self.ballot(motion, chamber, {f"{chamber}-{n:02d}": word for n, word in enumerate(choices, 1)})

    def ballot(self, motion: str, chamber: str, said: Mapping[str, str]) -> None:
        """The chamber's next ballot, member by member; then the seal."""
        box = self._next_box(motion, chamber)
        ballots = [
            ballots_pb2.BallotToCast(
                idempotency_key=f"{box}-{member}",
                voter=member,
                choice=ballots_pb2.Choice(vote=WORDS[word]),
                channel="hall",
            )
            for member, word in said.items()
        ]
        for result in self.client.cast(self.process_id, box, ballots):
            assert result.HasField("receipt"), result.refusal
        self._seal(box)

    def sheets(self, motion: str, chamber: str, totals: Mapping[str, tuple[int, int]]) -> None:
        """A counted chamber's ballot: yes and no of each unit, on a signed sheet; then the seal."""
        box = self._next_box(motion, chamber)
        for unit, (yes, no) in totals.items():
            station = Station(unit, unit, Ed25519PrivateKey.generate())
            self.client.do(self.client.ballots.RegisterStation, station.registration(self.process_id, box))
            sheet = station.sheet(self.process_id, box, {"yes": yes, "no": no}, voters=yes + no)
            self.client.do(self.client.ballots.FileCountSheet, sheet)
        self._seal(box)

    def _next_box(self, motion: str, chamber: str) -> str:
        asked = f"{motion}.{chamber}"
        self._said[asked] = self._said.get(asked, 0) + 1
        box = f"{asked}.{self._said[asked]}"
        self.stage.await_box(box)
        return box

    def _seal(self, box: str) -> None:
        self.client.do(self.client.ballots.SealBox, ballots_pb2.SealBoxRequest(process_id=self.process_id, box=box))

    def give(self, motion: str, chamber: str, member: str, choice: str, round_: int) -> None:
        """The casting vote, once the ballot of this round has been counted."""
        wanted = (motion, chamber, round_)
        self.until("ChamberCounted", lambda data: (data["motion"], data["chamber"], data["round"]) == wanted)
        request = chambers_pb2.GiveCastingVoteRequest(
            process_id=self.process_id, motion=motion, chamber=chamber, member=member, choice=CASTING[choice]
        )
        self.client.do(self.client.chambers.GiveCastingVote, request)

    def object(self, motion: str, chamber: str, member: str) -> None:
        self.until("ChamberAsked", lambda data: (data["motion"], data["kind"]) == (motion, "objections"))
        request = chambers_pb2.RaiseObjectionRequest(
            process_id=self.process_id, motion=motion, chamber=chamber, member=member, reason="for a reason"
        )
        self.client.do(self.client.chambers.RaiseObjection, request)

    def test(self, motion: str, chamber: str, member: str, tester: str, met: Mapping[str, bool]) -> None:
        request = chambers_pb2.TestObjectionRequest(
            process_id=self.process_id,
            motion=motion,
            chamber=chamber,
            member=member,
            tester=tester,
            criteria=[chambers_pb2.Criterion(criterion=each, met=found) for each, found in met.items()],
            reason="as the objector argued",
        )
        self.client.do(self.client.chambers.TestObjection, request)

    def deadline(self, motion: str, chamber: str) -> None:
        """The time comes until which the chamber could advise or object."""
        asked = self.until(
            "ChamberAsked",
            lambda data: (data["motion"], data["chamber"], data["deadline"] is not None) == (motion, chamber, True),
        )
        self.house.clock.until(parse_instant(asked["deadline"]))

    # What came of it.

    def until(self, type_: str, match: Any = lambda data: True) -> dict[str, Any]:
        return self.client.await_event(self.process_id, f"chambers.{type_}", match)

    def outcome(self, motion: str) -> str:
        return str(self.until("MotionDecided", lambda data: data["motion"] == motion)["outcome"])

    def types(self) -> set[str]:
        """Every type of event that the process has."""
        return {event.type for event in self.client.events(self.process_id)}

    def verified(self, folder: Any) -> Report:
        """Bundled, and verified offline."""
        path = folder / f"{self.process_id}.comitia"
        assert self.house.engine.settle()
        fetch_bundle(self.client, self.process_id, path)
        report = verify(io.BytesIO(path.read_bytes()))
        assert isinstance(report, Report), str(report)
        return report
