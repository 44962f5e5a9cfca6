"""A roll is frozen once for each box: the members whose mandate covers the day, if they fill the seats as the charter says."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from chambers.domain.events import RollFrozen
from chambers.domain.rolls import Roll, electors
from chambers.domain.values import Member
from kernel import canonical
from kernel.numbers import show
from kernel.refusal import Refused
from rules.charter import Chamber


def freeze(roll: Roll, chamber: Chamber, box: str, on: date) -> RollFrozen | Refused:
    """The roll as it stands on a day, frozen for a box; refused when it was before, is empty or breaks the seat rule."""
    before = roll.frozen_for(box)
    if before is not None:
        say = "the roll was frozen for this box already; a box has one electorate"
        return Refused("roll_frozen", say=say, chamber=chamber.name, box=box, members=before.members)
    sitting = list(electors(roll.members, on))
    if not sitting:
        say = "nobody on the roll has a mandate on this day; enrol members or correct their mandates"
        return Refused(
            "roll_empty", say=say, chamber=chamber.name, on=on.isoformat(), enrolled=len(roll.members), in_office=0
        )
    refused = check_seats(chamber, sitting)
    if refused is not None:
        return refused
    weight = sum((each.weight for each in sitting), Fraction(0))
    return RollFrozen(chamber=chamber.name, box=box, on=on, members=len(sitting), weight=weight, digest=digest(sitting))


def digest(sitting: Iterable[Member]) -> str:
    """SHA-256 (hex) of the canonical JSON `[[member, weight, unit, [roles]], …]`, sorted by member."""
    rows = sorted([each.member, show(each.weight), each.unit, list(each.roles)] for each in sitting)
    return hashlib.sha256(canonical.dumps(rows)).hexdigest()


def check_seats(chamber: Chamber, sitting: Sequence[Member]) -> Refused | None:
    """Whether the members fill the seats as the charter says; a role counts its holders."""
    if chamber.seats is None:
        return None
    holders = Counter(role for each in sitting for role in each.roles)
    refused = chamber.seats.check(len(sitting), holders)
    if refused is None:
        return None
    return Refused(refused.reason, kind=refused.kind, say=refused.say, chamber=chamber.name, **refused.details)
