"""Replays the rolls: who was enrolled with what weight, and who of them a frozen roll must therefore hold."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from kernel import canonical
from kernel.ids import stream_id
from kernel.numbers import parse_exact, show
from kernel.records import Record
from replay.findings import Findings
from replay.processes import ProcessFold

Electorate = dict[str, tuple[Fraction, str | None, frozenset[str]]]
"""A frozen roll: member to weight, unit and roles."""


class RollsFold:
    """The roll of each chamber and the electorate frozen for each box."""

    def __init__(self, findings: Findings, process: ProcessFold) -> None:
        self.findings = findings
        self.process = process
        self.rolls: dict[str, dict[str, Any]] = {}
        self.electorates: dict[str, tuple[dict[str, Any], Electorate]] = {}
        self.chambers: dict[str, str] = {}
        """Whose roll was frozen for each box."""
        self.handlers = {
            "chambers.MembersEnrolled": self.enrolled,
            "chambers.MemberUpdated": self.updated,
            "chambers.MemberLeft": self.left,
            "chambers.RollFrozen": self.frozen,
        }

    def _roll(self, record: Record, data: dict[str, Any]) -> dict[str, Any]:
        stream = stream_id("rolls", record.process_id, data["chamber"])
        self.findings.compare("rolls", record.process_index, "stream_id", stream, record.stream_id)
        return self.rolls.setdefault(str(data["chamber"]), {"members": {}, "frozen": []})

    def enrolled(self, record: Record, data: dict[str, Any]) -> None:
        self.process.require("rolls", record, "enrol")
        self._check_chamber(record, data)
        members = self._roll(record, data)["members"]
        for place, each in enumerate(data.get("members", [])):
            if each["member"] in members:
                where = f"members[{place}].member"
                self.findings.add("rolls", record.process_index, where, "someone not yet enrolled", each["member"])
            members[each["member"]] = _member(each)
            self._check_member(record, data["chamber"], each)

    def updated(self, record: Record, data: dict[str, Any]) -> None:
        self.process.require("rolls", record, "enrol")
        members = self._roll(record, data)["members"]
        if data["member"] not in members:
            self.findings.add("rolls", record.process_index, "member", "someone on the roll", data["member"])
        members[data["member"]] = _member(data)
        self._check_member(record, data["chamber"], data)

    def left(self, record: Record, data: dict[str, Any]) -> None:
        self.process.require("rolls", record, "enrol")
        if self._roll(record, data)["members"].pop(data["member"], None) is None:
            self.findings.add("rolls", record.process_index, "member", "someone on the roll", data["member"])

    def _check_member(self, record: Record, chamber: str, each: dict[str, Any]) -> None:
        """A weight above zero, and only roles and a unit that the charter declares for the chamber."""
        charter = self.process.charter
        declared = charter.chamber(chamber) if charter else None
        roles = declared.roles if declared else ()
        units = charter.ballot_units(chamber) if charter else ()
        who, index = each["member"], record.process_index
        if parse_exact(each["weight"]) <= 0:
            self.findings.add("rolls", index, f"weight of {who}", "above 0", each["weight"])
        for role in each["roles"]:
            if role not in roles:
                self.findings.add("rolls", index, f"role of {who}", " or ".join(roles) or "none", role)
        if each["unit"] is None and declared is not None and declared.colleges is not None:
            self.findings.add("rolls", index, f"unit of {who}", " or ".join(units), None)
        if each["unit"] is not None and each["unit"] not in units:
            self.findings.add("rolls", index, f"unit of {who}", " or ".join(units) or "none", each["unit"])

    def _check_seats(self, record: Record, chamber: str, electorate: Electorate) -> None:
        charter = self.process.charter
        declared = charter.chamber(chamber) if charter else None
        if declared is None or declared.seats is None:
            return
        held = Counter(role for _, _, roles in electorate.values() for role in roles)
        refused = declared.seats.check(len(electorate), held)
        if refused is not None:
            self.findings.add("rolls", record.process_index, "seats", "as the charter says", str(refused))

    def _check_chamber(self, record: Record, data: dict[str, Any]) -> None:
        charter, name = self.process.charter, data["chamber"]
        known = [chamber.name for chamber in charter.chambers if not chamber.derived] if charter else []
        if name not in known:
            self.findings.add("rolls", record.process_index, "chamber", " or ".join(known), name)

    def frozen(self, record: Record, data: dict[str, Any]) -> None:
        roll, on = self._roll(record, data), str(data.get("on"))
        electorate = {
            name: (parse_exact(each["weight"]), each["unit"], frozenset(each["roles"]))
            for name, each in roll["members"].items()
            if _in_office(each["mandate"], on)
        }
        expected = {
            "members": len(electorate),
            "weight": show(sum((weight for weight, _, _ in electorate.values()), Fraction(0))),
            "digest": digest(electorate),
        }
        found = {name: data.get(name) for name in expected}
        self.findings.expect("rolls", record.process_index, "", expected, found)
        self._check_day(record, on)
        self._check_phase(record, str(data.get("box")))
        if str(data.get("box")) in self.electorates:
            self.findings.add("rolls", record.process_index, "box", "one that has no roll yet", data.get("box"))
        self._check_seats(record, data["chamber"], electorate)
        roll["frozen"].append({"box": data.get("box"), "on": on, **found})
        self.electorates[str(data.get("box"))] = (found, electorate)
        self.chambers[str(data.get("box"))] = data["chamber"]

    def _check_phase(self, record: Record, box: str) -> None:
        """The roll of a selection, whose box has the matter's name, is frozen while the phase that votes on it is open."""
        charter, state = self.process.charter, self.process.state
        matter = charter.matter(box) if charter else None
        if charter is None or matter is None or matter.kind != "selection":
            return
        phase = charter.phase(state["phase"]) if state and state["phase"] else None
        self.findings.compare("rolls", record.process_index, "phase votes on", box, phase.votes if phase else None)

    def _check_day(self, record: Record, on: str) -> None:
        """Who is in office is asked of the day of the freeze: the one it is recorded on, or the one that just ended."""
        day = date.fromisoformat(record.recorded_at[:10])
        if not (day - timedelta(days=1)).isoformat() <= on <= day.isoformat():
            self.findings.add("rolls", record.process_index, "on", f"{day}, or the day before", on)


def digest(electorate: Electorate) -> str:
    """SHA-256 of the canonical JSON of `[[member, weight, unit, [roles]], …]`, sorted by member: hexadecimal."""
    rows = [[name, show(weight), unit, sorted(roles)] for name, (weight, unit, roles) in sorted(electorate.items())]
    return hashlib.sha256(canonical.dumps(rows)).hexdigest()


def _member(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data.get(name) for name in ("weight", "roles", "unit", "mandate")}


def _in_office(mandate: dict[str, Any] | None, on: str) -> bool:
    begins, ends = (mandate or {}).get("from"), (mandate or {}).get("until")
    return (begins is None or begins <= on) and (ends is None or on <= ends)
