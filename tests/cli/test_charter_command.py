"""`comitia charter`: a charter is checked whole; templates are listed and shown, to start one's own from."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules import templates
from tests.cli.running import HELD, WRONG, comitia, written


def test_check_tells_what_is_in_a_charter() -> None:
    found = comitia("charter", "check", "bicameral-firm", "--json")
    assert found.status == HELD
    told = found.json
    assert len(told.pop("hash")) == 64
    assert told == {
        "valid": True,
        "name": "bicameral-firm",
        "title": "A firm governed by its board and its workers' chamber",
        "phases": ["decisions"],
        "chambers": ["board", "workers"],
        "matters": ["government", "management"],
    }


def test_check_refuses_what_no_process_could_be_opened_with(tmp_path: Path) -> None:
    mine = templates.text("au-s128").replace("{more_than: 1/2, of: expressed}", "{more_than: 1/2, of: members}")
    found = comitia("charter", "check", written(tmp_path / "mine.yaml", mine), "--json")
    assert (found.status, found.error["error"]) == (WRONG, "decision_not_carried")
    assert found.error["details"]["chamber"] == "electors"


def test_check_says_it_to_people_too() -> None:
    lines = comitia("charter", "check", "bicameral-firm").out.splitlines()
    assert lines[0] == "bicameral-firm: valid, A firm governed by its board and its workers' chamber"
    assert lines[1:4] == ["  phases: decisions", "  chambers: board, workers", "  matters: government, management"]
    assert lines[4].startswith("  hash: ")


def test_a_template_that_was_shown_and_saved_is_the_template(tmp_path: Path) -> None:
    for name in templates.names():
        shown = comitia("charter", "show", name)
        assert (shown.status, shown.out) == (HELD, templates.text(name))
        mine = comitia("charter", "check", written(tmp_path / "mine.yaml", shown.out), "--json")
        assert mine.json == comitia("charter", "check", name, "--json").json


def test_a_file_named_like_a_template_is_taken_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "bicameral-firm", templates.text("fr-cse-avis"))
    assert comitia("charter", "check", "bicameral-firm", "--json").json["name"] == "fr-cse-avis"


def test_show_json_is_the_charter_as_the_log_holds_it() -> None:
    shown = comitia("charter", "show", "ch-double-majority", "--json").json
    assert (shown["comitia"], shown["name"]) == (1, "ch-double-majority")
    halves = [unit["code"] for unit in shown["chambers"][1]["units"] if unit["weight"] == "1/2"]
    assert halves == ["OW", "NW", "BS", "BL", "AR", "AI"]


def test_list_names_every_template_with_a_sentence() -> None:
    listed = comitia("charter", "list", "--json").json
    assert [row["name"] for row in listed] == list(templates.names())
    assert all(row["title"] and row["summary"] for row in listed)
    said = comitia("charter", "list")
    assert said.status == HELD
    assert all(name in said.out for name in templates.names())


def test_an_unknown_template_is_answered_with_those_there_are() -> None:
    said = comitia("charter", "show", "bicameral")
    assert said.complaint.startswith("no template bicameral; there are au-s128, bicameral-firm, ")
    refused = comitia("charter", "show", "bicameral", "--json").error
    assert refused["error"] == "unknown_template"


@pytest.mark.parametrize("command", ["check", "decide"])
def test_neither_a_file_nor_a_template(tmp_path: Path, command: str) -> None:
    arguments = ("charter", "check", "mine") if command == "check" else ("decide", "mine", tmp_path)
    said = comitia(*arguments)
    assert said.status == WRONG
    assert said.complaint == (
        "mine: there is no such file, and no template of this name: `comitia charter list` lists them"
    )


def test_explain_says_it_in_english_and_then_in_french() -> None:
    said = comitia("charter", "explain", "bicameral-firm")
    english, french = (comitia("charter", "explain", "bicameral-firm", "--lang", lang).out for lang in ("en", "fr"))
    assert (said.status, said.out) == (HELD, f"{english}\n{french}")
    assert "A motion of “government” is adopted when every part below adopts" in english
    assert "Une motion «\u00a0government\u00a0» est adoptée lorsque chacune des parties ci-dessous l'adopte" in french


def test_explain_tells_programs_each_sentence_with_its_depth() -> None:
    found = comitia("charter", "explain", "fr-cse-avis", "--json").json
    assert set(found) == {"en", "fr"}
    assert found["fr"][0]["depth"] == 0
    assert [line["depth"] for line in found["en"]] == [line["depth"] for line in found["fr"]]


def test_explain_refuses_a_language_that_it_does_not_speak() -> None:
    assert (
        comitia("charter", "explain", "bicameral-firm", "--lang", "de", "--json").error["error"] == "unknown_language"
    )


def test_schema_is_the_one_that_is_published() -> None:
    published = Path(__file__).resolve().parents[2] / "docs" / "charter.schema.json"
    assert comitia("charter", "schema").out == published.read_text(encoding="utf-8")
