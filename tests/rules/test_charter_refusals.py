"""What is wrong in a charter is named: its field, its line in YAML, what was found and what is expected."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from kernel.refusal import Kind, Refused
from rules.charter import load_charter
from tests.rules.building import chamber, charter_data, decided, motion, parsed, refused, selection


def phases(*chain: tuple[str, str | None], **more: Any) -> dict[str, Any]:
    return charter_data(phases=[{"name": name, "title": name, "next": after, **more} for name, after in chain])


def chambers(*each: dict[str, Any]) -> dict[str, Any]:
    return charter_data(chambers=[charter_data()["chambers"][0], *each])


def derived(name: str, source: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "title": name, "derived": {"from": source}, **more}


def advises(name: str) -> dict[str, Any]:
    return {"advice": {"chamber": name, "deadline": "P1M", "silence": "none"}}


UNITS = [{"code": "north"}]
CASTING = [{"casting_vote": "chair"}]

REFUSALS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "an unknown field": (charter_data(colour="red"), "charter_invalid", "colour", "'colour'"),
    "another format": (charter_data(comitia=2), "charter_invalid", "comitia", "2"),
    "no phases": (charter_data(phases=[]), "charter_invalid", "phases", "a list of 0"),
    "a share of 3/2": (
        decided(chamber(majority={"at_least": "3/2"})),
        "charter_invalid",
        "matters[0].decision.majority.at_least",
        "'3/2'",
    ),
    "a negative share": (
        decided(chamber(majority={"at_least": "-1/2"})),
        "charter_invalid",
        "matters[0].decision.majority.at_least",
        "'-1/2'",
    ),
    "more than all": (
        decided(chamber(majority={"more_than": "1"})),
        "charter_invalid",
        "matters[0].decision.majority.more_than",
        "'1'",
    ),
    "a share that is a float": (
        decided(chamber(majority={"more_than": 0.5})),
        "charter_invalid",
        "matters[0].decision.majority.more_than",
        "0.5",
    ),
    "two thresholds at once": (
        decided(chamber(majority={"more_than": "1/2", "at_least": "1/2"})),
        "charter_invalid",
        "matters[0].decision.majority",
        "more_than, at_least",
    ),
    "an unknown action": (
        phases(("only", None), allows=["dance"]),
        "charter_invalid",
        "phases[0].allows[0]",
        "'dance'",
    ),
    "a day that does not exist": (
        phases(("only", None), opens="2026-02-30"),
        "charter_invalid",
        "phases[0].opens",
        "'2026-02-30'",
    ),
    "a date that is a number": (
        phases(("only", None), opens=20260301),
        "charter_invalid",
        "phases[0].opens",
        "20260301",
    ),
    "a deadline that is no duration": (
        decided({"advice": {**advises("board")["advice"], "deadline": "soon"}}),
        "charter_invalid",
        "matters[0].decision.advice.deadline",
        "'soon'",
    ),
    "k above the number of decisions": (
        decided({"at_least": {"k": 2, "of": [chamber()]}}),
        "charter_invalid",
        "matters[0].decision.at_least",
        "a mapping",
    ),
    "a step after a tie rejects": (
        decided(chamber(tie=["reject", "revote"])),
        "charter_invalid",
        "matters[0].decision.tie",
        "a list of 2",
    ),
    "two phases of one name": (phases(("a", None), ("a", None)), "name_twice", "phases[1].name", "'a'"),
    "two chambers of one name": (
        chambers({"name": "board", "title": "Another"}),
        "name_twice",
        "chambers[1].name",
        "'board'",
    ),
    "two matters of one name": (
        charter_data(matters=[motion(chamber()), motion(chamber())]),
        "name_twice",
        "matters[1].name",
        "'motion'",
    ),
    "two units of one code": (
        chambers(derived("sites", "board", units=UNITS * 2)),
        "name_twice",
        "chambers[1].units[1].code",
        "'north'",
    ),
    "an unknown phase": (phases(("a", "b")), "unknown_phase", "phases[0].next", "'b'"),
    "a cycle of phases": (phases(("a", "b"), ("b", "a")), "phase_cycle", "phases[0].next", "a → b → a"),
    "a phase that follows itself": (phases(("a", "a")), "phase_cycle", "phases[0].next", "a → a"),
    "a cycle further on": (phases(("a", "b"), ("b", "c"), ("c", "b")), "phase_cycle", "phases[1].next", "b → c → b"),
    "a phase that nothing leads to": (phases(("a", None), ("b", None)), "phase_unreachable", "phases[1]", "'b'"),
    "a phase that closes before it opens": (
        phases(("a", None), opens="2026-03-02", closes="2026-03-01"),
        "phase_closes_before_it_opens",
        "phases[0].closes",
        "2026-03-01",
    ),
    "a vote on an unknown matter": (phases(("a", None), votes="x"), "unknown_matter", "phases[0].votes", "'x'"),
    "a vote on a motion": (
        phases(("a", None), votes="motion"),
        "matter_not_a_selection",
        "phases[0].votes",
        "'motion'",
    ),
    "a decision by an unknown chamber": (
        decided(chamber("senate")),
        "unknown_chamber",
        "matters[0].decision",
        "'senate'",
    ),
    "a casting vote of an unknown role": (
        decided(chamber(tie=[{"casting_vote": "king"}])),
        "unknown_role",
        "matters[0].decision",
        "'king'",
    ),
    "one role asked for two casting votes": (
        decided({"sequence": [chamber(tie=CASTING), chamber(tie=CASTING)]}),
        "asked_twice",
        "matters[0].decision",
        "'board' 2 times",
    ),
    "a chamber that advises itself": (
        decided({"sequence": [advises("board"), chamber()]}),
        "asked_twice",
        "matters[0].decision",
        "both votes and advises",
    ),
    "a motion without a decision": (
        charter_data(matters=[{**motion(chamber()), "decision": None}]),
        "decision_missing",
        "matters[0]",
        "without a decision",
    ),
    "a motion by approval": (
        charter_data(matters=[{**motion(chamber()), "ballot": {"form": "approval"}}]),
        "wrong_form",
        "matters[0].ballot.form",
        "'approval'",
    ),
    "a motion with an allocation": (
        charter_data(matters=[{**motion(chamber()), "allocation": selection()["allocation"]}]),
        "not_for_motions",
        "matters[0]",
        "allocation",
    ),
    "a selection with a decision": (
        charter_data(matters=[selection(decision=chamber())]),
        "not_for_selections",
        "matters[0].decision",
        "decision",
    ),
    "a selection without an allocation": (
        charter_data(matters=[selection(allocation=None)]),
        "allocation_missing",
        "matters[0]",
        "without allocation",
    ),
    "a selection without a chamber": (
        charter_data(matters=[selection(chamber=None)]),
        "chamber_missing",
        "matters[0]",
        "without chamber",
    ),
    "a selection by yes and no": (
        charter_data(matters=[selection(ballot={"form": "yes_no_abstain"})]),
        "wrong_form",
        "matters[0].ballot.form",
        "'yes_no_abstain'",
    ),
    "a selection by an unknown chamber": (
        charter_data(matters=[selection(chamber="senate")]),
        "unknown_chamber",
        "matters[0].chamber",
        "'senate'",
    ),
    "a selection by a derived chamber": (
        charter_data(
            chambers=[*charter_data()["chambers"], derived("sites", "board", units=UNITS)],
            matters=[selection(chamber="sites")],
        ),
        "selection_by_derived_chamber",
        "matters[0].chamber",
        "matter 'projects' is put to 'sites', derived from 'board'",
    ),
    "a selection by a chamber that is only counted": (
        charter_data(
            chambers=[*charter_data()["chambers"], {"name": "people", "title": "People", "electors": "counted"}],
            matters=[selection(chamber="people")],
        ),
        "selection_by_counted_chamber",
        "matters[0].chamber",
        "matter 'projects' is put to 'people', electors: counted",
    ),
    "a chamber derived from nothing": (
        chambers(derived("sites", "x", units=UNITS)),
        "unknown_chamber",
        "chambers[1].derived.from",
        "'x'",
    ),
    "a chamber derived from itself": (
        chambers(derived("sites", "sites", units=UNITS)),
        "derived_cycle",
        "chambers[1].derived.from",
        "sites → sites",
    ),
    "a derived chamber of a derived chamber": (
        chambers(derived("sites", "board", units=UNITS), derived("regions", "sites", units=UNITS)),
        "derived_from_derived",
        "chambers[2].derived.from",
        "'sites'",
    ),
    "a derived chamber without units": (
        chambers(derived("sites", "board")),
        "derived_without_units",
        "chambers[1]",
        "no units",
    ),
    "a unit without weight": (
        chambers(derived("sites", "board", units=[{"code": "n", "weight": "0"}])),
        "charter_invalid",
        "chambers[1].units[0].weight",
        "'0'",
    ),
    "an electorate where members are enrolled": (
        chambers({"name": "b", "title": "B", "electorate": 9}),
        "electorate_not_counted",
        "chambers[1].electorate",
        "9 in 'b'",
    ),
    "seats for an unknown role": (
        chambers({"name": "b", "title": "B", "seats": {"roles": {"king": {"exactly": 1}}}}),
        "unknown_role",
        "chambers[1].seats",
        "'king'",
    ),
}


@pytest.mark.parametrize("row", REFUSALS.values(), ids=REFUSALS)
def test_refuses_and_names_field_and_value(row: tuple[dict[str, Any], str, str, str]) -> None:
    data, reason, field, found = row
    refusal = refused(data)
    assert (refusal.reason, refusal.kind, refusal.details["field"]) == (reason, Kind.INVALID, field)
    assert found in str(refusal.details["found"])
    assert refusal.details["expected"]


@pytest.mark.parametrize("row", REFUSALS.values(), ids=REFUSALS)
def test_refuses_the_same_in_yaml_and_names_the_line(row: tuple[dict[str, Any], str, str, str]) -> None:
    data, reason, field, _ = row
    if field.endswith("more_than") and data["matters"][0]["decision"]["majority"]["more_than"] == 0.5:
        data = decided(chamber(majority={"more_than": ".5"}))
    refusal = load_charter(yaml.safe_dump(json.loads(json.dumps(data)), allow_unicode=True, sort_keys=False))
    assert isinstance(refusal, Refused)
    assert (refusal.reason, refusal.details["field"]) == (reason, field)
    assert int(str(refusal.details["line"])) >= 1


@pytest.mark.parametrize("name", ["a selection by a derived chamber", "a selection by a chamber that is only counted"])
def test_a_selection_is_told_why_it_needs_a_roll(name: str) -> None:
    refusal = refused(REFUSALS[name][0])
    assert refusal.details["expected"] == "a chamber with electors: enrolled; choices among proposals need a roll"


def test_a_motion_may_be_put_to_a_chamber_that_is_only_counted() -> None:
    people = {"name": "people", "title": "People", "electors": "counted"}
    assert parsed(charter_data(chambers=[people], matters=[motion(chamber("people"))])).chamber("people") is not None
