"""Why a project or a candidate was elected or not: its votes round by round, or its place in the order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kernel.numbers import parse_exact
from replay.boxes import Box
from replay.explaining.facts import Fact
from replay.explaining.story import Story
from replay.explaining.ties import tie_facts


def elected(story: Story, name: str, box: Box, election: dict[str, Any]) -> Iterator[Fact]:
    """From the record of the count: the rounds of a count in stages, else the order and what made it."""
    tallied = story.of_box(box.data["box"], "BoxTallied")
    yield from _ranked(name, election, tallied) if "ranking" in election else _rounds(name, election, tallied)
    yield from tie_facts(story, name, box.data["box"], election["ties"])
    others = tuple(each for each in election["elected"] if each != name)
    if name in election["elected"]:
        place = election["elected"].index(name) + 1
        yield Fact("elected.seat", tallied, {"place": place, "seats": election["seats"]}, n="seats")
    else:
        yield Fact("elected.others", tallied, {"seats": election["seats"]}, names={"others": others}, n="seats")


def _rounds(name: str, election: dict[str, Any], tallied: tuple[int, ...]) -> Iterator[Fact]:
    """Its first votes, and the round that settled what became of it."""
    rounds = [each for each in election["rounds"] if each["tally"].get(name) is not None]
    if not rounds:
        yield Fact("elected.no_votes", tallied)
        return
    first, last = rounds[0], rounds[-1]
    yield Fact("elected.first", tallied, {"votes": parse_exact(first["tally"][name])}, n="votes")
    for each in rounds:
        for settled in ("elected", "eliminated"):
            if name in each[settled]:
                yield _settled(settled, name, each, tallied)
                return
    votes = parse_exact(last["tally"][name])
    yield Fact("elected.left", tallied, {"round": last["round"], "votes": votes}, n="votes")


def _settled(settled: str, name: str, each: dict[str, Any], tallied: tuple[int, ...]) -> Fact:
    numbers = {"round": each["round"], "votes": parse_exact(each["tally"][name])}
    if settled == "eliminated":
        fewest = {"others": tuple(other for other in each["eliminated"] if other != name)}
        what = "elected.eliminated_together" if fewest["others"] else "elected.eliminated"
        return Fact(what, tallied, numbers, names=fewest if fewest["others"] else {}, n="votes")
    if each["quota"] is None:
        return Fact("elected.elected", tallied, numbers, n="votes")
    return Fact("elected.quota", tallied, {**numbers, "quota": parse_exact(each["quota"])}, n="votes")


def _ranked(name: str, election: dict[str, Any], tallied: tuple[int, ...]) -> Iterator[Fact]:
    place = 1
    for equal in election["ranking"]:
        if name in equal:
            break
        place += len(equal)
    options = sum(len(equal) for equal in election["ranking"])
    yield Fact("elected.place", tallied, {"place": place, "options": options})
    if "merits" in election:
        merit = election["merits"][name]
        numbers = {"above": parse_exact(merit["above"]), "below": parse_exact(merit["below"])}
        yield Fact("elected.merit", tallied, numbers, names={"grade": (merit["grade"],)})
    elif "paths" in election:
        yield from _beaten(name, election["paths"], tallied)
    else:
        points = parse_exact(election["rounds"][-1]["tally"][name])
        yield Fact("elected.points", tallied, {"points": points}, n="points")


def _beaten(name: str, paths: dict[str, dict[str, str | None]], tallied: tuple[int, ...]) -> Iterator[Fact]:
    """Schulze: those whose strongest path to it is stronger than its own to them."""
    stronger = tuple(
        other
        for other in paths
        if other != name and parse_exact(paths[other].get(name) or "0") > parse_exact(paths[name].get(other) or "0")
    )
    if stronger:
        yield Fact("elected.beaten", tallied, names={"by": stronger})
    else:
        yield Fact("elected.unbeaten", tallied)
