"""An outcome is explained, and counted anew, by the charter that it came about under, whatever was amended afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from kernel import canonical
from kernel.records import Record
from replay.explaining import Explained, Fact, Story, explain
from replay.what_if import Changes, what_if
from rules.decisions import Majority
from tests.replay.test_process_replay import digest
from transparency.bundle import Bundle, open_bundle

GOLDEN = Path(__file__).parents[1] / "contracts/golden/bundles"

Change = Callable[[dict[str, Any]], Any]


def recorded(bundle: str) -> list[Record]:
    """The records of a bundle that an earlier version wrote."""
    found = open_bundle((GOLDEN / f"{bundle}.v1.comitia").read_bytes())
    assert isinstance(found, Bundle), found
    return [record for record in found.records() if isinstance(record, Record)]


def at(records: list[Record], type_: str) -> int:
    return next(index for index, record in enumerate(records) if record.type == type_)


def amended(opening: Record, change: Change) -> Record:
    """An amendment, such as no service writes once votes are asked for."""
    charter = json.loads(opening.payload)["charter"]
    change(charter)
    data = {"charter": charter, "charter_hash": digest(charter), "previous_hash": "", "changed": []}
    return replace(opening, type="processes.CharterAmended", payload=canonical.dumps(data))


def told(records: Iterable[Record]) -> Story:
    story = Story("p")
    for record in records:
        story.apply(record)
    return story


def test_a_motion_is_explained_and_decided_anew_by_the_charter_that_decided_it() -> None:
    def one_chamber_is_enough(charter: dict[str, Any]) -> None:
        matter = next(each for each in charter["matters"] if each["name"] == "government")
        matter["decision"] = {"any_of": matter["decision"]["all_of"]}

    records = recorded("double-majority")
    before, after = told(records), told([*records, amended(records[0], one_chamber_is_enough)])
    lacked = [fact for fact in facts(before, "dividend") if fact.what == "motion.lacked"]
    assert lacked
    assert facts(after, "dividend") == facts(before, "dividend")
    for changes in (Changes(no_quorum=True), Changes(majority=Majority(more_than=Fraction(1, 2)))):
        assert answers(after, changes, "government") == answers(before, changes, "government")


def test_a_box_is_counted_anew_with_the_delegations_that_its_count_had() -> None:
    def with_delegation(record: Record) -> Record:
        data = json.loads(record.payload)
        data["charter"]["chambers"][0]["delegation"] = {"liquid": True}
        return replace(record, payload=canonical.dumps(data))

    def without_delegation(charter: dict[str, Any]) -> None:
        del charter["chambers"][0]["delegation"]

    opening, *records = recorded("ranking-budget")
    cast = at(records, "ballots.BallotCast")
    absent, present = (json.loads(records[place].payload)["voter"] for place in (cast, cast + 1))
    delegation = {"chamber": "voters", "member": absent, "delegate": present, "kind": "liquid", "matter": None}
    given = replace(records[cast], type="chambers.DelegationGiven", payload=canonical.dumps(delegation))
    records = [with_delegation(opening), *records[:cast], given, *records[cast + 1 :]]
    changes = Changes(allocation={"budget": "70"})
    before, after = told(records), told([*records, amended(records[0], without_delegation)])
    assert answers(after, changes) == answers(before, changes)


def facts(story: Story, name: str) -> tuple[Fact, ...]:
    found = explain(story, name)
    assert isinstance(found, Explained), found
    return found.facts


def answers(story: Story, changes: Changes, of: str | None = None) -> list[dict[str, Any]]:
    found = what_if(story.replay, changes, of)
    assert isinstance(found, list), found
    return [each.to_json() for each in found]
