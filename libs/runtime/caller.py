"""Who calls: what the door knows of a caller, from a token or, where none is asked for, from the connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf


class Role(StrEnum):
    """What a token lets its holder do; `permissions` lists it by method."""

    OPERATOR = "operator"
    ORGANISER = "organiser"
    REVIEWER = "reviewer"
    REGISTRAR = "registrar"
    MEMBER = "member"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Caller:
    """`subject` is the token's, or names the connection; a `trusted` caller showed no token and is asked for none.

    `processes`, `chambers`: only these (None: any). `member`: acts for this person only. `on_behalf`: may name another
    person as the actor of its commands, as a platform does for its users. `until`: when its token ends, in Unix seconds,
    the clocks' difference that is allowed for included.
    """

    subject: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    processes: frozenset[str] | None = None
    chambers: frozenset[str] | None = None
    member: str | None = None
    on_behalf: bool = False
    trusted: bool = False
    until: float = inf


@dataclass(frozen=True, slots=True)
class About:
    """What a request is about, where it does not say so itself: the chambers of its box or motion, the author of its proposal.

    Nothing of it is known of what is not there.
    """

    chambers: frozenset[str] = frozenset()
    person: str | None = None


NOTHING = About()
