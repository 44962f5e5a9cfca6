"""Published counts of one chamber by the units of two chambers derived from it: nobody is counted twice, or it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.refusal import Kind, Refused
from rules.charter import Charter
from rules.counts import decide_counts
from tests.rules.building import chamber, charter_data, motion, parsed

HEADER = "chamber,voter,option,count\n"


def derived(name: str, *codes: str) -> dict[str, Any]:
    return {"name": name, "title": name, "derived": {"from": "people"}, "units": [{"code": code} for code in codes]}


def federation(*bodies: dict[str, Any], **people: Any) -> Charter:
    """People and the bodies derived from them all decide."""
    chambers = [{"name": "people", "title": "The people", **people}, *bodies]
    decision = {"all_of": [chamber(each["name"]) for each in chambers]}
    return parsed(charter_data(chambers=chambers, matters=[motion(decision)]))


CANTONS, REGIONS = derived("cantons", "zh", "be"), derived("regions", "east", "west")
BY_CANTON = "people,zh,yes,60\npeople,zh,no,20\npeople,be,yes,10\npeople,be,no,30\n"
BY_REGION = "people,east,yes,40\npeople,east,no,50\npeople,west,yes,30\n"
HALVES = "people,zh,yes,60\npeople,zh,no,20\npeople,west,yes,30\n"

COUNTED = {
    "everybody in a canton and in a region: the totals are those of each": (
        federation(CANTONS, REGIONS),
        "people,,yes,70\npeople,,no,50\n" + BY_CANTON + BY_REGION,
        ("70", "50"),
    ),
    "everybody in a canton or in a region: the totals are those of both": (
        federation(CANTONS, REGIONS),
        "people,,yes,90\npeople,,no,20\n" + HALVES,
        ("90", "20"),
    ),
    "rows by canton alone": (federation(CANTONS, REGIONS), BY_CANTON, ("70", "50")),
    "rows by region alone, with their totals": (
        federation(CANTONS, REGIONS),
        "people,,yes,70\npeople,,no,50\n" + BY_REGION,
        ("70", "50"),
    ),
    "blank ballots that only totals tell": (
        federation(CANTONS, REGIONS),
        "people,,yes,70\npeople,,no,50\npeople,,blank,3\n" + BY_CANTON + BY_REGION,
        ("70", "50"),
    ),
    "abstentions by canton alone": (
        federation(CANTONS, REGIONS),
        "people,,yes,70\npeople,,no,50\npeople,,abstain,3\npeople,zh,abstain,3\n" + BY_CANTON + BY_REGION,
        ("70", "50"),
    ),
    "a zero that no total tells": (
        federation(CANTONS, REGIONS),
        "people,,yes,70\npeople,,no,50\npeople,zh,blank,0\n" + BY_CANTON + BY_REGION,
        ("70", "50"),
    ),
    "two chambers of the same units": (
        federation(CANTONS, derived("again", "be", "zh")),
        BY_CANTON,
        ("70", "50"),
    ),
    "a chamber of some of the units of another": (federation(derived("few", "zh"), CANTONS), BY_CANTON, ("70", "50")),
    "units that people themselves have": (
        federation(CANTONS, REGIONS, units=[{"code": code} for code in ("zh", "be", "east", "west")]),
        HALVES,
        ("90", "20"),
    ),
}


@pytest.mark.parametrize(("charter", "body", "people"), COUNTED.values(), ids=COUNTED)
def test_people_are_counted_once(charter: Charter, body: str, people: tuple[str, str]) -> None:
    found = decide_counts(charter, HEADER + body)
    assert not isinstance(found, Refused), found
    assert (found["chambers"]["people"]["yes"], found["chambers"]["people"]["no"]) == people


UNTOLD = {
    "no totals": (BY_CANTON + BY_REGION, 6, "no total of yes"),
    "a total that is missing": ("people,,yes,70\n" + BY_CANTON + BY_REGION, 7, "no total of no"),
    "totals of neither": (
        "people,,yes,70\npeople,,no,51\n" + BY_CANTON + BY_REGION,
        8,
        "totals of neither",
    ),
    "one total of both, one of each": (
        "people,,yes,140\npeople,,no,50\n" + BY_CANTON + BY_REGION,
        8,
        "totals of neither",
    ),
}


@pytest.mark.parametrize(("body", "line", "found"), UNTOLD.values(), ids=UNTOLD)
def test_refuses_what_could_be_counted_twice(body: str, line: int, found: str) -> None:
    refused = decide_counts(federation(CANTONS, REGIONS), HEADER + body)
    assert isinstance(refused, Refused), refused
    assert (refused.reason, refused.kind) == ("counted_by_two_chambers", Kind.INVALID)
    assert refused.details == {
        "line": line,
        "column": "voter",
        "found": f"units of cantons and of regions, and {found}",
        "expected": "totals of people that are the sum of each chamber's units, or of all units together",
    }
