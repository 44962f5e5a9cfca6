"""`comitia import`: the published election, held again through the engine, elects the same projects as its recount."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import ELECTION, FAILED, HELD, comitia, election, written

pytestmark = pytest.mark.slow

FORMS = {
    "approval": [],
    "choose-1": [("approval", "choose-1"), ("p1,p2", "p1"), ("p1,p3", "p1"), ("p2,p3", "p2")],
    "cumulative": [
        ("approval", "cumulative"), ("vote;age", "vote;points"), ("p2;30", "p2;1,2"), ("p1;31", "p1;3"),
        ("p3;32", "p3;1,0.5"), ("p3;33", "p3;1,1"), ("p1;34", "p1;2"),
    ],
    "ordinal": [("approval", "ordinal")],
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_engine_elects_what_the_recount_does(tmp_path: Path, form: str) -> None:
    file, bundle = election(tmp_path, *FORMS[form]), tmp_path / "b.comitia"
    counted = comitia("recount", file, "--json").json
    found = comitia("import", file, "--data", tmp_path / "data", "--bundle", bundle, "--json")
    assert found.status == HELD
    told = found.json
    assert float(told.pop("seconds")) >= 0
    assert told == {
        "process": "benches",
        "rule": counted["rule"],
        "ballots": counted["voters"],
        "winners": counted["winners"],
        "spent": counted["spent"],
        "recount": counted["winners"],
        "matches": True,
        "bundle": {"file": str(bundle), "bytes": bundle.stat().st_size},
    }
    assert comitia("verify", bundle).status == HELD


def test_another_rule_and_other_tie_breaks_are_used_throughout(tmp_path: Path) -> None:
    options = ("--rule", "greedy-no-skip", "--tie-break", "lower_cost")
    file, data = election(tmp_path, ("p1;600", "p1;500")), tmp_path / "data"
    counted = comitia("recount", file, *options, "--json").json
    found = comitia("import", file, *options, "--data", data, "--process", "mine", "--json").json
    assert (found["process"], found["winners"]) == ("mine", ["p1", "p3"])
    assert (found["winners"], found["matches"]) == (counted["winners"], True)
    state = comitia("process", "state", "mine", "--data", data).json
    assert state["boxes"]["projects"]["allocation"]["tie_break"] == ["lower_cost"]


def test_text_tells_the_winners(tmp_path: Path) -> None:
    said = comitia("import", election(tmp_path), "--data", tmp_path / "data")
    lines = said.out.splitlines()
    assert (said.status, len(lines)) == (HELD, 2)
    assert lines[0].startswith("benches: 5 ballots, ")
    assert lines[1] == "2 winners match the recount's: p1, p3"


def test_a_second_import_under_one_name_is_refused(tmp_path: Path) -> None:
    file, data = election(tmp_path), tmp_path / "data"
    assert comitia("import", file, "--data", data).status == HELD
    before = comitia("process", "timeline", "benches", "--data", data, "--ballots").out
    refused = comitia("import", file, "--data", data, "--json").error
    assert "benches" in refused["details"].values()
    assert comitia("process", "timeline", "benches", "--data", data, "--ballots").out == before


def test_a_name_that_no_process_may_have_is_refused(tmp_path: Path) -> None:
    refused = comitia("import", election(tmp_path), "--data", tmp_path / "data", "--process", "My Town", "--json").error
    assert "My Town" in refused["details"]["found"]


def test_a_bundle_that_has_no_place_is_refused_before_anything_is_held(tmp_path: Path) -> None:
    said = comitia("import", election(tmp_path), "--data", tmp_path / "data", "--bundle", tmp_path / "no" / "b.comitia")
    assert said.complaint == f"there is no folder {tmp_path / 'no'} to write the bundle to"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "process"),
    [
        pytest.param("Poland_Łódź 2022 (Nr 33).pb", "poland-d-2022-nr-33", id="other letters and signs"),
        pytest.param("..pb", "imported", id="nothing left of it"),
        pytest.param(f"{'x' * 100}.pb", "x" * 63, id="too long"),
    ],
)
def test_the_process_is_named_after_the_file(tmp_path: Path, name: str, process: str) -> None:
    found = comitia("import", election(tmp_path, name=name), "--data", tmp_path / "data", "--json").json
    assert (found["process"], found["matches"]) == (process, True)


@pytest.mark.parametrize(
    ("projects", "votes"),
    [pytest.param(3, 0, id="nobody voted"), pytest.param(0, 1, id="nothing to vote for")],
)
def test_an_election_without_ballots_or_projects_can_be_counted_but_not_held(
    tmp_path: Path, projects: int, votes: int
) -> None:
    lines = ELECTION.splitlines(keepends=True)
    head = "".join(lines[:12]).replace("num_projects;3", f"num_projects;{projects}")
    voters = ["v1;;30\n"][:votes]
    text = "".join([head, *lines[12 : 12 + projects], *lines[15:17], *voters])
    file = written(tmp_path / "x.pb", text.replace("num_votes;5", f"num_votes;{votes}"))
    counted = comitia("recount", file, "--json")
    assert (counted.status, counted.json["winners"], counted.json["voters"]) == (
        FAILED if projects else HELD,
        [],
        votes,
    )
    refused = comitia("import", file, "--data", tmp_path / "data", "--json").error
    assert refused["error"] == "election_empty"
    assert refused["details"] == {"file": str(file), "projects": str(projects), "votes": str(votes)}
    assert not (tmp_path / "data").exists()
