"""`comitia token` makes keys and tokens that a server takes, says whose they are, and writes over nothing."""

from __future__ import annotations

import asyncio
import base64
import json
import stat
import time
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cli.token import thumbprint
from runtime.caller import Caller, Role
from runtime.jwks import Keys
from runtime.settings import Settings
from runtime.tokens import Tokens
from tests.cli.running import HELD, WRONG, comitia


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a key pair was made."""
    assert comitia("token", "key", "--out", tmp_path / "keys").status == HELD
    return tmp_path / "keys"


def test_the_private_key_is_for_its_owner_and_the_public_one_for_all(folder: Path) -> None:
    assert stat.S_IMODE((folder / "token.key").stat().st_mode) == 0o600
    (key,) = json.loads((folder / "jwks.json").read_text())["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}


def test_nothing_is_written_over(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    told = comitia("token", "key", "--out", folder, "--json").error
    assert (told["error"], told["details"]["file"]) == ("key_exists", str(folder / "token.key"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert comitia("token", "key", "--out", tmp_path / "file" / "keys", "--json").error["error"] == "file_unwritable"


def taken(folder: Path, token: str, **settings: str) -> Caller:
    """Whom a server takes the holder for."""
    tokens = Tokens(Settings.load(**settings), Keys(str(folder / "jwks.json")))
    caller = asyncio.run(tokens.verify(token))
    assert isinstance(caller, Caller), caller
    return caller


def test_a_server_takes_the_token_for_what_it_says(folder: Path) -> None:
    said = comitia(
        *("token", "issue", "--key", folder / "token.key", "--sub", "ana", "--role", "member", "--role", "auditor"),
        *("--process", "p", "--process", "q", "--chamber", "board", "--member", "m-1", "--on-behalf", "--minutes", 5),
    )
    caller = taken(folder, said.out.strip())
    assert said.out.count("\n") == 1
    assert (caller.subject, caller.roles, caller.member) == ("ana", frozenset({Role.MEMBER, Role.AUDITOR}), "m-1")
    assert (caller.processes, caller.chambers) == (frozenset({"p", "q"}), frozenset({"board"}))
    assert caller.on_behalf
    assert 4 * 60 < caller.until - 30 - time.time() <= 5 * 60


def test_what_is_not_said_limits_nothing(folder: Path) -> None:
    said = comitia("token", "issue", "--key", folder / "token.key", "--sub", "ana", "--role", "operator", "--json").json
    caller = taken(folder, said["token"])
    assert (caller.processes, caller.chambers, caller.member, caller.on_behalf) == (None, None, None, False)
    assert set(said["claims"]) == {"sub", "aud", "iat", "exp", "roles"}


def test_the_audience_and_the_issuer_are_as_the_servers_expect(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("token", "issue", "--key", folder / "token.key", "--sub", "ana", "--role", "member")
    given = comitia(*words, "--audience", "town", "--issuer", "me").out.strip()
    monkeypatch.setenv("COMITIA_AUTH_AUDIENCE", "town")
    monkeypatch.setenv("COMITIA_AUTH_ISSUER", "me")
    for token in (given, comitia(*words).out.strip()):
        assert taken(folder, token, auth_audience="town", auth_issuer="me").subject == "ana"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--sub", "two words", "--role", "member"), "token_invalid"),
        (("--sub", "ana", "--role", "member", "--chamber", ""), "token_invalid"),
        (("--sub", "ana", "--role", "member", "--member", "two words"), "token_invalid"),
    ],
    ids=["a name in clear", "a chamber without a name", "a member in clear"],
)
def test_a_token_that_no_server_would_take_is_not_issued(folder: Path, words: tuple[str, ...], error: str) -> None:
    assert comitia("token", "issue", "--key", folder / "token.key", *words, "--json").error["error"] == error


@pytest.mark.parametrize("words", [("--role", "king"), ("--role", "member", "--minutes", "0"), ()])
def test_what_is_no_role_or_no_time_is_refused(folder: Path, words: tuple[str, ...]) -> None:
    assert comitia("token", "issue", "--key", folder / "token.key", "--sub", "ana", *words).status == WRONG


@pytest.mark.parametrize("name", ["jwks.json", "missing.key"])
def test_a_file_that_holds_no_private_key(folder: Path, name: str) -> None:
    words = ("token", "issue", "--key", folder / name, "--sub", "ana", "--role", "member", "--json")
    assert comitia(*words).error["error"] in ("key_wrong", "file_unreadable")


def test_the_key_is_named_by_its_thumbprint(folder: Path) -> None:
    """RFC 8037 A.3 has this key and its thumbprint."""
    public = Ed25519PublicKey.from_public_bytes(
        base64.urlsafe_b64decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    )
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    token = comitia("token", "issue", "--key", folder / "token.key", "--sub", "ana", "--role", "member").out.strip()
    (published,) = json.loads((folder / "jwks.json").read_text())["keys"]
    assert jwt.get_unverified_header(token)["kid"] == published["kid"]
