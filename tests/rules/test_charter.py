"""A charter is read whole from YAML or plain values; text that no charter is written in is refused with its line."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import yaml

from kernel.refusal import Refused
from rules.charter import Charter, charter_hash, load_charter, parse_charter
from rules.yaml_text import MAX_CHARACTERS, read_yaml
from tests.rules.building import chamber, charter_data, motion, parsed, refused, selection


def test_reads_back_what_it_writes() -> None:
    charter = parsed(charter_data(matters=[motion(chamber(tie=["revote", {"casting_vote": "chair"}])), selection()]))
    assert parse_charter(charter.to_json()) == charter


def test_two_spellings_of_one_charter_have_one_hash() -> None:
    written = yaml.safe_dump(charter_data(), sort_keys=False)
    reordered = yaml.safe_dump(charter_data(), sort_keys=True, default_flow_style=True)
    first, second = load_charter(written), load_charter(reordered)
    assert isinstance(first, Charter)
    assert isinstance(second, Charter)
    assert charter_hash(first) == charter_hash(second)
    assert charter_hash(first) != charter_hash(parsed(charter_data(title="Another club")))


def test_a_share_may_be_written_as_a_ratio_or_a_decimal() -> None:
    ratio = parsed(charter_data(matters=[motion(chamber(majority={"at_least": "3/4"}))]))
    text = yaml.safe_dump(charter_data(matters=[motion(chamber(majority={"at_least": 0.75}))]))
    decimal = load_charter(text)
    assert isinstance(decimal, Charter)
    assert charter_hash(decimal) == charter_hash(ratio)


def test_a_bare_no_is_text_and_not_a_falsehood() -> None:
    derived = "{name: units, title: Units, derived: {from: board, equality: no}, units: [{code: NO}]}"
    text = yaml.safe_dump(charter_data(chambers=[])).replace("chambers: []", f"chambers: [{BOARD}, {derived}]")
    charter = load_charter(text)
    assert isinstance(charter, Charter)
    assert [unit.code for unit in charter.units_of("units")] == ["NO"]


BOARD = "{name: board, title: The board, roles: [chair]}"


def test_looks_up_by_name() -> None:
    charter = parsed(charter_data())
    found = (charter.phase("sittings"), charter.chamber("board"), charter.matter("motion"))
    assert found == (charter.phases[0], charter.chambers[0], charter.matters[0])
    assert (charter.phase("x"), charter.chamber("x"), charter.matter("x")) == (None, None, None)


def test_knows_whose_ballots_a_derived_chamber_is_counted_from() -> None:
    units = [{"code": "north"}, {"code": "south", "weight": "1/2"}]
    people = {"name": "people", "title": "People", "electors": "counted"}
    states = {"name": "states", "title": "States", "derived": {"from": "people"}, "units": units}
    charter = parsed(charter_data(chambers=[people, states], matters=[motion(chamber("states"))]))
    root = charter.root_chamber("states")
    assert root is not None
    assert root.name == "people"
    assert charter.ballot_units("people") == ("north", "south")
    assert [unit.code for unit in charter.units_of("states")] == ["north", "south"]


def test_a_derived_chamber_may_have_fewer_units_than_its_parent() -> None:
    units = [{"code": "north"}, {"code": "south"}]
    people = {"name": "people", "title": "People", "electors": "counted", "units": units}
    states = {"name": "states", "title": "States", "derived": {"from": "people"}, "units": units[:1]}
    sites = {"name": "sites", "title": "Sites", "derived": {"from": "people"}}
    charter = parsed(charter_data(chambers=[people, states, sites], matters=[motion(chamber("states"))]))
    assert charter.ballot_units("people") == ("north", "south")
    assert [unit.code for unit in charter.units_of("states")] == ["north"]
    assert [unit.code for unit in charter.units_of("sites")] == ["north", "south"]
    assert charter.units_of("nobody") == ()


def test_a_phase_opens_with_its_first_day_and_closes_with_its_last() -> None:
    day = {"name": "day", "title": "A day", "opens": "2026-02-28", "closes": "2026-02-28"}
    phase = parsed(charter_data(phases=[day])).phases[0]
    assert (phase.opens, phase.closes) == (date(2026, 2, 28), date(2026, 2, 28))
    assert phase.opens_at() == datetime(2026, 2, 28, tzinfo=UTC)
    assert phase.closes_at() == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_phase_without_days_opens_and_closes_when_the_organiser_says_so() -> None:
    phase = parsed(charter_data(phases=[{"name": "day", "title": "A day"}])).phases[0]
    assert (phase.opens_at(), phase.closes_at()) == (None, None)


def test_the_last_day_that_can_be_written_ends_with_its_last_instant() -> None:
    day = {"name": "day", "title": "A day", "closes": "9999-12-31"}
    assert parsed(charter_data(phases=[day])).phases[0].closes_at() == datetime.max.replace(tzinfo=UTC)
    day["closes"] = "9999-12-30"
    assert parsed(charter_data(phases=[day])).phases[0].closes_at() == datetime(9999, 12, 31, tzinfo=UTC)


def test_a_refusal_can_always_be_written_in_utf_8() -> None:
    found = load_charter('comitia: {"\\uD800": 1}\n')
    assert isinstance(found, Refused)
    assert found.sentence().encode()


TEXTS = {
    "an alias": ("comitia: &one 1\nname: *one\n", 2, "alias *one"),
    "a key twice": ("comitia: 1\nname: club\nname: club\n", 3, "'name' a second time"),
    "a tag": ("comitia: !!python/object:os.system 1\n", 1, "tag"),
    "a tag that would change the value": ("comitia: !!int 1_0\n", 1, "the tag tag:yaml.org,2002:int"),
    "a tag on a list": ("phases: !!seq []\n", 1, "the tag tag:yaml.org,2002:seq"),
    "a character beyond all": ('comitia: "\\UFFFFFFFF"\n', 1, ""),
    "an unclosed list": ("comitia: 1\nphases: [\n", 3, ""),
    "a tab": ("comitia: 1\nphases:\n\t- a\n", 3, ""),
    "an empty document": ("", 1, "empty"),
    "two documents": ("comitia: 1\n---\ncomitia: 1\n", 2, ""),
    "deep nesting": ("a: " + "[" * 100 + "]" * 100, 1, "nesting"),
    "deep nesting, after what was closed": ("a: [[1], " + "[" * 39 + "]" * 39 + "]", 1, "nesting 41 deep"),
    "a control character": ("name: \x00\n", 1, ""),
    "a list as a key": ("? [a]\n: 1\n", 1, "key"),
    "very many values": ("a: [" + "1,\n" * 60_000 + "1]", 49_997, "50000 parts"),
    "a very long document": ("#" * 300_000, 1, "300000 characters"),
}


@pytest.mark.parametrize("row", TEXTS.values(), ids=TEXTS)
def test_refuses_yaml_that_no_charter_is_written_in(row: tuple[str, int, str]) -> None:
    text, line, found = row
    refusal = load_charter(text)
    assert isinstance(refusal, Refused)
    assert (refusal.reason, refusal.details["line"]) == ("charter_not_yaml", line)
    assert found in str(refusal.details["found"])


SCALARS: dict[str, object] = {
    "true": True,
    "False": "False",
    "no": "no",
    "null": None,
    "~": None,
    "": None,
    "0": 0,
    "-5": -5,
    "007": "007",
    "1_0": "1_0",
    "0x10": "0x10",
    "1/2": "1/2",
    "0.25": "0.25",
    "1e3": "1e3",
    "2026-03-01": "2026-03-01",
    "9" * 15: 10**15 - 1,
    "-" + "9" * 15: 1 - 10**15,
    "9" * 16: "9" * 16,
    "'5'": "5",
}


@pytest.mark.parametrize(("text", "value"), SCALARS.items(), ids=SCALARS)
def test_only_true_false_null_and_whole_numbers_are_more_than_text(text: str, value: object) -> None:
    found = read_yaml(f"a: {text}\n")
    assert not isinstance(found, Refused)
    assert repr(found[0]) == repr({"a": value})


def test_a_document_is_read_up_to_its_limit() -> None:
    longest = "a: 1" + " " * (MAX_CHARACTERS - 4)
    assert read_yaml(longest) == ({"a": 1}, {(): 1, ("a",): 1})
    longer = read_yaml(longest + " ")
    assert isinstance(longer, Refused)
    assert longer.details["found"] == f"{MAX_CHARACTERS + 1} characters"


def test_nesting_of_forty_is_read_as_often_as_it_is_closed() -> None:
    deep = "[" * 39 + "]" * 39
    refusal = load_charter(f"a: {deep}\nb: {deep}\nc: {deep}\n")
    assert isinstance(refusal, Refused)
    assert (refusal.reason, refusal.details["found"]) == ("charter_invalid", "nothing")


@pytest.mark.parametrize("text", ["- a list", "a scalar", "null", "17"])
def test_refuses_what_is_not_a_mapping(text: str) -> None:
    refusal = load_charter(text)
    assert isinstance(refusal, Refused)
    assert refusal.reason == "charter_invalid"


def test_names_the_line_of_the_field_that_is_wrong() -> None:
    text = (
        "comitia: 1\nname: club\ntitle: A club\nphases:\n  - name: a\n    title: A\n    allows: [enrol,\n      dance]\n"
    )
    refusal = load_charter(text)
    assert isinstance(refusal, Refused)
    assert (refusal.details["field"], refusal.details["line"]) == ("phases[0].allows[1]", 8)


def test_says_how_many_more_faults_there_are() -> None:
    assert refused({"comitia": 1}).details["more_faults"] == 2
    assert refused(charter_data(one=1, two=2)).details["more_faults"] == 1


def test_a_chamber_that_declares_no_electorate_is_written_as_before() -> None:
    (written,) = parsed(charter_data()).to_json()["chambers"]
    assert sorted(written) == ["derived", "electors", "name", "roles", "seats", "title", "units"]
