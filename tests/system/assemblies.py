"""Assemblies with proxies, with liquid delegation and with colleges, played from opening to outcome on one engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.bundles import fetch_bundle
from cli.client import Client, CommandRefused
from cli.embedded import Engine
from comitia.ballots.v1 import ballots_pb2
from kernel.records import Record
from tests.system.assembly import LIQUID, PROXY, Assembly, Delegating, members
from tests.system.small import MATTER, close_vote, open_vote, options
from tests.system.tampering import opened

PROXIES, FORUM, COLLEGES, PROJECTS = "proxies-2026", "forum-2026", "scic-2026", "projects-2026"


class Held(NamedTuple):
    """A running engine in which all was played, and what came of it."""

    engine: Engine
    client: Client
    bundles: dict[str, Path]
    tallies: dict[str, dict[str, Any]]
    outcomes: dict[str, str]


@contextmanager
def played(folder: Path) -> Iterator[Held]:
    """All stories, each bundled."""
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


def records(held: Held, process_id: str) -> list[Record]:
    return [each for each in opened(held.bundles[process_id]).records() if isinstance(each, Record)]


def payloads(held: Held, process_id: str, type_: str) -> Iterator[dict[str, Any]]:
    return (each.data() for each in records(held, process_id) if each.type == type_)
