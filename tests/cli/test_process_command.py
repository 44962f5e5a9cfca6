"""`comitia process`: what there is, what one is, what happened in it, and how it stood after any of its events."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replay.verify import replay_states
from tests.cli.conftest import PROCESS, Held
from tests.cli.running import HELD, WRONG, comitia
from transparency.bundle import Bundle, open_bundle

pytestmark = pytest.mark.slow

There = tuple[str, str]


def test_list_names_each_process(there: There) -> None:
    found = comitia("process", "list", *there, "--json")
    assert found.status == HELD
    (row,) = found.json
    digest = row.pop("charter_hash")
    assert len(digest) == 64
    assert row == {"process": PROCESS, "title": "Benches and lamps", "status": "completed", "phase": ""}
    assert "│ benches │ Benches and lamps │ completed │" in comitia("process", "list", *there).out


def test_show_tells_phases_charter_and_key(there: There) -> None:
    found = comitia("process", "show", PROCESS, *there, "--json").json
    assert found["phases"] == [
        {"phase": "ideas", "title": "Ideas", "status": "closed"},
        {"phase": "review", "title": "Review", "status": "closed"},
        {"phase": "vote", "title": "Vote", "status": "closed"},
    ]
    assert (found["status"], found["amendments"], found["charter"]["name"]) == ("completed", 0, "pabulib")
    assert found["key"].startswith("comitia.local/process/benches+")
    said = comitia("process", "show", PROCESS, *there).out.splitlines()
    assert said[0] == "benches: Benches and lamps (completed)"
    assert said[2] == f"  key {found['key']}"
    assert said[3:] == ["    closed  ideas: Ideas", "    closed  review: Review", "    closed  vote: Vote"]


def test_timeline_counts_ballots_and_lists_the_rest(there: There) -> None:
    said = comitia("process", "timeline", PROCESS, *there)
    lines = said.out.splitlines()
    assert (said.status, lines[-1]) == (HELD, "5 ballots are not listed (--ballots)")
    types = [line.split()[2] for line in lines[:-1]]
    assert (types[0], types[-1]) == ("processes.ProcessOpened", "proposals.ProposalNamedLaureate")
    assert "ballots.BallotCast" not in types


def test_timeline_json_is_one_event_a_line(there: There) -> None:
    said = comitia("process", "timeline", PROCESS, *there, "--ballots", "--json")
    events = [json.loads(line) for line in said.out.splitlines()]
    assert [event["index"] for event in events] == list(range(len(events)))
    assert {frozenset(event) for event in events} == {frozenset({"index", "at", "type", "actor", "payload"})}
    cast = [event["payload"] for event in events if event["type"] == "ballots.BallotCast"]
    assert {each["voter"]: each["choice"] for each in cast} == {
        "v1": ["p1", "p2"],
        "v2": ["p1"],
        "v3": ["p1", "p3"],
        "v4": ["p2", "p3"],
        "v5": ["p1"],
    }


def test_state_at_every_event_is_the_replay_of_the_bundle(there: There, held: Held) -> None:
    bundle = open_bundle(held.bundle.read_bytes())
    assert isinstance(bundle, Bundle)
    states = enumerate(replay_states(bundle), 1)
    size = 0
    for size, (_, replay) in states:
        if size % 7 == 0 or size == bundle.manifest.size:
            found = comitia("process", "state", PROCESS, "--at", size, *there).json
            assert found == json.loads(json.dumps(replay.state())), size
    assert size == bundle.manifest.size
    assert comitia("process", "state", PROCESS, *there, "--json").json == found


def test_state_before_the_first_event_is_empty(there: There) -> None:
    found = comitia("process", "state", PROCESS, "--at", 0, *there).json
    assert found == {"process": None, "proposals": {}, "shortlists": {}, "rolls": {}, "motions": {}, "boxes": {}}


@pytest.mark.parametrize("command", ["show", "timeline", "state"])
@pytest.mark.parametrize("name", ["nowhere", "NOT AN ID"])
def test_an_unknown_process_is_said_to_be_unknown(there: There, command: str, name: str) -> None:
    said = comitia("process", command, name, *there)
    told = comitia("process", command, name, *there, "--json").error
    assert (said.status, said.complaint) == (WRONG, told["message"])
    assert name in told["details"].values()


def test_an_event_that_did_not_happen_yet(there: There) -> None:
    said = comitia("process", "state", PROCESS, "--at", 1000, *there)
    assert "at: 1000, events: 30" in said.complaint


@pytest.mark.parametrize("at", ["-1", "x", "1.5"])
def test_an_index_that_is_none(there: There, at: str) -> None:
    said = comitia("process", "state", PROCESS, "--at", at, *there)
    assert (said.status, said.out) == (WRONG, "")
    assert "Invalid value for '--at'" in said.err


def test_a_bundle_is_written_whole(there: There, held: Held, tmp_path: Path) -> None:
    file = tmp_path / "b.comitia"
    told = comitia("bundle", PROCESS, "-o", file, *there, "--json").json
    assert told == {"process": PROCESS, "file": str(file), "bytes": file.stat().st_size}
    assert comitia("verify", file).status == HELD
    assert comitia("bundle", PROCESS, "-o", file, *there).out == f"{file}: {told['bytes']:,} bytes\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_bundle_of_an_unknown_process_leaves_no_file(there: There, tmp_path: Path) -> None:
    said = comitia("bundle", "nowhere", "-o", tmp_path / "b.comitia", *there)
    assert "no such process" in said.complaint
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_that_is_refused_leaves_the_one_before_it(there: There, held: Held, tmp_path: Path) -> None:
    file = tmp_path / "b.comitia"
    file.write_bytes(held.bundle.read_bytes())
    assert comitia("bundle", "nowhere", "-o", file, *there).status == WRONG
    assert file.read_bytes() == held.bundle.read_bytes()


@pytest.mark.parametrize(
    ("place", "why"),
    [
        pytest.param("none/b.comitia", "No such file or directory", id="a folder that is not there"),
        pytest.param("folder", "Is a directory", id="a folder"),
    ],
)
def test_a_bundle_that_cannot_be_written(there: There, tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "folder").mkdir()
    file = tmp_path / place
    assert comitia("bundle", PROCESS, "-o", file, *there).complaint == f"{file}: the file cannot be written: {why}"
    assert not (tmp_path / "folder.part").exists()
