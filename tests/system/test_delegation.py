"""Who is represented in assemblies with proxies, liquid delegation and colleges; their bundles verify."""

from __future__ import annotations

import pytest

from replay.verify import Report, replay_states, verify
from tests.system.assemblies import COLLEGES, STORIES, Held, payloads, records
from tests.system.tampering import opened
from tests.system.test_states_agree import plain

pytestmark = pytest.mark.slow


def row(member: str, delegate: str, cast_by: str | None = None, weight: str = "1") -> dict[str, str]:
    return {"member": member, "delegate": delegate, "cast_by": cast_by or delegate, "weight": weight}


def test_proxies_are_cast_by_holders_who_voted_and_a_personal_vote_comes_first(held: Held) -> None:
    count = held.tallies["m-1"]["count"]
    assert count["delegated"] == [row("ana", "hal"), row("eve", "fay")]
    assert count["scores"] == {"yes": "2", "no": "3", "abstain": "0"}
    assert (count["ballots"], count["voters"]) == (5, 5)
    assert held.tallies["m-2"]["count"]["delegated"] == [row("ana", "hal"), row("cy", "hal")]
    assert held.outcomes["m-1"] == "rejected"


def test_the_represented_are_present_and_the_others_are_not(held: Held) -> None:
    """Five of eight: the quorum of half is met with those represented alone; three of eight: it is not."""
    assert held.outcomes["m-2"] == "inquorate"


def test_liquid_delegations_follow_their_matter_with_their_own_weight(held: Held) -> None:
    statutes, accounts, third = (held.tallies[motion]["count"] for motion in ("f-1", "f-2", "f-3"))
    assert statutes["delegated"] == [
        row("ana", "bo", "dee", "1/3"),
        row("bo", "cy", "dee", "5/2"),
        row("cy", "dee"),
    ]
    assert statutes["scores"] == {"yes": "29/6", "no": "1", "abstain": "0"}
    assert accounts["delegated"] == [row("ana", "bo", "eve", "1/3"), row("bo", "eve", weight="5/2"), row("cy", "dee")]
    assert accounts["scores"] == {"yes": "2", "no": "23/6", "abstain": "0"}
    assert "delegated" not in third, "nobody of the chain has voted"
    assert [held.outcomes[motion] for motion in ("f-1", "f-2", "f-3")] == ["adopted", "rejected", "inquorate"]


def test_a_represented_member_counts_in_their_own_college(held: Held) -> None:
    count = held.tallies["s-1"]["count"]
    assert count["delegated"] == [row("wy", "ua")]
    assert count["units"]["workers"]["scores"] == {"yes": "1", "no": "1", "abstain": "0"}
    (counted,) = (data for data in payloads(held, COLLEGES, "chambers.ChamberCounted"))
    assert (counted["counts"]["yes"], counted["counts"]["no"]) == ("55", "45")
    assert (counted["counts"]["members"], counted["counts"]["heads_present"]) == ("100", 6)
    assert held.outcomes["s-1"] == "adopted"


def test_a_selection_is_allocated_by_the_ballots_of_the_represented_as_well(held: Held) -> None:
    tallied = held.tallies["projects"]
    assert tallied["count"]["delegated"] == [row("ana", "bo", "chi"), row("bo", "chi")]
    assert tallied["count"]["scores"] == {"bench": "3", "lamp": "3", "well": "0"}


@pytest.mark.parametrize("process_id", STORIES)
def test_its_bundle_verifies(held: Held, process_id: str) -> None:
    with held.bundles[process_id].open("rb") as source:
        report = verify(source)
    assert isinstance(report, Report)
    assert [finding.sentence() for check in report.checks for finding in check.findings] == []
    (delegations,) = (check.count for check in report.checks if check.name == "delegations")
    given = [each for each in records(held, process_id) if each.type.startswith("chambers.Delegation")]
    rows = [
        each
        for tally in payloads(held, process_id, "ballots.BoxTallied")
        for each in tally["count"].get("delegated", [])
    ]
    assert delegations == len(given) + len(rows) > 1


@pytest.mark.parametrize("process_id", STORIES)
def test_the_state_is_the_replays_after_every_event(held: Held, process_id: str) -> None:
    number = 0
    for number, (_, replay) in enumerate(replay_states(opened(held.bundles[process_id])), 1):
        assert held.client.state(process_id, number) == plain(replay.state()), number
    assert number == len(records(held, process_id))
