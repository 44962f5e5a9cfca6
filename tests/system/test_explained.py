"""Why each project and each motion came out as it did, and what other rules would have given, on whole processes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from cli.client import Client
from cli.embedded import Engine
from kernel.numbers import parse_exact
from kernel.refusal import Refused
from replay.boxes import Box
from replay.explaining import LANGUAGES, Explained, Story, explain, read_story
from replay.what_if import Changes, Recounted, Redecided, parse_majority, what_if
from rules.decisions import Majority
from tally.allocation import allocate
from tests.system.conftest import Demo
from tests.system.selecting import MATTER, Selection, bundle, hold
from tests.system.test_selections import SELECTIONS
from transparency.bundle import Bundle, open_bundle

pytestmark = pytest.mark.slow

ENGLISH, FRENCH = LANGUAGES["en"], LANGUAGES["fr"]


def story_of(path: Path) -> Story:
    opened = open_bundle(io.BytesIO(path.read_bytes()))
    assert isinstance(opened, Bundle), opened
    story = read_story(opened)
    assert isinstance(story, Story), story
    assert story.differences == 0
    return story


@pytest.fixture(scope="module")
def told(demo: Demo) -> dict[str, Story]:
    return {name: story_of(each.bundle) for name, each in demo.told.items()}


@pytest.fixture(scope="module")
def selections(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Story]]:
    folder = tmp_path_factory.mktemp("explained")
    with Engine(folder) as engine, Client(engine.address) as client:
        for each in SELECTIONS:
            hold(client, each)
        yield {each.name: story_of(bundle(client, each, folder)) for each in SELECTIONS}


def explained(story: Story, name: str) -> Explained:
    found = explain(story, name)
    assert isinstance(found, Explained), found
    return found


def whats(found: Explained) -> list[str]:
    return [fact.what for fact in found.facts]


def said(found: Explained) -> str:
    return "\n".join(fact.told(ENGLISH) for fact in found.facts)


def test_every_project_of_a_departement_is_explained_in_both_languages_by_events_that_name_it(
    told: dict[str, Story],
) -> None:
    story = told["departement-2026"]
    winners = story.replay.proposals.winners["projects"]
    outcomes = {name: explained(story, name) for name in list(story.replay.proposals.proposals)[::9]}
    assert {name for name, found in outcomes.items() if found.outcome == "won"} == set(winners) & set(outcomes)
    for name, found in outcomes.items():
        indexes = {event.index for event in story.projects[name]} | {event.index for event in story.boxes["projects"]}
        for fact in found.facts:
            assert set(fact.events) <= indexes, (name, fact)
            assert fact.told(ENGLISH) != fact.told(FRENCH)
            assert not set("{}") & set(fact.told(ENGLISH) + fact.told(FRENCH))


def test_a_project_found_infeasible_never_came_to_the_vote(told: dict[str, Story]) -> None:
    found = explained(told["departement-2026"], "p-001")
    assert (found.outcome, whats(found)) == (
        "lost",
        ["project.submitted", "project.declined", "project.never_voted"],
    )
    assert "hors des compétences du département" in said(found)


def losers(story: Story) -> list[str]:
    box = story.replay.boxes.boxes["projects"]
    return [name for name in box.options if name not in story.replay.proposals.winners["projects"]]


def test_the_votes_said_to_be_enough_are_enough_and_one_fewer_is_not(told: dict[str, Story]) -> None:
    story = told["departement-2026"]
    box = story.replay.boxes.boxes["projects"]
    tried = 0
    for name in losers(story)[::12]:
        more = next((fact for fact in explained(story, name).facts if fact.what.startswith("project.more_votes")), None)
        if more is None:
            continue
        tried += 1
        enough = Fraction(more.numbers["score"])
        own = enough - more.numbers["more"]
        assert wins(box, name, enough)
        assert not any(wins(box, name, own + extra) for extra in range(int(enough - own)))
    assert tried >= 8


def wins(box: Box, name: str, score: Fraction) -> bool:
    assert box.allocation is not None
    assert box.count is not None
    scores = {option: parse_exact(each) for option, each in box.count["scores"].items()} | {name: score}
    return name in allocate(box.allocation, box.options, scores, box.count["supporters"], box.seal_root or b"").winners


def test_money_that_was_missing_is_named_to_the_euro(told: dict[str, Story]) -> None:
    story = told["departement-2026"]
    found = explained(story, "p-014")
    lacked = next(fact for fact in found.facts if fact.what == "project.lacked")
    assert lacked.numbers["lacked"] == lacked.numbers["cost"] - lacked.numbers["remaining"] > 0
    assert lacked.events == story.of_box("projects", "BoxTallied")
    shown = ENGLISH.number(lacked.numbers["lacked"])
    assert f"it lacked {shown} EUR" in said(found)


def test_a_rejected_motion_names_the_votes_that_were_missing(told: dict[str, Story]) -> None:
    found = explained(told["company-2026"], "dividend")
    lacked = found.facts[-1]
    assert (found.outcome, lacked.what, lacked.names, lacked.numbers["moved"]) == (
        "rejected",
        "motion.lacked",
        {"chamber": ("workers",)},
        4,
    )
    assert lacked.told(ENGLISH).startswith("Had 4 of the 15 votes against in “workers” been for it")
    assert "Si 4 des 15 voix contre dans" in lacked.told(FRENCH)


def test_reasons_cite_the_answers_of_their_chamber(told: dict[str, Story]) -> None:
    story = told["company-2026"]
    found = explained(story, "dividend")
    counted = {
        event.data["chamber"]: event.index for event in story.motions["dividend"] if "ChamberCounted" in event.type
    }
    majorities = [fact for fact in found.facts if fact.what == "reason.majority"]
    assert [(fact.names["chamber"][0], fact.events) for fact in majorities] == [
        (name, (index,)) for name, index in counted.items()
    ]


def test_a_silence_is_told_as_what_it_counts_for(told: dict[str, Story]) -> None:
    found = explained(told["company-2026"], "offices")
    assert "kept silent until its deadline: its opinion counts as negative" in said(found)


def test_the_swiss_cantons_lacked_three_and_a_half_votes(told: dict[str, Story]) -> None:
    found = explained(told["suisse-2020-11-29"], "responsible-business")
    assert found.facts[-1].numbers["moved"] == Fraction(7, 2)
    assert "Had 3.5 of the 14.5 votes against in “cantons” been for it" in said(found)


def test_a_name_that_nobody_has_is_refused_with_those_that_are_like_it(told: dict[str, Story]) -> None:
    found = explain(told["departement-2026"], "p-9")
    assert isinstance(found, Refused)
    assert "p-009" not in found.say
    assert found.reason == "unknown_subject"


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda each: each.name)
def test_every_way_to_choose_is_explained(selections: dict[str, Story], selection: Selection) -> None:
    story = selections[selection.name]
    for name in selection.offered:
        found = explained(story, name)
        assert (found.outcome == "won") == (name in selection.won)
        assert all(fact.told(ENGLISH) and fact.told(FRENCH) for fact in found.facts)


@pytest.mark.parametrize(
    ("process", "name", "sentence"),
    [
        ("stv", "Chi", "With 2 votes in round 2, it was eliminated."),
        ("stv", "Ana", "With 5 votes in round 1, it was elected (the quota was 4)."),
        ("judgment", "parc", "Its majority grade is “Très bien”; 0 grades are better than that and 2 worse."),
        ("schulze", "c", "Compared with each other option, it comes behind “a” and “b”."),
        ("weighted", "a", "It was equal with “b”, at 3; told apart by the lower cost, it came 2 of 2."),
        ("equal-shares", "bench", "Its supporters had 44/3 EUR left together: 46/3 EUR too few."),
        ("envelopes", "pond", "When its turn came, 0 EUR of 40 were left, and it costs 30 EUR: it lacked 30 EUR."),
        ("exclusive", "square-oak", "the log says: “excluded by square-lime, of the same group square”."),
    ],
)
def test_says_what_the_record_of_the_count_says(
    selections: dict[str, Story], process: str, name: str, sentence: str
) -> None:
    assert sentence in said(explained(selections[process], name))


def recounted(story: Story, changes: Changes, of: str | None = None) -> Recounted:
    found = what_if(story.replay, changes, of)
    assert not isinstance(found, Refused), found
    (only,) = found
    assert isinstance(only, Recounted)
    return only


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda each: each.name)
def test_the_rules_in_force_give_the_outcome_again(selections: dict[str, Story], selection: Selection) -> None:
    story = selections[selection.name]
    box = story.replay.boxes.boxes[MATTER]
    same = Changes(election={"seats": box.election.seats}) if box.election else Changes(allocation={"budget": "100"})
    found = recounted(story, same)
    assert found.winners == found.other_winners == tuple(selection.won)
    assert (found.gained, found.lost) == ((), ())
    told_box = box.allocated or (box.count or {})["election"]
    assert found.record == told_box


def test_other_rules_give_others_and_say_that_it_is_not_the_outcome(selections: dict[str, Story]) -> None:
    found = recounted(selections["equal-shares"], Changes(allocation={"rule": "greedy"}))
    assert (found.winners, found.other_winners) == (("park", "path"), ("pool", "path"))
    assert (found.gained, found.lost) == (("pool",), ("park",))
    assert found.to_json()["what_if"]["is_the_outcome"] is False
    seated = recounted(selections["stv"], Changes(election={"seats": 1}))
    assert (seated.other_winners, seated.lost) == (("Ana",), ("Bo",))


def test_a_rule_that_needs_whole_ballots_leaves_out_those_known_by_totals_and_says_how_many(
    told: dict[str, Story],
) -> None:
    story = told["departement-2026"]
    shares = recounted(story, Changes(allocation={"rule": "equal-shares"}))
    assert shares.left_out == shares.to_json()["what_if"]["voters_left_out"] == 499
    assert len(shares.other_winners) > len(shares.winners)
    budget = {"budget": "1800000"}
    assert recounted(story, Changes(allocation=budget)).left_out == 0
    alike = recounted(story, Changes(allocation=budget, without_sheets=True))
    assert (alike.left_out, alike.other_rules["rule"]) == (499, "greedy")


def redecided(story: Story, motion: str, changes: Changes) -> Redecided:
    found = what_if(story.replay, changes, motion)
    assert not isinstance(found, Refused), found
    (only,) = found
    assert isinstance(only, Redecided)
    return only


@pytest.mark.parametrize(
    ("majority", "outcome"),
    [
        pytest.param("at-least 8/23 of members", "adopted", id="8.5 cantons of 23 are at least 8/23"),
        pytest.param("at-least 17/46 of members", "adopted", id="and exactly 17/46"),
        pytest.param("more-than 17/46 of members", "rejected", id="but not more than that"),
    ],
)
def test_a_swiss_vote_under_another_majority_of_the_cantons(
    told: dict[str, Story], majority: str, outcome: str
) -> None:
    parsed = parse_majority(majority)
    assert isinstance(parsed, Majority)
    found = redecided(told["suisse-2020-11-29"], "responsible-business", Changes(majority=parsed, chamber="cantons"))
    assert (found.outcome, found.anew.status.value, found.changed) == ("rejected", outcome, ("cantons",))


def test_the_majority_in_force_gives_every_motions_outcome_again(told: dict[str, Story]) -> None:
    story = told["company-2026"]
    simple = parse_majority("simple")
    assert isinstance(simple, Majority)
    found = what_if(story.replay, Changes(majority=simple))
    assert not isinstance(found, Refused)
    assert len(found) == 4
    for each in found:
        assert isinstance(each, Redecided)
        assert each.anew.status.value == each.outcome
        assert [reason.to_json() for reason in each.anew.reasons] == list(each.reasons)
