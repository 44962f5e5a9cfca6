"""The installed command against `comitia serve` in another process, by its address and by the folder it has open."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, HELD, PATIENCE, WRONG, command, election, written
from tests.system.tampering import rezipped

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Serving:
    """A server, its folder, and the election it was given."""

    address: str
    data: Path
    file: Path


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("serving")
    data = folder / "data"
    arguments = [str(COMMAND), "serve", "--data", str(data), "--listen", "127.0.0.1:0"]
    server = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().removeprefix("comitia listening on ").partition(",")[0]
        yield Serving(address, data, election(folder))
    finally:
        server.send_signal(signal.SIGTERM)
        _, error = server.communicate(timeout=PATIENCE)
    assert (server.returncode, error) == (0, "")


@pytest.fixture(scope="module", params=["--server", "--data"])
def there(request: pytest.FixtureRequest, serving: Serving) -> tuple[str, str]:
    """Both ways to name the server."""
    return request.param, serving.address if request.param == "--server" else str(serving.data)


def test_an_election_goes_all_the_way(serving: Serving, there: tuple[str, str], tmp_path: Path) -> None:
    process, bundle = f"by{there[0].replace('--', '-')}", tmp_path / "b.comitia"
    imported = command("import", serving.file, "--process", process, *there, "--json").json
    assert (imported["winners"], imported["matches"]) == (["p1", "p3"], True)

    listed = {row["process"]: row["status"] for row in command("process", "list", *there, "--json").json}
    assert listed[process] == "completed"
    shown = command("process", "show", process, *there, "--json").json
    timeline = command("process", "timeline", process, *there, "--ballots", "--json").out.splitlines()
    assert json.loads(timeline[0])["type"] == "processes.ProcessOpened"
    early = command("process", "state", process, "--at", 2, *there).json
    late = command("process", "state", process, "--at", len(timeline), *there).json
    assert (early["process"]["phase"], early["rolls"], late["process"]["phase"]) == ("ideas", {}, None)
    assert late["boxes"]["projects"]["allocation"]["winners"] == ["p1", "p3"]
    assert command("process", "state", process, *there).json == late

    bundled = command("bundle", process, "-o", bundle, *there, "--json").json
    verified = command("verify", bundle, "--key", shown["key"], "--json")
    assert (verified.status, verified.json["held"], verified.json["key"]) == (HELD, True, "given")
    assert (verified.json["events"], bundled["bytes"]) == (len(timeline), bundle.stat().st_size)


def test_a_tampered_bundle_ends_with_status_1(serving: Serving, tmp_path: Path) -> None:
    bundle = tmp_path / "b.comitia"
    command("import", serving.file, "--process", "cheated", "--bundle", bundle, "--server", serving.address)
    cheated = rezipped(bundle, lambda name, data: data.replace(b'"v2', b'"v9') if name == "records.jsonl" else data)
    said = command("verify", written(tmp_path / "cheat.comitia", cheated))
    assert said.status == 1
    assert "NOT VERIFIED: cheated" in said.out


def test_a_proxy_in_the_environment_is_not_asked(serving: Serving, tmp_path: Path) -> None:
    proxy = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = command("import", serving.file, "--data", tmp_path / "data", "--bundle", tmp_path / "b.comitia", env=proxy)
    assert (done.status, done.err) == (HELD, "")
    assert command("process", "list", "--server", serving.address, env=proxy).status == HELD


def test_a_second_server_on_the_folder_is_refused(serving: Serving) -> None:
    said = command("serve", "--data", serving.data, "--listen", "127.0.0.1:0")
    assert said.status == WRONG
    assert f"open and listens on {serving.address}: talk to it, stop it" in said.complaint


@pytest.mark.parametrize(
    ("listen", "told"),
    [
        pytest.param("0.0.0.0:7400", "refusing to listen on 0.0.0.0", id="every interface"),
        pytest.param("7400", "--listen expects HOST:PORT", id="no host"),
        pytest.param("127.0.0.1:99999", "--listen expects HOST:PORT", id="no port"),
    ],
)
def test_a_place_where_it_may_not_listen(tmp_path: Path, listen: str, told: str) -> None:
    said = command("serve", "--data", tmp_path / "data", "--listen", listen)
    assert said.complaint.startswith(told)
    assert command("serve", "--data", tmp_path / "data", env={"COMITIA_LISTEN": listen}) == said
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken(serving: Serving, tmp_path: Path) -> None:
    said = command("serve", "--data", tmp_path / "data", "--listen", serving.address)
    assert said.complaint.startswith(f"cannot listen on {serving.address}: another program does")


def test_the_demo_shows_all_and_leaves_its_bundles(tmp_path: Path) -> None:
    said = command("demo", cwd=tmp_path)
    assert (said.status, said.err) == (HELD, "")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.out.splitlines() if line.startswith("│")]
    assert [row[0] for row in rows if row[0]] == ["departement-2026", "company-2026", "suisse-2020-11-29"]
    assert [row[3] for row in rows if row[0]] == ["yes", "yes", "yes"]
    assert "generated, seed 2020" in said.out
    assert "one ballot changed in a copy, caught: root: event " in said.out
    (folder,) = (tmp_path / ".comitia" / "demo").iterdir()
    bundles = sorted(path.name for path in folder.glob("*.comitia"))
    assert bundles == [
        "company-2026.comitia",
        "departement-2026-tampered.comitia",
        "departement-2026.comitia",
        "suisse-2020-11-29.comitia",
    ]
    verified = {name: command("verify", folder / name).status for name in bundles}
    assert [name for name, status in verified.items() if status] == ["departement-2026-tampered.comitia"]
    lost = command("process", "list", cwd=tmp_path).complaint
    assert lost.endswith(f"did you mean --data {folder.relative_to(tmp_path)}?")


def test_names_are_escaped_where_the_terminal_cannot_spell_them(tmp_path: Path) -> None:
    file = election(tmp_path, ("Benches and lamps", "Łódź"), name="łódź.pb")
    said = command("recount", file, "--rule", "sprawiedliwość", env={"PYTHONIOENCODING": "ascii"})
    assert said.status == WRONG
    assert "found: sprawiedliwo\\u015b\\u0107" in said.err
    assert command("charter", "list", env={"PYTHONIOENCODING": "ascii"}).status == HELD
