"""Who a proposal is from, for callers who may do only what is their own."""

from __future__ import annotations

from typing import Any

from kernel.refusal import Refused
from proposals.application import Proposals
from runtime.caller import NOTHING, About


def subject(proposals: Proposals, method: str, request: Any) -> About:
    """Of a request that names a proposal; blocking. Nothing is known of one that was never submitted."""
    found = proposals.proposal(request.process_id, request.proposal)
    return NOTHING if isinstance(found, Refused) else About(person=found.state.idea.author)
