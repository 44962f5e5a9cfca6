"""Each policy that follows an event or the clock: in by the log, out by what it did."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ballots.reactions import REACTIONS, TIMERS
from kernel.instants import show_instant
from tests.services.ballots.life import OPTIONS, PROJECTS, Life, charter
from tests.services.processes.running import NOON, Running
from transparency.merkle import hash_leaf, root_of

pytestmark = pytest.mark.slow

SOON = NOON + timedelta(days=1)


def test_a_roll_frozen_for_a_selection_opens_its_box_over_the_shortlist(life: Life) -> None:
    life.process_opens()
    life.shortlist()
    life.enrol("ana", "bo", weight="2")
    frozen = life.freeze().data()
    opened = life.wait_for("BoxOpened")
    matter = charter()["matters"][0]
    assert opened == {
        "box": PROJECTS,
        "matter": PROJECTS,
        "chamber": "residents",
        "motion": None,
        "round": 1,
        "ballot": matter["ballot"],
        "options": OPTIONS,
        "allocation": matter["allocation"],
        "electors": "enrolled",
        "roll": {"members": 2, "weight": "4", "digest": frozen["digest"]},
        "units": None,
        "stations": [],
        "deadline": None,
    }


def test_a_chamber_that_is_asked_gets_a_box_with_the_ballot_of_the_motions_matter(life: Life) -> None:
    box = life.open_law(deadline=show_instant(SOON))
    opened = life.wait_for("BoxOpened")
    assert (opened["box"], opened["motion"], opened["matter"]) == (box, "m-1", "law")
    assert (opened["ballot"]["form"], opened["options"], opened["allocation"]) == ("yes_no_abstain", [], None)
    assert (opened["roll"]["members"], opened["deadline"]) == (3, show_instant(SOON))


def test_a_chamber_that_is_only_counted_gets_a_box_without_a_roll(life: Life) -> None:
    life.open_cantons()
    opened = life.wait_for("BoxOpened")
    assert (opened["electors"], opened["roll"], opened["units"]) == ("counted", None, ["ZH", "UR"])


def test_a_chamber_asked_for_objections_gets_no_box(life: Life) -> None:
    life.process_opens()
    asked = {"motion": "m-1", "chamber": "council", "kind": "objections", "round": 1, "box": None, "deadline": None}
    life.running.happen(life.process_id, "motions/x", "chambers.ChamberAsked", asked)
    life.enrol("ana")
    life.freeze()
    assert life.wait_for("BoxOpened")["box"] == PROJECTS
    assert len(list(life.payloads("BoxOpened"))) == 1


def test_the_box_of_a_phase_is_sealed_when_the_phase_closes_and_then_counted(life: Life) -> None:
    life.open_projects()
    life.cast("ana", "well", "bench")
    life.cast("bo", "well")
    life.vote_phase_closes()
    assert life.wait_for("BoxSealed") == {"box": PROJECTS, "ballots": 2, "sheets": 0, "trigger": "phase"}
    tallied = life.wait_for("BoxTallied")
    assert tallied["count"]["scores"] == {"bench": "1", "lamp": "0", "well": "2"}
    assert tallied["allocation"]["winners"] == ["well", "bench"]
    assert tallied["seed"] is None


def test_a_phase_that_votes_nothing_seals_nothing(life: Life) -> None:
    life.open_projects()
    life.running.happen(life.process_id, f"processes/{life.process_id}", "processes.PhaseClosed", {"phase": "ideas"})
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    assert len(list(life.payloads("BoxSealed"))) == 1


def test_a_phase_that_closed_before_its_box_could_open_leaves_it_sealed_and_counted_empty(life: Life) -> None:
    life.process_opens()
    life.shortlist()
    life.enrol("ana")
    life.vote_phase_closes()
    life.freeze()
    assert life.wait_for("BoxSealed") == {"box": PROJECTS, "ballots": 0, "sheets": 0, "trigger": "phase"}
    assert life.wait_for("BoxTallied")["count"]["voters"] == 0


def test_an_advice_whose_time_has_passed_seals_its_box_and_no_other(life: Life) -> None:
    box = life.open_law(kind="advice", deadline=show_instant(SOON))
    life.ask("cantons")
    life.wait_for("BoxOpened", 2)
    life.advice_lapses("council")
    assert life.wait_for("BoxSealed") == {"box": box, "ballots": 0, "sheets": 0, "trigger": "deadline"}
    life.wait_for("BoxTallied")
    assert len(list(life.payloads("BoxSealed"))) == 1


def test_a_vote_whose_deadline_has_come_is_sealed_by_the_clock(life: Life, running: Running) -> None:
    box = life.open_law(deadline=show_instant(SOON))
    running.sleep_until(SOON - timedelta(microseconds=1))
    assert list(life.payloads("BoxSealed")) == []
    running.sleep_until(SOON)
    assert life.wait_for("BoxSealed") == {"box": box, "ballots": 0, "sheets": 0, "trigger": "deadline"}
    assert life.wait_for("BoxTallied")["motion"] == "m-1"


def test_the_clock_leaves_an_advice_to_its_chamber(life: Life, running: Running) -> None:
    life.open_law(kind="advice", deadline=show_instant(SOON))
    running.sleep_until(SOON + timedelta(days=1))
    assert list(life.payloads("BoxSealed")) == []


def test_a_box_sealed_by_command_is_not_sealed_again_by_the_clock(life: Life, running: Running) -> None:
    box = life.open_law(deadline=show_instant(SOON))
    life.seal(box)
    running.sleep_until(SOON)
    life.wait_for("BoxTallied")
    assert [sealed["trigger"] for sealed in life.payloads("BoxSealed")] == ["command"]


def test_a_lot_is_seeded_by_the_root_of_the_log_up_to_the_seal(life: Life, running: Running) -> None:
    life.process_opens()
    life.shortlist()
    life.enrol("ana", "bo")
    life.freeze()
    life.wait_for("BoxOpened")
    life.cast("ana", "well")
    life.cast("bo", "lamp")
    life.vote_phase_closes()
    tallied = life.wait_for("BoxTallied")
    (sealed,) = running.records(life.process_id, "ballots.BoxSealed")
    leaves = [hash_leaf(record.leaf()) for record in running.log.read_process(life.process_id)]
    assert tallied["seed"] == root_of(leaves[: sealed.process_index + 1]).hex()


def test_a_reaction_delivered_again_does_nothing_again(life: Life, running: Running) -> None:
    life.open_projects()
    life.vote_phase_closes()
    life.wait_for("BoxTallied")
    length = running.log.last_position()
    for record in running.log.read_process(life.process_id, types=REACTIONS):
        running.service.reactions[record.type](record)
    assert running.log.last_position() == length


def test_every_declared_policy_is_wired(running: Running) -> None:
    assert set(running.service.reactions) == set(REACTIONS)
    assert set(running.service.timers) == set(TIMERS)


@pytest.mark.parametrize("type_", REACTIONS)
def test_every_reaction_is_to_a_published_name(type_: str) -> None:
    assert type_.count(".") == 1
