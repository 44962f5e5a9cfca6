"""`comitia explain` and `comitia what-if`: from a bundle or a server, for people and programs, or status 2 with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import PROCESS, Held
from tests.cli.running import HELD, WRONG, comitia, written
from tests.system.tampering import rezipped


def test_says_why_a_project_did_not_win_and_where_the_log_says_so(held: Held) -> None:
    said = comitia("explain", held.bundle, "p2")
    assert (said.status, said.err) == (HELD, "")
    lines = said.out.splitlines()
    assert lines[0] == "Project “p2”, B: it did not win."
    turn = next(line for line in lines if "When its turn came" in line)
    assert "400 PLN of 1,000 were left" in turn or "400 EUR of 1,000 were left" in turn
    assert "it costs 500 EUR: it lacked 100 EUR." in turn
    assert "[event " in turn


def test_the_same_in_french(held: Held) -> None:
    lines = comitia("explain", held.bundle, "p1", "--lang", "fr").out.replace("\u00a0", " ").splitlines()
    assert lines[0] == "Projet « p1 », A bench; blue : il est retenu." or lines[0].startswith("Projet « p1 »")
    assert any("il est financé." in line for line in lines)


def test_tells_programs_each_fact_with_its_events_and_numbers(held: Held) -> None:
    found = comitia("explain", held.bundle, "p2", "--json").json
    assert (found["process"], found["kind"], found["outcome"], found["differences"]) == (PROCESS, "project", "lost", 0)
    lacked = next(fact for fact in found["facts"] if fact["what"] == "project.lacked")
    assert {name: lacked["numbers"][name] for name in ("cost", "remaining", "lacked")} == {
        "cost": "500",
        "remaining": "400",
        "lacked": "100",
    }
    assert lacked["events"]


def test_a_server_is_asked_for_the_process_by_its_id(held: Held, there: tuple[str, str]) -> None:
    assert comitia("explain", PROCESS, "p2", *there).out == comitia("explain", held.bundle, "p2").out
    recounted = comitia("what-if", PROCESS, "--budget", "1100", *there)
    assert recounted.out == comitia("what-if", held.bundle, "--budget", "1100").out


def test_a_folder_that_is_named_like_the_process_does_not_hide_it(
    held: Held, there: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / PROCESS).mkdir()
    monkeypatch.chdir(tmp_path)
    assert comitia("explain", PROCESS, "p2", *there).out == comitia("explain", held.bundle, "p2").out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("p9",), "unknown_subject"),
        (("p1", "--lang", "de"), "unknown_language"),
    ],
)
def test_refuses_names_and_languages_that_nobody_knows(held: Held, arguments: tuple[str, ...], reason: str) -> None:
    assert comitia("explain", held.bundle, *arguments, "--json").error["error"] == reason


@pytest.mark.parametrize("command", [("explain", "p1"), ("what-if", "--budget", "1")], ids=["explain", "what-if"])
def test_refuses_a_file_that_is_no_bundle_and_one_that_is_not_there(command: tuple[str, ...], tmp_path: Path) -> None:
    name, *rest = command
    for file in (written(tmp_path / "no.comitia", "no bundle"), tmp_path / "missing.comitia"):
        said = comitia(name, file, *rest)
        assert said.status == WRONG
        assert said.complaint.startswith(str(file))


def test_warns_of_a_log_in_which_the_replay_finds_something_wrong(held: Held, tmp_path: Path) -> None:
    def changed(name: str, records: bytes) -> bytes:
        """The last ballot for p1 alone made one for p3."""
        if name != "records.jsonl":
            return records
        before, found, after = records.rpartition(b'\\"choice\\":[\\"p1\\"]')
        assert found
        return before + found.replace(b"p1", b"p3") + after

    copy = written(tmp_path / "tampered.comitia", rezipped(held.bundle, changed))
    said = comitia("explain", copy, "p2")
    assert said.status == HELD
    assert "differences in this log: see `comitia verify`" in said.out
    assert comitia("what-if", copy, "--budget", "1100", "--json").json["differences"] > 0


def test_what_if_says_first_that_it_is_not_the_outcome_and_then_what_differs(held: Held) -> None:
    said = comitia("what-if", held.bundle, "--budget", "1100")
    lines = said.out.splitlines()
    assert (said.status, said.err) == (HELD, "")
    assert lines[0].startswith("NOT THE OUTCOME")
    assert any(line.startswith("  would win, and did not: p2") for line in lines)
    assert any(line.startswith("  would not win, and did: p3") for line in lines)


def test_what_if_tells_programs_so_too(held: Held) -> None:
    found = comitia("what-if", held.bundle, "--rule", "equal-shares", "--json").json
    assert found["is_the_outcome"] is False
    (selection,) = found["what_if"]
    assert selection["what_if"]["is_the_outcome"] is False
    assert selection["what_if"]["rules"]["utility"] == "cost"
    assert selection["outcome"]["winners"] == ["p1", "p3"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param((), "nothing_changes", id="nothing is different"),
        pytest.param(("--rule", "lottery"), "wrong_rule", id="a rule that nobody knows"),
        pytest.param(("--rule", "greedy-threshold"), "wrong_rule", id="a rule without what it needs"),
        pytest.param(("--budget", "much"), "wrong_rule", id="a budget that is no number"),
        pytest.param(("--method", "irv"), "wrong_form", id="a method for ballots that are not there"),
        pytest.param(("--method", "irv", "--rule", "greedy"), "input_wrong", id="two ways at once"),
        pytest.param(("--majority", "big"), "wrong_majority", id="no majority"),
        pytest.param(("--quorum", "big"), "wrong_quorum", id="no quorum"),
        pytest.param(("--majority", "simple"), "nothing_counted", id="a majority where there is no motion"),
        pytest.param(("--budget", "9", "--of", "nothing"), "nothing_counted", id="a matter that is not there"),
    ],
)
def test_what_if_refuses_what_makes_no_sense(held: Held, arguments: tuple[str, ...], reason: str) -> None:
    assert comitia("what-if", held.bundle, *arguments, "--json").error["error"] == reason
    assert comitia("what-if", held.bundle, *arguments).complaint
