"""What may be asked: one proposal as the log has it, lists from the read model, the state after any event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eventlog.application import Versioned
from kernel.refusal import Refused, unknown_process
from proposals.application import Proposals
from proposals.domain.states import Known
from proposals.projections import Listed, ProposalList
from runtime import asking
from runtime.views import Views


class Queries:
    """Reads only; a refusal says what would be right to ask."""

    def __init__(self, proposals: Proposals, views: Views, listing: ProposalList) -> None:
        self._proposals, self._views, self._listing = proposals, views, listing
        self._freshness = asking.Freshness(proposals.recorder, views, listing)

    def proposal(self, process_id: str, name: str) -> Versioned[Known] | Refused:
        """One proposal, as far as the log goes now."""
        return self._proposals.proposal(process_id, name)

    def page(self, process_id: str, *, status: str | None, size: int, token: str) -> tuple[list[Listed], str] | Refused:
        """One page, and the token of the next ('' when there is none)."""
        asked = asking.page(size, token)
        if isinstance(asked, Refused):
            return asked
        if self._proposals.process(process_id).status == "unknown":
            return unknown_process(process_id)
        self._freshness.wait()
        limit = asked.limit + 1
        found = self._listing.page(self._views, process_id, status=status, after=asked.after, limit=limit)
        return asked.cut(found, lambda row: row.number)

    def state(self, process_id: str, at: int | None) -> Mapping[str, Any] | Refused:
        """This service's part of the process's state after its first `at` events."""
        return asking.state_after(self._proposals.recorder, process_id, at, self._proposals.state)
