"""TLS of a running server: who it shows itself to be, whom it lets in, and what is said of files that cannot be used."""

from __future__ import annotations

import logging
import socket
import ssl
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509

from runtime.credentials import Credentials, channel
from runtime.entrance import Entrance
from runtime.listening import CannotStart
from runtime.refusals import Refusal
from runtime.settings import Settings
from tests.runtime.certificates import Authority, Pair
from tests.runtime.issuing import Issuer
from tests.runtime.standins import METHODS, call, refused, request, serving

METHOD = METHODS["ballots.GetBox"]
NO_RETRIES = (("grpc.enable_retries", 0),)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def protected(pair: Pair, **more: Any) -> Entrance:
    """On loopback, with TLS."""
    given = {"listen": "127.0.0.1:0", "tls_cert": pair.cert, "tls_key": pair.key, **more}
    return Entrance(Settings.load(**given))


def asked(address: str, ca: Path | None, shown: Pair | None = None) -> Refusal | None:
    """How a call ends: None when it is answered."""
    cert, key = (shown.cert, shown.key) if shown else (None, None)
    with channel(address, Credentials(ca, cert, key), NO_RETRIES) as opened:
        return refused(opened, METHOD, request(METHOD, "ana"))


def test_who_trusts_the_authority_is_answered_and_nobody_else(authority: Authority, tmp_path: Path) -> None:
    with serving(protected(authority.issue("server"))) as server:
        assert asked(server.address, authority.file) is None
        others = Authority(tmp_path, "others")
        told = asked(server.address, others.file)
        assert told is not None
        assert "CERTIFICATE_VERIFY_FAILED" in told.sentence
        plain = asked(server.address, None)
        assert plain is not None
        assert plain.reason == "unavailable"


@pytest.mark.parametrize(
    ("names", "ips", "answered"),
    [(("localhost",), (), False), ((), ("127.0.0.1",), True), ((), ("127.0.0.2",), False)],
    ids=["a name that it was not called by", "its address", "another address"],
)
def test_the_certificate_must_be_for_the_address_called(
    authority: Authority, names: tuple[str, ...], ips: tuple[str, ...], answered: bool
) -> None:
    with serving(protected(authority.issue("server", names=names, ips=ips))) as server:
        assert (asked(server.address, authority.file) is None) == answered


class Mutual:
    """A server that asks its clients for a certificate."""

    def __init__(self, folder: Path) -> None:
        self.authority, self.clients = Authority(folder, "servers"), Authority(folder, "clients")
        self.entrance = protected(self.authority.issue("server"), tls_client_ca=self.clients.file)


def test_a_client_with_a_certificate_of_the_authority_is_answered(tmp_path: Path) -> None:
    mutual = Mutual(tmp_path)
    with serving(mutual.entrance) as server:
        assert asked(server.address, mutual.authority.file, mutual.clients.issue("platform")) is None


@pytest.mark.parametrize("shown", ["none", "another authority's", "the server's own authority's"])
def test_a_client_without_one_does_not_get_in(tmp_path: Path, shown: str) -> None:
    mutual = Mutual(tmp_path)
    issuers = {"another authority's": Authority(tmp_path, "others"), "the server's own authority's": mutual.authority}
    pair = issuers[shown].issue("platform") if shown in issuers else None
    with serving(mutual.entrance) as server:
        told = asked(server.address, mutual.authority.file, pair)
        assert told is not None
        assert told.reason == "unavailable"


def test_a_client_whose_certificate_has_expired_does_not_get_in(tmp_path: Path) -> None:
    mutual = Mutual(tmp_path)
    expired = mutual.clients.issue("platform", days=-1)
    shown = grpc.ssl_channel_credentials(
        mutual.authority.file.read_bytes(), expired.key.read_bytes(), expired.cert.read_bytes()
    )
    with serving(mutual.entrance) as server, grpc.secure_channel(server.address, shown) as opened:
        told = refused(opened, METHOD, request(METHOD, "ana"))
        assert told is not None
        assert told.reason == "unavailable"


