"""The first fault of a charter is told whole: the field as the document has it, what was found, what is expected."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from rules.charter import parse_charter
from tests.rules.building import chamber, charter_data, decided, motion, parsed, refused, selection


class Fault(NamedTuple):
    """Data of a charter, and what is said of it."""

    data: dict[str, Any]
    reason: str
    field: str
    found: str
    expected: str


def board(**more: Any) -> dict[str, Any]:
    return {**charter_data()["chambers"][0], **more}


def sites(*codes: str, **more: Any) -> dict[str, Any]:
    units = [{"code": code} for code in codes]
    return {"name": "sites", "title": "Sites", "derived": {"from": "board"}, "units": units, **more}


def of_units(*codes: str) -> dict[str, Any]:
    """A board of these units, and a chamber derived from it of the first, and of one that is not there."""
    return charter_data(chambers=[board(units=[{"code": code} for code in codes]), sites(codes[0], "south")])


def scaled(steps: list[dict[str, Any]], by: str = "members", **more: Any) -> dict[str, Any]:
    return charter_data(chambers=[board(seats={"scale": {"by": by, "steps": steps}}, **more)])


TEN = [f"u{number}" for number in range(10)]
ADVICE = {"advice": {"chamber": "board", "deadline": "P1M", "silence": "none"}}
IRV = {"method": "irv"}

FAULTS = {
    "a unit that is not there": Fault(
        of_units("north"), "unknown_unit", "chambers[1].units[1].code", "'south'", "one of north"
    ),
    "a unit that is none of ten": Fault(
        of_units(*TEN), "unknown_unit", "chambers[1].units[1].code", "'south'", f"one of {', '.join(TEN)}"
    ),
    "a unit that is none of eleven": Fault(
        of_units(*TEN, "u10"), "unknown_unit", "chambers[1].units[1].code", "'south'", f"one of {', '.join(TEN)}, …"
    ),
    "a role twice, which is not the first": Fault(
        charter_data(chambers=[board(roles=["deputy", "chair", "chair"])]),
        "name_twice", "chambers[0].roles[2]", "'chair' 2 times", "each name in roles once",
    ),
    "a scale by nobody's number": Fault(
        scaled([{"exactly": 3}], by="size", roles=["chair"]),
        "unknown_role", "chambers[0].seats.scale.by", "'size'", "one of staff, members, chair",
    ),
    "a step that seats an unknown role": Fault(
        scaled([{"roles": {"king": {"exactly": 1}}}], roles=["chair"]),
        "unknown_role", "chambers[0].seats", "'king'", "one of chair",
    ),
    "a share of an unknown role": Fault(
        charter_data(
            chambers=[board(roles=["chair"], seats={"roles": {"chair": {"share": {"of": "kings", "at_least": "1/2"}}}})]
        ),
        "unknown_role", "chambers[0].seats", "'kings'", "one of chair",
    ),
    "a role that is no name": Fault(
        charter_data(chambers=[board(seats={"roles": {"the king": {"exactly": 1}}})]),
        "charter_invalid", "chambers[0].seats.roles.the king", "'the king'",
        r"String should match pattern '^[^\s\x00-\x1f\x7f]{1,128}$'",
    ),
    "an election by approvals": Fault(
        charter_data(
            matters=[{key: value for key, value in selection(election=IRV).items() if key != "allocation"}]
        ),
        "wrong_form", "matters[0].ballot.form", "'approval' with irv", "one of ranking",
    ),
    "money by grades": Fault(
        charter_data(matters=[selection(ballot={"form": "grades", "grades": ["good", "poor"]})]),
        "wrong_form", "matters[0].ballot.form", "'grades' with an allocation",
        "one of choose_one, approval, points, ranking, quadratic",
    ),
    "a chamber that advises itself, after a matter without a decision": Fault(
        charter_data(matters=[selection(), motion({"sequence": [ADVICE, chamber()]})]),
        "asked_twice", "matters[1].decision",
        "chamber 'board' both votes and advises", "a chamber that votes or one that advises",
    ),
    "an unknown matter, after a phase that votes on none": Fault(
        charter_data(
            phases=[
                {"name": "first", "title": "First", "next": "second"},
                {"name": "second", "title": "Second", "next": None, "votes": "war"},
            ]
        ),
        "unknown_matter", "phases[1].votes", "'war'", "nothing: none is declared",
    ),
    "a field that no charter has": Fault(
        charter_data(Xray=1), "charter_invalid", "Xray", "the unknown field 'Xray'", "only fields that a charter has"
    ),
    "a charter of nothing but its number": Fault(
        {"comitia": 1}, "charter_invalid", "name", "nothing", "the field 'name'"
    ),
    "a decision of nothing": Fault(
        decided({}), "charter_invalid", "matters[0].decision.chamber", "nothing", "the field 'chamber'"
    ),
    "a decision without a majority": Fault(
        decided({"chamber": "board"}), "charter_invalid", "matters[0].decision.majority", "nothing", "the field 'majority'"
    ),
    "a decision of nothing within another": Fault(
        decided({"veto": {"chamber": "board", "window": "P1D", "of": {}}}),
        "charter_invalid", "matters[0].decision.veto.of.chamber", "nothing", "the field 'chamber'",
    ),
    "a step after a tie that is nothing": Fault(
        decided(chamber(tie=[{}])),
        "charter_invalid", "matters[0].decision.tie[0].casting_vote", "nothing", "the field 'casting_vote'",
    ),
    "a decision that is a list": Fault(
        decided(["board"]),
        "charter_invalid", "matters[0].decision", "a list of 1", "Input should be a valid dictionary or instance of ChamberVote",
    ),
    "a majority of nothing": Fault(
        decided({"chamber": "board", "majority": {}}),
        "charter_invalid", "matters[0].decision.majority", "a mapping with nothing",
        "exactly one of more_than, at_least, votes is expected, found none",
    ),
    "a step after a lot": Fault(
        decided(chamber(tie=["lot", "reject"])), "charter_invalid", "matters[0].decision.tie",
        "a list of 2", "lot settles a tie, so nothing may follow it, found 1 more",
    ),
    "two steps after a rejection, which is not the first": Fault(
        decided(chamber(tie=["revote", "reject", "revote", "lot"])), "charter_invalid", "matters[0].decision.tie",
        "a list of 4", "reject settles a tie, so nothing may follow it, found 2 more",
    ),
    "half a character": Fault(
        charter_data(title="\ud800"),
        "charter_invalid", "title", r"'\ud800'",
        "Input should be a valid string, unable to parse raw data as a unicode string",
    ),
    "a day in other digits": Fault(
        charter_data(phases=[{**charter_data()["phases"][0], "opens": "٢٠٢٦-١١-٢٢"}]),
        "charter_invalid", "phases[0].opens", "'٢٠٢٦-١١-٢٢'", "a date such as 2026-11-22 is expected, found '٢٠٢٦-١١-٢٢'",
    ),
    "a day with its hour": Fault(
        charter_data(phases=[{**charter_data()["phases"][0], "opens": datetime(2026, 11, 22, 12, tzinfo=UTC)}]),
        "charter_invalid", "phases[0].opens", "datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.timezone.utc)",
        "a date such as 2026-11-22 is expected, found datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.timezone.utc)",
    ),
    "phases by their names": Fault(
        charter_data(phases={name: {} for name in "abcdef"}),
        "charter_invalid", "phases", "a mapping with a, b, c, d, e", "Input should be a valid tuple",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_told_whole(fault: Fault) -> None:
    told = refused(fault.data)
    shown = {name: told.details[name] for name in ("field", "found", "expected")}
    assert (told.reason, shown) == (
        fault.reason,
        {"field": fault.field, "found": fault.found, "expected": fault.expected},
    )


def test_a_share_of_all_members_and_a_scale_by_a_role_are_no_faults() -> None:
    half = {"roles": {"chair": {"share": {"of": "members", "at_most": "1/2"}}}}
    seats = parsed(scaled([{"up_to": 3, **half}, {"exactly": 3}], by="chair", roles=["chair"])).chambers[0].seats
    assert seats is not None
    assert [seats.check(members, {"chair": 1}) is None for members in (1, 2)] == [False, True]


def test_units_are_free_where_the_electors_have_none() -> None:
    charter = parsed(charter_data(chambers=[board(), sites("south")]))
    assert charter.ballot_units("board") == ("south",)


@pytest.mark.parametrize("key", [None, b"x", 2.5])
def test_a_key_that_is_no_word_is_found_at_once_however_deep(key: object) -> None:
    """Where it stands cannot be named: each of the ways through thirty operators would be tried again."""
    decision: dict[Any, Any] = {**chamber(), key: 1}
    for _ in range(30):
        decision = {"all_of": [decision, chamber("other")]}
    told = parse_charter(decided(decision))
    assert "Keys should be strings" in str(told)
