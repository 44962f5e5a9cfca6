"""Who may cast what, when: each policy of ADMISSION, and what becomes of a ballot that comes too late."""

from __future__ import annotations

from typing import Any

import pytest

from ballots.domain.casting import ADMISSION, NO_BALLOT, Polling, VotersBallots, evolve, polling_in
from ballots.domain.electorate import NO_ELECTORATE
from ballots.domain.events import BallotCast
from ballots.domain.moot import Moot
from kernel.events import Event
from kernel.refusal import Kind, Refused
from testkit.scenario import Then
from tests.services.ballots.building import (
    an_open_box,
    arrived_late,
    ballot,
    ballot_cast,
    box_after,
    cast,
    electorate,
    sealed,
)


def deciding(*given: Any, **named: Any) -> Then[Event]:
    return Then(cast(*given, **named))


def test_a_ballot_of_someone_on_the_roll_is_cast() -> None:
    deciding(an_open_box(), ballot()).then(ballot_cast())


def test_a_choice_is_logged_in_its_canonical_order() -> None:
    deciding(an_open_box(), ballot(choice=("well", "bench"))).then(ballot_cast(choice=("bench", "well")))


def test_a_member_may_change_their_ballot_until_the_box_is_sealed() -> None:
    first = ballot_cast()
    deciding(an_open_box(revisable=True), ballot(choice=("bench",)), first).then(
        ballot_cast(choice=("bench",), replaces=1)
    )


def test_each_change_names_the_ballot_before_it() -> None:
    before = [ballot_cast(), ballot_cast(choice=("bench",), replaces=1)]
    deciding(an_open_box(revisable=True), ballot(choice=("lamp",)), *before).then(
        ballot_cast(choice=("lamp",), replaces=2)
    )


def test_a_ballot_that_may_not_be_changed_is_cast_once() -> None:
    refused = deciding(an_open_box(), ballot(choice=("bench",)), ballot_cast()).refused("already_voted", version=1)
    assert refused.kind is Kind.EXISTS


def test_a_ballot_after_the_seal_is_recorded_as_late() -> None:
    deciding(an_open_box(sealed()), ballot()).then(arrived_late())


def test_a_ballot_after_the_seal_is_late_even_of_someone_who_has_voted() -> None:
    deciding(an_open_box(sealed()), ballot(choice=("bench",)), ballot_cast()).then(arrived_late(choice=("bench",)))


def test_a_late_ballot_changes_nothing_of_the_one_that_counts() -> None:
    box = an_open_box(sealed(), revisable=True)
    deciding(box, ballot(choice=("bench",)), ballot_cast()).then(arrived_late(choice=("bench",)))


@pytest.mark.parametrize(
    ("events", "left"),
    [
        pytest.param((), VotersBallots(0, None), id="nobody voted"),
        pytest.param((ballot_cast(),), VotersBallots(1, 1), id="the first ballot counts"),
        pytest.param((ballot_cast(), ballot_cast(replaces=1)), VotersBallots(2, 2), id="the last ballot counts"),
        pytest.param((ballot_cast(), arrived_late()), VotersBallots(2, 1), id="a late ballot replaces none"),
        pytest.param((arrived_late(),), VotersBallots(1, None), id="a late ballot alone does not count"),
    ],
)
def test_the_last_ballot_in_time_counts(events: tuple[Event, ...], left: VotersBallots) -> None:
    ballots = NO_BALLOT
    for event in events:
        ballots = evolve(ballots, event)
    assert ballots == left


REFUSED: list[tuple[str, dict[str, Any], str, Kind]] = [
    ("someone not on the roll", {"voter": "zoe"}, "not_on_the_roll", Kind.DENIED),
    ("nobody at all", {"voter": ""}, "not_on_the_roll", Kind.DENIED),
    ("no channel", {"channel": ""}, "channel_unnamed", Kind.INVALID),
    ("a channel of two words", {"channel": "town hall"}, "channel_unnamed", Kind.INVALID),
    ("a channel that ends in a newline", {"channel": "web\n"}, "channel_unnamed", Kind.INVALID),
    ("no choice", {"form": None, "choice": None}, "wrong_form", Kind.INVALID),
    ("a ranking", {"form": "ranking"}, "wrong_form", Kind.INVALID),
    ("points", {"form": "points", "choice": (("well", "1"),)}, "wrong_form", Kind.INVALID),
    ("a vote", {"form": "vote", "choice": "yes"}, "wrong_form", Kind.INVALID),
    ("a project not on the shortlist", {"choice": ("castle",)}, "unknown_option", Kind.INVALID),
    ("a project twice", {"choice": ("well", "well")}, "option_twice", Kind.INVALID),
    ("one project too many", {"choice": ("well", "bench", "lamp")}, "too_many_options", Kind.INVALID),
    ("one project too few", {"choice": ()}, "too_few_options", Kind.INVALID),
]


@pytest.mark.parametrize(("given", "reason", "kind"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
def test_a_ballot_that_may_not_be_cast_is_refused_whenever_it_comes(
    given: dict[str, Any], reason: str, kind: Kind, late: bool
) -> None:
    box = an_open_box(sealed()) if late else an_open_box()
    refused = deciding(box, ballot(**given)).refused(reason)
    assert refused.kind is kind
    assert refused.say


POINTS = {"form": "points", "points": "3"}


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        pytest.param("0", "points_zero", id="no points"),
        pytest.param("-1", "points_negative", id="negative points"),
        pytest.param("1" + "0" * 30, "points_over_total", id="10^30 points"),
        pytest.param("4", "points_over_total", id="one point too many"),
        pytest.param("3/", "points_not_a_number", id="half a ratio"),
        pytest.param("NaN", "points_not_a_number", id="not a number"),
        pytest.param("9" * 100_000, "points_not_a_number", id="a hundred thousand digits"),
    ],
)
def test_points_that_may_not_be_given_are_refused(points: str, reason: str) -> None:
    deciding(an_open_box(ballot=POINTS), ballot(form="points", choice=(("well", points),))).refused(reason)