def test_the_name_in_a_clients_certificate_is_what_its_calls_are_counted_by(tmp_path: Path) -> None:
    mutual = Mutual(tmp_path)
    entrance = protected(mutual.authority.issue("server"), tls_client_ca=mutual.clients.file, caller_rate=3)
    with serving(entrance) as server:
        busy = mutual.clients.issue("busy", names=("busy.example",), ips=())
        quiet = mutual.clients.issue("quiet", names=("quiet.example",), ips=())
        ended = [asked(server.address, mutual.authority.file, busy) for _ in range(8)]
        assert ended[:3] == [None] * 3
        assert {each.reason for each in ended if each} == {"rate_exceeded"}
        assert asked(server.address, mutual.authority.file, quiet) is None


def shown_by(address: str, authority: Authority) -> int:
    """The serial number of the certificate that a server shows to a new connection."""
    host, _, port = address.rpartition(":")
    context = ssl.create_default_context(cafile=authority.file)
    context.set_alpn_protocols(["h2"])
    with socket.create_connection((host, int(port))) as plain, context.wrap_socket(plain, server_hostname=host) as tls:
        return x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"").serial_number


def serial(pair: Pair) -> int:
    return x509.load_pem_x509_certificate(pair.cert.read_bytes()).serial_number


def test_a_renewed_certificate_is_shown_without_a_restart(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    pair = authority.issue("server")
    first, renewed = serial(pair), authority.issue("server", file="renewed")
    second = serial(renewed)
    with serving(protected(pair)) as server:
        assert shown_by(server.address, authority) == first
        with caplog.at_level(logging.WARNING, "runtime.encryption"):
            renewed.cert.replace(pair.cert)
            assert [shown_by(server.address, authority) for _ in range(3)] == [first] * 3, "half of a new pair"
        assert ["is not the key of the certificate" in str(entry.args) for entry in caplog.records] == [True]
        renewed.key.replace(pair.key)
        assert shown_by(server.address, authority) == second
        assert asked(server.address, authority.file) is None


def test_another_authoritys_certificate_is_shown_once_it_is_there(authority: Authority, tmp_path: Path) -> None:
    pair = authority.issue("server")
    with serving(protected(pair)) as server:
        assert asked(server.address, authority.file) is None
        (tmp_path / "next").mkdir()
        following = Authority(tmp_path / "next", "next")
        other = following.issue("server")
        other.key.replace(pair.key)
        other.cert.replace(pair.cert)
        assert asked(server.address, following.file) is None
        assert asked(server.address, authority.file) is not None


def broken(authority: Authority, what: str) -> tuple[dict[str, Any], str]:
    """Settings that cannot be used, and what must be said of them."""
    pair, other = authority.issue("server"), authority.issue("other")
    missing, text = pair.cert.parent / "missing.pem", pair.cert.parent / "text.pem"
    text.write_text("-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n")
    given: dict[str, Any] = {"tls_cert": pair.cert, "tls_key": pair.key}
    changes: dict[str, tuple[dict[str, Any], str]] = {
        "no certificate file": ({"tls_cert": missing}, "COMITIA_TLS_CERT: cannot read .*missing.pem: No such file"),
        "no key file": ({"tls_key": missing}, "COMITIA_TLS_KEY: cannot read .*missing.pem: No such file"),
        "a folder": ({"tls_key": pair.cert.parent}, "COMITIA_TLS_KEY: cannot read .*: Is a directory"),
        "no authorities file": ({"tls_client_ca": missing}, "COMITIA_TLS_CLIENT_CA: cannot read .*missing.pem"),
        "no certificate in it": ({"tls_cert": text}, "COMITIA_TLS_CERT: .*text.pem holds no certificate in PEM"),
        "a key for a certificate": ({"tls_cert": pair.key}, "COMITIA_TLS_CERT: .* holds no certificate in PEM"),
        "a certificate for a key": ({"tls_key": pair.cert}, "COMITIA_TLS_KEY: .* holds no private key in PEM"),
        "no authority in it": ({"tls_client_ca": pair.key}, "COMITIA_TLS_CLIENT_CA: .* holds no certificate in PEM"),
        "another's key": ({"tls_key": other.key}, "COMITIA_TLS_KEY: .*is not the key of the certificate in .*server"),
        "a locked key": (
            {"tls_key": authority.issue("server", file="locked", passphrase=b"1234").key},
            "COMITIA_TLS_KEY: .*is locked with a passphrase",
        ),
    }
    if what == "an expired certificate":
        expired = authority.issue("expired", days=-1)
        return {"tls_cert": expired.cert, "tls_key": expired.key}, "COMITIA_TLS_CERT: .*expired at .* UTC: renew it"
    change, said = changes[what]
    return {**given, **change}, said


@pytest.mark.parametrize(
    "what",
    [
        "no certificate file",
        "no key file",
        "a folder",
        "no authorities file",
        "no certificate in it",
        "a key for a certificate",
        "a certificate for a key",
        "no authority in it",
        "another's key",
        "a locked key",
        "an expired certificate",
    ],
)
def test_files_that_cannot_be_used_are_named_with_their_setting(authority: Authority, what: str) -> None:
    given, said = broken(authority, what)
    with pytest.raises(CannotStart, match=said) as error:
        Entrance(Settings.load(listen="127.0.0.1:0", **given))
    assert "1234" not in str(error.value)


REACH = [
    pytest.param("0.0.0.0:0", (), False, "COMITIA_TLS_CERT", id="everywhere, in clear, without tokens"),
    pytest.param("0.0.0.0:0", ("tokens",), False, "COMITIA_TLS_CERT", id="everywhere, in clear, with tokens"),
    pytest.param("0.0.0.0:0", ("tls",), False, "COMITIA_AUTH_JWKS", id="everywhere, with TLS, without tokens"),
    pytest.param("0.0.0.0:0", ("tls", "tokens"), False, "", id="everywhere, with TLS and tokens"),
    pytest.param("0.0.0.0:0", (), True, "", id="everywhere, in as many words"),
    pytest.param("0.0.0.0:0", ("tls", "tokens"), True, "", id="everywhere, with both, and in as many words"),
    pytest.param("127.0.0.1:0", (), False, "", id="this machine, in clear, without tokens"),
    pytest.param("127.0.0.1:0", ("tls",), False, "", id="this machine, with TLS"),
]


@pytest.mark.parametrize(("listen", "given", "insecure", "lacking"), REACH)
def test_beyond_this_machine_a_server_has_tls_and_tokens_or_says_that_it_has_not(
    tmp_path: Path, listen: str, given: tuple[str, ...], insecure: bool, lacking: str
) -> None:
    pair = Authority(tmp_path).issue("server")
    parts: dict[str, dict[str, Any]] = {
        "tls": {"tls_cert": pair.cert, "tls_key": pair.key},
        "tokens": {"auth_jwks": str(Issuer(tmp_path / "issuer").file)},
    }
    settings = Settings.load(listen=listen, **{name: value for part in given for name, value in parts[part].items()})
    if lacking:
        with pytest.raises(CannotStart, match=f"refusing to listen on 0.0.0.0: .*{lacking}.*--insecure"):
            Entrance(settings, insecure=insecure)
    else:
        assert Entrance(settings, insecure=insecure).address == listen


def test_insecurity_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITIA_INSECURE", "true")
    with pytest.raises(CannotStart, match="COMITIA_INSECURE is no setting"):
        Settings.load()


def test_a_server_that_others_reach_lets_in_who_has_a_token_over_tls(authority: Authority, tmp_path: Path) -> None:
    pair, issuer = authority.issue("server"), Issuer(tmp_path / "issuer")
    entrance = issuer.entrance(listen="0.0.0.0:0", tls_cert=pair.cert, tls_key=pair.key)
    with serving(entrance) as server:
        address = server.address.replace("0.0.0.0", "127.0.0.1")
        token = issuer.token("ana", "member")
        with channel(address, Credentials(authority.file, token=lambda: token)) as opened:
            assert len(call(opened, METHOD, request(METHOD, "ana"))) == 1
        with channel(address, Credentials(authority.file)) as opened:
            told = refused(opened, METHOD, request(METHOD, "ana"))
            assert told is not None
            assert told.reason == "token_missing"
