"""`comitia serve` as others reach it: only with TLS and tokens, unless said otherwise; and the command as its client."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, HELD, PATIENCE, WRONG, Said, command, election
from tests.runtime.certificates import Authority

pytestmark = pytest.mark.slow

EVERYWHERE = "0.0.0.0:0"


class Town:
    """The authority, the keys and the folder of a deployment."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.servers, self.clients = Authority(folder, "servers"), Authority(folder, "clients")
        self.pair = self.servers.issue("server")
        assert command("token", "key", "--out", folder / "keys").status == HELD
        self.tls = {"COMITIA_TLS_CERT": str(self.pair.cert), "COMITIA_TLS_KEY": str(self.pair.key)}
        self.tokens = {"COMITIA_AUTH_JWKS": str(folder / "keys" / "jwks.json")}

    def token(self, *roles: str, sub: str = "ana", **more: str) -> str:
        words = [word for role in roles for word in ("--role", role)]
        words += [word for name, value in more.items() for word in (f"--{name}", value)]
        said = command("token", "issue", "--key", self.folder / "keys" / "token.key", "--sub", sub, *words)
        assert said.status == HELD, said.err
        return said.out.strip()

    def client(self, *roles: str, **more: str) -> dict[str, str]:
        """The environment of a command that trusts the servers and has a token."""
        return {"COMITIA_CA": str(self.servers.file), "COMITIA_TOKEN": self.token(*roles, **more)}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(tmp_path_factory.mktemp("town"))