def test_points_for_one_project_twice_are_refused() -> None:
    twice = (("well", "1"), ("well", "1"))
    deciding(an_open_box(ballot=POINTS), ballot(form="points", choice=twice)).refused("option_twice", option="well")


@pytest.mark.parametrize(
    ("choice", "over"),
    [
        pytest.param(("well", "bench"), None, id="below the budget"),
        pytest.param(("well", "bench", "lamp"), 100, id="over the budget"),
    ],
)
def test_choices_within_the_budget_are_the_only_ones_where_the_charter_says_so(
    choice: tuple[str, ...], over: int | None
) -> None:
    box = an_open_box(ballot={"form": "approval", "max": 3, "budget_limit": True})
    decided = deciding(box, ballot(choice=choice))
    if over is None:
        decided.then(ballot_cast(choice=tuple(sorted(choice))))
    else:
        decided.refused("over_budget", cost=1100, budget=1000, over=over)


def test_a_cancelled_process_takes_no_ballot() -> None:
    deciding(an_open_box(), ballot(), cancelled=True).refused("process_cancelled")


MOOT = [
    pytest.param(Moot("withdrawn", 7), "motion_withdrawn", id="its motion was withdrawn"),
    pytest.param(Moot("lapsed", 7), "advice_lapsed", id="its time to advise lapsed"),
]


@pytest.mark.parametrize(("moot", "reason"), MOOT)
def test_a_moot_box_takes_no_ballot_and_names_the_event_that_made_it_so(moot: Moot, reason: str) -> None:
    box = an_open_box(motion="m-1", revisable=True)
    told = {"box": "projects", "motion": "m-1", "process_index": 7}
    deciding(box, ballot(), moot=moot).refused(reason, **told)
    deciding(box, ballot(), ballot_cast(), moot=moot).refused(reason, **told)


def test_a_moot_box_that_is_sealed_has_late_ballots_as_every_other() -> None:
    deciding(an_open_box(sealed()), ballot(), moot=Moot("withdrawn", 7)).then(arrived_late())


def test_a_chamber_that_is_only_counted_takes_count_sheets() -> None:
    box = an_open_box(electors="counted", roll=None)
    refused = deciding(box, ballot(), roll=NO_ELECTORATE).refused("no_roll", chamber="residents")
    assert "sheets" in refused.say


def test_a_box_that_was_never_opened_is_unknown() -> None:
    refused = polling_in(box_after(), "projects", NO_ELECTORATE, cancelled=False)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.kind, refused.details) == ("unknown_box", Kind.NOT_FOUND, {"box": "projects"})


def test_the_first_policy_that_refuses_is_named() -> None:
    everything_wrong = ballot(voter="zoe", channel="", form="vote", choice="maybe")
    deciding(an_open_box(), everything_wrong).refused("not_on_the_roll", members=3)
    assert [policy.__name__ for policy in ADMISSION] == [
        "process_is_not_cancelled",
        "box_is_not_moot",
        "voter_is_on_the_roll",
        "channel_is_named",
        "choice_has_the_boxs_form",
        "choice_is_well_formed",
        "voter_may_vote_now",
    ]


def test_a_choice_is_checked_once_however_many_cast_it() -> None:
    polling = Polling(an_open_box(), electorate())
    assert polling.check(("well", "bench")) is polling.check(("well", "bench"))


def test_the_memory_of_choices_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ballots.domain.casting.MEMO", 3)
    polling = Polling(an_open_box(ballot=POINTS), electorate())
    checked = [polling.check((("well", str(points)),)) for points in range(1, 10)]
    assert [isinstance(each, Refused) for each in checked] == [False] * 3 + [True] * 6
    assert len(polling._checked) <= 3


@pytest.mark.parametrize(
    ("ballot_rules", "form", "choice", "logged"),
    [
        pytest.param({"form": "yes_no_abstain"}, "vote", "yes", "yes", id="a vote"),
        pytest.param({"form": "choose_one"}, "options", ("well",), ["well"], id="one project"),
        pytest.param({"form": "approval"}, "options", ("well", "bench"), ["bench", "well"], id="projects, sorted"),
        pytest.param({"form": "ranking"}, "ranking", ("well", "bench"), ["well", "bench"], id="a ranking, best first"),
        pytest.param(POINTS, "points", (("well", "1.50"),), {"well": "3/2"}, id="points, exact"),
        pytest.param({"form": "approval", "min": 0}, "options", (), [], id="a blank ballot, where one may be cast"),
    ],
)
def test_every_form_of_ballot_can_be_cast(ballot_rules: Any, form: Any, choice: Any, logged: Any) -> None:
    motion = "m-1" if form == "vote" else None
    box = an_open_box(ballot=ballot_rules, motion=motion)
    decided = cast(box, ballot(form=form, choice=choice))
    assert decided == (BallotCast(box="projects", voter="ana", choice=logged, channel="web", replaces=None),)
