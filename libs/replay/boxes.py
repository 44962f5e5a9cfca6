"""Replays each ballot box: who voted, in time and well-formed; then counts it again and redoes every draw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from kernel.ids import NAME_PATTERN, stream_id
from kernel.records import Record
from kernel.refusal import Refused
from replay.delegations import DelegationsFold
from replay.findings import MISSING, Findings
from replay.processes import ProcessFold
from replay.proposals import ProposalsFold
from replay.rolls import Electorate, RollsFold
from replay.sheets import SheetBook
from rules.delegation import DelegationRules
from tally.allocation import Allocation, AllocationRules, SeedNeeded, allocate, needs_ballots
from tally.counting import Count, WeightedChoice, count
from tally.election import Election, ElectionRules, elect
from tally.forms import BallotRules, Number, Option, check_choice
from tally.grouping import Groups, Said, grouped
from tally.lots import draw_lot

_NAME = re.compile(NAME_PATTERN)

CLOSES_ONCE_MOOT = 3
"""The schema of `ballots.BoxOpened` from which on a box takes nothing once it is moot; those before took it, uncounted."""


class Box:
    """One box as the auditor sees it: its rules, the latest ballot of each voter, its sheets."""

    def __init__(self, data: dict[str, Any], electorate: Electorate | None) -> None:
        self.data = data
        self.rules = BallotRules.model_validate(data["ballot"])
        self.options = {each["option"]: Option.model_validate(each) for each in data["options"]}
        self.allocation = AllocationRules.model_validate(data["allocation"]) if data["allocation"] else None
        self.election = ElectionRules.model_validate(data["election"]) if data.get("election") else None
        self.needs_ballots = self.election is not None or (
            self.allocation is not None and needs_ballots(self.allocation)
        )
        self.electorate = electorate
        self.ballots: dict[str, tuple[int, Any]] = {}
        self.sheets = SheetBook(data["stations"])
        self.status = "open"
        self.cast = 0
        self.late = 0
        self.seal_root: bytes | None = None
        self.delegation: DelegationRules | None = None
        """How members were represented when it was tallied."""
        self.count: dict[str, Any] | None = None
        self.allocated: dict[str, Any] | None = None

    def weighted(self) -> Iterator[WeightedChoice]:
        """The counted ballots, each with its voter's weight and unit."""
        for voter, (_, choice) in self.ballots.items():
            weight, unit, _ = (self.electorate or {}).get(voter, (Fraction(0), None, frozenset()))
            yield WeightedChoice(choice, weight, unit)

    def outcome(self, tally: Count, groups: Groups, seed: bytes | None) -> Allocation | Election | SeedNeeded | None:
        """What the tally leads to: money allocated, seats filled, or nothing in a motion's box."""
        if self.election is not None:
            return elect(self.election, self.options, groups, seed, self.rules.grades or ())
        if self.allocation is not None:
            return allocate(self.allocation, self.options, tally.scores, tally.supporters, seed, groups=groups)
        return None

    def state(self) -> dict[str, Any]:
        return {
            **{name: self.data[name] for name in ("matter", "chamber", "motion", "round")},
            "status": self.status,
            "stations": self.sheets.stations,
            "voters": len(self.ballots),
            "cast": self.cast,
            "late": self.late,
            "sheets": self.sheets.state(),
            "count": self.count,
            "allocation": self.allocated,
        }


