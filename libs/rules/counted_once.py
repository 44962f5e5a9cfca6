"""Rows by the units of two derived chambers are added together only where the totals say that nobody is in both of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias

from kernel.refusal import Refused
from rules.charter import Charter
from rules.counts_csv import Row, counts_fault

Parts: TypeAlias = Mapping[str, Mapping[str, Row]]
"""By unit (or member) and option."""


def counted_once(charter: Charter, chamber: str, totals: Mapping[str, Row], parts: Parts) -> Parts | Refused:
    """The parts whose sum is the count of a chamber: all, or those of one chamber derived from it.

    An elector with a ballot is in one unit, so that all units add up. Published counts may give everybody twice, by
    canton and by region: then each sum is the total. Without totals that tell, `counted_by_two_chambers`.
    """
    bodies = _bodies(charter, chamber, parts)
    if len(bodies) < 2:
        return parts
    untold = next((option for option in _sums(parts.values()) if option not in totals), None)
    if untold is None and _adds_up(parts, totals):
        return parts
    each = [{code: part for code, part in parts.items() if code in codes} for codes in bodies]
    if untold is None and all(_adds_up(theirs, totals) for theirs in each):
        return each[0]
    first, second, *_ = bodies.values()
    why = "totals of neither" if untold is None else f"no total of {untold}"
    line = min(row.line for part in each[1].values() for row in part.values())
    found = f"units of {first} and of {second}, and {why}"
    expected = f"totals of {chamber} that are the sum of each chamber's units, or of all units together"
    return counts_fault("counted_by_two_chambers", line, "voter", found=found, expected=expected)


def _bodies(charter: Charter, chamber: str, parts: Parts) -> dict[frozenset[str], str]:
    """Each derived chamber whose units have rows that no other has all of; none where the chamber has units itself."""
    declared = charter.chamber(chamber)
    if declared is None or declared.units:
        return {}
    found: dict[frozenset[str], str] = {}
    for each in charter.chambers:
        if each.derived is not None and each.derived.source == chamber:
            found.setdefault(frozenset(unit.code for unit in each.units if unit.code in parts), each.name)
    return {codes: name for codes, name in found.items() if not any(codes < other for other in found)}


def _sums(parts: Iterable[Mapping[str, Row]]) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = {}
    for part in parts:
        for option, row in part.items():
            if row.count:
                sums[option] = sums.get(option, Fraction(0)) + row.count
    return sums


def _adds_up(parts: Parts, totals: Mapping[str, Row]) -> bool:
    """Of each option that the parts have."""
    return all(totals[option].count == count for option, count in _sums(parts.values()).items())
