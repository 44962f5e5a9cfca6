"""A command finds the server named, or the engine on its folder; a folder without a log is said to be that, not filled."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.client import Client, CommandRefused
from cli.embedded import Engine
from comitia.chambers.v1 import chambers_pb2
from comitia.processes.v1 import processes_pb2
from rules import templates
from tests.cli.conftest import PROCESS, Held
from tests.cli.running import HELD, WRONG, comitia, election, written

pytestmark = pytest.mark.slow

READING = [
    pytest.param(("process", "list"), id="process list"),
    pytest.param(("process", "show", PROCESS), id="process show"),
    pytest.param(("process", "timeline", PROCESS), id="process timeline"),
    pytest.param(("process", "state", PROCESS), id="process state"),
    pytest.param(("bundle", PROCESS, "-o", "b.comitia"), id="bundle"),
]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, with no server or folder named by the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMITIA_SERVER", raising=False)
    monkeypatch.delenv("COMITIA_DATA_DIR", raising=False)


@pytest.mark.parametrize("arguments", READING)
def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    said, told = comitia(*arguments, "--data", "none"), comitia(*arguments, "--data", "none", "--json").error
    assert told["error"] == "no_data"
    assert said.complaint == told["message"]
    assert said.complaint == ("there is no Comitia log in none: name its folder with --data, or a server with --server")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", READING)
def test_nor_is_the_folder_that_is_taken_by_default(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert comitia(*arguments).complaint.startswith("there is no Comitia log in .comitia: ")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_things_stays_as_it_is(tmp_path: Path) -> None:
    written(tmp_path / "notes.txt", "mine")
    assert comitia("process", "list", "--data", tmp_path).status == WRONG
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_log_below_the_folder_named_is_suggested(held: Held) -> None:
    said = comitia("process", "list", "--data", held.data.parent)
    assert said.complaint == f"there is no Comitia log in {held.data.parent}: did you mean --data {held.data}?"


def test_a_folder_that_nobody_has_open_is_opened_and_left_as_it_was(tmp_path: Path) -> None:
    there = ("--data", tmp_path / "data")
    assert comitia("import", election(tmp_path), *there).status == HELD
    before = comitia("process", "timeline", PROCESS, "--ballots", *there).out
    assert len(comitia("process", "list", *there, "--json").json) == 1
    assert comitia("process", "state", PROCESS, *there).json["process"]["status"] == "completed"
    assert comitia("bundle", PROCESS, "-o", tmp_path / "b.comitia", *there).status == HELD
    assert comitia("process", "timeline", PROCESS, "--ballots", *there).out == before
    assert len(before.splitlines()) == 30


def test_the_environment_names_the_server_or_the_folder(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITIA_DATA_DIR", str(held.data))
    assert [row["process"] for row in comitia("process", "list", "--json").json] == [PROCESS]
    monkeypatch.delenv("COMITIA_DATA_DIR")
    monkeypatch.setenv("COMITIA_SERVER", held.engine.address)
    assert [row["process"] for row in comitia("process", "list", "--json").json] == [PROCESS]


@pytest.mark.parametrize("arguments", [*READING, pytest.param(("demo",), id="demo")])
def test_a_server_that_does_not_answer(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    told = comitia(*arguments, "--server", address, "--json").error
    assert told["error"] == "unreachable"
    assert told["message"].startswith(
        f"no server answers at {address}: start one with `comitia serve`, or name another"
    )
    assert not (tmp_path / "b.comitia.part").exists()


@pytest.mark.parametrize(
    "server", ["localhost", "http://localhost:7400", "127.0.0.1:", "a b:1", "127.0.0.1:7400/x", ""]
)
def test_what_is_no_address(server: str) -> None:
    told = comitia("process", "list", "--server", server, "--json").error
    assert (told["error"], told["details"]["found"]) == ("server_wrong", server)
    assert told["details"]["expected"] == "HOST:PORT such as 127.0.0.1:7400"


CREATING: list[Callable[[Path], tuple[object, ...]]] = [
    lambda folder: ("import", election(folder), "--data"),
    lambda folder: ("demo", "--data"),
    lambda folder: ("serve", "--listen", "127.0.0.1:0", "--data"),
]


@pytest.mark.parametrize("arguments", CREATING, ids=["import", "demo", "serve"])
def test_a_file_is_no_folder(tmp_path: Path, arguments: Callable[[Path], tuple[object, ...]]) -> None:
    file = written(tmp_path / "file", "mine")
    assert f"cannot use {file}" in comitia(*arguments(tmp_path), file).complaint.replace("/demo", "")
    assert file.read_text() == "mine"


def test_a_log_that_is_none(tmp_path: Path) -> None:
    written(tmp_path / "log.db", "this is not a database, whatever it is called; it is longer than a page header")
    said = comitia("process", "list", "--data", tmp_path)
    assert said.complaint.startswith(f"cannot open the data in {tmp_path}: ")


def test_a_setting_of_the_environment_that_is_wrong(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITIA_DEPLOYMENT", "Not A Name")
    assert comitia("process", "list", "--data", held.data).complaint.startswith("COMITIA_DEPLOYMENT: ")


class Interrupted(Client):
    """Between the first service's answer about the state and the next one's, someone else enrols a member."""

    interrupted = False

    def ask(self, rpc: Callable[[Any], Any], request: Any) -> Any:
        answer = super().ask(rpc, request)
        if isinstance(request, processes_pb2.GetStateRequest) and not self.interrupted:
            self.interrupted = True
            member = chambers_pb2.Member(member="late")
            late = chambers_pb2.EnrolMembersRequest(process_id="firm", chamber="board", members=[member])
            self.do(self.chambers.EnrolMembers, late)
        return answer


def test_all_parts_of_a_state_are_of_one_moment(tmp_path: Path) -> None:
    with Engine(tmp_path / "data") as engine:
        client = Interrupted(engine.address)
        with client:
            open_firm(client)
            first = client.state("firm")
            assert client.interrupted
            assert first == client.state("firm", 2)
            assert first["rolls"] == {}
            assert list(client.state("firm")["rolls"]["board"]["members"]) == ["late"]


def open_firm(client: Client) -> None:
    """A firm's process and its one phase: two events."""
    charter = templates.text("bicameral-firm")
    opening = processes_pb2.OpenProcessRequest(process_id="firm", title="F", organiser="f", charter_yaml=charter)
    client.do(client.processes.OpenProcess, opening)
    client.do(client.processes.OpenPhase, processes_pb2.OpenPhaseRequest(process_id="firm", phase="decisions"))


def test_an_event_that_does_not_come_is_not_awaited_for_ever(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.client.WAIT_SECONDS", 0.2)
    with Client(held.engine.address) as client, pytest.raises(CommandRefused) as refused:
        client.await_event(PROCESS, "chambers.MotionDecided")
    assert refused.value.reason == "event_awaited"
    assert str(refused.value).startswith("no chambers.MotionDecided came within")
