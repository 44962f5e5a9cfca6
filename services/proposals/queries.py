"""What may be asked: one proposal as the log has it, lists from the read model, the state after any event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eventlog.application import Versioned
from kernel.refusal import Kind, Refused
from proposals.application import Proposals
from proposals.domain.process import unknown_process
from proposals.domain.states import Known
from proposals.projections import FRESH_WITHIN, Listed, ProposalList
from runtime.views import Views

DEFAULT_PAGE = 100
MAX_PAGE = 1000
_TOKEN = re.compile(r"[0-9]{0,12}", re.ASCII)


class Queries:
    """Reads only; a refusal says what would be right to ask."""

    def __init__(self, proposals: Proposals, views: Views, listing: ProposalList) -> None:
        self._proposals, self._views, self._listing = proposals, views, listing

    def proposal(self, process_id: str, name: str) -> Versioned[Known] | Refused:
        """One proposal, as far as the log goes now."""
        return self._proposals.proposal(process_id, name)

    def page(self, process_id: str, *, status: str | None, size: int, token: str) -> tuple[list[Listed], str] | Refused:
        """One page, and the token of the next ('' when there is none)."""
        if not 0 <= size <= MAX_PAGE:
            return _bad_page("page_size", size, f"0 to {MAX_PAGE}; 0 means {DEFAULT_PAGE}")
        if not _TOKEN.fullmatch(token):
            return _bad_page("page_token", token[:60], "the next_page_token of the page before, or nothing")
        if self._proposals.process(process_id).status == "unknown":
            return unknown_process(process_id)
        self._views.wait(self._listing.name, self._proposals.written, FRESH_WITHIN)
        limit = size or DEFAULT_PAGE
        found = self._listing.page(self._views, process_id, status=status, after=int(token or 0), limit=limit + 1)
        shown = found[:limit]
        return shown, str(shown[-1].number) if len(found) > limit else ""

    def state(self, process_id: str, at: int | None) -> Mapping[str, Any] | Refused:
        """This service's part of the process's state after its first `at` events."""
        length = self._proposals.recorder.length(process_id)
        if length == 0:
            return unknown_process(process_id)
        if at is not None and not 0 <= at <= length:
            said = "the process has no such event; ask for 0 up to its number of events"
            return Refused("index_out_of_range", kind=Kind.INVALID, say=said, at=at, events=length)
        return self._proposals.state(process_id, at)


def _bad_page(field: str, found: str | int, expected: str) -> Refused:
    said = "the page asked for does not exist"
    return Refused("invalid_argument", kind=Kind.INVALID, say=said, field=field, found=found, expected=expected)
