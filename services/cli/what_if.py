"""`comitia what-if`: the same ballots under other rules, quorums or thresholds, clearly marked as not the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from cli.connect import DEFAULT_DATA, Data, Json, Server
from cli.explain import Where, doubts, story_of, warn
from cli.output import print_json, say, wrong
from kernel.refusal import Refused
from replay.what_if import Changes, Recounted, Redecided, parse_majority, parse_quorum, what_if
from replay.what_if.changes import MAJORITIES
from tally.allocation import Rule
from tally.allocation_rules import Completion, Utility
from tally.election import Method
from tally.ties import TieBreak

NOT_THE_OUTCOME = "NOT THE OUTCOME: what the same ballots would give under other rules"
LISTED = 12

Of = Annotated[
    str | None, typer.Option("--of", metavar="NAME", help="Only this matter or motion; else all that are counted.")
]
RuleName = Annotated[str | None, typer.Option("--rule", metavar="RULE", help=f"Of an allocation: {', '.join(Rule)}.")]
Budget = Annotated[str | None, typer.Option("--budget", metavar="N", help="The money to share out.")]
Threshold = Annotated[str | None, typer.Option("--threshold", metavar="N", help="The least score that can be funded.")]
UtilityName = Annotated[
    str | None, typer.Option("--utility", metavar="WORD", help=f"Of equal-shares: {', '.join(Utility)} (default cost).")
]
CompletionName = Annotated[
    str | None,
    typer.Option(
        "--completion", metavar="WORD", help=f"{', '.join(Completion)} (default of equal-shares add1u), or none."
    ),
]
TieBreaks = Annotated[
    str | None,
    typer.Option("--tie-break", metavar="LIST", help=f"Tried in order, separated by commas: {', '.join(TieBreak)}."),
]
MethodName = Annotated[
    str | None, typer.Option("--method", metavar="METHOD", help=f"Of an election: {', '.join(Method)}.")
]
Seats = Annotated[int | None, typer.Option("--seats", metavar="N", help="How many are elected.")]
MajorityText = Annotated[
    str | None,
    typer.Option("--majority", metavar="TEXT", help=f"{', '.join(MAJORITIES)}, or such as 'at-least 3/5 of members'."),
]
QuorumText = Annotated[
    str | None, typer.Option("--quorum", metavar="TEXT", help="none, or such as 'at-least 1/3 by heads', 'seats 3'.")
]
ChamberName = Annotated[
    str | None, typer.Option("--chamber", metavar="NAME", help="Only this chamber's majority and quorum.")
]
WithoutSheets = Annotated[
    bool,
    typer.Option(
        "--without-sheets", help="Leave out what was only counted on paper, as rules that need whole ballots do."
    ),
]


def what_if_(
    process: Where,
    of: Of = None,
    rule: RuleName = None,
    budget: Budget = None,
    threshold: Threshold = None,
    utility: UtilityName = None,
    completion: CompletionName = None,
    tie_break: TieBreaks = None,
    method: MethodName = None,
    seats: Seats = None,
    majority: MajorityText = None,
    quorum: QuorumText = None,
    chamber: ChamberName = None,
    without_sheets: WithoutSheets = False,
    server: Server = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Count the same ballots again under other rules, quorums or thresholds, and show the difference. Not the outcome."""
    ties = None if tie_break is None else tuple(each.strip() for each in tie_break.split(","))
    election = _given({"method": method, "seats": seats})
    allocation = _given({"rule": rule, "budget": budget, "threshold": threshold, "utility": utility})
    if completion is not None:
        allocation["completion"] = None if completion == "none" else completion
    asked = _changes(majority, quorum, chamber, allocation=allocation, election=election, as_json=as_json)
    asked = replace(asked, without_sheets=without_sheets, tie_break=ties)
    story = story_of(process, server, data, as_json=as_json)
    found = what_if(story.replay, asked, of)
    if isinstance(found, Refused):
        wrong(found, as_json=as_json)
    if as_json:
        listed = [each.to_json() for each in found]
        print_json({"process": story.process_id, "is_the_outcome": False, "what_if": listed, **doubts(story)})
        return
    say(NOT_THE_OUTCOME)
    for each in found:
        _print_selection(each) if isinstance(each, Recounted) else _print_motion(each)
    warn(story)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _changes(
    majority: str | None,
    quorum: str | None,
    chamber: str | None,
    *,
    allocation: dict[str, Any],
    election: dict[str, Any],
    as_json: bool,
) -> Changes:
    if allocation and election:
        wrong("an allocation or an election: one of the two is counted again", as_json=as_json)
    other_majority = None if majority is None else parse_majority(majority)
    if isinstance(other_majority, Refused):
        wrong(other_majority, as_json=as_json)
    other_quorum = None if quorum is None or quorum == "none" else parse_quorum(quorum)
    if isinstance(other_quorum, Refused):
        wrong(other_quorum, as_json=as_json)
    return Changes(allocation, election, other_majority, other_quorum, quorum == "none", chamber)


def _print_selection(found: Recounted) -> None:
    say(f"{found.matter}")
    say(f"  the outcome: {_by(found.rules)}: {_sum(found.winners, found.spent)}")
    say(f"  what if:     {_by(found.other_rules)}: {_sum(found.other_winners, found.other_spent)}")
    if found.left_out:
        say(f"    without {found.left_out:,} voters on paper, whose ballots are known by their totals alone")
    if not found.gained and not found.lost:
        order = "" if found.winners == found.other_winners else ", in another order"
        say(f"  the same would win{order}")
        return
    say(f"  would win, and did not: {_listed(found.gained)}")
    say(f"  would not win, and did: {_listed(found.lost)}")


def _by(rules: Mapping[str, Any]) -> str:
    name = rules.get("rule") or rules.get("method") or "?"
    shown = ("budget", "threshold", "utility", "completion", "seats")
    told = [f"{field} {rules[field]}" for field in shown if rules.get(field) is not None]
    return ", ".join([str(name), *told])


def _sum(winners: tuple[str, ...], spent: str | None) -> str:
    money = "" if spent is None else f", {spent} spent"
    return f"{len(winners)} {'winner' if len(winners) == 1 else 'winners'}{money}"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{more}" if names else "none"


def _print_motion(found: Redecided) -> None:
    say(f"{found.motion} ({found.matter})")
    say(f"  the outcome: {found.outcome or 'none yet'}")
    say(f"  what if:     {found.anew.status.value}, measured otherwise in {', '.join(found.changed)}")
    for reason in found.anew.reasons:
        chamber = "" if reason.chamber is None or reason.chamber in reason.text else f"{reason.chamber}: "
        say(f"    - {chamber}{reason.text}")
    for ask in found.anew.asks:
        say(f"    never asked: {ask.kind.replace('_', ' ')} of {ask.chamber}")
