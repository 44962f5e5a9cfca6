"""Every template is held from its opening to its outcomes through the services, then bundled and derived again by the auditor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.client import CommandRefused
from rules import templates
from rules.decisions import Consent
from tests.rules.template_rows import CANTONS, STATES, WHOLE
from tests.system.selections import choose
from tests.system.sittings import House, Sitting

pytestmark = pytest.mark.slow

Outcomes = dict[str, str]
"""Each motion and what must come of it."""

Story = Callable[[Sitting], Outcomes]


def australia(held: Sitting) -> Outcomes:
    for motion, agreeing in (("four-states", 4), ("three-states", 3)):
        held.move(motion)
        totals = {code: (300, 200) if place < agreeing else (200, 300) for place, code in enumerate(STATES)}
        held.sheets(motion, "electors", {**totals, "ACT": (500, 100), "NT": (100, 50)})
    return {"four-states": "adopted", "three-states": "rejected"}


def firm(held: Sitting) -> Outcomes:
    held.enrol("board", "chair", "", "", "")
    held.enrol("workers", "", "", "")
    held.move("charter", "government")
    held.vote("charter", "board", 3, 1)
    held.vote("charter", "workers", 2, 1)
    held.move("dividend", "government")
    held.vote("dividend", "board", 4)
    held.vote("dividend", "workers", 1, 2)
    held.move("tools", "management")
    held.vote("tools", "workers", 0, 3)
    held.vote("tools", "board", 3, 1)
    held.move("offices", "management")
    held.deadline("offices", "workers")
    held.vote("offices", "board", 2, 2)
    return {"charter": "adopted", "dividend": "rejected", "tools": "adopted", "offices": "rejected"}


def cantons(held: Sitting) -> Outcomes:
    for motion, agreeing in (("twelve", WHOLE[:12]), ("tied", [*WHOLE[:11], "OW"])):
        held.move(motion)
        held.sheets(motion, "people", {code: (900, 100) if code in agreeing else (100, 200) for code in CANTONS})
    return {"twelve": "adopted", "tied": "rejected"}


def initiative(held: Sitting) -> Outcomes:
    for motion, preferring in (("split", WHOLE[:11]), ("neither", WHOLE[:11])):
        held.move(motion)
        both = (200, 100) if motion == "split" else (100, 200)
        held.sheets(motion, "people-initiative", dict.fromkeys(CANTONS, both))
        held.sheets(motion, "people-counterproposal", dict.fromkeys(CANTONS, both))
        split = {code: (900, 100) if code in preferring else (100, 200) for code in CANTONS}
        held.sheets(motion, "people-tie-break", split)
    assert held.until("OptionChosen") == {"motion": "split", "option": "initiative"}
    return {"split": "adopted", "neither": "rejected"}


def third(held: Sitting) -> Outcomes:
    held.enrol("board", "chair", *["shareholders"] * 5, *["workers"] * 3)
    held.move("carried")
    held.vote("carried", "board", 3, 2)
    held.move("tied")
    held.vote("tied", "board", 3, 3)
    held.move("too-few")
    held.vote("too-few", "board", 4)
    return {"carried": "adopted", "tied": "rejected", "too-few": "inquorate"}


def parity(held: Sitting) -> Outcomes:
    held.enrol("board", ("chair", "shareholders"), *["shareholders"] * 6, ("deputy", "workers"), *["workers"] * 6)
    with pytest.raises(CommandRefused) as refused:
        held.move("too-early", "resolution")
    told = refused.value.metadata()
    assert (refused.value.reason, told["rule"]) == ("seats_not_as_declared", "members exactly 16")
    assert (told["needed"], told["got"]) == ("16", "14")
    held.enrol("board", "shareholders", "workers", first=15)
    held.enrol("shareholders-bench", *[""] * 8)
    held.enrol("workers-bench", *[""] * 8)
    held.enrol("committee", *[""] * 4)
    held.move("site", "resolution")
    held.vote("site", "board", 8, 8)
    with pytest.raises(CommandRefused, match="only a tie asks"):
        held.give("site", "board", "board-01", "yes", 1)
    held.vote("site", "board", 8, 8)
    with pytest.raises(CommandRefused, match="no deputy inherits"):
        held.give("site", "board", "board-08", "yes", 2)
    held.give("site", "board", "board-01", "yes", 2)
    held.move("few", "resolution")
    held.vote("few", "board", 7)
    held.move("chair", "election-of-the-chair")
    held.vote("chair", "board", 10, 6)
    held.vote("chair", "shareholders-bench", 5, 3)
    held.move("deputy", "election-of-the-deputy")
    held.vote("deputy", "board", 11, 5)
    held.move("manager", "managing-board")
    held.vote("manager", "board", 10, 6)
    held.deadline("manager", "committee")
    held.vote("manager", "board", 8, 8)
    held.vote("manager", "board", 8, 8)
    held.give("manager", "board", "board-01", "yes", 3)
    return {"site": "adopted", "few": "inquorate", "chair": "adopted", "deputy": "adopted", "manager": "adopted"}


def montan(held: Sitting) -> Outcomes:
    held.enrol("board", ("chair", "shareholders"), *["shareholders"] * 4, *["workers"] * 5, "neutral")
    held.enrol("others", *[""] * 10)
    held.enrol("shareholders-bench", *[""] * 5)
    held.enrol("workers-bench", *[""] * 5)
    held.move("tied", "resolution")
    held.vote("tied", "board", 5, 5, 1)
    held.move("eleventh", "neutral-member")
    held.vote("eleventh", "others", 6, 4)
    held.vote("eleventh", "shareholders-bench", 3, 2)
    held.vote("eleventh", "workers-bench", 3, 2)
    held.move("director", "labour-director")
    held.vote("director", "board", 8, 3)
    held.object("director", "workers-bench", "workers-bench-01")
    held.object("director", "workers-bench", "workers-bench-02")
    held.deadline("director", "workers-bench")
    held.move("refused-director", "labour-director")
    held.vote("refused-director", "board", 8, 3)
    for number in (1, 2, 3):
        held.object("refused-director", "workers-bench", f"workers-bench-{number:02d}")
    return {"tied": "rejected", "eleventh": "adopted", "director": "adopted", "refused-director": "rejected"}


def chaired(*owners: str, employees: int, role: str = "employees") -> Story:
    """A board whose chair breaks ties."""

    def story(held: Sitting) -> Outcomes:
        seats = ("chair", *owners)
        held.enrol("board", ("chair", owners[0]), *owners[1:], *[role] * employees)
        half = (len(seats) - 1 + employees) // 2
        for motion, choice in (("for", "yes"), ("against", "no")):
            held.move(motion, "resolution")
            held.vote(motion, "board", half, half)
            held.give(motion, "board", "board-01", choice, 1)
        held.move("few", "resolution")
        held.vote("few", "board", 1)
        return {"for": "adopted", "against": "rejected", "few": "inquorate"}

    return story


def denmark(held: Sitting) -> Outcomes:
    """A board on which a tie is a refusal, whatever the chair wants."""
    held.enrol("board", ("chair", "owners"), *["owners"] * 3, *["employees"] * 2)
    for motion, votes in (("for", (4, 2)), ("tied", (3, 3)), ("few", (3, 0))):
        held.move(motion)
        held.vote(motion, "board", *votes)
    return {"for": "adopted", "tied": "rejected", "few": "inquorate"}


def norway(held: Sitting) -> Outcomes:
    told = chaired(*["owners"] * 4, employees=2)(held)
    for motion, votes in (("changed", (3, 1)), ("kept", (2, 1))):
        held.move(motion, "change")
        held.vote(motion, "board", *votes)
    held.enrol("corporate-assembly", ("chair", "owners"), *["owners"] * 7, *["employees"] * 4)
    held.move("assembly", "assembly-resolution")
    held.vote("assembly", "corporate-assembly", 6, 5)
    return {**told, "changed": "adopted", "kept": "inquorate", "assembly": "adopted"}


def council(held: Sitting) -> Outcomes:
    codes = [unit.code for unit in held.charter.units_of("council")]
    held.enrol("council", units=codes)
    large = ("DE", "FR", "IT")
    for motion, against in (("three", large), ("four", (*large, "MT"))):
        held.move(motion, "proposal")
        held.ballot(motion, "council", {f"council-{code}": "no" if code in against else "yes" for code in codes})
    held.move("alone", "other-proposal")
    held.ballot("alone", "council", {f"council-{code}": "yes" for code in codes[:19]})
    return {"three": "adopted", "four": "rejected", "alone": "rejected"}


def opinion(held: Sitting) -> Outcomes:
    held.enrol("cse", "", "", "")
    held.move("given", "opinion")
    held.vote("given", "cse", 2, 1)
    matters = ("opinion", "opinion-with-expert", "opinion-with-experts-at-both-levels")
    for matter in matters:
        held.move(f"silent-{matter}", matter)
    for matter in matters:
        held.deadline(f"silent-{matter}", "cse")
        assert (
            held.until("AdviceLapsed", lambda data, m=matter: data["motion"] == f"silent-{m}")["meaning"] == "negative"
        )
    return dict.fromkeys(("given", *(f"silent-{matter}" for matter in matters)), "advised")


def consent(held: Sitting) -> Outcomes:
    held.enrol("circle", "facilitator", "", "")
    decision = held.charter.matters[0].decision
    assert isinstance(decision, Consent)
    criteria = decision.consent.criteria
    held.move("agreed")
    held.move("heard")
    held.move("stopped")
    for motion in ("heard", "stopped"):
        held.object(motion, "circle", "circle-02")
    held.test("heard", "circle", "circle-02", "circle-01", {each: each != criteria[-1] for each in criteria})
    held.test("stopped", "circle", "circle-02", "circle-01", dict.fromkeys(criteria, True))
    held.deadline("agreed", "circle")
    held.deadline("heard", "circle")
    return {"agreed": "adopted", "heard": "adopted", "stopped": "rejected"}


def tribunes(held: Sitting) -> Outcomes:
    held.enrol("assembly", "", "", "")
    held.enrol("tribunes", "", "")
    held.move("land")
    held.vote("land", "assembly", 3)
    held.object("land", "tribunes", "tribunes-02")
    held.move("grain")
    held.vote("grain", "assembly", 2, 1)
    held.deadline("grain", "tribunes")
    held.move("land-again")
    held.vote("land-again", "assembly", 1, 2)
    return {"land": "rejected", "grain": "adopted", "land-again": "rejected"}


def congress(held: Sitting) -> Outcomes:
    held.enrol("house", *[""] * 9)
    held.enrol("senate", *[""] * 6)
    held.move("both")
    held.vote("both", "house", 6, 3)
    held.vote("both", "senate", 4, 2)
    held.move("house-refuses")
    held.vote("house-refuses", "house", 5, 4)
    held.move("no-quorum")
    held.vote("no-quorum", "house", 6)
    held.vote("no-quorum", "senate", 3)
    return {"both": "adopted", "house-refuses": "rejected", "no-quorum": "inquorate"}


def chosen(held: Sitting) -> Outcomes:
    """A selection, from ideas to what is to be delivered; no motion."""
    winners = choose(held)
    assert set(winners[:2]) == {"well", "bench"}
    return {}


STORIES: dict[str, Story] = {
    "au-s128": australia,
    "bicameral-firm": firm,
    "ch-double-majority": cantons,
    "ch-initiative-counterproposal": initiative,
    "de-drittelbg": third,
    "de-mitbestg": parity,
    "de-montan": montan,
    "departmental-budget": chosen,
    "dk-board": denmark,
    "eu-council-qmv": council,
    "fi-board": chaired(*["owners"] * 4, employees=1),
    "fr-cse-avis": opinion,
    "fr-pacte-board": chaired(*["appointed"] * 4, employees=1, role="employee"),
    "holacracy-governance": consent,
    "no-board": norway,
    "platform-roadmap": chosen,
    "plebeian-veto": tribunes,
    "se-board": chaired(*["owners"] * 3, employees=2),
    "sociocracy-consent": consent,
    "us-veto-override": congress,
}

SHOWN: dict[str, set[str]] = {
    "bicameral-firm": {"AdviceGiven", "AdviceLapsed"},
    "de-mitbestg": {"AdviceLapsed", "CastingVoteGiven"},
    "de-montan": {"ObjectionRaised", "ObjectionWindowClosed"},
    "ch-initiative-counterproposal": {"OptionChosen"},
    "fi-board": {"CastingVoteGiven"},
    "fr-cse-avis": {"AdviceGiven", "AdviceLapsed"},
    "holacracy-governance": {"ObjectionRaised", "ObjectionTested", "ObjectionWindowClosed"},
    "plebeian-veto": {"ObjectionRaised", "ObjectionWindowClosed"},
    "se-board": {"CastingVoteGiven"},
    "sociocracy-consent": {"ObjectionTested"},
}
"""Events of the chambers service that a template's story must have in its log."""


def test_every_template_has_its_story() -> None:
    assert tuple(sorted(STORIES)) == templates.names()


@pytest.mark.parametrize("name", STORIES)
def test_a_template_is_held_from_opening_to_outcome(house: House, name: str, tmp_path: Path) -> None:
    held = Sitting.of(house, name)
    expected = STORIES[name](held)
    assert {motion: held.outcome(motion) for motion in expected} == expected
    assert {f"chambers.{each}" for each in SHOWN.get(name, ())} <= held.types()
    report = held.verified(tmp_path)
    assert report.held, [finding.sentence() for check in report.checks for finding in check.findings]
    decided = next(check.count for check in report.checks if check.name == "decisions")
    assert decided >= len(expected)
