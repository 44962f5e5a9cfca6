"""Which chambers a motion may ask, and whom it is from, for callers whose token is limited."""

from __future__ import annotations

from typing import Any

from chambers.application import Chambers
from chambers.domain.case import proposed_as
from kernel.refusal import Refused
from rules.decisions import chambers_of
from runtime.caller import NOTHING, About


def subject(chambers: Chambers, method: str, request: Any) -> About:
    """Of a request that names a motion, or (`ProposeMotion`) the matter of a new one; blocking."""
    if method == "chambers.ProposeMotion":
        return About(_asked(chambers, request.process_id, request.matter))
    found = chambers.motion(request.process_id, request.motion)
    if isinstance(found, Refused):
        return NOTHING
    proposed = proposed_as(found.state)
    return About(_asked(chambers, request.process_id, proposed.matter), proposed.mover)


def _asked(chambers: Chambers, process_id: str, matter: str) -> frozenset[str]:
    """The chambers that the charter in force may ask about a matter, and those from which they are derived."""
    charter = chambers.process(process_id).charter
    found = None if charter is None else charter.matter(matter)
    if charter is None or found is None or found.decision is None:
        return frozenset()
    named = chambers_of(found.decision)
    roots = (charter.root_chamber(name) for name in named)
    return frozenset((*named, *(root.name for root in roots if root is not None)))