@contextmanager
def served(data: Path, *words: str, env: Mapping[str, str]) -> Iterator[str]:
    """`comitia serve`, and where this machine reaches it."""
    arguments = [str(COMMAND), "serve", "--data", str(data), *words]
    server = subprocess.Popen(
        arguments, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line, server.stderr.read() if server.stderr else ""
        address = line.removeprefix("comitia listening on ").partition(",")[0]
        yield address.replace("0.0.0.0", "127.0.0.1")
    finally:
        server.send_signal(signal.SIGTERM)
        _, error = server.communicate(timeout=PATIENCE)
    assert (server.returncode, error) == (0, "")


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    """A server that others reach, as it should be."""
    with served(town.data, "--listen", EVERYWHERE, env={**town.tls, **town.tokens}) as found:
        yield found


LACKING = [
    pytest.param((), id="neither"),
    pytest.param(("tls",), id="no tokens"),
    pytest.param(("tokens",), id="no TLS"),
]


@pytest.mark.parametrize("given", LACKING)
def test_a_server_that_others_reach_needs_tls_and_tokens(town: Town, tmp_path: Path, given: tuple[str, ...]) -> None:
    env = {name: value for part in given for name, value in getattr(town, part).items()}
    said = command("serve", "--data", tmp_path / "data", "--listen", EVERYWHERE, env=env)
    assert said.complaint.startswith("refusing to listen on 0.0.0.0: ")
    assert "COMITIA_TLS_CERT, COMITIA_TLS_KEY and COMITIA_AUTH_JWKS, or say --insecure" in said.complaint
    assert not (tmp_path / "data").exists()


def test_unless_it_is_told_so_in_as_many_words(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--listen", EVERYWHERE, "--insecure", env={}) as found:
        assert command("process", "list", "--server", found, "--json").json == []


def test_an_election_goes_all_the_way_for_an_operator(town: Town, address: str, tmp_path: Path) -> None:
    env = town.client("operator")
    imported = command("import", election(tmp_path), "--process", "benches", "--server", address, "--json", env=env)
    assert imported.json["winners"] == ["p1", "p3"]
    shown = command("process", "show", "benches", "--server", address, "--json", env=env).json
    bundle = tmp_path / "b.comitia"
    assert command("bundle", "benches", "-o", bundle, "--server", address, env=env).status == HELD
    assert command("verify", bundle, "--key", shown["key"]).status == HELD


def test_the_folder_of_a_running_server_leads_to_it_too(town: Town, address: str) -> None:
    assert command("process", "list", "--data", town.data, "--json", env=town.client("auditor")).json is not None
    assert told(command("process", "list", "--data", town.data, "--json")) != "none"


def told(said: Said) -> str:
    """The reason of a refusal."""
    return "none" if said.status == HELD else str(said.error["error"])


def test_a_token_that_is_missing_bad_or_for_others_is_said_to_be_so(town: Town, address: str) -> None:
    trusting = {"COMITIA_CA": str(town.servers.file)}
    words = ("import", election(town.folder), "--process", "q", "--server", address, "--json")
    assert told(command(*words, env=trusting)) == "token_missing"
    bad = command(*words, env={**trusting, "COMITIA_TOKEN": "not.a.token"})
    assert told(bad) == "token_invalid"
    assert "COMITIA_TOKEN" in bad.error["message"]
    assert "not.a.token" not in bad.err
    assert told(command(*words, env=town.client("member"))) == "role_denied"
    assert told(command(*words, env=town.client("operator", process="p"))) == "scope_denied"


def test_the_token_may_be_in_a_file(town: Town, address: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(town.token("auditor") + "\n")
    env = {"COMITIA_CA": str(town.servers.file), "COMITIA_TOKEN_FILE": str(tmp_path / "token")}
    assert command("process", "list", "--server", address, env=env).status == HELD
    both = command("process", "list", "--server", address, env={**env, "COMITIA_TOKEN": "a"})
    assert both.complaint == "COMITIA_TOKEN and COMITIA_TOKEN_FILE are both set: set one of them"


def test_a_server_that_cannot_be_trusted_is_said_to_be_so(town: Town, address: str, tmp_path: Path) -> None:
    words = ("process", "list", "--server", address, "--json")
    token = {"COMITIA_TOKEN": town.token("auditor")}
    others = command(*words, env={**token, "COMITIA_CA": str(Authority(tmp_path, "others").file)})
    assert told(others) == "untrusted"
    assert "COMITIA_CA does not vouch for" in others.error["message"]
    clear = command(*words)
    assert told(clear) == "unreachable"
    assert "COMITIA_CA" in clear.error["message"]
    none = command(*words, env={**token, "COMITIA_CA": str(tmp_path / "none.pem")})
    assert told(none) == "cannot_start"
    assert none.error["message"].startswith("COMITIA_CA: cannot read ")
    named = command("process", "list", "--server", address.replace("127.0.0.1", "127.0.0.2"), "--json", env=token)
    assert told(named) == "unreachable"


def test_a_server_that_asks_for_certificates_gets_one(town: Town, tmp_path: Path) -> None:
    own = town.clients.issue("platform")
    env = {**town.tls, **town.tokens, "COMITIA_TLS_CLIENT_CA": str(town.clients.file)}
    with served(tmp_path / "data", "--listen", EVERYWHERE, env=env) as found:
        words = ("process", "list", "--server", found, "--json")
        client = town.client("auditor")
        assert told(command(*words, env=client)) == "unreachable"
        shown = {"COMITIA_CLIENT_CERT": str(own.cert), "COMITIA_CLIENT_KEY": str(own.key)}
        assert command(*words, env={**client, **shown}).json == []


def test_a_files_owner_needs_no_token_for_it_while_no_server_runs(town: Town, tmp_path: Path) -> None:
    """Whatever the environment says of how others are let in."""
    env = {**town.tls, **town.tokens}
    data = ("--data", tmp_path / "data")
    assert command("import", election(tmp_path), "--process", "own", *data, env=env).status == HELD
    assert command("process", "state", "own", *data, env=env).json["process"]["status"] == "completed"


@pytest.mark.parametrize("name", ["COMITIA_TLS_CERT", "COMITIA_TLS_KEY", "COMITIA_AUTH_JWKS"])
def test_a_file_that_is_missing_is_named(town: Town, tmp_path: Path, name: str) -> None:
    env = {**town.tls, **town.tokens, name: str(tmp_path / "missing")}
    said = command("serve", "--data", tmp_path / "data", "--listen", EVERYWHERE, env=env)
    assert said.status == WRONG
    assert said.complaint.startswith(f"{name}: cannot read ")
    assert not (tmp_path / "data").exists()
