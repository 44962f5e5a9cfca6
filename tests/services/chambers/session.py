"""A firm in session, over gRPC, and what other services put in the log between its steps."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from comitia.chambers.v1 import chambers_pb2 as pb
from kernel.ids import stream_id
from kernel.numbers import show
from kernel.records import Record
from rules.charter import charter_hash
from tests.services.chambers.building import FIRM, MOTION, PROCESS, charter
from tests.services.processes.running import Running

QUIET = 0.15
"""Seconds after which nothing more is expected of reactions and timers that have seen the log."""

Told = Mapping[str, int | str | Fraction]


class Session:
    """One process. Commands return their receipts; `running` has the log, the clock and the views."""

    def __init__(self, running: Running, process_id: str = PROCESS) -> None:
        self.running = running
        self.process_id = process_id

    # What other services do.

    def process_opens(self, text: str = FIRM) -> None:
        rules = charter(text)
        told = {"process_id": self.process_id, "title": "A firm", "organiser": "the firm"}
        self._process("ProcessOpened", **told, charter=rules.to_json(), charter_hash=charter_hash(rules), later=1)

    def phase_opens(self, phase: str) -> Record:
        return self._process("PhaseOpened", phase=phase, trigger="command", due=None)

    def phase_closes(self, phase: str) -> Record:
        return self._process("PhaseClosed", phase=phase, trigger="command", due=None)

    def process_completes(self) -> Record:
        return self._process("ProcessCompleted")

    def process_is_cancelled(self) -> Record:
        return self._process("ProcessCancelled", reason="no money", authority="the board")

    def box_is_sealed(self, box: str) -> Record:
        stream = stream_id("boxes", self.process_id, box)
        return self.running.happen(
            self.process_id, stream, "ballots.BoxSealed", {"box": box, "ballots": 1, "sheets": 0, "trigger": "command"}
        )

    def box_is_tallied(self, box: str, *, motion: str | None = MOTION, units: Any = None, **scores: int) -> Record:
        """As the ballots service writes it: `yes`, `no` and `abstain` of voters who weigh 1 each."""
        part = _counted(scores)
        count = {
            "form": "yes_no_abstain",
            **part,
            "units": {code: _counted(each) for code, each in (units or {}).items()},
        }
        told = {"box": box, "matter": "any", "chamber": "any", "motion": motion, "round": 1, "count": count}
        stream = stream_id("boxes", self.process_id, box)
        return self.running.happen(
            self.process_id, stream, "ballots.BoxTallied", {**told, "allocation": None, "seed": None, "later": 1}
        )

    # What clients do.

    def enrol(self, chamber: str, *members: str | pb.Member, key: str = "") -> Any:
        entries = [each if isinstance(each, pb.Member) else pb.Member(member=each) for each in members]
        request = pb.EnrolMembersRequest(process_id=self.process_id, chamber=chamber, members=entries)
        return self.running.do("EnrolMembers", request, key=key).receipts

    def everybody_is_enrolled(self) -> None:
        self.enrol("board", pb.Member(member="ana", roles=["chair"]), "bo", "cy", "di")
        self.enrol("workers", "wu", "wy", "wo")
        self.enrol("tribunes", pb.Member(member="tia", weight="2"), "tom", "tea")
        self.enrol("staff", pb.Member(member="nia", unit="north"), pb.Member(member="sam", unit="south"))

    def propose(self, matter: str = "government", motion: str = MOTION, key: str = "") -> Any:
        return self.running.do("ProposeMotion", self.proposal(matter, motion), key=key).receipts

    def proposal(self, matter: str = "government", motion: str = MOTION) -> pb.ProposeMotionRequest:
        return pb.ProposeMotionRequest(
            process_id=self.process_id, motion=motion, matter=matter, title="A title", text="A text"
        )

    def put(self, motion: str = MOTION, key: str = "") -> Any:
        request = pb.PutMotionRequest(process_id=self.process_id, motion=motion)
        return self.running.do("PutMotion", request, key=key).receipts

    def withdraw(self, motion: str = MOTION) -> Any:
        request = pb.WithdrawMotionRequest(process_id=self.process_id, motion=motion, reason="a mistake")
        return self.running.do("WithdrawMotion", request).receipts

    def object(self, member: str, key: str = "") -> Any:
        """Object as a tribune."""
        request = pb.RaiseObjectionRequest(
            process_id=self.process_id, motion=MOTION, chamber="tribunes", member=member, reason="it harms the plebs"
        )
        return self.running.do("RaiseObjection", request, key=key).receipts

    def update(self, chamber: str, member: pb.Member) -> Any:
        request = pb.UpdateMemberRequest(process_id=self.process_id, chamber=chamber, member=member)
        return self.running.do("UpdateMember", request).receipts

    def remove(self, chamber: str, member: str, key: str = "") -> Any:
        request = pb.RemoveMemberRequest(
            process_id=self.process_id, chamber=chamber, member=member, reason="moved away"
        )
        return self.running.do("RemoveMember", request, key=key).receipts

    def is_put(self, matter: str) -> None:
        """Everybody enrolled, a motion of the matter moved and put."""
        self.everybody_is_enrolled()
        self.propose(matter)
        self.put()

    def motion(self, motion: str = MOTION) -> pb.Motion:
        request = pb.GetMotionRequest(process_id=self.process_id, motion=motion)
        found: pb.Motion = self.running.ask("GetMotion", request).motion
        return found

    def state(self, at: int | None = None) -> Any:
        return self.running.state(pb.GetStateRequest(process_id=self.process_id, at=at))

    # What follows.

    def until(self, type_: str, times: int = 1) -> dict[str, Any]:
        """Wait for the `times`-th event of a type of this service; its payload."""
        self.running.until(lambda: len(self.records(type_)) >= times)
        return self.records(type_)[times - 1].data()

    def stays_quiet(self) -> None:
        """Wait until nothing is written any more."""
        seen = -1
        while (now := self.running.log.last_position()) != seen:
            seen = now
            time.sleep(QUIET)

    def records(self, type_: str) -> list[Record]:
        return self.running.records(self.process_id, f"chambers.{type_}")

    def own_types(self) -> list[str]:
        """This service's events, but for the enrolments."""
        every = self.running.log.read_process(self.process_id)
        own = [record.type.removeprefix("chambers.") for record in every if record.type.startswith("chambers.")]
        return [each for each in own if each != "MembersEnrolled"]

    def _process(self, name: str, **payload: Any) -> Record:
        stream = stream_id("processes", self.process_id)
        return self.running.happen(self.process_id, stream, f"processes.{name}", payload)


def _counted(scores: Told) -> dict[str, Any]:
    votes = {name: show(Fraction(scores.get(name, 0))) for name in ("yes", "no", "abstain")}
    heads = sum(int(scores.get(name, 0)) for name in ("yes", "no", "abstain"))
    return {
        "ballots": heads,
        "sheets": 0,
        "voters": heads,
        "weight": str(heads),
        "scores": votes,
        "supporters": {},
        "blank": "0",
        "invalid": "0",
    }
