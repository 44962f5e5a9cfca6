"""Delegations that no service would write, and tallies that do not follow from them, are found in a re-signed history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from audit.keys import load_or_create
from kernel import canonical
from kernel.ids import stream_id
from kernel.records import Record
from tests.system.assemblies import COLLEGES, FORUM, PROXIES, Held
from tests.system.tampering import Edit, cancelled_before, edit_one, first_of, renumbered, resigned, with_payload
from tests.system.test_tampering import findings_of

pytestmark = pytest.mark.slow


def given(field: str, value: Any, **match: Any) -> Edit:
    """The first delegation whose fields match, with one field changed."""
    return edit_one(
        "chambers.DelegationGiven",
        lambda data: data.__setitem__(field, value),
        lambda data: all(data[name] == wanted for name, wanted in match.items()),
    )


def after_having_voted(records: list[Record]) -> list[Record]:
    """The delegation of `bo`, who voted, put behind their ballot."""
    at = first_of(records, "chambers.DelegationGiven", lambda data: data["member"] == "bo")
    behind = first_of(records, "ballots.BallotCast", lambda data: data["voter"] == "bo")
    late = replace(records[at], recorded_at=records[behind].recorded_at)
    return renumbered([*records[:at], *records[at + 1 : behind + 1], late, *records[behind + 1 :]])


def with_a_station(records: list[Record]) -> list[Record]:
    """A station known to the first box as soon as it is open."""
    at = first_of(records, "ballots.BoxOpened")
    told = {"box": "m-1.members.1", "station": "hall", "key": "ab" * 32, "unit": None}
    station = replace(
        records[at],
        type="ballots.StationRegistered",
        payload=canonical.dumps(told),
        event_id="00000000-0000-5000-8000-000000000001",
    )
    return renumbered([*records[: at + 1], station, *records[at + 1 :]])


def tally(change: Callable[[dict[str, Any]], None]) -> Edit:
    return edit_one("ballots.BoxTallied", lambda data: change(data["count"]))


def twice(count: dict[str, Any]) -> None:
    """`ana` is counted for her holder two times, and every number fits."""
    count["delegated"].insert(0, count["delegated"][0])
    count["scores"]["yes"] = "3"
    count["supporters"]["yes"] = 3
    count["weight"] = "6"
    count["ballots"] = count["voters"] = 6


def as_revoked(data: dict[str, Any]) -> None:
    del data["delegate"], data["kind"]


def one_more(field: str, value: Any, type_: str = "chambers.DelegationGiven") -> Edit:
    """A copy of the first delegation with another member, or a revocation of one that never was, after it."""

    def edit(records: list[Record]) -> list[Record]:
        at = first_of(records, "chambers.DelegationGiven")
        copy = with_payload(records[at], lambda data: data.__setitem__(field, value))
        if type_ != copy.type:
            copy = replace(with_payload(copy, as_revoked), type=type_)
        copy = replace(copy, event_id="00000000-0000-5000-8000-000000000001")
        behind = max(place for place, each in enumerate(records) if each.type == "chambers.DelegationGiven")
        copy = replace(copy, recorded_at=records[behind].recorded_at)
        return renumbered([*records[: behind + 1], copy, *records[behind + 1 :]])

    return edit


CHEATS: dict[str, tuple[str, Edit, str, str]] = {
    "a third proxy of one holder": (PROXIES, one_more("member", "gil"), "delegations", "delegate"),
    "a circle": (FORUM, given("delegate", "ana", member="cy"), "delegations", "delegate"),
    "to oneself": (FORUM, given("delegate", "cy", member="cy"), "delegations", "delegate"),
    "of a kind that is not allowed": (PROXIES, given("kind", "liquid"), "delegations", "delegate"),
    "of a kind that there is not": (PROXIES, given("kind", "royal"), "delegations", "delegate"),
    "to nobody on the roll": (PROXIES, given("delegate", "zoe"), "delegations", "delegate"),
    "by nobody on the roll": (PROXIES, given("member", "zoe"), "delegations", "member"),
    "for no matter of the chamber": (PROXIES, given("matter", "war"), "delegations", "matter"),
    "in a process that was cancelled": (PROXIES, cancelled_before("chambers.DelegationGiven"), "delegations", "process.status"),
    "in another stream": (
        PROXIES,
        lambda records: renumbered(
            replace(each, stream_id=stream_id("delegations", PROXIES, "others"))
            if each.type == "chambers.DelegationGiven"
            else each
            for each in records
        ),
        "delegations",
        "stream_id",
    ),
    "taken back without having been given": (
        PROXIES,
        one_more("member", "gil", "chambers.DelegationRevoked"),
        "delegations",
        "delegation",
    ),
    "one represented twice, with fitting numbers": (PROXIES, tally(twice), "tallies", "count.delegated"),
    "one represented by another": (
        PROXIES,
        tally(lambda count: count["delegated"][0].__setitem__("cast_by", "fay")),
        "tallies",
        "count.delegated[0].cast_by",
    ),
    "one of another weight": (
        FORUM,
        tally(lambda count: count["delegated"][0].__setitem__("weight", "3")),
        "tallies",
        "count.delegated[0].weight",
    ),
    "nobody said to be represented": (PROXIES, tally(lambda count: count.pop("delegated")), "tallies", "count.delegated"),
    "given after having voted": (PROXIES, after_having_voted, "delegations", "member"),
    "a paper station where members are represented": (PROXIES, with_a_station, "sheets", "station"),
    "a member of no college": (
        COLLEGES,
        edit_one("chambers.MembersEnrolled", lambda data: data["members"][0].__setitem__("unit", None)),
        "rolls",
        "unit of wu",
    ),
    "votes of another scale": (
        COLLEGES,
        edit_one("chambers.ChamberCounted", lambda data: data["counts"].__setitem__("yes", "56")),
        "decisions",
        "counts.yes",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("process_id", "edit", "check", "field"), CHEATS.values(), ids=CHEATS)
def test_a_cheat_is_caught(held: Held, process_id: str, edit: Edit, check: str, field: str) -> None:
    private = load_or_create(held.engine.settings.data_dir / "audit.key")
    found = findings_of(resigned(held.bundles[process_id], private, edit))
    assert (check, field) in {(each.check, each.field) for each in found}, [each.sentence() for each in found]