class BoxesFold:
    """All boxes of the process."""

    def __init__(self, findings: Findings, process: ProcessFold, rolls: RollsFold, proposals: ProposalsFold) -> None:
        self.findings = findings
        self.process = process
        self.rolls = rolls
        self.proposals = proposals
        self.boxes: dict[str, Box] = {}
        self.frozen_roots: dict[str, bytes] = {}
        """The root of the records up to the freeze of each box's roll, which seeds an order drawn by lot."""
        self.asked: dict[str, dict[str, Any]] = {}
        """What was asked in each motion's box: told by the motions' fold."""
        self.moot: dict[str, str] = {}
        """Boxes in which nothing can count any more, and what made them so: told by the motions' fold."""
        self.closing: set[str] = set()
        """Boxes that take nothing once they are moot."""
        self.delegations = DelegationsFold(findings, process, rolls, self.boxes, self.moot)
        self.handlers = {
            "ballots.BoxOpened": self.opened,
            "ballots.StationRegistered": self.station,
            "ballots.BallotCast": self.cast,
            "ballots.BallotArrivedLate": self.late,
            "ballots.CountSheetFiled": self.sheet,
            "ballots.BoxTallied": self.tallied,
            **self.delegations.handlers,
        }

    def opened(self, record: Record, data: dict[str, Any]) -> None:
        findings, index, name = self.findings, record.process_index, data["box"]
        if name in self.boxes:
            findings.add("boxes", index, "box", "a new box", name)
        frozen, electorate = self.rolls.electorates.get(name, (None, None))
        findings.expect("boxes", index, "roll", frozen, data["roll"])
        if name in self.rolls.chambers:
            findings.compare("boxes", index, "roll.chamber", data["chamber"], self.rolls.chambers[name])
        self._check_against_charter(record, data)
        if record.schema >= CLOSES_ONCE_MOOT:
            self.closing.add(name)
        try:
            self.boxes[name] = Box(data, electorate)
        except ValidationError as error:
            findings.add("boxes", index, "ballot", "valid rules", error.errors()[0]["msg"])

    def _check_against_charter(self, record: Record, data: dict[str, Any]) -> None:
        findings, index = self.findings, record.process_index
        charter = self.process.charter.to_json() if self.process.charter else {"matters": [], "chambers": []}
        matter = next((each for each in charter["matters"] if each["name"] == data["matter"]), None)
        chamber = next((each for each in charter["chambers"] if each["name"] == data["chamber"]), None)
        if matter is None or chamber is None:
            findings.add("boxes", index, "matter", "a matter and a chamber of the charter", data["matter"])
            return
        findings.compare("boxes", index, "ballot", matter["ballot"], data["ballot"])
        findings.compare("boxes", index, "electors", chamber["electors"], data["electors"])
        units = self.process.charter.ballot_units(data["chamber"]) if self.process.charter else ()
        findings.compare("boxes", index, "units", list(units) or None, data["units"])
        findings.compare("boxes", index, "allocation", matter["allocation"], data["allocation"])
        findings.compare("boxes", index, "election", matter.get("election"), data.get("election"))
        shortlist = self.proposals.shortlists.get(data["matter"], []) if matter["kind"] == "selection" else []
        by_lot = matter["kind"] == "selection" and matter["ballot"].get("order") == "lot"
        self._check_order(index, data, shortlist, by_lot=by_lot)
        self._check_against_question(index, data, matter["kind"])

    def _check_order(self, index: int, data: dict[str, Any], shortlist: list[dict[str, Any]], *, by_lot: bool) -> None:
        """The options are those of the shortlist, as submitted or in the order that the draw gives."""
        seed, expected = None, shortlist
        if by_lot:
            seed = self.frozen_roots.get(data["box"], b"")
            listed = {each["option"]: each for each in shortlist}
            expected = [listed[name] for name in draw_lot(seed, 1, tuple(listed)).order]
            self.findings.count("draws")
        shown = None if seed is None else seed.hex()
        self.findings.compare("draws", index, "order_seed", shown, data.get("order_seed"))
        self.findings.compare("boxes", index, "options", expected, data["options"])

    def _check_against_question(self, index: int, data: dict[str, Any], kind: str) -> None:
        """A motion's box is the one in which its chamber was asked; a selection's is named as its matter."""
        fields = ("matter", "chamber", "motion", "round", "deadline")
        asked = {"matter": data["box"], "chamber": data["chamber"], "motion": None, "round": 1, "deadline": None}
        if kind == "motion":
            asked = self.asked.get(data["box"], dict.fromkeys(fields, MISSING))
        self.findings.compare("boxes", index, "", asked, {name: data[name] for name in fields})

    def _find(self, check: str, record: Record, data: dict[str, Any], status: str = "open") -> Box | None:
        """The box an event is about; a finding when it is unknown or not `status`."""
        box = self.boxes.get(str(data.get("box")))
        found = box.status if box else "unknown"
        if found != status:
            self.findings.add(check, record.process_index, f"box {data.get('box')}", status, found)
        return box

    def _check_may_count(self, check: str, record: Record, box: Box) -> None:
        """Nothing is taken once the process was cancelled, the box's motion withdrawn, or the time to advise in it over."""
        if self.process.cancelled_by():
            self.findings.add(check, record.process_index, "process.status", "not cancelled", "cancelled")
        name = box.data["box"]
        if name in self.moot and name in self.closing and box.status == "open":
            self.findings.add(check, record.process_index, f"box {name}", "one that may count", self.moot[name])

    def station(self, record: Record, data: dict[str, Any]) -> None:
        box = self._find("sheets", record, data)
        self._check_takes_sheets(record, box)
        if box is not None:
            chamber = self.process.charter.chamber(box.data["chamber"]) if self.process.charter else None
            if chamber is not None and chamber.delegation is not None:
                findings, index = self.findings, record.process_index
                findings.add("sheets", index, "station", "none where members are represented", data["station"])
            box.sheets.stations[data["station"]] = {"key": data["key"], "unit": data["unit"]}

    def _check_takes_sheets(self, record: Record, box: Box | None) -> None:
        """A box that counts whole ballots has no stations and takes no totals."""
        if box is not None and box.needs_ballots:
            self.findings.add("sheets", record.process_index, "box", "one that counts totals", box.data["box"])

    def cast(self, record: Record, data: dict[str, Any]) -> None:
        self.findings.count("ballots")
        box = self._find("ballots", record, data)
        if box is None:
            return
        box.cast += 1
        self._check_may_count("ballots", record, box)
        self._check_choice(record, data, box)
        self._check_place(record, data, box)
        if box.status == "open":
            box.ballots[data["voter"]] = (record.stream_version, data["choice"])

    def _check_place(self, record: Record, data: dict[str, Any], box: Box) -> None:
        """One counted ballot per voter: in the voter's own stream, replacing the one before where that may be."""
        findings, index, voter = self.findings, record.process_index, data["voter"]
        stream = stream_id("ballots", record.process_id, data["box"], voter)
        if record.stream_id != stream:
            findings.add("ballots", index, "stream_id", stream, record.stream_id)
        before = box.ballots.get(voter)
        if before is not None and not box.rules.revisable:
            findings.add("ballots", index, "voter", "one ballot, which may not be revised", f"{voter} again")
        replaced = before[0] if before else None
        if data["replaces"] != replaced:
            findings.add("ballots", index, "replaces", replaced, data["replaces"])

    def _check_choice(self, record: Record, data: dict[str, Any], box: Box) -> None:
        """Late or not: by someone on the frozen roll, through a named channel, well-formed."""
        findings, index, voter = self.findings, record.process_index, data["voter"]
        if box.electorate is None or voter not in box.electorate:
            findings.add("ballots", index, "voter", "someone on the frozen roll", voter)
        if not _NAME.fullmatch(data["channel"]):
            findings.add("ballots", index, "channel", "one word", data["channel"])
        budget = box.allocation.budget if box.allocation else None
        choice = check_choice(box.rules, box.options, budget, data["choice"])
        if isinstance(choice, Refused):
            findings.add("ballots", index, "choice", "a well-formed choice", str(choice))
        elif choice != data["choice"]:
            findings.add("ballots", index, "choice", choice, data["choice"])

    def late(self, record: Record, data: dict[str, Any]) -> None:
        self.findings.count("ballots")
        box = self.boxes.get(str(data.get("box")))
        if box is None or box.status == "open":
            self.findings.add("ballots", record.process_index, "box", "sealed before", box.status if box else "unknown")
        if box is not None:
            self._check_choice(record, data, box)
            box.late += 1

    def sheet(self, record: Record, data: dict[str, Any]) -> None:
        self.findings.count("sheets")
        box = self._find("sheets", record, data)
        self._check_takes_sheets(record, box)
        if box is not None and box.status == "open":
            self._check_may_count("sheets", record, box)
            box.sheets.file(self.findings, record, data, box.rules, box.options)

    def sealed(self, record: Record, data: dict[str, Any], root: bytes) -> None:
        box = self._find("boxes", record, data)
        if box is not None:
            box.status, box.seal_root = "sealed", root
            self.delegations.seal(data)
            counted = {"ballots": len(box.ballots), "sheets": len(box.sheets.latest)}
            found = {name: data.get(name) for name in counted}
            self.findings.compare("boxes", record.process_index, "", counted, found)
            self._check_trigger(record, data, box)

    def _check_trigger(self, record: Record, data: dict[str, Any], box: Box) -> None:
        """A selection's box is sealed by the end of its phase; a motion's by command, or when its deadline has come."""
        phases = (self.process.state or {}).get("phases", {})
        voted = [phase.name for phase in self.process.charter.phases if phase.votes] if self.process.charter else []
        deadline = box.data["deadline"]
        allowed = {
            "phase": box.data["motion"] is None and any(phases.get(name) == "closed" for name in voted),
            "command": box.data["motion"] is not None,
            "deadline": deadline is not None and record.recorded_at >= deadline,
        }
        may = [name for name, allows in allowed.items() if allows]
        if data.get("trigger") not in may:
            self.findings.add("boxes", record.process_index, "trigger", " or ".join(may) or "none", data.get("trigger"))

    def tallied(self, record: Record, data: dict[str, Any]) -> None:
        box = self._find("tallies", record, data, "sealed")
        if box is None:
            return
        findings, index = self.findings, record.process_index
        for name in ("matter", "chamber", "motion", "round"):
            findings.compare("tallies", index, name, box.data[name], data.get(name))
        chamber = self.process.charter.chamber(box.data["chamber"]) if self.process.charter else None
        box.delegation = chamber.delegation if chamber else None
        groups: dict[Said, Number] = {}
        ballots, delegated = self.delegations.counted(box)
        if box.needs_ballots:
            ballots = grouped(ballots, groups)
        tally = count(box.rules, box.options, ballots, box.sheets.counted())
        outcome, seed = box.outcome(tally, groups, None), None
        if isinstance(outcome, SeedNeeded):
            seed = box.seal_root or b""
            outcome = box.outcome(tally, groups, seed)
        elected = {"election": outcome.to_json()} if isinstance(outcome, Election) else {}
        findings.expect("tallies", index, "count", tally.to_json() | delegated | elected, data.get("count"))
        box.status, box.count, box.allocated = "tallied", data.get("count"), data.get("allocation")
        findings.count("draws", 0 if seed is None else 1)
        findings.compare("draws", index, "seed", seed.hex() if seed else None, data.get("seed"))
        allocated = outcome.to_json() if isinstance(outcome, Allocation) else None
        expected = MISSING if isinstance(outcome, SeedNeeded) else allocated
        findings.compare("tallies", index, "allocation", expected, data.get("allocation"))
        if isinstance(outcome, Allocation | Election):
            winners = outcome.elected if isinstance(outcome, Election) else outcome.winners
            self.proposals.won(str(data["box"]), winners)
