"""Replays the delegations: each given and revoked as the charter allows; then finds again who cast for whom in each box."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from kernel.ids import stream_id
from kernel.records import Record
from replay.findings import MISSING, Findings
from replay.processes import ProcessFold
from replay.rolls import RollsFold
from rules.delegation import Delegation, Represented
from rules.representation import admit, resolve
from tally.counting import WeightedChoice

if TYPE_CHECKING:
    from replay.boxes import Box


class DelegationsFold:
    """The delegations that stand in each chamber, and those that stood when each box was sealed."""

    def __init__(
        self,
        findings: Findings,
        process: ProcessFold,
        rolls: RollsFold,
        boxes: Mapping[str, Box],
        moot: Mapping[str, str],
    ) -> None:
        self.findings = findings
        self.process = process
        self.rolls = rolls
        self.boxes = boxes
        self.moot = moot
        """Boxes in which nothing can count any more: who voted there is as free to delegate as who did not."""
        self.given: dict[str, dict[tuple[str, str | None], Delegation]] = {}
        """By chamber, then by member and matter, in the order given."""
        self.standing: dict[str, dict[str, tuple[Delegation, ...]]] = {}
        self.sealed: dict[str, tuple[Delegation, ...]] = {}
        self.handlers = {
            "chambers.DelegationGiven": self.give,
            "chambers.DelegationRevoked": self.revoke,
        }

    def give(self, record: Record, data: dict[str, Any]) -> None:
        findings, index, chamber = self.findings, record.process_index, str(data["chamber"])
        self._check(record, data)
        members = self.rolls.rolls.get(chamber, {}).get("members", {})
        for name in ("member", "delegate"):
            if data[name] not in members:
                findings.add("delegations", index, name, "someone on the roll", data[name])
        declared = self.process.charter.chamber(chamber) if self.process.charter else None
        new = Delegation(data["member"], data["delegate"], data["kind"], data["matter"])
        refused = admit(declared.delegation if declared else None, self.standing.get(chamber, {}), new)
        if refused is not None:
            findings.add("delegations", index, "delegate", "a delegation that the charter allows", str(refused))
        given = self.given.setdefault(chamber, {})
        given.pop((new.member, new.matter), None)
        given[(new.member, new.matter)] = new
        self._stand(chamber, new.member, new.matter, (new,))

    def revoke(self, record: Record, data: dict[str, Any]) -> None:
        chamber, member = str(data["chamber"]), data["member"]
        self._check(record, data)
        if self.given.get(chamber, {}).pop((member, data["matter"]), None) is None:
            self.findings.add("delegations", record.process_index, "delegation", f"one of {member}", MISSING)
        self._stand(chamber, member, data["matter"], ())

    def _stand(self, chamber: str, member: str, matter: str | None, new: tuple[Delegation, ...]) -> None:
        standing = self.standing.setdefault(chamber, {})
        theirs = (*(each for each in standing.pop(member, ()) if each.matter != matter), *new)
        if theirs:
            standing[member] = theirs

    def _check(self, record: Record, data: dict[str, Any]) -> None:
        """In an open process, for a matter of the chamber, by somebody without a ballot that it concerns and that may count."""
        findings, index = self.findings, record.process_index
        chamber, matter, member = data["chamber"], data["matter"], data["member"]
        findings.count("delegations")
        status = self.process.state["status"] if self.process.state else "not opened"
        findings.compare("delegations", index, "process.status", "open", status)
        stream = stream_id("delegations", record.process_id, chamber)
        findings.compare("delegations", index, "stream_id", stream, record.stream_id)
        matters = self.process.charter.matters_of(chamber) if self.process.charter else ()
        if matter is not None and matter not in matters:
            findings.add("delegations", index, "matter", " or ".join(matters) or "none", matter)
        for name, box in self.boxes.items():
            concerned = box.data["chamber"] == chamber and matter in (None, box.data["matter"])
            if concerned and box.status == "open" and name not in self.moot and member in box.ballots:
                findings.add("delegations", index, "member", f"someone without a ballot in {name}", member)

    def seal(self, data: dict[str, Any]) -> None:
        """Keep what stands as a box is sealed: what is given or revoked afterwards counts for later boxes."""
        box = self.boxes.get(str(data.get("box")))
        if box is not None:
            self.sealed[str(data["box"])] = tuple(self.given.get(box.data["chamber"], {}).values())

    def counted(self, box: Box) -> tuple[Iterable[WeightedChoice], dict[str, Any]]:
        """The ballots of a tallied box, those of who is represented included; and what its count must say of these."""
        given = self.sealed.get(box.data["box"], ())
        electorate = box.electorate if box.electorate and given else {}
        represented = resolve(
            box.delegation,
            given,
            box.data["matter"],
            box.ballots,
            {name: weight for name, (weight, _, _) in electorate.items()},
        )
        self.findings.count("delegations", len(represented))
        said = {"delegated": [each.to_json() for each in represented]} if represented else {}
        return chain(box.weighted(), _theirs(box, represented)), said

    def state(self) -> dict[str, Any]:
        """By chamber and member: to whom, of which kind, in which matter; only chambers where any stands."""
        return {
            chamber: {
                member: [{"delegate": each.delegate, "kind": each.kind, "matter": each.matter} for each in theirs]
                for member, theirs in standing.items()
            }
            for chamber, standing in self.standing.items()
            if standing
        }


def _theirs(box: Box, represented: Iterable[Represented]) -> Iterator[WeightedChoice]:
    for each in represented:
        _, choice = box.ballots[each.cast_by]
        weight, unit, _ = (box.electorate or {})[each.member]
        yield WeightedChoice(choice, weight, unit)
