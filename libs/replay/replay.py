"""Folds the records of one process, in order, into its state, and notes every step that its own rules forbid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel import canonical
from kernel.canonical import NotCanonical
from kernel.records import Record
from replay.boxes import BoxesFold
from replay.findings import Findings
from replay.motions import MotionsFold
from replay.processes import ProcessFold
from replay.proposals import ProposalsFold
from replay.rolls import RollsFold
from transparency.merkle import CompactRange, hash_leaf

SCHEMAS = {"proposals.ProposalReviewed": 2, "proposals.ShortlistPublished": 2, "ballots.BoxOpened": 3}
"""The newest version in which an event type is read here, where there is more than one; none took fields away."""

Handler = Callable[[Record, dict[str, Any]], None]


class Replay:
    """One process as far as it has been read. Feed it with `apply`, ask it with `state`."""

    def __init__(self, findings: Findings | None = None) -> None:
        self.findings = findings if findings is not None else Findings()
        self.process = ProcessFold(self.findings)
        self.proposals = ProposalsFold(self.findings, self.process)
        self.rolls = RollsFold(self.findings, self.process)
        self.boxes = BoxesFold(self.findings, self.process, self.rolls, self.proposals)
        self.motions = MotionsFold(self.findings, self.process, self.rolls, self.boxes)
        self.tree = CompactRange()
        self._handlers: dict[str, Handler] = {
            **self.process.handlers,
            **self.proposals.handlers,
            **self.rolls.handlers,
            **self.boxes.handlers,
            **self.motions.handlers,
            "ballots.BoxSealed": self._sealed,
            "chambers.RollFrozen": self._frozen,
        }

    def apply(self, record: Record, leaf_hash: bytes | None = None) -> None:
        """Take the next record; `leaf_hash` saves computing it again. Whatever is wrong becomes a finding."""
        self.tree.append(leaf_hash if leaf_hash is not None else hash_leaf(record.leaf()))
        handler = self._handlers.get(record.type)
        if handler is None:
            self.findings.add("indexes", record.process_index, "type", "a known event type", record.type)
            return
        newest = SCHEMAS.get(record.type, 1)
        if not 1 <= record.schema <= newest:
            expected = "1" if newest == 1 else f"from 1 to {newest}"
            self.findings.add("indexes", record.process_index, "schema", expected, record.schema)
        try:
            data = canonical.loads_canonical(record.payload)
            handler(record, data)
        except NotCanonical as error:
            self.findings.add("indexes", record.process_index, "payload", "RFC 8785 JSON", str(error))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            said = f"{type(error).__name__}: {error}"
            self.findings.add("indexes", record.process_index, "payload", f"the fields of {record.type}", said)

    def _frozen(self, record: Record, data: dict[str, Any]) -> None:
        self.rolls.frozen(record, data)
        self.boxes.frozen_roots[str(data.get("box"))] = self.tree.root()

    def _sealed(self, record: Record, data: dict[str, Any]) -> None:
        self.boxes.sealed(record, data, self.tree.root())

    def state(self) -> dict[str, Any]:
        """The state after the records so far, in the form that `comitia process state` prints; a live view."""
        delegations = self.boxes.delegations.state()
        return {
            "process": self.process.state,
            "proposals": self.proposals.proposals,
            "shortlists": self.proposals.shortlists,
            "rolls": self.rolls.rolls,
            "motions": self.motions.state(),
            "boxes": {name: box.state() for name, box in self.boxes.boxes.items()},
            **({"delegations": delegations} if delegations else {}),
        }
