"""Settings come from the environment (`COMITIA_…`), are validated once at the start, and never change while running."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.listening import CannotStart

PREFIX = "COMITIA_"
DEPLOYMENT_PATTERN = r"^[a-z0-9]([a-z0-9./-]{0,98}[a-z0-9])?$"


class Settings(BaseSettings):
    """What any process of a deployment may be told; `SecretStr` for what must never be printed."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Path(".comitia")
    listen: str = "127.0.0.1:7400"
    deployment: Annotated[str, StringConstraints(pattern=DEPLOYMENT_PATTERN)] = "comitia.local"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["plain", "json"] = "plain"

    database: SecretStr | None = Field(
        None, description="postgresql://… of the log; without it, SQLite in the data folder"
    )
    broker: SecretStr | None = Field(None, description="amqp://… or amqps://… of RabbitMQ; without it, only timers")
    broker_ca: Path | None = Field(
        None, description="PEM of the authorities that the broker's certificate must come from"
    )
    broker_cert: Path | None = Field(None, description="PEM certificate shown to the broker")
    broker_key: Path | None = Field(None, description="PEM key of broker_cert")

    tls_cert: Path | None = Field(None, description="PEM certificate chain of this server")
    tls_key: Path | None = Field(None, description="PEM key of tls_cert")
    tls_client_ca: Path | None = Field(
        None, description="PEM authorities: clients must show a certificate from one of them"
    )
    auth_jwks: str | None = Field(None, description="file or https address of the JWKS that verifies bearer tokens")
    auth_audience: str = Field("comitia", description="the `aud` that a token must have")
    auth_issuer: str | None = Field(None, description="the `iss` that a token must have; any when not set")
    auth_leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 30

    max_request_bytes: Annotated[int, Field(ge=1024)] = 4 * 1024 * 1024
    max_streams: Annotated[int, Field(ge=1, description="concurrent calls on one connection")] = 1000
    caller_calls: Annotated[int, Field(ge=1, description="concurrent calls of one caller")] = 1000
    caller_rate: Annotated[int, Field(ge=1, description="calls or stream messages of one caller in a second")] = 5000
    drain_seconds: Annotated[float, Field(ge=0, le=600, description="for running calls after SIGTERM")] = 10.0

    timer_seconds: Annotated[
        float, Field(gt=0, le=60, description="a worker reads the log this often without a hint")
    ] = 1.0
    lease_seconds: Annotated[
        float, Field(ge=1, le=300, description="another worker takes over after so long a silence")
    ] = 10.0

    metrics_listen: str = Field("", description="HOST:PORT of /metrics, /live and /ready; none when empty")
    otlp_endpoint: str | None = Field(
        None, description="http(s)://HOST:PORT of an OTLP/HTTP collector for traces and metrics"
    )
    trace_ratio: Annotated[float, Field(ge=0, le=1, description="share of traces begun here that are kept")] = 1.0

    peers_ca: Path | None = Field(
        None, description="PEM authorities of the other services' certificates; plain when not set"
    )
    peers_cert: Path | None = Field(None, description="PEM certificate shown to other services")
    peers_key: Path | None = Field(None, description="PEM key of peers_cert")
    peers_token_file: Path | None = Field(None, description="file of the bearer token sent to other services")

    @property
    def log_path(self) -> Path:
        """The SQLite file of the event log."""
        return self.data_dir / "log.db"

    @property
    def views_path(self) -> Path:
        """The SQLite file of the read models; it can be deleted and is rebuilt from the log."""
        return self.data_dir / "views.db"

    @property
    def key_path(self) -> Path:
        """The Ed25519 private key that signs checkpoints; whoever holds it can sign in this deployment's name."""
        return self.data_dir / "signing.key"


def load(**given: Any) -> Settings:
    """The environment's settings, overruled by those given. Raises `CannotStart` naming the first that is wrong."""
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = "_".join(map(str, first["loc"]))
        shown = name if name in given else f"{PREFIX}{name.upper()}"
        raise CannotStart(f"{shown}: {first['msg']}, found {first['input']!r}") from error
