"""Replays a process's own steps: it opens once under a valid charter, and its phases follow one another as that says."""

from __future__ import annotations

import hashlib
from typing import Any

from kernel import canonical
from kernel.instants import show_instant
from kernel.records import Record
from kernel.refusal import Refused
from replay.findings import MISSING, Findings
from rules.charter import Charter, check_amendment, parse_charter


class ProcessFold:
    """The process, its charter in force, and which phase is open."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.charter: Charter | None = None
        self.state: dict[str, Any] | None = None
        self.voting = False
        """Whether votes could be asked for or cast by now: from then on chambers and matters stay as they are."""
        self.published: set[str] = set()
        """The matters whose shortlist is published: told by the proposals' fold."""
        self.handlers = {
            "processes.ProcessOpened": self.opened,
            "processes.PhaseOpened": self.phase_opened,
            "processes.PhaseClosed": self.phase_closed,
            "processes.CharterAmended": self.amended,
            "processes.ProcessCancelled": self.cancelled,
            "processes.ProcessCompleted": self.completed,
        }

    def require(self, check: str, record: Record, action: str) -> None:
        """The open phase must allow `action`, and the process must not have ended."""
        state = self.state
        status = state["status"] if state else "not opened"
        if state is None or self.charter is None or status != "open":
            self.findings.add(check, record.process_index, "process.status", "open", status)
            return
        phase = state["phase"]
        open_phase = self.charter.phase(phase) if phase else None
        allowed = {each.value for each in open_phase.allows} if open_phase else set()
        if action not in allowed:
            self.findings.add(check, record.process_index, "phase", f"one that allows {action}", phase or "none open")

    def cancelled_by(self) -> dict[str, Any] | None:
        """The reason and authority of the cancellation, if there was one."""
        return self.state["cancelled"] if self.state else None

    def opened(self, record: Record, data: dict[str, Any]) -> None:
        findings, index = self.findings, record.process_index
        if self.state is not None or index != 0:
            findings.add("charter", index, "type", "the first event, once", record.type)
            return
        findings.compare("charter", index, "process_id", record.process_id, data.get("process_id"))
        self._adopt_charter(record, data)
        self.state = {
            "process_id": record.process_id,
            "title": data.get("title"),
            "organiser": data.get("organiser"),
            "charter_hash": data.get("charter_hash"),
            "status": "open",
            "phase": None,
            "phases": {phase.name: "waiting" for phase in self.charter.phases} if self.charter else {},
            "amendments": 0,
            "cancelled": None,
        }

    def _adopt_charter(self, record: Record, data: dict[str, Any]) -> None:
        found = data.get("charter")
        digest = hashlib.sha256(canonical.dumps(found)).hexdigest()
        self.findings.expect("charter", record.process_index, "charter_hash", digest, data.get("charter_hash"))
        charter = parse_charter(found) if isinstance(found, dict) else None
        if isinstance(charter, Charter):
            self.charter = charter
        else:
            said = str(charter) if isinstance(charter, Refused) else type(found).__name__
            self.findings.add("charter", record.process_index, "charter", "a valid charter", said)

    def amended(self, record: Record, data: dict[str, Any]) -> None:
        findings, index, before = self.findings, record.process_index, self.charter
        if self.state is None or before is None:
            findings.add("charter", index, "process", "an open process", MISSING)
            return
        findings.compare("charter", index, "process.status", "open", self.state["status"])
        findings.compare("charter", index, "previous_hash", self.state["charter_hash"], data.get("previous_hash"))
        self._adopt_charter(record, data)
        changed = check_amendment(before, self.charter) if self.charter else ()
        if isinstance(changed, Refused):
            findings.add("charter", index, "changed", "what the charter lets be amended", str(changed))
        else:
            findings.compare("charter", index, "changed", list(changed), data.get("changed"))
        self._check_the_past(index, before.to_json(), (self.charter or before).to_json())
        self.state["charter_hash"] = data.get("charter_hash")
        self.state["amendments"] += 1
        phases = self.charter.phases if self.charter else ()
        self.state["phases"] = {phase.name: self.state["phases"].get(phase.name, "waiting") for phase in phases}
        self._note_voting(self.state["phase"])

    def _check_the_past(self, index: int, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Closed phases stay as they were but for what follows; once voting has begun, so do chambers and matters."""
        phases = self.state["phases"] if self.state else {}
        begun = [phase for phase in before["phases"] if phases.get(phase["name"]) != "waiting"]
        found = {phase["name"]: phase for phase in after["phases"]}
        for phase in begun:
            kept = tuple(phase) if phases[phase["name"]] == "closed" else ("name", "votes")
            for field in kept:
                got = found.get(phase["name"], {}).get(field, MISSING)
                if field != "next":
                    self.findings.compare("charter", index, f"phases.{phase['name']}.{field}", phase[field], got)
        if self.voting:
            for part in ("chambers", "matters"):
                self.findings.compare("charter", index, part, before[part], after[part])

    def phase_opened(self, record: Record, data: dict[str, Any]) -> None:
        state, charter = self.state, self.charter
        if not self._may_change(record) or state is None or charter is None:
            return
        index, name = record.process_index, data.get("phase")
        self.findings.compare("phases", index, "open phase before", None, state["phase"])
        closed = [phase for phase in charter.phases if state["phases"].get(phase.name) == "closed"]
        followers = {phase.next for phase in closed}
        due = [phase.name for phase in charter.phases if state["phases"].get(phase.name) == "waiting"]
        due = [each for each in due if each in followers] if closed else [charter.phases[0].name]
        if name not in due:
            self.findings.add("phases", index, "phase", " or ".join(due) or "no further phase", name)
            if name not in state["phases"]:
                return
        self._check_trigger(record, data, "opens")
        votes = next((phase.votes for phase in charter.phases if phase.name == name), None)
        if votes is not None and votes not in self.published:
            self.findings.add("phases", index, "shortlist", f"of {votes}, published before", MISSING)
        state["phase"], state["phases"][name] = name, "open"
        self._note_voting(name)

    def _note_voting(self, open_phase: str | None) -> None:
        phase = self.charter.phase(open_phase) if self.charter and open_phase else None
        if phase is not None and (phase.votes or {"vote", "move"} & set(phase.allows)):
            self.voting = True

    def phase_closed(self, record: Record, data: dict[str, Any]) -> None:
        if not self._may_change(record) or self.state is None:
            return
        name = data.get("phase")
        if self.findings.compare("phases", record.process_index, "phase", self.state["phase"], name):
            self._check_trigger(record, data, "closes")
            self.state["phases"][name] = "closed"
            self.state["phase"] = None

    def _check_trigger(self, record: Record, data: dict[str, Any], edge: str) -> None:
        """A phase never opens or closes before its date; `due` names that date when the date was what did it."""
        trigger, index = data.get("trigger"), record.process_index
        phase = self.charter.phase(str(data.get("phase"))) if self.charter else None
        day = phase and (phase.opens_at() if edge == "opens" else phase.closes_at())
        declared = show_instant(day) if day else None
        if trigger not in ("command", "date") or (trigger == "date" and declared is None):
            self.findings.add("phases", index, "trigger", "command, or date where there is one", trigger)
        self.findings.compare("phases", index, "due", declared if trigger == "date" else None, data.get("due"))
        if declared is not None and record.recorded_at < declared:
            self.findings.add("phases", index, "recorded_at", f"not before {declared}", record.recorded_at)

    def cancelled(self, record: Record, data: dict[str, Any]) -> None:
        if self._may_change(record) and self.state is not None:
            self.state["status"] = "cancelled"
            self.state["cancelled"] = {"reason": data.get("reason"), "authority": data.get("authority")}

    def completed(self, record: Record, data: dict[str, Any]) -> None:
        if not self._may_change(record) or self.state is None or self.charter is None:
            return
        last = [phase.name for phase in self.charter.phases if phase.next is None]
        done = [name for name in last if self.state["phases"].get(name) == "closed"]
        if not done:
            self.findings.add("phases", record.process_index, "completed", f"{' or '.join(last)} closed first", "open")
        self.state["status"] = "completed"

    def _may_change(self, record: Record) -> bool:
        self.findings.count("phases")
        status = self.state["status"] if self.state else "not opened"
        if status != "open":
            self.findings.add("phases", record.process_index, "process.status", "open", status)
            return False
        return True
