"""`python -m SERVICE health`: asks the process that runs with these settings whether it is ready; for container checks."""

from __future__ import annotations

import http.client
from pathlib import Path

import grpc
from cryptography import x509
from grpc_health.v1 import health_pb2, health_pb2_grpc

from runtime.listening import CannotStart
from runtime.settings import Settings

SECONDS = 3.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}


def is_healthy(settings: Settings) -> bool:
    """Over HTTP where `metrics_listen` is set (a worker has nothing else), else by gRPC's health service of `listen`.

    Raises `CannotStart` where the settings name no port to ask at, or a certificate that cannot be read.
    """
    address = _own(settings.metrics_listen or settings.listen)
    return _answers_http(address) if settings.metrics_listen else _answers_grpc(address, settings)


def _own(listen: str) -> str:
    """Where this machine reaches what listens there."""
    host, _, port = listen.rpartition(":")
    if port == "0":
        raise CannotStart(f"{listen} is any free port, which nobody knows: set a port to be asked at")
    return f"{_EVERYWHERE.get(host, host)}:{port}"


def _answers_http(address: str) -> bool:
    connection = http.client.HTTPConnection(address, timeout=SECONDS)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _answers_grpc(address: str, settings: Settings) -> bool:
    with _channel(address, settings) as channel:
        ask = health_pb2_grpc.HealthStub(channel).Check
        try:
            answer = ask(health_pb2.HealthCheckRequest(), timeout=SECONDS)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _channel(address: str, settings: Settings) -> grpc.Channel:
    """Under TLS the server must show the certificate of the settings; where it asks for one, that of peers is shown to it."""
    options: list[tuple[str, str | int]] = [("grpc.enable_http_proxy", 0)]
    if settings.tls_cert is None or settings.tls_key is None:
        return grpc.insecure_channel(address, options=options)
    certificate = _read(settings.tls_cert)
    options.append(("grpc.ssl_target_name_override", _name_in(certificate)))
    shown: tuple[bytes | None, bytes | None] = (None, None)
    if settings.tls_client_ca is not None:
        shown = _read(settings.peers_key or settings.tls_key), _read(settings.peers_cert or settings.tls_cert)
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(certificate, *shown), options=options)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotStart(f"cannot read {path}: {error.strerror}") from error


def _name_in(certificate: bytes) -> str:
    try:
        names = x509.load_pem_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except (ValueError, x509.ExtensionNotFound) as error:
        raise CannotStart(f"the server's certificate cannot be read, or names no host: {error}") from error
    found = [str(value) for value in names.value.get_values_for_type(x509.DNSName)]
    found += [str(value) for value in names.value.get_values_for_type(x509.IPAddress)]
    return found[0]
