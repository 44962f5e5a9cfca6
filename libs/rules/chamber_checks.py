"""Only a chamber that keeps a roll has delegations; only one with units has colleges, and it decides motions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kernel.refusal import Refused
from rules.charter_faults import fault
from rules.decision.walk import objecting_chambers
from rules.scaled_colleges import MAX_COLLEGES
from rules.yaml_text import Lines, Path

if TYPE_CHECKING:
    from rules.charter import Chamber, Charter


def delegations_have_a_roll(charter: Charter, lines: Lines) -> Iterator[Refused]:
    for place, chamber in enumerate(charter.chambers):
        if chamber.delegation is None or (chamber.derived is None and chamber.electors == "enrolled"):
            continue
        kind = f"electors: {chamber.electors}" if chamber.derived is None else "a derived chamber"
        found = f"delegation in {chamber.name!r}, {kind}"
        expected = "delegation in a chamber with electors: enrolled, whose members vote"
        yield fault("delegation_without_roll", ("chambers", place, "delegation"), lines, found=found, expected=expected)


def colleges_are_units(charter: Charter, lines: Lines) -> Iterator[Refused]:
    for place, chamber in enumerate(charter.chambers):
        if chamber.colleges is not None:
            yield from _colleges(chamber, ("chambers", place, "colleges"), lines)
    scaled = {chamber.name for chamber in charter.chambers if chamber.colleges is not None}
    for place, matter in enumerate(charter.matters):
        if matter.chamber in scaled:
            found = f"matter {matter.name!r} is put to {matter.chamber!r}, whose colleges are scaled"
            expected = "a chamber without colleges: they scale yes, no and abstain"
            yield fault("selection_by_colleges", ("matters", place, "chamber"), lines, found=found, expected=expected)
        objecting = set() if matter.decision is None else objecting_chambers(matter.decision)
        for name in sorted(scaled & objecting):
            found = f"objections of {name!r}, whose colleges are scaled"
            expected = "objections of a chamber without colleges: they scale ballots, and objecting is none"
            yield fault("objections_by_colleges", ("matters", place, "decision"), lines, found=found, expected=expected)


def _colleges(chamber: Chamber, path: Path, lines: Lines) -> Iterator[Refused]:
    if chamber.derived is not None:
        found = f"colleges in {chamber.name!r}, derived from {chamber.derived.source!r}"
        yield fault("colleges_in_derived", path, lines, found=found, expected="colleges where the electors are")
    elif not 1 <= len(chamber.units) <= MAX_COLLEGES:
        expected = f"1 to {MAX_COLLEGES} units: each is a college, its weight is its share"
        yield fault("colleges_without_units", path, lines, found=f"{len(chamber.units)} units", expected=expected)
