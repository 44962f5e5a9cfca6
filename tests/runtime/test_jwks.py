"""Keys come from a file or from an https address; what must not be among them is named, and a bad document changes nothing."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from runtime.jwks import ADDRESS_AT_MOST_EVERY, MAX_BYTES, Keys, usable
from runtime.listening import CannotStart
from tests.runtime.issuing import Issuer, jwk, rsa

KEY = Ed25519PrivateKey.generate()
GOOD = jwk(KEY, "good")


def document(*keys: Any) -> bytes:
    return json.dumps({"keys": keys}).encode()


def test_keys_for_other_uses_are_let_be() -> None:
    others = [
        {"kty": "EC", "crv": "P-256", "kid": "ec", "x": "x", "y": "y"},
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"},
        {"kty": "OKP", "crv": "X25519", "kid": "exchange", "x": "x"},
        jwk(KEY, "for-encrypting", use="enc"),
        jwk(KEY, "for-another-algorithm", alg="ES256"),
        {name: value for name, value in GOOD.items() if name != "kid"},
        {**GOOD, "kid": 17},
        "good",
        None,
    ]
    assert list(usable(document(*others, GOOD))) == ["good"]


@pytest.mark.parametrize("alg", [None, "EdDSA", "Ed25519"])
def test_an_ed25519_key_verifies_eddsa_only(alg: str | None) -> None:
    given = {**GOOD, "alg": alg} if alg else GOOD
    assert usable(document(given))["good"].algorithm == "EdDSA"


BAD = [
    pytest.param(b"{", "it is no JSON", id="half a document"),
    pytest.param(b"[" * 100_000, "it is no JSON", id="a hundred thousand brackets"),
    pytest.param(b"\xff", "it is no JSON", id="no text"),
    pytest.param(b"[]", "it is no JWKS", id="a list"),
    pytest.param(b"{}", "it is no JWKS", id="no keys"),
    pytest.param(b'{"keys": {}}', "it is no JWKS", id="keys that are no list"),
    pytest.param(document(), "no Ed25519 key and no RSA key", id="an empty list"),
    pytest.param(document(GOOD, GOOD), "two keys of the same kid", id="a kid twice"),
    pytest.param(document({**GOOD, "x": "AAAA"}), "not well formed", id="three bytes of a key"),
    pytest.param(document({**GOOD, "x": 17}), "not well formed", id="a number for a key"),
    pytest.param(document({"kty": "RSA", "kid": "r", "n": "AQAB"}), "not well formed", id="half an RSA key"),
    pytest.param(document(OKPAlgorithm.to_jwk(KEY, as_dict=True) | {"kid": "p"}), "a private key", id="a private key"),
    pytest.param(document(GOOD, {**GOOD, "kid": "p", "d": ""}), "a private key", id="a private key beside a good one"),
]


@pytest.mark.parametrize(("text", "why"), BAD)
def test_a_document_that_cannot_be_used_says_why(text: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_bytes(text)
    with pytest.raises(CannotStart, match=f"COMITIA_AUTH_JWKS: cannot read keys from .*{why}"):
        Keys(str(tmp_path / "jwks.json"))


def test_a_short_rsa_key_is_refused() -> None:
    with pytest.raises(CannotStart, match="1024 bits: at least 2048"):
        usable(document(jwk(rsa(1024), "short")))


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("http://login.example/jwks", "a file or an https address is expected"),
        ("ftp://login.example/jwks", "a file or an https address is expected"),
        ("nowhere.json", "No such file"),
        (".", "Is a directory"),
        ("https://127.0.0.1:1/jwks", "refused"),
    ],
)
def test_where_there_are_no_keys_it_cannot_start(where: str, why: str) -> None:
    with pytest.raises(CannotStart, match=f"COMITIA_AUTH_JWKS: .*{why}"):
        Keys(where)


def test_a_file_is_read_again_when_it_changes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    issuer = Issuer(tmp_path)
    keys = Keys(str(issuer.file))
    keys.refresh()
    assert keys.generation == 1
    issuer.publish()
    keys.refresh()
    assert keys.generation == 1, "the same keys in another file"
    issuer.keys["second"] = Ed25519PrivateKey.generate()
    issuer.publish()
    keys.refresh()
    assert keys.generation == 2
    assert keys.find("second") is not None
    with caplog.at_level(logging.WARNING):
        issuer.file.write_text("{")
        for _ in range(3):
            keys.refresh()
        issuer.file.unlink()
        for _ in range(3):
            keys.refresh()
    assert len(caplog.records) == 2, "told once each"
    assert keys.generation == 2
    assert keys.find("first") is not None


class Publication(HTTPServer):
    """An identity provider's JWKS: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.status, self.text, self.asked, self.where = 200, document(GOOD), 0, ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/jwks"


class _Answering(BaseHTTPRequestHandler):
    server: Publication

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(self.server.status)
        if self.server.where:
            self.send_header("Location", self.server.where)
        self.end_headers()
        self.wfile.write(self.server.text)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def publication() -> Iterator[Publication]:
    server = Publication()
    threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_an_address_is_fetched_anew_but_for_an_unknown_kid_not_often(publication: Publication) -> None:
    now = 100.0
    keys = Keys(publication.address, lambda: now)
    assert (keys.find("good") is not None, publication.asked) == (True, 1)
    assert not keys.may_ask_again()
    now += ADDRESS_AT_MOST_EVERY - 0.001
    assert not keys.may_ask_again()
    now += 0.001
    assert keys.may_ask_again()
    publication.text = document(jwk(KEY, "better"))
    keys.refresh()
    assert (keys.find("good"), keys.find("better") is not None, publication.asked) == (None, True, 2)
    assert not keys.may_ask_again()


@pytest.mark.parametrize(
    ("status", "text", "where"),
    [
        pytest.param(500, document(GOOD), "", id="an error"),
        pytest.param(302, document(GOOD), "http://127.0.0.1:1/", id="a redirect"),
        pytest.param(200, b"<html>", "", id="a page"),
        pytest.param(200, document(GOOD) + b" " * MAX_BYTES, "", id="more than there can be"),
    ],
)
def test_an_address_that_answers_otherwise_changes_nothing(
    publication: Publication, status: int, text: bytes, where: str
) -> None:
    keys = Keys(publication.address)
    publication.status, publication.text, publication.where = status, text, where
    keys.refresh()
    assert (keys.generation, publication.asked) == (1, 2)
    with pytest.raises(CannotStart, match="COMITIA_AUTH_JWKS: cannot read keys from http"):
        Keys(publication.address)


def test_an_address_that_is_gone_changes_nothing(publication: Publication) -> None:
    keys = Keys(publication.address)
    publication.shutdown()
    publication.server_close()
    keys.refresh()
    assert keys.find("good") is not None
