"""Assemblies with proxies, with liquid delegation and with colleges, from opening to outcome; their bundles verify."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from audit.keys import load_or_create
from cli.bundles import fetch_bundle
from cli.client import Client, CommandRefused
from cli.embedded import Engine
from comitia.ballots.v1 import ballots_pb2
from kernel import canonical
from kernel.ids import stream_id
from kernel.records import Record
from replay.verify import Report, replay_states, verify
from tests.system.assembly import LIQUID, PROXY, Assembly, Delegating, members
from tests.system.small import MATTER, close_vote, open_vote, options
from tests.system.tampering import Edit, opened, renumbered, resigned, with_payload
from tests.system.test_states_agree import plain
from tests.system.test_tampering import edit_one, findings_of, first_of

pytestmark = pytest.mark.slow

PROXIES, FORUM, COLLEGES, PROJECTS = "proxies-2026", "forum-2026", "scic-2026", "projects-2026"


class Held(NamedTuple):
    """A running engine in which all was played, and what came of it."""

    engine: Engine
    client: Client
    bundles: dict[str, Path]
    tallies: dict[str, dict[str, Any]]
    outcomes: dict[str, str]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder: Path = tmp_path_factory.mktemp("assemblies")
    with Engine(folder) as engine, Client(engine.address) as client:
        found = Held(engine, client, {}, {}, {})
        for process_id, play in STORIES.items():
            play(found)
            found.bundles[process_id] = folder / f"{process_id}.comitia"
            fetch_bundle(client, process_id, found.bundles[process_id])
        yield found


def with_proxies(held: Held) -> None:
    """`ana` and `bo` give theirs to `hal`, who may hold two; `dee` to `eve`, who gives her own to `fay`."""
    chamber = {"name": "members", "delegation": {"proxies": 2}}
    names = ("ana", "bo", "cy", "dee", "eve", "fay", "gil", "hal")
    assembly = Assembly(held.client, PROXIES, chamber, *members(*names))
    for giver, holder in (("ana", "hal"), ("bo", "hal"), ("dee", "eve"), ("eve", "fay")):
        assembly.give(giver, holder)
    with pytest.raises(CommandRefused) as over:
        assembly.give("cy", "hal")
    assert (over.value.reason, over.value.metadata()["held"]) == ("proxy_limit", "2")
    with pytest.raises(CommandRefused) as circle:
        assembly.give("fay", "dee")
    assert circle.value.metadata()["chain"] == "fay → dee → eve → fay"
    box = assembly.put("m-1")
    assembly.vote(box, hal="yes", fay="no", bo="no")
    with pytest.raises(CommandRefused) as voted:
        assembly.revoke("bo")
    assert (voted.value.reason, voted.value.metadata()["box"]) == ("voted_personally", box)
    held.tallies["m-1"] = assembly.seal(box)
    assembly.revoke("bo")
    assembly.give("cy", "hal")
    again = assembly.put("m-2", "accounts")
    assembly.vote(again, hal="yes")
    held.tallies["m-2"] = assembly.seal(again)
    held.outcomes.update({motion: assembly.decided(motion)["outcome"] for motion in ("m-1", "m-2")})


def with_liquid_delegation(held: Held) -> None:
    """A chain over three, one of whom goes another way in one matter; weights are fractions."""
    chamber = {"name": "forum", "delegation": {"liquid": True}}
    weighted = [*members("ana", weight="1/3"), *members("bo", weight="5/2"), *members("cy", "dee", "eve")]
    assembly = Assembly(held.client, FORUM, chamber, *weighted)
    for giver, to, matter in (("ana", "bo", None), ("bo", "cy", None), ("cy", "dee", None), ("bo", "eve", "accounts")):
        assembly.give(giver, to, LIQUID, matter)
    for motion, matter in (("f-1", "statutes"), ("f-2", "accounts")):
        box = assembly.put(motion, matter)
        assembly.vote(box, dee="yes", eve="no")
        held.tallies[motion] = assembly.seal(box)
        held.outcomes[motion] = assembly.decided(motion)["outcome"]
    box = assembly.put("f-3")
    assembly.vote(box, ana="no")
    assembly.revoke("cy")
    held.tallies["f-3"] = assembly.seal(box)
    held.outcomes["f-3"] = assembly.decided("f-3")["outcome"]


def with_colleges(held: Held) -> None:
    """A cooperative: workers weigh 50, users 30, towns 20, whoever comes; a user of another college votes for a worker."""
    units = [{"code": "workers", "weight": "50"}, {"code": "users", "weight": "30"}, {"code": "towns", "weight": "20"}]
    chamber = {"name": "members", "colleges": "scaled", "units": units, "delegation": {"proxies": 1}}
    entries = [
        *members("wu", "wy", "wo", unit="workers"),
        *members("ua", "ub", "uc", "ud", unit="users"),
        *members("ta", unit="towns"),
    ]
    assembly = Assembly(held.client, COLLEGES, chamber, *entries)
    assembly.give("wy", "ua", PROXY)
    box = assembly.put("s-1")
    assembly.vote(box, wu="yes", ua="no", ub="no", uc="yes", ta="yes")
    held.tallies["s-1"] = assembly.seal(box)
    held.outcomes["s-1"] = assembly.decided("s-1")["outcome"]


def with_projects(held: Held) -> None:
    """A budget: `chi` votes for the other two, of whom one names her through the other."""
    open_vote(held.client, PROJECTS, chamber={"delegation": {"liquid": True}}, form="approval", max=2)
    residents = Delegating(held.client, PROJECTS, "residents")
    residents.give("ana", "bo", LIQUID, MATTER)
    residents.give("bo", "chi", LIQUID)
    request = ballots_pb2.CastBallotRequest(
        process_id=PROJECTS, box=MATTER, voter="chi", choice=options("bench", "lamp"), channel="web"
    )
    held.client.do(held.client.ballots.CastBallot, request, actor="chi")
    held.tallies["projects"] = close_vote(held.client, PROJECTS)


STORIES: dict[str, Callable[[Held], None]] = {
    PROXIES: with_proxies,
    FORUM: with_liquid_delegation,
    COLLEGES: with_colleges,
    PROJECTS: with_projects,
}


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


def records(held: Held, process_id: str) -> list[Record]:
    return [each for each in opened(held.bundles[process_id]).records() if isinstance(each, Record)]


def payloads(held: Held, process_id: str, type_: str) -> Iterator[dict[str, Any]]:
    return (each.data() for each in records(held, process_id) if each.type == type_)


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


def cancelled_before(records: list[Record]) -> list[Record]:
    """The process cancelled before the first delegation is given."""
    at = first_of(records, "chambers.DelegationGiven")
    opening = records[first_of(records, "processes.ProcessOpened")]
    cancelled = replace(
        opening,
        type="processes.ProcessCancelled",
        payload=canonical.dumps({"reason": "none", "authority": "none"}),
        event_id="00000000-0000-5000-8000-000000000001",
        recorded_at=records[at].recorded_at,
    )
    return renumbered([*records[:at], cancelled, *records[at:]])


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
    "in a process that was cancelled": (PROXIES, cancelled_before, "delegations", "process.status"),
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
