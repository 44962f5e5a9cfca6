"""Every template is valid, named and sourced; those with ballots in several steps are followed to their end."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from kernel import canonical
from rules import templates
from rules.charter import Charter, charter_hash, load_charter, parse_charter
from rules.decisions import Advice, Consent, Evidence, Objection, Opinion, Status, evaluate
from tests.rules.building import template, votes
from tests.rules.template_rows import CANTONS, WHOLE, counted, swiss, vote

NAMES = (
    "au-s128",
    "bicameral-firm",
    "ch-double-majority",
    "ch-initiative-counterproposal",
    "de-drittelbg",
    "de-mitbestg",
    "de-montan",
    "departmental-budget",
    "dk-board",
    "eu-council-qmv",
    "fi-board",
    "fr-cse-avis",
    "fr-pacte-board",
    "holacracy-governance",
    "no-board",
    "platform-roadmap",
    "plebeian-veto",
    "se-board",
    "sociocracy-consent",
    "us-veto-override",
)


def test_lists_the_templates() -> None:
    assert templates.names() == NAMES


def test_knows_no_other_template() -> None:
    with pytest.raises(KeyError, match=r"^'\.\./charter'$"):
        templates.text("../charter")


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_valid_named_as_its_file_and_sourced(name: str) -> None:
    charter = template(name)
    assert charter.name == name
    assert charter.sources
    assert charter.summary
    assert parse_charter(json.loads(canonical.dumps(charter.to_json()))) == charter


@pytest.mark.parametrize("name", NAMES)
def test_a_template_reads_the_same_in_any_yaml_library(name: str) -> None:
    again = load_charter(yaml.safe_dump(yaml.safe_load(templates.text(name)), allow_unicode=True))
    assert isinstance(again, Charter)
    assert charter_hash(again) == charter_hash(template(name))


INITIATIVE = "ch-initiative-counterproposal"
QUESTIONS = ("initiative", "counterproposal", "tie-break")
ALL = {name: swiss(f"people-{name}", CANTONS) for name in QUESTIONS}

PREFERENCES: dict[str, tuple[dict[str, tuple[str, ...]], str, str | None]] = {
    "only the counter-proposal": (
        {"initiative": swiss("people-initiative", WHOLE[:5])},
        "adopted",
        "counterproposal",
    ),
    "both, and the initiative is preferred": ({}, "adopted", "initiative"),
    "both, and people and cantons split, the people's share larger": (
        {"tie-break": swiss("people-tie-break", WHOLE[:11], people=3000)},
        "adopted",
        "initiative",
    ),
    "both, and people and cantons split, the cantons' share larger": (
        {"tie-break": swiss("people-tie-break", WHOLE[:3], people=2200)},
        "adopted",
        "counterproposal",
    ),
    "neither": (
        {name: swiss(f"people-{name}", WHOLE[:5]) for name in ("initiative", "counterproposal")},
        "rejected",
        None,
    ),
}


@pytest.mark.parametrize("row", PREFERENCES.values(), ids=PREFERENCES)
def test_an_initiative_with_a_counter_proposal(row: tuple[dict[str, tuple[str, ...]], str, str | None]) -> None:
    changed, expected, choice = row
    rows = [line for question in QUESTIONS for line in {**ALL, **changed}[question]]
    found = counted(INITIATIVE, None, *rows)
    assert (found["outcome"], found["choice"]) == (expected, choice)


@pytest.mark.parametrize(
    ("matter", "deadline"),
    [("opinion", "P1M"), ("opinion-with-expert", "P2M"), ("opinion-with-experts-at-both-levels", "P3M")],
)
def test_a_works_council_has_one_two_or_three_months(matter: str, deadline: str) -> None:
    found = template("fr-cse-avis").matter(matter)
    assert found is not None
    assert found.decision is not None
    (ask,) = evaluate(found.decision, Evidence()).asks
    assert (ask.kind, ask.deadline) == ("advice", deadline)


OPINIONS = {
    "a majority of those present is positive": (vote("cse", 6, 5), "positive"),
    "half of those present is negative": ((*vote("cse", 5, 4), "cse abstain 1"), "negative"),
    "silence is negative": ((), "negative"),
}


@pytest.mark.parametrize("row", OPINIONS.values(), ids=OPINIONS)
def test_a_works_council_s_opinion(row: tuple[tuple[str, ...], str]) -> None:
    rows, expected = row
    found = counted("fr-cse-avis", "opinion", *rows)
    assert found["advice"]["cse"] == {"opinion": expected, "silent": not rows}


MANAGERS = {
    "nine of sixteen in the second ballot": ([votes(10, 6), votes(9, 7)], None, Status.ADOPTED),
    "eight of sixteen and the chair's second vote": ([votes(10, 6), votes(8, 8), votes(8, 8)], "yes", Status.ADOPTED),
    "seven of sixteen and the chair's second vote": ([votes(10, 6), votes(8, 8), votes(7, 9)], "yes", Status.REJECTED),
    "eight of sixteen, the chair's second vote against": (
        [votes(10, 6), votes(8, 8), votes(8, 8)],
        "no",
        Status.REJECTED,
    ),
    "eight of sixteen, the chair's second vote awaited": (
        [votes(10, 6), votes(8, 8), votes(8, 8)],
        None,
        Status.PENDING,
    ),
}


@pytest.mark.parametrize("row", MANAGERS.values(), ids=MANAGERS)
def test_the_managing_board_is_appointed_in_up_to_three_ballots(row: tuple[list[Any], str | None, Status]) -> None:
    ballots, choice, expected = row
    matter = template("de-mitbestg").matter("managing-board")
    assert matter is not None
    assert matter.decision is not None
    before = evaluate(matter.decision, Evidence(votes={"board": ballots[:1]}))
    assert [(ask.chamber, ask.deadline) for ask in before.asks] == [("committee", "P1M")]
    casting = {"board": {"chair": choice}} if choice else {}
    proposed = {"committee": Advice(Opinion.NONE, silent=True)}
    evidence = Evidence(votes={"board": ballots}, advice=proposed, casting=casting)
    assert evaluate(matter.decision, evidence).status is expected


def test_an_objection_in_a_circle_must_meet_all_four_criteria() -> None:
    matter = template("holacracy-governance").matter("governance")
    assert matter is not None
    assert isinstance(matter.decision, Consent)
    criteria = matter.decision.consent.criteria
    assert len(criteria) == 4
    for number in range(5):
        tested = Objection("ana", met=frozenset(criteria[:number]))
        outcome = evaluate(matter.decision, Evidence(objections={"circle": [tested]}, windows_closed={"circle"}))
        assert outcome.status is (Status.REJECTED if number == 4 else Status.ADOPTED)


def test_the_budget_is_the_département_s() -> None:
    charter = template("departmental-budget")
    assert [phase.name for phase in charter.phases] == ["ideas", "review", "vote", "delivery"]
    matter = charter.matter("projects")
    assert matter is not None
    assert matter.allocation is not None
    assert (matter.ballot.form, matter.ballot.min, matter.ballot.max, matter.ballot.revisable) == (
        "approval",
        1,
        3,
        True,
    )
    assert matter.allocation.budget == 1_800_000
    assert list(matter.allocation.tie_break) == ["lower_cost", "earlier_submission", "lot"]
