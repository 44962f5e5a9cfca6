"""Who is represented in a sealed box: the delegations that stood at its seal, resolved by the rules of the charter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from ballots.domain.electorate import Electorate
from ballots.domain.events import Choice
from ballots.inbox import Facts
from eventlog.contract import LogRecorder
from kernel.records import Record
from rules.delegation import Delegation, Represented
from rules.representation import resolve

GIVEN, REVOKED = "chambers.DelegationGiven", "chambers.DelegationRevoked"

Represent: TypeAlias = Callable[[Mapping[str, Choice]], Sequence[Represented]]
"""Who is represented, when these voters have cast these ballots."""


def representation(
    log: LogRecorder, facts: Facts, sealed: Record, chamber: str, matter: str, electorate: Electorate
) -> Represent | None:
    """How a box that `sealed` sealed represents who did not vote; None where its chamber's charter has no delegation."""
    declared = facts.rules().chamber(chamber)
    rules = None if declared is None else declared.delegation
    if rules is None:
        return None

    def represent(voted: Mapping[str, Choice]) -> Sequence[Represented]:
        given = standing(log, sealed, chamber)
        weights = {name: elector.weight for name, elector in electorate.electors.items()} if given else {}
        return resolve(rules, given, matter, voted, weights)

    return represent


def standing(log: LogRecorder, sealed: Record, chamber: str) -> list[Delegation]:
    """The delegations of a chamber given and not revoked before `sealed`, in the order given."""
    found: dict[tuple[str, str | None], Delegation] = {}
    for record in log.read_process(sealed.process_id, stop=sealed.process_index, types=(GIVEN, REVOKED)):
        data = record.data()
        if data["chamber"] != chamber:
            continue
        key = (data["member"], data["matter"])
        found.pop(key, None)
        if record.type == GIVEN:
            found[key] = Delegation(data["member"], data["delegate"], data["kind"], data["matter"])
    return list(found.values())
