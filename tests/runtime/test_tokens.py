"""A token is taken when a key of the deployment signed it, for this deployment, for now; what it says makes its caller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from runtime.caller import Caller, Role
from runtime.tokens import KEPT
from tests.runtime.issuing import rsa
from tests.runtime.judging import LEEWAY, NOW, Judge


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    return Judge(tmp_path)


def test_what_a_token_says_makes_its_caller(judge: Judge) -> None:
    said = {
        "processes": ["p"],
        "chambers": ["board"],
        "member": "m-1",
        "on_behalf": True,
        "roles": ["member", "auditor"],
    }
    caller = judge.judged(judge.token(**said))
    assert caller == Caller(
        "ana",
        frozenset({Role.MEMBER, Role.AUDITOR}),
        frozenset({"p"}),
        frozenset({"board"}),
        "m-1",
        on_behalf=True,
        until=NOW + 60 + LEEWAY,
    )


def test_what_it_does_not_say_limits_nothing(judge: Judge) -> None:
    caller = judge.judged(judge.token())
    assert isinstance(caller, Caller)
    assert (caller.processes, caller.chambers, caller.member, caller.on_behalf) == (None, None, None, False)


def test_rsa_keys_are_taken_too(tmp_path: Path) -> None:
    judge = Judge(tmp_path)
    judge.issuer.keys["rsa"] = rsa()
    judge.issuer.publish()
    judge.keys.refresh()
    assert isinstance(judge.judged(judge.issuer.token("ana", kid="rsa", iat=NOW, exp=NOW + 1)), Caller)


TIMES = [
    pytest.param({"exp": NOW + LEEWAY}, 0, "", id="it ends after the clocks' difference"),
    pytest.param({"exp": NOW - LEEWAY + 1}, 0, "", id="it ended, and by the issuer's clock perhaps not"),
    pytest.param({"exp": NOW - LEEWAY}, 0, "token_expired", id="it ended as long ago as the clocks may differ"),
    pytest.param({"exp": NOW - LEEWAY - 1}, 0, "token_expired", id="it ended before"),
    pytest.param({"exp": NOW + 0.5}, LEEWAY + 0.4, "", id="a part of a second is left"),
    pytest.param({"exp": NOW + 0.5}, LEEWAY + 0.5, "token_expired", id="no part of a second is left"),
    pytest.param({"nbf": NOW + LEEWAY}, 0, "", id="it begins when the clocks may differ"),
    pytest.param({"nbf": NOW + LEEWAY + 1}, 0, "token_invalid not_yet_valid", id="it begins later"),
    pytest.param({"iat": NOW + LEEWAY}, 0, "", id="it was issued when the clocks may differ"),
    pytest.param({"iat": NOW + LEEWAY + 1}, 0, "token_invalid not_yet_valid", id="it was issued in the future"),
    pytest.param({"iat": ...}, 0, "", id="it does not say when it was issued"),
]


@pytest.mark.parametrize(("claims", "later", "refused"), TIMES)
def test_the_times_of_a_token(judge: Judge, claims: dict[str, Any], later: float, refused: str) -> None:
    judge.now = NOW + later
    token = judge.token(**claims)
    assert (judge.why(token) if refused else judge.judged(token).__class__.__name__) == (refused or "Caller")


def test_a_token_that_was_taken_ends_all_the_same(judge: Judge) -> None:
    token = judge.token()
    caller = judge.judged(token)
    assert isinstance(caller, Caller)
    judge.now = NOW + 60 + LEEWAY - 0.001
    assert judge.tokens.known(token) is caller
    judge.now = NOW + 60 + LEEWAY
    assert judge.tokens.known(token) is None
    assert judge.tokens.has_ended(caller)
    assert judge.why(token) == "token_expired"


CLAIMS = [
    pytest.param({"aud": "another"}, "audience_wrong", id="for another audience"),
    pytest.param({"aud": ["another", "comitia "]}, "audience_wrong", id="for several others"),
    pytest.param({"aud": ...}, "claim_missing", id="for nobody"),
    pytest.param({"exp": ...}, "claim_missing", id="for ever"),
    pytest.param({"sub": ...}, "claim_missing", id="of nobody"),
    pytest.param({"sub": 17}, "malformed", id="of a number"),
    pytest.param({"sub": ""}, "claim_wrong", id="of nobody's name"),
    pytest.param({"sub": "ana li"}, "claim_wrong", id="of a name in clear"),
    pytest.param({"sub": "a" * 129}, "claim_wrong", id="of a name that is too long"),
    pytest.param({"sub": "\ud800"}, "claim_wrong", id="of half a character"),
    pytest.param({"exp": "1900000000"}, "claim_wrong", id="until a text"),
    pytest.param({"exp": True}, "claim_wrong", id="until true"),
    pytest.param({"exp": None}, "claim_missing", id="until null"),
    pytest.param({"exp": float("inf")}, "claim_wrong", id="until infinity"),
    pytest.param({"exp": float("nan")}, "claim_wrong", id="until no number"),
    pytest.param({"exp": 10**400}, "claim_wrong", id="until a number of 400 digits"),
    pytest.param({"nbf": "now"}, "claim_wrong", id="from a text on"),
    pytest.param({"iat": None}, "claim_wrong", id="issued at null"),
    pytest.param({"roles": ...}, "claim_wrong", id="without roles"),
    pytest.param({"roles": "operator"}, "claim_wrong", id="a role that is no list"),
    pytest.param({"roles": {"operator": 1}}, "claim_wrong", id="roles in an object"),
    pytest.param({"roles": ["member", 1]}, "claim_wrong", id="a role that is a number"),
    pytest.param({"roles": ["member", ["operator"]]}, "claim_wrong", id="a role that is a list"),
    pytest.param({"roles": ["member", "king"]}, "claim_wrong", id="a role that there is not"),
    pytest.param({"roles": ["Operator"]}, "claim_wrong", id="a role in capitals"),
    pytest.param({"processes": "p"}, "claim_wrong", id="processes that are no list"),
    pytest.param({"processes": None}, "claim_wrong", id="processes that are null"),
    pytest.param({"chambers": [None]}, "claim_wrong", id="a chamber that is null"),
    pytest.param({"chambers": ["two words"]}, "claim_wrong", id="a chamber that is no name"),
    pytest.param({"member": ["m"]}, "claim_wrong", id="members"),
    pytest.param({"member": None}, "claim_wrong", id="a member that is null"),
    pytest.param({"member": ""}, "claim_wrong", id="a member without a name"),
    pytest.param({"on_behalf": "true"}, "claim_wrong", id="on behalf in words"),
    pytest.param({"on_behalf": 1}, "claim_wrong", id="on behalf in numbers"),
]


@pytest.mark.parametrize(("claims", "why"), CLAIMS)
def test_a_token_that_says_what_it_should_not_is_refused(judge: Judge, claims: dict[str, Any], why: str) -> None:
    assert judge.why(judge.token(**claims)) == f"token_invalid {why}"


def test_an_empty_list_lets_through_nothing_rather_than_all(judge: Judge) -> None:
    caller = judge.judged(judge.token(processes=[], chambers=[]))
    assert isinstance(caller, Caller)
    assert (caller.processes, caller.chambers) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("issuer", "refused"),
    [("https://login.example", ""), ("https://login.example.org", "issuer_wrong"), (..., "claim_missing")],
    ids=["as set", "another", "none"],
)
def test_the_issuer_is_asked_for_where_it_is_set(tmp_path: Path, issuer: Any, refused: str) -> None:
    judge = Judge(tmp_path, auth_issuer="https://login.example")
    token = judge.token(iss=issuer)
    assert (judge.why(token) if refused else judge.judged(token).__class__.__name__) == (
        f"token_invalid {refused}" if refused else "Caller"
    )


def test_a_key_that_is_taken_away_ends_what_it_signed(judge: Judge) -> None:
    token = judge.token()
    assert isinstance(judge.judged(token), Caller)
    judge.issuer.keys = {"second": Ed25519PrivateKey.generate()}
    judge.issuer.publish()
    judge.keys.refresh()
    assert judge.tokens.known(token) is None
    assert judge.why(token) == "token_invalid kid_unknown"


def test_a_kid_that_is_not_known_makes_the_keys_be_read_again(judge: Judge) -> None:
    judge.issuer.keys["second"] = Ed25519PrivateKey.generate()
    judge.issuer.publish()
    assert isinstance(judge.judged(judge.issuer.token("ana", kid="second", iat=NOW, exp=NOW + 60)), Caller)


def test_only_so_many_tokens_are_remembered(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    assert KEPT >= 1000
    monkeypatch.setattr("runtime.tokens.KEPT", 3)
    tokens = [judge.token(jti=str(number)) for number in range(4)]
    for token in tokens:
        judge.judged(token)
    assert [judge.tokens.known(token) is not None for token in tokens] == [False, True, True, True]
