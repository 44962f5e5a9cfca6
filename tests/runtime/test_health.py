"""`python -m SERVICE health` asks what runs here whether it is ready: over HTTP, over gRPC, with TLS and without."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from runtime.health import is_healthy
from runtime.listening import CannotStart
from runtime.settings import Settings

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


@contextmanager
def serving(credentials: grpc.ServerCredentials | None = None, status: int = SERVING) -> Iterator[str]:
    """A gRPC server that says whether it is ready; its port on every address."""
    server, servicer = grpc.server(ThreadPoolExecutor(2)), health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    servicer.set("", status)
    listen = "127.0.0.1:0"
    port = server.add_insecure_port(listen) if credentials is None else server.add_secure_port(listen, credentials)
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None)


def pair(folder: Path, name: str, issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None) -> Path:
    """A certificate for `name` (its key beside it), signed by an authority or, to be one, by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by, by_key = (subject, key) if issuer is None else (issuer[0].subject, issuer[1])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .sign(by_key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    encoding = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.with_suffix(".key").write_bytes(key.private_bytes(*encoding))
    return path


def issued(folder: Path, name: str) -> Path:
    """A certificate from the authority in the folder."""
    if not (folder / "authority.pem").exists():
        pair(folder, "authority")
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    key = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return pair(folder, name, (authority, key))


@pytest.mark.parametrize("status", [SERVING, NOT_SERVING])
def test_an_api_is_healthy_when_it_says_that_it_is_ready(status: int) -> None:
    with serving(status=status) as address:
        port = address.rpartition(":")[2]
        for listen in (address, f"0.0.0.0:{port}", f"localhost:{port}"):
            assert is_healthy(Settings(listen=listen)) == (status == SERVING)
    assert not is_healthy(Settings(listen=address))


def test_an_api_is_asked_over_tls_whatever_its_name(tmp_path: Path) -> None:
    cert, other = issued(tmp_path, "ballots.example"), issued(tmp_path, "other.example")
    served = [(cert.with_suffix(".key").read_bytes(), cert.read_bytes())]
    with serving(grpc.ssl_server_credentials(served)) as address:
        assert is_healthy(Settings(listen=address, tls_cert=cert, tls_key=cert.with_suffix(".key")))
        assert not is_healthy(Settings(listen=address, tls_cert=other, tls_key=other.with_suffix(".key")))
        assert not is_healthy(Settings(listen=address))


def test_an_api_that_asks_for_certificates_is_shown_that_of_peers(tmp_path: Path) -> None:
    cert, peer = issued(tmp_path, "ballots.example"), issued(tmp_path, "peer.example")
    authority = tmp_path / "authority.pem"
    served = [(cert.with_suffix(".key").read_bytes(), cert.read_bytes())]
    with serving(grpc.ssl_server_credentials(served, authority.read_bytes(), True)) as address:
        given = {"tls_cert": cert, "tls_key": cert.with_suffix(".key"), "tls_client_ca": authority}
        shown = {"peers_cert": peer, "peers_key": peer.with_suffix(".key")}
        assert is_healthy(Settings.load(listen=address, **given, **shown))
        assert is_healthy(Settings.load(listen=address, **given))


@pytest.mark.parametrize("status", [200, 503])
def test_where_metrics_are_served_their_port_is_asked(status: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/ready" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True).start()
    listen = f"0.0.0.0:{server.server_address[1]}"
    assert is_healthy(Settings(metrics_listen=listen)) == (status == 200)
    server.shutdown()
    server.server_close()
    assert not is_healthy(Settings(metrics_listen=listen))


def test_a_port_that_nobody_knows_cannot_be_asked() -> None:
    with pytest.raises(CannotStart, match=r"127\.0\.0\.1:0 is any free port, which nobody knows"):
        is_healthy(Settings(listen="127.0.0.1:0"))


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"])
def test_a_certificate_that_cannot_be_read_is_said_to_be_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "cert.pem").write_text(text)
    with pytest.raises(CannotStart, match="the server's certificate cannot be read"):
        is_healthy(Settings(tls_cert=tmp_path / "cert.pem", tls_key=tmp_path / "cert.pem"))
    with pytest.raises(CannotStart, match=r"cannot read .*nowhere"):
        is_healthy(Settings(tls_cert=tmp_path / "nowhere", tls_key=tmp_path / "nowhere"))
