"""TLS of a server: its certificate, read again when the files change, and the authorities that clients must come from."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import grpc

from runtime import pem
from runtime.listening import CannotStart
from runtime.pem import Named
from runtime.settings import Settings
from runtime.telling import variable

_LOG = logging.getLogger(__name__)


class Certificates:
    """What the three settings name. New files are used from the next connection on, once they belong together."""

    def __init__(self, cert: Path, key: Path, client_ca: Path | None) -> None:
        """Raises `CannotStart` naming the setting whose file cannot be used."""
        self._cert, self._key = Named(variable("tls_cert"), cert), Named(variable("tls_key"), key)
        self._client_ca = None if client_ca is None else Named(variable("tls_client_ca"), client_ca)
        self._seen = self._state()
        self._first = self._read()

    def credentials(self) -> grpc.ServerCredentials:
        """For gRPC. With a client authority, a client without a certificate of its does not get in."""
        renewed: Any = self._renewed  # gRPC takes None for "as before", and its stubs do not say so
        return grpc.dynamic_ssl_server_credentials(
            self._first, renewed, require_client_authentication=self._client_ca is not None
        )

    def _renewed(self) -> grpc.ServerCertificateConfiguration | None:
        """gRPC asks at each new connection, in a thread of its own; None keeps what there is.

        Files that are being replaced one after the other do not belong together yet: the next change is waited for.
        """
        state = self._state()
        if state == self._seen:
            return None
        self._seen = state
        try:
            renewed = self._read()
        except CannotStart as error:
            _LOG.warning("the server's certificate was changed, and the one before stays in use: %s", error)
            return None
        _LOG.info("the server's certificate was renewed")
        return renewed

    def _read(self) -> grpc.ServerCertificateConfiguration:
        shown = pem.pair(self._cert, self._key)
        trusted = None if self._client_ca is None else pem.authorities(self._client_ca)
        return grpc.ssl_server_certificate_configuration([(shown.key, shown.cert)], root_certificates=trusted)

    def _state(self) -> tuple[tuple[int, ...], ...]:
        files = [file.path for file in (self._cert, self._key, self._client_ca) if file is not None]
        return tuple(map(_state, files))


def _state(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def certificates(settings: Settings) -> Certificates | None:
    """The certificates of the settings; None where the server speaks in clear."""
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    return Certificates(settings.tls_cert, settings.tls_key, settings.tls_client_ca)
