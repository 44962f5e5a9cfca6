"""Nothing that was not signed by a key of the deployment, with that key's algorithm, is taken; nothing whatever breaks it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.refusal import Refused
from runtime.tokens import MAX_TOKEN
from tests.runtime.issuing import Issuer, rsa
from tests.runtime.judging import NOW, Judge


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(tmp_path)


def spelled(part: dict[str, Any] | bytes) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


GOOD = {"sub": "eve", "aud": "comitia", "exp": NOW + 60, "roles": ["operator"]}


def mac(judge: Judge, secret: bytes, **header: Any) -> str:
    """A token signed with a secret that everybody has: a public key."""
    signed = f"{spelled({'alg': 'HS256', 'kid': 'first', **header})}.{spelled(GOOD)}"
    return f"{signed}.{spelled(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def forged_with_the_pem(judge: Judge) -> str:
    return mac(
        judge, judge.issuer.keys["first"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )


def forged_with_the_raw_key(judge: Judge) -> str:
    key = judge.issuer.keys["first"]
    assert isinstance(key, Ed25519PrivateKey)
    return mac(judge, key.public_key().public_bytes_raw())


def unsigned(judge: Judge) -> str:
    return f"{spelled({'alg': 'none', 'kid': 'first'})}.{spelled(GOOD)}."


def stripped(judge: Judge) -> str:
    return judge.token().rpartition(".")[0] + "."


def of_another_key(judge: Judge) -> str:
    other = Issuer(judge.issuer.file.parent / "other")
    return other.token("eve", "operator", iat=NOW, exp=NOW + 60)


def changed(judge: Judge) -> str:
    head, claims, signature = judge.token().split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return f"{head}.{spelled({**said, 'roles': ['operator']})}.{signature}"


def with_its_own_key(judge: Judge) -> str:
    key = Ed25519PrivateKey.generate()
    own = {"kty": "OKP", "crv": "Ed25519", "x": spelled(key.public_key().public_bytes_raw())}
    return jwt.encode(GOOD, key, "EdDSA", headers={"kid": "first", "jwk": own})


def rsa_under_an_ed25519_kid(judge: Judge) -> str:
    return jwt.encode(GOOD, rsa(), "RS256", headers={"kid": "first"})


def detached(judge: Judge) -> str:
    return f"{spelled({'alg': 'EdDSA', 'kid': 'first', 'b64': False, 'crit': ['b64']})}..{spelled(bytes(64))}"


FORGED: list[tuple[Callable[[Judge], str], str]] = [
    (forged_with_the_pem, "algorithm_wrong"),
    (forged_with_the_raw_key, "algorithm_wrong"),
    (unsigned, "algorithm_wrong"),
    (stripped, "signature_wrong"),
    (of_another_key, "signature_wrong"),
    (changed, "signature_wrong"),
    (with_its_own_key, "signature_wrong"),
    (rsa_under_an_ed25519_kid, "algorithm_wrong"),
    (lambda judge: judge.issuer.sign(GOOD, kid="first", crit=["exp"], exp=1), "malformed"),
    (detached, "malformed"),
]


@pytest.mark.parametrize(("forge", "why"), FORGED, ids=lambda each: getattr(each, "__name__", ""))
def test_a_forged_token_is_refused(judge: Judge, forge: Callable[[Judge], str], why: str) -> None:
    assert judge.why(forge(judge)) == f"token_invalid {why}"


def test_a_public_rsa_key_is_no_secret(tmp_path: Path) -> None:
    judge = Judge(tmp_path)
    key = judge.issuer.keys["first"] = rsa()
    judge.issuer.publish()
    judge.keys.refresh()
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert judge.why(mac(judge, pem)) == "token_invalid algorithm_wrong"


def test_a_good_signature_by_a_weaker_algorithm_of_the_same_key_is_refused(tmp_path: Path) -> None:
    judge = Judge(tmp_path)
    judge.issuer.keys["first"] = rsa()
    judge.issuer.publish()
    judge.keys.refresh()
    for algorithm in ("RS384", "RS512", "PS256"):
        token = jwt.encode(GOOD, judge.issuer.keys["first"], algorithm, headers={"kid": "first"})
        assert judge.why(token) == "token_invalid algorithm_wrong"


NO_TOKENS = [
    pytest.param("", "malformed", id="nothing"),
    pytest.param("x", "malformed", id="a letter"),
    pytest.param("..", "malformed", id="dots"),
    pytest.param("e30.e30.e30", "kid_missing", id="empty objects"),
    pytest.param(f"{spelled(b'[1]')}.e30.e30", "malformed", id="a list for a header"),
    pytest.param(f"{spelled(b'[' * 4000)}.e30.", "malformed", id="four thousand brackets"),
    pytest.param(f"{spelled({'alg': 'EdDSA', 'kid': 17})}.e30.e30", "malformed", id="a number for a kid"),
    pytest.param(f"{spelled({'alg': 'EdDSA', 'kid': ['first']})}.e30.e30", "malformed", id="a list for a kid"),
    pytest.param(f"{spelled({'kid': 'first'})}.e30.e30", "algorithm_wrong", id="no algorithm"),
    pytest.param(
        f"{spelled({'alg': ['EdDSA'], 'kid': 'first'})}.e30.e30", "algorithm_wrong", id="a list of algorithms"
    ),
    pytest.param("a" * (MAX_TOKEN + 1), "too_large", id="one character too many"),
    pytest.param("a" * MAX_TOKEN, "malformed", id="as many characters as there may be"),
    pytest.param("é.é.é", "malformed", id="letters that are not of a token"),
]


@pytest.mark.parametrize(("token", "why"), NO_TOKENS)
def test_what_is_no_token_is_refused(judge: Judge, token: str, why: str) -> None:
    assert judge.why(token) == f"token_invalid {why}"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=60) | st.lists(st.binary(max_size=40), max_size=4).map(lambda parts: ".".join(map(spelled, parts)))
)
def test_no_text_whatever_is_taken_or_breaks_anything(judge: Judge, token: str) -> None:
    assert judge.why(token).startswith("token_invalid")


def test_nothing_of_a_token_is_in_its_refusal(judge: Judge) -> None:
    for token in (judge.token(aud="another"), changed(judge), judge.token(roles="x"), judge.token(exp=NOW - 100)):
        refused = judge.judged(token)
        assert isinstance(refused, Refused)
        assert not any(part in f"{refused}{refused.metadata()}" for part in token.split("."))
