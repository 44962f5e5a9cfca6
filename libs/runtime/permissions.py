"""Which role may call which method, and what a token's limits look at there: the one table, and the check of roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from kernel.refusal import Kind, Refused
from runtime.caller import Caller, Role

OPERATOR, ORGANISER, REVIEWER = Role.OPERATOR, Role.ORGANISER, Role.REVIEWER
REGISTRAR, MEMBER, AUDITOR = Role.REGISTRAR, Role.MEMBER, Role.AUDITOR

EVERYONE = frozenset(Role)
ORGANISING = frozenset({OPERATOR, ORGANISER})
REVIEWING = ORGANISING | {REVIEWER}
ENROLLING = frozenset({OPERATOR, REGISTRAR})
SPEAKING = ORGANISING | {MEMBER}
CASTING = ENROLLING | {MEMBER}
"""Who organises a vote casts none: a member's voice is given by the member, or entered by who keeps the roll."""

LOOKING_INTO_ROLLS = ORGANISING | {REGISTRAR, AUDITOR}
HOLDING_ALL = ORGANISING | {AUDITOR}
"""Who may read whole logs: they say how each pseudonym voted."""


class Concerns(StrEnum):
    """Which chambers a request concerns: what a token that is limited to some of them may ask for."""

    NONE = "no chamber"
    NAMED = "the chamber it names"
    LOOKED_UP = "the chambers of its box or motion"
    WHOLE = "the whole process"


NONE, NAMED, LOOKED_UP, WHOLE = Concerns


@dataclass(frozen=True)
class Rule:
    """`own`: where the request names the person for whom it is made (a field, or by its service: `LOOKED_UP`)."""

    roles: frozenset[Role]
    concerns: Concerns = NONE
    own: str = ""


Table = Mapping[str, Rule]

PERMISSIONS: Table = MappingProxyType(
    {
        "processes.OpenProcess": Rule(ORGANISING, WHOLE),
        "processes.OpenPhase": Rule(ORGANISING, WHOLE),
        "processes.ClosePhase": Rule(ORGANISING, WHOLE),
        "processes.AmendCharter": Rule(ORGANISING, WHOLE),
        "processes.CancelProcess": Rule(ORGANISING, WHOLE),
        "processes.GetProcess": Rule(EVERYONE),
        "processes.ListProcesses": Rule(EVERYONE),
        "processes.GetState": Rule(EVERYONE),
        "proposals.SubmitProposal": Rule(SPEAKING, own="author"),
        "proposals.ReviseProposal": Rule(SPEAKING, own=LOOKED_UP),
        "proposals.WithdrawProposal": Rule(SPEAKING, own=LOOKED_UP),
        "proposals.ReviewProposal": Rule(REVIEWING),
        "proposals.ShortlistProposal": Rule(REVIEWING, WHOLE),
        "proposals.PublishShortlist": Rule(ORGANISING, WHOLE),
        "proposals.PlanDelivery": Rule(REVIEWING),
        "proposals.RecordDelivery": Rule(REVIEWING),
        "proposals.GetProposal": Rule(EVERYONE),
        "proposals.ListProposals": Rule(EVERYONE),
        "proposals.GetState": Rule(EVERYONE),
        "chambers.EnrolMembers": Rule(ENROLLING, NAMED),
        "chambers.UpdateMember": Rule(ENROLLING, NAMED),
        "chambers.RemoveMember": Rule(ENROLLING, NAMED),
        "chambers.ProposeMotion": Rule(SPEAKING, LOOKED_UP, own="mover"),
        "chambers.PutMotion": Rule(ORGANISING, LOOKED_UP),
        "chambers.WithdrawMotion": Rule(SPEAKING, LOOKED_UP, own=LOOKED_UP),
        "chambers.GiveCastingVote": Rule(CASTING, NAMED, own="member"),
        "chambers.RaiseObjection": Rule(CASTING, NAMED, own="member"),
        "chambers.TestObjection": Rule(CASTING, NAMED, own="tester"),
        "chambers.GetRoll": Rule(LOOKING_INTO_ROLLS, NAMED),
        "chambers.GetMotion": Rule(EVERYONE, LOOKED_UP),
        "chambers.ListMotions": Rule(EVERYONE),
        "chambers.GetState": Rule(LOOKING_INTO_ROLLS, WHOLE),
        "ballots.RegisterStation": Rule(ENROLLING, LOOKED_UP),
        "ballots.CastBallot": Rule(CASTING, LOOKED_UP, own="voter"),
        "ballots.CastBallots": Rule(CASTING, LOOKED_UP, own="ballots.voter"),
        "ballots.FileCountSheet": Rule(ENROLLING, LOOKED_UP),
        "ballots.SealBox": Rule(ORGANISING, LOOKED_UP),
        "ballots.GetBox": Rule(EVERYONE, LOOKED_UP),
        "ballots.ListBoxes": Rule(EVERYONE),
        "ballots.GetState": Rule(EVERYONE),
        "audit.GetCheckpoint": Rule(EVERYONE),
        "audit.GetVerifierKey": Rule(EVERYONE),
        "audit.GetInclusionProof": Rule(EVERYONE),
        "audit.GetConsistencyProof": Rule(EVERYONE),
        "audit.GetBundle": Rule(HOLDING_ALL, WHOLE),
        "audit.Events": Rule(HOLDING_ALL, WHOLE),
    }
)
"""`SERVICE.Method`. A method that is not in here cannot be called."""

OPEN = frozenset({"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"})
"""Services that anyone may ask: probes carry no token, and the contracts are published."""


def short(method: str) -> str:
    """`ballots.CastBallot` for `/comitia.ballots.v1.BallotsService/CastBallot`; another's method keeps its whole name."""
    service, _, name = method.lstrip("/").partition("/")
    parts = service.split(".")
    return f"{parts[1]}.{name}" if parts[0] == "comitia" and len(parts) > 1 else f"{service}/{name}"


def is_open(method: str) -> bool:
    """Whether anyone may call it."""
    return method.lstrip("/").partition("/")[0] in OPEN


def check_role(caller: Caller, method: str, rule: Rule) -> Refused | None:
    """`method` is a short name, `rule` the table's for it."""
    if caller.trusted or not caller.roles.isdisjoint(rule.roles):
        return None
    return Refused(
        "role_denied",
        kind=Kind.DENIED,
        say="the token's roles do not allow this call",
        method=method,
        roles=" ".join(sorted(caller.roles)),
        needed=" ".join(sorted(rule.roles)),
    )


def not_listed(method: str) -> Refused:
    """What is answered to a call of a method that is not in the table."""
    return Refused("method_not_listed", kind=Kind.DENIED, say="nobody may call this method", method=method)
