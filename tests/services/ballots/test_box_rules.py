"""A box opens once, is sealed once, and is counted once: each voter's last ballot, at its frozen weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from ballots.domain.box import Box, OpenBox, SealedBox, TalliedBox, Unopened, evolve, status
from ballots.domain.electorate import Elector, Electorate
from ballots.domain.events import BoxOpened, BoxSealed, BoxTallied, Choice, StationRegistered, Trigger
from ballots.domain.opening import OpenABox, decide_open
from ballots.domain.sealing import Held, SealBox, decide_seal
from ballots.domain.tallying import decide_tally
from kernel.events import Event
from tally.counting import Sheet
from tally.lots import draw_lot
from testkit.scenario import scenario
from tests.services.ballots.building import (
    APPROVAL,
    an_open_box,
    ballot_cast,
    box_after,
    box_opened,
    electorate,
    sealed,
)

ROOT = bytes(range(32))
NO_BOX: Box = Unopened()
EVOLVE: Callable[[Box, Event], Box] = evolve
given = scenario(NO_BOX, EVOLVE, decide_seal)


def test_a_box_is_opened_with_what_its_charter_declares() -> None:
    command = OpenABox(
        box="projects",
        matter="projects",
        chamber="residents",
        ballot=APPROVAL,
        electors="enrolled",
        units=[],
        options=[{"option": "well", "cost": "500", "submitted": 1}],
        allocation={"rule": "greedy", "budget": "1000"},
        roll={"members": 3, "weight": "3", "digest": "00" * 32},
    )
    (opened,) = decide_open(Unopened(), command)
    assert isinstance(opened, BoxOpened)
    assert (opened.units, opened.stations, opened.deadline) == (None, [], None)
    assert opened.options[0].cost == 500
    assert decide_open(box_after(opened), command) == ()


def test_a_box_whose_phase_has_closed_before_it_opened_is_sealed_empty() -> None:
    command = OpenABox(box="b", matter="m", chamber="c", ballot=APPROVAL, electors="enrolled", units=["n"], over=True)
    opened, closed = decide_open(Unopened(), command)
    assert closed == BoxSealed(box="b", ballots=0, sheets=0, trigger="phase")
    assert status_of(box_after(opened, closed)) == "sealed"


def test_an_order_by_lot_is_drawn_from_the_seed_and_the_shortlist_as_submitted() -> None:
    offered = [{"option": name, "cost": "1", "submitted": place} for place, name in enumerate("abcdef", 1)]
    command = OpenABox(
        box="b", matter="m", chamber="c", ballot=APPROVAL, electors="enrolled", units=[], options=offered
    )
    as_submitted, by_lot = (decide_open(Unopened(), each)[0] for each in (command, replace(command, order_seed=ROOT)))
    assert isinstance(as_submitted, BoxOpened)
    assert isinstance(by_lot, BoxOpened)
    assert [option.option for option in as_submitted.options] == list("abcdef")
    assert tuple(option.option for option in by_lot.options) == draw_lot(ROOT, 1, "abcdef").order != tuple("abcdef")
    assert sorted(by_lot.options, key=lambda option: option.submitted) == as_submitted.options
    assert (as_submitted.order_seed, by_lot.order_seed) == (None, ROOT.hex())


def status_of(box: Box) -> str:
    assert isinstance(box, OpenBox)
    return status(box)


TALLIED = BoxTallied(
    box="projects", matter="projects", chamber="residents", motion=None, round=1, count={}, allocation=None, seed=None
)
REGISTERED = StationRegistered(box="projects", station="hall", key="00" * 32, unit=None)


@pytest.mark.parametrize(
    ("events", "type_"),
    [
        pytest.param((), Unopened, id="nothing"),
        pytest.param((sealed(),), Unopened, id="a seal before the box is no box"),
        pytest.param((box_opened(),), OpenBox, id="opened"),
        pytest.param((box_opened(), REGISTERED), OpenBox, id="with a station"),
        pytest.param((box_opened(), TALLIED), OpenBox, id="a tally before the seal is no tally"),
        pytest.param((box_opened(), sealed()), SealedBox, id="sealed"),
        pytest.param((box_opened(), sealed(), TALLIED), TalliedBox, id="tallied"),
        pytest.param((box_opened(), sealed(), TALLIED, ballot_cast()), TalliedBox, id="another stream's event"),
    ],
)
def test_a_boxs_state_is_a_type(events: tuple[Event, ...], type_: type) -> None:
    assert type(box_after(*events)) is type_


@pytest.mark.parametrize("trigger", ["command", "deadline"])
def test_a_motions_box_is_sealed_by_command_or_at_its_deadline(trigger: Trigger) -> None:
    given(box_opened(motion="m-1")).when(SealBox("projects", Held(3, 2), trigger)).then(sealed(trigger, 3, 2))


def test_a_selections_box_is_sealed_with_its_phase() -> None:
    given(box_opened()).when(SealBox("projects", Held(3, 2), "phase")).then(sealed("phase", 3, 2))
    given(box_opened()).when(SealBox("projects", Held(), "command")).refused("sealed_by_its_phase", matter="projects")


def test_a_box_is_sealed_once() -> None:
    given(box_opened(), sealed()).when(SealBox("projects", Held(), "phase")).refused("box_sealed", trigger="phase")
    given().when(SealBox("projects", Held(), "command")).refused("unknown_box")


def tally(
    box: Box, *ballots: tuple[str, Choice], roll: Electorate | None = None, sheets: tuple[Sheet, ...] = ()
) -> BoxTallied:
    """The tally of a box with these ballots, the last of each voter."""
    (event,) = decide_tally(box, lambda: ballots, sheets, roll or electorate(), lambda: ROOT)
    return event


def test_a_ballot_counts_whole_for_each_option_that_it_chose() -> None:
    box = an_open_box(sealed(), revisable=True)
    event = tally(box, ("bo", ["bench", "well"]), ("ana", ["lamp"]))
    assert event.count["scores"] == {"bench": "1", "lamp": "1", "well": "1"}
    assert event.count["voters"] == 2


def test_a_ballot_weighs_what_its_voter_weighed_when_the_roll_was_frozen() -> None:
    roll = Electorate({"ana": Elector(Fraction(1, 3), None), "bo": Elector(Fraction(5), None)})
    event = tally(an_open_box(sealed()), ("ana", ["well"]), ("bo", ["lamp"]), roll=roll)
    assert event.count["scores"] == {"bench": "0", "lamp": "5", "well": "1/3"}


def test_ballots_count_in_their_voters_unit_and_sheets_in_theirs() -> None:
    box = an_open_box(sealed(), motion="m-1", ballot={"form": "yes_no_abstain"}, units=["north", "south"])
    paper = Sheet(station="hall", unit="south", voters=5, totals={"yes": Fraction(2), "no": Fraction(3)})
    event = tally(box, ("ana", "yes"), roll=electorate(unit="north"), sheets=(paper,))
    units = event.count["units"]
    assert isinstance(units, dict)
    assert {unit: part["scores"] for unit, part in units.items() if isinstance(part, dict)} == {
        "north": {"yes": "1", "no": "0", "abstain": "0"},
        "south": {"yes": "2", "no": "3", "abstain": "0"},
    }
    assert event.count["scores"] == {"yes": "3", "no": "3", "abstain": "0"}
    assert (event.allocation, event.seed) == (None, None)


def allocated(event: BoxTallied) -> Mapping[str, Any]:
    assert event.allocation is not None
    return event.allocation


def test_paper_and_online_votes_add_up_and_money_follows() -> None:
    paper = Sheet(station="hall", voters=2, totals={"lamp": Fraction(2)})
    event = tally(
        an_open_box(sealed()), ("ana", ["well", "bench"]), ("bo", ["well"]), ("chi", ["well"]), sheets=(paper,)
    )
    assert allocated(event)["winners"] == ["well", "lamp"]
    assert allocated(event)["spent"] == "900"
    assert event.seed is None


def test_a_lot_is_drawn_from_the_root_of_the_sealed_log_and_only_then() -> None:
    rules = {"rule": "greedy", "budget": "500", "tie_break": ["lot"]}
    box = an_open_box(sealed(), allocation=rules)
    tied, untied = tally(box, ("ana", ["well"]), ("bo", ["lamp"])), tally(box, ("ana", ["well"]))
    assert tied.seed == ROOT.hex()
    assert [tie["broken_by"] for tie in allocated(tied)["ties"]] == ["lot"]
    assert (untied.seed, allocated(untied)["ties"]) == (None, [])


RANKED = {"form": "ranking", "min": 0}
RANKINGS = (("ana", ["well", "lamp"]), ("bo", ["lamp", "well"]), ("chi", []))


def an_election(**rules: Any) -> SealedBox:
    ballot = rules.pop("ballot", RANKED)
    box = an_open_box(sealed(), ballot=ballot, allocation=None, election={"method": "schulze", "seats": 1} | rules)
    assert isinstance(box, SealedBox)
    return box


def test_an_election_is_counted_from_whole_ballots_and_its_record_is_kept() -> None:
    event = tally(an_election(tie_break=["lower_cost"]), *RANKINGS)
    election = event.count["election"]
    assert isinstance(election, dict)
    assert (election["elected"], election["blank"], event.seed) == (["lamp"], "1", None)
    assert (event.count["voters"], event.allocation) == (3, None)


def test_a_lot_in_an_election_is_drawn_from_the_root_of_the_sealed_log() -> None:
    event = tally(an_election(), *RANKINGS)
    election = event.count["election"]
    assert isinstance(election, dict)
    assert event.seed == ROOT.hex()
    assert election["elected"] == [draw_lot(ROOT, 1, ("well", "lamp")).order[0]]


def test_grades_elect_by_the_scale_of_the_charter() -> None:
    ballot = {"form": "grades", "grades": ["good", "fair", "bad"]}
    box = an_election(method="majority-judgment", ballot=ballot)
    event = tally(box, ("ana", {"well": "good", "bench": "fair"}), ("bo", {"well": "bad", "bench": "fair"}))
    election = event.count["election"]
    assert isinstance(election, dict)
    assert election["elected"] == ["bench"]


def test_a_rule_that_needs_whole_ballots_is_paid_from_them() -> None:
    rules = {"rule": "equal-shares", "budget": "900", "utility": "cost"}
    event = tally(
        an_open_box(sealed(), allocation=rules), ("ana", ["well", "bench"]), ("bo", ["well"]), ("chi", ["lamp"])
    )
    assert allocated(event)["winners"] == ["well"]
    assert allocated(event)["record"]["share"] == "300"


def test_nothing_is_tallied_before_the_seal_or_twice() -> None:
    for box in (an_open_box(), an_open_box(sealed(), TALLIED), Unopened()):
        assert decide_tally(box, list, (), electorate(), lambda: ROOT) == ()


def test_a_ballot_of_someone_off_the_roll_is_never_counted_silently() -> None:
    with pytest.raises(KeyError, match="zoe"):
        tally(an_open_box(sealed()), ("zoe", ["well"]))


def test_an_empty_box_has_an_empty_tally() -> None:
    event = tally(an_open_box(sealed()))
    assert (event.count["voters"], allocated(event)["winners"]) == (0, [])
