"""For each field of the model, a change of the rich charter that must change what is said of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from rules.charter import Charter, parse_charter
from tests.rules.rich_charter import RICH, VOTE

CHANGES: dict[str, tuple[str, Any]] = {
    "Charter.comitia": ("", None),
    "AllocationRules.utility": ("matters/14/allocation/utility", "cardinality"),
    "AllocationRules.completion": ("matters/14/allocation/completion", "greedy"),
    "AllocationRules.step": ("matters/14/allocation/step", "5"),
    "AllocationRules.comparison": ("matters/14/allocation/comparison", "satisfaction"),
    "AllocationRules.envelopes": ("matters/14/allocation/envelopes", None),
    "Envelopes.districts": ("matters/14/allocation/envelopes/districts/sud", "201"),
    "Envelopes.left": ("matters/14/allocation/envelopes/left", "all"),
    "BallotRules.grades": ("matters/16/ballot/grades", ["bien", "mal"]),
    "BallotRules.grade_all": ("matters/16/ballot/grade_all", True),
    "BallotRules.credits": ("matters/14/ballot/credits", 99),
    "BallotRules.votes_against": ("matters/17/ballot/votes_against", True),
    "Chamber.colleges": ("chambers/4/colleges", "scaled"),
    "Chamber.delegation": ("chambers/1/delegation", {"proxies": 1}),
    "DelegationRules.proxies": ("chambers/1/delegation", {"proxies": 2}),
    "DelegationRules.liquid": ("chambers/1/delegation", {"proxies": 2, "liquid": True}),
    "Chamber.electorate": ("chambers/2/electorate", 5_600_000),
    "TieBreakRule.yes_prefers": ("matters/9/decision/tie_break/yes_prefers", "b"),
    "BallotRules.order": ("matters/15/ballot/order", "lot"),
    "Matter.election": ("matters/15/election/seats", 2),
    "ElectionRules.method": ("matters/15/election/method", "stv-scottish"),
    "ElectionRules.seats": ("matters/15/election/seats", 4),
    "ElectionRules.tie_break": ("matters/15/election/tie_break", ["previous_stage"]),
    "ElectionRules.points": ("matters/15/election", {"method": "borda", "points": ["2", "1"]}),
    "ElectionRules.decimals": ("matters/15/election/decimals", 6),
    "ElectionRules.omega": ("matters/15/election/omega", "1/1000"),
    "Quorum.second_call": ("matters/0/decision/quorum/second_call", {"seats": 1}),
    "Presence.more_than": ("matters/0/decision/quorum/second_call", {"more_than": "1/4"}),
    "Presence.at_least": ("matters/0/decision/quorum/second_call", {"at_least": "1/4"}),
    "Presence.seats": ("matters/0/decision/quorum/second_call", {"seats": 2}),
    "Presence.count": ("matters/0/decision/quorum/second_call", {"at_least": "1/4", "count": "heads"}),
    "SeatStep.scale": (
        "chambers/0/seats/scale/steps/0/scale",
        {"by": "members", "steps": [{"up_to": 1, "roles": {"owners": {"exactly": 1}}}, {}]},
    ),
    "Charter.name": ("name", "richer"),
    "Charter.title": ("title", "Another"),
    "Charter.summary": ("summary", "Less."),
    "Charter.sources": ("sources", []),
    "Charter.phases": ("phases/2", {"name": "three", "title": "Fourth"}),
    "Charter.chambers": ("chambers/1/title", "Other workers"),
    "Charter.matters": ("matters/0/title", "Another"),
    "Charter.amendment": ("amendment", None),
    "Source.cite": ("sources/0/cite", "Règlement, art. 4"),
    "Source.status": ("sources/0/status", "recalled"),
    "Phase.name": ("", None),
    "Phase.title": ("phases/0/title", "Before"),
    "Phase.allows": ("phases/0/allows", ["revise"]),
    "Phase.votes": ("phases/1/votes", "scores"),
    "Phase.opens": ("phases/0/opens", "2026-05-02"),
    "Phase.closes": ("phases/0/closes", "2026-06-30"),
    "Phase.next": ("phases", [{"name": "one", "title": "First", "next": "two"}, {"name": "two", "title": "Second"}]),
    "Amendment.allows": ("amendment/allows", ["/phases/*/closes"]),
    "Chamber.name": ("", None),
    "Chamber.title": ("chambers/0/title", "Another board"),
    "Chamber.electors": ("chambers/1/electors", "counted"),
    "Chamber.roles": ("chambers/0/roles", ["chair", "owners", "employees", "deputy"]),
    "Chamber.seats": ("chambers/0/seats", None),
    "Chamber.derived": ("chambers/3/derived", {"from": "workers"}),
    "Chamber.units": ("chambers/3/units", [{"code": "BE"}]),
    "Derived.source": ("chambers/3/derived/from", "workers"),
    "Derived.equality": ("chambers/3/derived/equality", "yes"),
    "Unit.code": ("chambers/3/units/0/code", "BE"),
    "Unit.title": ("chambers/3/units/0/title", "Bern"),
    "Unit.weight": ("chambers/3/units/1/weight", "1/3"),
    "Seats.exactly": ("chambers/0/seats/exactly", 5),
    "Seats.at_least": ("chambers/0/seats/at_least", 4),
    "Seats.at_most": ("chambers/0/seats/at_most", 9),
    "Seats.odd": ("chambers/0/seats/odd", True),
    "Seats.roles": ("chambers/0/seats/roles", {}),
    "Seats.staff": ("chambers/0/seats/staff", 13000),
    "Seats.scale": ("chambers/0/seats/scale", None),
    "SeatScale.by": ("chambers/0/seats/scale/by", "owners"),
    "SeatScale.steps": ("chambers/0/seats/scale/steps", [{"exactly": 7}]),
    "SeatStep.up_to": ("chambers/0/seats/scale/steps/0/up_to", 9000),
    "SeatStep.exactly": ("chambers/0/seats/scale/steps/0/exactly", 11),
    "SeatStep.at_least": ("chambers/0/seats/scale/steps/0/at_least", 11),
    "SeatStep.at_most": ("chambers/0/seats/scale/steps/0/at_most", 14),
    "SeatStep.odd": ("chambers/0/seats/scale/steps/1/odd", True),
    "SeatStep.roles": ("chambers/0/seats/scale/steps/0/roles", {"owners": {"exactly": 2}}),
    "RoleSeats.exactly": ("chambers/0/seats/roles/employees/exactly", 2),
    "RoleSeats.at_least": ("chambers/0/seats/roles/employees/at_least", 3),
    "RoleSeats.at_most": ("chambers/0/seats/roles/employees/at_most", 8),
    "RoleSeats.share": ("chambers/0/seats/roles/employees/share", None),
    "RoleShare.at_least": ("chambers/0/seats/roles/employees/share/at_least", "1/4"),
    "RoleShare.exactly": ("chambers/0/seats/roles/employees/share/exactly", "1/3"),
    "RoleShare.at_most": ("chambers/0/seats/roles/employees/share/at_most", "3/7"),
    "RoleShare.of": ("chambers/0/seats/roles/employees/share/of", "owners"),
    "Matter.name": ("matters/0/name", "ballot"),
    "Matter.title": ("matters/0/title", "Another"),
    "Matter.kind": ("matters/0", {**copy.deepcopy(RICH["matters"][-1]), "name": "vote", "title": "A vote"}),
    "Matter.ballot": ("matters/0/ballot/revisable", True),
    "Matter.decision": ("matters/3/decision/any_of/1/chamber", "people"),
    "Matter.chamber": ("matters/11/chamber", "workers"),
    "Matter.allocation": ("matters/11/allocation/budget", "2000"),
    "BallotRules.form": ("matters/11/ballot", {"form": "choose_one"}),
    "BallotRules.min": ("matters/11/ballot/min", 2),
    "BallotRules.max": ("matters/11/ballot/max", 4),
    "BallotRules.points": ("matters/12/ballot/points", "12"),
    "BallotRules.points_use": ("matters/12/ballot/points_use", "exactly"),
    "BallotRules.max_per_option": ("matters/12/ballot/max_per_option", "5"),
    "BallotRules.ranking_points": ("matters/13/ballot/ranking_points", ["3", "2", "1"]),
    "BallotRules.revisable": ("matters/11/ballot/revisable", True),
    "BallotRules.budget_limit": ("matters/11/ballot/budget_limit", True),
    "BallotRules.secrecy": ("matters/11/ballot/secrecy", "open"),
    "AllocationRules.rule": ("matters/11/allocation/rule", "greedy-no-skip"),
    "AllocationRules.budget": ("matters/11/allocation/budget", "1000.50"),
    "AllocationRules.currency": ("matters/11/allocation/currency", "PLN"),
    "AllocationRules.threshold": ("matters/11/allocation/threshold", "1"),
    "AllocationRules.tie_break": ("matters/11/allocation/tie_break", ["higher_cost"]),
    "ChamberVote.chamber": ("matters/2/decision/all_of/0/chamber", "workers"),
    "ChamberVote.majority": ("matters/0/decision/majority", {"at_least": "1/2"}),
    "ChamberVote.quorum": ("matters/0/decision/quorum", None),
    "ChamberVote.blank": ("matters/0/decision/blank", "expressed"),
    "ChamberVote.tie": ("matters/0/decision/tie", ["lot"]),
    "ChamberVote.two_votes": ("matters/0/decision/two_votes", "owners"),
    "Majority.more_than": ("matters/0/decision/majority/more_than", "2/3"),
    "Majority.at_least": ("matters/2/decision/all_of/1/majority/at_least", "3/4"),
    "Majority.votes": ("matters/3/decision/any_of/1/majority/votes", 5),
    "Majority.of": ("matters/0/decision/majority/of", "present"),
    "Quorum.more_than": ("matters/0/decision/quorum", {"more_than": "1/2"}),
    "Quorum.at_least": ("matters/0/decision/quorum/at_least", "1/3"),
    "Quorum.seats": ("matters/0/decision/quorum/seats", 3),
    "Quorum.count": ("matters/0/decision/quorum/count", "heads"),
    "CastingVote.casting_vote": ("matters/0/decision/tie/1/casting_vote", "owners"),
    "SecondVote.second_vote": ("matters/1/decision/tie/0/second_vote", "owners"),
    "AllOf.all_of": ("matters/2/decision/all_of/0/chamber", "workers"),
    "AnyOf.any_of": ("matters/3/decision/any_of/0/chamber", "people"),
    "AtLeast.at_least": ("matters/4/decision/at_least/k", 2),
    "AtLeastRule.k": ("matters/4/decision/at_least/k", 2),
    "AtLeastRule.of": ("matters/4/decision/at_least/of/0/chamber", "people"),
    "InSequence.sequence": ("matters/5/decision/sequence/0/chamber", "people"),
    "Advised.advice": ("matters/6/decision/advice/chamber", "board"),
    "AdviceRule.chamber": ("matters/6/decision/advice/chamber", "board"),
    "AdviceRule.majority": ("matters/6/decision/advice/majority", {"more_than": "1/2", "of": "present"}),
    "AdviceRule.quorum": ("matters/6/decision/advice/quorum", {"seats": 2}),
    "AdviceRule.blank": ("matters/6/decision/advice/blank", "absent"),
    "AdviceRule.deadline": ("matters/6/decision/advice/deadline", "P2M"),
    "AdviceRule.silence": ("matters/6/decision/advice/silence", "positive"),
    "Veto.veto": ("matters/7/decision/veto/members", 2),
    "VetoRule.chamber": ("matters/7/decision/veto/chamber", "board"),
    "VetoRule.window": ("matters/7/decision/veto/window", "P1D"),
    "VetoRule.more_than": (
        "matters/7/decision/veto",
        {"chamber": "workers", "window": "P7D", "more_than": "1/3", "of": VOTE},
    ),
    "VetoRule.at_least": (
        "matters/7/decision/veto",
        {"chamber": "workers", "window": "P7D", "at_least": "1/3", "of": VOTE},
    ),
    "VetoRule.members": ("matters/7/decision/veto/members", 3),
    "VetoRule.of": ("matters/7/decision/veto/of/majority/more_than", "2/3"),
    "Override.override": ("matters/8/decision/override/by/chamber", "people"),
    "OverrideRule.of": ("matters/8/decision/override/of/chamber", "people"),
    "OverrideRule.by": ("matters/8/decision/override/by/chamber", "people"),
    "TieBreak.tie_break": ("matters/9/decision/tie_break/question", ["people"]),
    "TieBreakRule.options": ("matters/9/decision/tie_break/options/a/chamber", "people"),
    "TieBreakRule.question": ("matters/9/decision/tie_break/question", ["cantons"]),
    "Consent.consent": ("matters/10/decision/consent/window", "P8D"),
    "ConsentRule.chamber": ("matters/10/decision/consent", {"chamber": "workers", "window": "P7D"}),
    "ConsentRule.window": ("matters/10/decision/consent/window", "PT36H"),
    "ConsentRule.criteria": ("matters/10/decision/consent/criteria", ["it is paramount"]),
    "ConsentRule.tester": ("matters/10/decision/consent/tester", "owners"),
}
"""By `Model.field`: where in the charter something changes (a path), and what it becomes."""

RENAMED = {"Phase.name": ("three", "four"), "Chamber.name": ("board", "office")}
"""Names that other parts of the charter give too: they change everywhere."""

MORE: tuple[tuple[str, Any], ...] = (
    ("matters/7/decision/veto", {"chamber": "workers", "window": "P7D", "at_least": "0", "of": VOTE}),
    (
        "chambers/0/seats/scale/steps/0/scale",
        {"by": "staff", "steps": [{"up_to": 1, "roles": {"owners": {"exactly": 1}}}, {}]},
    ),
    *(("matters/11/allocation/rule", rule) for rule in ("greedy-exclusive", "phragmen")),
    *(("matters/15/election", {"method": method}) for method in ("irv", "irv-minneapolis", "schulze", "borda")),
    *(("matters/14/allocation/completion", completion) for completion in ("add1u", None)),
    *(("matters/14/allocation/comparison", comparison) for comparison in ("satisfaction", "exclusion")),
    ("matters/14/allocation/envelopes/left", "city_wide"),
    ("matters/11/ballot/min", 0),
    ("matters/11/ballot", {"form": "approval", "min": 2}),
    ("matters/11/ballot", {"form": "approval", "min": 2, "max": 2}),
    ("matters/13/ballot/max", 4),
    ("phases/1/opens", "2026-12-01"),
    ("phases/0/allows", ["enrol", "review", "shortlist", "move", "deliver", "withdraw"]),
    ("chambers/0/seats/scale/by", "members"),
    ("chambers/1/units", [{"code": "north", "title": "Le nord"}, {"code": "south"}]),
    ("matters/5/decision/sequence/0", {"advice": {"chamber": "people", "deadline": "PT2H", "silence": "none"}}),
    (
        "matters/9/decision/tie_break/options/a",
        {"advice": {"chamber": "board", "deadline": "P1DT1M1S", "silence": "positive"}},
    ),
    ("matters/0/decision/majority", {"at_least": "0"}),
    ("matters/0/decision/majority", {"at_least": "1/4"}),
    ("matters/0/decision/majority", {"at_least": "2/5"}),
    ("matters/0/decision/majority", {"at_least": "0.55"}),
    ("matters/0/decision/majority", {"at_least": "3/5"}),
    (
        "amendment/allows",
        ["/matters/*/**", "/phases/one", "/chambers/**", "/chambers/board/seats/**", "/summary", "/sources/**", "/**"],
    ),
    ("matters/0/decision/tie", [{"casting_vote": "chair"}]),
    *(
        ("matters/3/decision/any_of/1", {"chamber": "cantons", "majority": {"more_than": "1/2", "of": base}})
        for base in ("members", "present", "expressed")
    ),
    ("matters/12/allocation/tie_break", ["more_votes_elsewhere", "higher_cost", "earlier_submission"]),
)
"""Other changes, so that everything a charter may say is said by one of these."""

ALONE = frozenset({"Charter.comitia"})
"""There is one format: it cannot change."""


def rich() -> Charter:
    return _parsed(RICH)


def changed(field: str) -> Charter:
    """The charter with one field changed; every other part as it was."""
    return _parsed(_renamed(RICH, *RENAMED[field])) if field in RENAMED else with_change(*CHANGES[field])


def with_change(path: str, value: Any) -> Charter:
    """The charter with what is at a path replaced."""
    data = copy.deepcopy(RICH)
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    at: Any = data
    for part in way:
        at = at[part]
    at[last] = value
    return _parsed(data)


def without_matters() -> Charter:
    """The charter in which nothing is decided."""
    phases = [{name: value for name, value in phase.items() if name != "votes"} for phase in RICH["phases"]]
    return _parsed({**RICH, "phases": phases, "matters": []})


def fields() -> Iterator[str]:
    """`Model.field` for every field that can be reached from a charter."""
    for model in sorted(models(), key=lambda each: each.__name__):
        yield from (f"{model.__name__}.{field}" for field in model.model_fields)


def models() -> set[type[BaseModel]]:
    """Every model that can be part of a charter."""
    found: set[type[BaseModel]] = set()
    waiting: list[Any] = [Charter]
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, BaseModel):
            if each in found:
                continue
            found.add(each)
            waiting.extend(field.annotation for field in each.model_fields.values())
        else:
            waiting.extend(get_args(each))
    return found


def _renamed(data: Any, old: str, new: str) -> Any:
    if isinstance(data, dict):
        return {key: _renamed(value, old, new) for key, value in data.items()}
    if isinstance(data, list):
        return [_renamed(value, old, new) for value in data]
    return new if data == old else data


def _parsed(data: dict[str, Any]) -> Charter:
    charter = parse_charter(data)
    assert isinstance(charter, Charter), charter
    return charter
