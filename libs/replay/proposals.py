"""Replays the life of each proposal, from idea to the last box delivered, in an order nobody may skip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kernel.numbers import parse_exact
from kernel.records import Record
from replay.findings import Findings
from replay.processes import ProcessFold

LIVE = ("submitted", "reviewed", "declined", "shortlisted")


class ProposalsFold:
    """Proposals, published shortlists and deliveries."""

    def __init__(self, findings: Findings, process: ProcessFold) -> None:
        self.findings = findings
        self.process = process
        self.proposals: dict[str, dict[str, Any]] = {}
        self.shortlists: dict[str, list[dict[str, Any]]] = {}
        self.winners: dict[str, list[str]] = {}
        self.handlers = {
            "proposals.ProposalSubmitted": self.submitted,
            "proposals.ProposalRevised": self.revised,
            "proposals.ProposalWithdrawn": self.withdrawn,
            "proposals.ProposalReviewed": self.reviewed,
            "proposals.ProposalShortlisted": self.shortlisted,
            "proposals.ShortlistPublished": self.published,
            "proposals.ProposalNamedLaureate": self.laureate,
            "proposals.DeliveryPlanned": self.planned,
            "proposals.DeliveryRecorded": self.delivered,
            "proposals.DeliveryCompleted": self.completed,
        }

    def _step(self, record: Record, data: dict[str, Any], action: str | None, *before: str) -> dict[str, Any] | None:
        """The proposal an event is about, when it stands where the event may happen; otherwise a finding and None."""
        self.findings.count("proposals")
        if action:
            self.process.require("proposals", record, action)
        proposal = self.proposals.get(str(data.get("proposal")))
        status = proposal["status"] if proposal else "unknown"
        if status not in before:
            self.findings.add("proposals", record.process_index, "status before", " or ".join(before), status)
        return proposal

    def submitted(self, record: Record, data: dict[str, Any]) -> None:
        self.findings.count("proposals")
        self.process.require("proposals", record, "submit")
        name = str(data["proposal"])
        if name in self.proposals:
            self.findings.add("proposals", record.process_index, "proposal", "a new id", name)
        told = ("title", "summary", "author", "category", "place", "partners")
        blank = {"revision": 0, "status": "submitted", "review": None, "cost": None, "matter": None, "rank": None}
        self.proposals[name] = {field: data.get(field) for field in told} | blank | {"delivery": None}

    def revised(self, record: Record, data: dict[str, Any]) -> None:
        proposal = self._step(record, data, "revise", "submitted", "reviewed", "declined")
        if proposal is not None:
            expected = proposal["revision"] + 1
            self.findings.compare("proposals", record.process_index, "revision", expected, data.get("revision"))
            for field in ("title", "summary", "category", "place", "partners", "revision"):
                proposal[field] = data.get(field)
            proposal.update(status="submitted", review=None, cost=None)

    def withdrawn(self, record: Record, data: dict[str, Any]) -> None:
        proposal = self._step(record, data, "withdraw", *LIVE)
        if proposal is not None:
            proposal["status"] = "withdrawn"

    def reviewed(self, record: Record, data: dict[str, Any]) -> None:
        proposal = self._step(record, data, "review", "submitted", "reviewed", "declined")
        if proposal is not None:
            fields = ("feasible", "cost", "reasons", "official", "service")
            proposal["review"] = {field: data.get(field) for field in fields} | _placed(data)
            if data.get("cost") is not None and parse_exact(data["cost"]) < 0:
                self.findings.add("proposals", record.process_index, "cost", "0 or more", data["cost"])
            proposal["status"] = "reviewed" if data.get("feasible") else "declined"
            proposal["cost"] = data.get("cost")

    def shortlisted(self, record: Record, data: dict[str, Any]) -> None:
        proposal = self._step(record, data, "shortlist", "reviewed")
        if proposal is not None:
            self.findings.compare("proposals", record.process_index, "cost", proposal["cost"], data.get("cost"))
            proposal["status"], proposal["matter"] = "shortlisted", data.get("matter")

    def published(self, record: Record, data: dict[str, Any]) -> None:
        self.findings.count("proposals")
        self.process.require("proposals", record, "shortlist")
        matter = str(data["matter"])
        if matter in self.shortlists:
            self.findings.add("proposals", record.process_index, "shortlist", "published once", f"{matter} again")
        expected = [
            {"option": name, "cost": proposal["cost"], "submitted": order} | _placed(proposal["review"] or {})
            for order, (name, proposal) in enumerate(self.proposals.items(), 1)
            if proposal["status"] == "shortlisted" and proposal["matter"] == matter
        ]
        self.findings.compare("proposals", record.process_index, "options", expected, data.get("options"))
        self.shortlists[matter] = data.get("options") or []
        self.process.published.add(matter)

    def won(self, box: str, winners: Sequence[str]) -> None:
        """Told by the boxes' fold: what the box's ballots paid for, or whom they elected, in order."""
        self.winners[box] = list(winners)

    def laureate(self, record: Record, data: dict[str, Any]) -> None:
        proposal = self._step(record, data, None, "shortlisted")
        winners = self.winners.get(str(data.get("box")), [])
        name, index = data.get("proposal"), record.process_index
        rank = winners.index(name) + 1 if name in winners else None
        self.findings.expect("laureates", index, "rank", rank, data.get("rank"))
        if proposal is not None:
            self.findings.compare("laureates", index, "cost", proposal["cost"], data.get("cost"))
            proposal["status"], proposal["rank"] = "laureate", data.get("rank")

    def planned(self, record: Record, data: dict[str, Any]) -> None:
        proposal = self._step(record, data, "deliver", "laureate")
        if proposal is not None:
            milestones = {
                each["milestone"]: {"delivered": 0}
                | {name: each.get(name) for name in ("what", "quantity", "place", "due")}
                for each in data.get("milestones", [])
            }
            proposal["status"] = "in_delivery"
            proposal["delivery"] = {"official": data.get("official"), "milestones": milestones, "records": []}

    def delivered(self, record: Record, data: dict[str, Any]) -> None:
        proposal = self._step(record, data, "deliver", "in_delivery")
        if proposal is None or proposal["delivery"] is None:
            return
        delivery, index = proposal["delivery"], record.process_index
        milestone = delivery["milestones"].get(data.get("milestone"))
        if milestone is None:
            self.findings.add(
                "proposals", index, "milestone", " or ".join(delivery["milestones"]), data.get("milestone")
            )
            return
        milestone["delivered"] += int(data.get("quantity", 0))
        if milestone["delivered"] > milestone["quantity"]:
            planned = f"at most {milestone['quantity']}"
            self.findings.add("proposals", index, "quantity delivered in all", planned, milestone["delivered"])
        fields = ("milestone", "quantity", "place", "on", "official", "note")
        delivery["records"].append({field: data.get(field) for field in fields})

    def completed(self, record: Record, data: dict[str, Any]) -> None:
        proposal = self._step(record, data, None, "in_delivery")
        if proposal is None or proposal["delivery"] is None:
            return
        for name, each in proposal["delivery"]["milestones"].items():
            found = each["delivered"]
            self.findings.compare("proposals", record.process_index, f"delivered of {name}", each["quantity"], found)
        proposal["status"] = "delivered"

    def finish(self) -> None:
        """After the last event: the winners of a box are named all at once, so some of them alone is a gap."""
        for box, winners in self.winners.items():
            named = [name for name in winners if self.proposals.get(name, {}).get("rank") is not None]
            if named:
                self.findings.compare("laureates", None, f"laureates of {box}", winners, named)


def _placed(review: dict[str, Any]) -> dict[str, Any]:
    """The district and the group that a review told, those that it did."""
    return {name: review[name] for name in ("district", "group") if review.get(name) is not None}
