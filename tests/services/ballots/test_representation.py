"""At the tally who has not voted is counted as their delegate did: by what stood at the seal, with their weight and unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

from ballots.domain.electorate import Elector, Electorate
from ballots.domain.events import BoxTallied, Choice
from ballots.domain.tallying import decide_tally
from comitia.ballots.v1 import ballots_pb2 as pb
from kernel.ids import stream_id
from rules.delegation import Represented
from tests.services.ballots.building import an_open_box, sealed
from tests.services.ballots.life import KEY, PROCESS, PROJECTS, Life, charter
from tests.services.processes.running import Running

ROLL = Electorate(
    {
        "ana": Elector(Fraction(1, 3), "north"),
        "bo": Elector(Fraction(5), "south"),
        "chi": Elector(Fraction(1), "south"),
    }
)


def tally(*represented: Represented, **votes: Choice) -> BoxTallied:
    """The tally of a motion's box in which these are represented by those who voted."""
    box = an_open_box(sealed(), motion="m-1", ballot={"form": "yes_no_abstain"}, units=["north", "south"])
    seen: list[Mapping[str, Choice]] = []

    def represent(voted: Mapping[str, Choice]) -> Sequence[Represented]:
        seen.append(voted)
        return represented

    (event,) = decide_tally(box, votes.items, (), ROLL, lambda: bytes(32), represent)
    assert seen == [votes]
    return event


def test_the_represented_are_counted_with_their_own_weight_in_their_own_unit_and_named() -> None:
    ana = Represented("ana", "bo", "bo", Fraction(1, 3))
    event = tally(ana, bo="yes", chi="no")
    assert event.count["delegated"] == [{"member": "ana", "delegate": "bo", "cast_by": "bo", "weight": "1/3"}]
    assert event.count["scores"] == {"yes": "16/3", "no": "1", "abstain": "0"}
    assert (event.count["voters"], event.count["weight"]) == (3, "19/3")
    units: Any = event.count["units"]
    assert units["north"]["scores"] == {"yes": "1/3", "no": "0", "abstain": "0"}
    assert units["south"]["scores"] == {"yes": "5", "no": "1", "abstain": "0"}


def test_a_tally_in_which_nobody_is_represented_says_nothing_of_it() -> None:
    assert "delegated" not in tally(bo="yes").count


def test_a_blank_ballot_is_cast_for_the_represented_as_well() -> None:
    event = tally(Represented("chi", "bo", "bo", Fraction(1)), bo="blank")
    assert (event.count["blank"], event.count["voters"]) == ("6", 2)


@pytest.fixture
def life(running: Running) -> Life:
    """An open box of projects for `ana`, `bo`, `chi` and `dee`, who may delegate liquidly."""
    life = Life(running)
    declared = charter()
    declared["chambers"][0]["delegation"] = {"proxies": None, "liquid": True}
    stream = stream_id("processes", PROCESS)
    running.happen(PROCESS, stream, "processes.ProcessOpened", {"process_id": PROCESS, "charter": declared})
    life.shortlist()
    life.enrol("ana", "bo", "chi", "dee")
    return life


def delegates(
    life: Life, member: str, delegate: str | None, matter: str | None = None, chamber: str = "residents"
) -> None:
    """What the chambers service writes, with a field of next year's; no delegate: revoked."""
    told: dict[str, Any] = {"chamber": chamber, "member": member, "matter": matter, "next_years_field": 1}
    given = {} if delegate is None else {"delegate": delegate, "kind": "liquid"}
    type_ = "chambers.DelegationRevoked" if delegate is None else "chambers.DelegationGiven"
    life.running.happen(PROCESS, stream_id("delegations", PROCESS, chamber), type_, told | given)


def opens(life: Life) -> None:
    life.freeze()
    life.wait_for("BoxOpened")


def counted(life: Life) -> list[tuple[str, str]]:
    count = life.wait_for("BoxTallied")["count"]
    return [(each["member"], each["cast_by"]) for each in count.get("delegated", [])]


def test_the_log_decides_what_stood_at_the_seal(life: Life) -> None:
    delegates(life, "bo", "ana")
    opens(life)
    delegates(life, "chi", "bo", PROJECTS)
    delegates(life, "dee", "ana", chamber="council")
    life.cast("ana", "well")
    life.vote_phase_closes()
    life.wait_for("BoxSealed")
    delegates(life, "bo", None)
    delegates(life, "dee", "ana")
    assert counted(life) == [("bo", "ana"), ("chi", "ana")]
    count = life.wait_for("BoxTallied")["count"]
    assert count["scores"] == {"bench": "0", "lamp": "0", "well": "3"}
    assert next(life.payloads("BoxSealed"))["ballots"] == 1, "a seal says how many ballots were cast personally"


def test_what_was_revoked_or_given_anew_before_the_seal_is_so_at_the_tally(life: Life) -> None:
    delegates(life, "bo", "ana")
    delegates(life, "chi", "ana")
    opens(life)
    delegates(life, "bo", None)
    delegates(life, "chi", None)
    delegates(life, "chi", "dee")
    life.cast("ana", "well")
    life.cast("dee", "lamp")
    life.vote_phase_closes()
    assert counted(life) == [("chi", "dee")]


def test_a_charter_without_delegation_represents_nobody_whatever_the_log_holds(running: Running) -> None:
    life = Life(running).open_projects("ana", "bo")
    delegates(life, "bo", "ana")
    life.cast("ana", "well")
    life.vote_phase_closes()
    assert counted(life) == []


def test_no_paper_station_is_registered_where_members_may_be_represented(life: Life) -> None:
    opens(life)
    request = pb.RegisterStationRequest(process_id=PROCESS, box=PROJECTS, station="hall", key=KEY)
    told = life.running.refused("RegisterStation", request)
    assert (told.reason, told.metadata) == ("station_with_delegation", {"box": PROJECTS, "chamber": "residents"})


def test_in_an_election_the_represented_are_elected_with_as_who_casts_for_them() -> None:
    ballot = {"form": "ranking"}
    box = an_open_box(
        sealed(), ballot=ballot, allocation=None, election={"method": "borda", "tie_break": ["lower_cost"]}
    )
    votes: dict[str, Choice] = {"ana": ["well", "lamp"], "chi": ["lamp", "well"]}

    def represent(voted: Mapping[str, Choice]) -> Sequence[Represented]:
        return (Represented("bo", "ana", "ana", Fraction(5)),)

    (alone,) = decide_tally(box, votes.items, (), ROLL, lambda: bytes(32))
    (event,) = decide_tally(box, votes.items, (), ROLL, lambda: bytes(32), represent)
    elected = [each.count["election"] for each in (alone, event)]
    assert [each["elected"] for each in elected if isinstance(each, dict)] == [["lamp"], ["well"]]
    assert (event.count["voters"], event.count["weight"]) == (3, "19/3")
