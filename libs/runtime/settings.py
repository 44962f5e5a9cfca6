"""Settings come from the environment (`COMITIA_…`) or a file, are validated once at the start, and never change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from runtime.listening import CannotStart
from runtime.telling import PREFIX, secrets_of, told, variable

__all__ = ["PREFIX", "Settings", "load"]

DEPLOYMENT_PATTERN = r"^[a-z0-9]([a-z0-9./-]{0,98}[a-z0-9])?$"


def _url(*schemes: str) -> AfterValidator:
    """A secret that begins as an address of one of these schemes does."""

    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"expected an address that begins with {schemes[0]}://")
        return secret

    return AfterValidator(check)


Database = Annotated[SecretStr, _url("postgresql", "postgres")]
Broker = Annotated[SecretStr, _url("amqp", "amqps")]

_TOGETHER = (
    ("tls_cert", "tls_key"),
    ("tls_key", "tls_cert"),
    ("tls_client_ca", "tls_cert"),
    ("broker_cert", "broker_key"),
    ("broker_key", "broker_cert"),
    ("peers_cert", "peers_key"),
    ("peers_key", "peers_cert"),
)
"""Whoever sets the first must set the second."""


class Settings(BaseSettings):
    """What any process of a deployment may be told; `SecretStr` for what must never be printed."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(
        Path(".comitia"),
        description="folder of the embedded engine's log, and of what audit signs with and has signed",
    )
    listen: str = Field("127.0.0.1:7400", description="HOST:PORT of this gRPC server; port 0: any free one")
    deployment: Annotated[str, StringConstraints(pattern=DEPLOYMENT_PATTERN)] = Field(
        "comitia.local", description="the name in checkpoints; set before the first process, and never changed"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="the least that is written to the error output"
    )
    log_format: Literal["plain", "json"] = Field("plain", description="lines for people, or one JSON object a line")

    database: Database | None = Field(
        None, description="postgresql://… of the log and the read models; without it, SQLite in the data folder"
    )
    broker: Broker | None = Field(None, description="amqp://… or amqps://… of RabbitMQ; without it, only timers")
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
    auth_leeway_seconds: Annotated[int, Field(ge=0, le=300)] = Field(
        30, description="how far the clock of who issues tokens may be off"
    )

    max_request_bytes: Annotated[int, Field(ge=1024)] = Field(
        4 * 1024 * 1024, description="the largest request that is read"
    )
    max_streams: Annotated[int, Field(ge=1)] = Field(1000, description="concurrent calls on one connection")
    caller_calls: Annotated[int, Field(ge=1)] = Field(1000, description="concurrent calls of one caller")
    caller_rate: Annotated[int, Field(ge=1)] = Field(
        5000, description="calls or stream messages of one caller in a second"
    )
    linger_seconds: Annotated[float, Field(ge=0, le=300)] = Field(
        0.0, description="how long an api takes calls on after SIGTERM, not ready, for a gateway to send them elsewhere"
    )
    drain_seconds: Annotated[float, Field(ge=0, le=600)] = Field(
        10.0, description="how long running calls may take to end after SIGTERM and lingering"
    )

    timer_seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        1.0, description="a worker reads the log this often without a hint"
    )
    lease_seconds: Annotated[float, Field(ge=1, le=300)] = Field(
        10.0, description="another worker takes over after so long a silence"
    )

    metrics_listen: str = Field("", description="HOST:PORT of /metrics, /live and /ready; none when empty")
    otlp_endpoint: str | None = Field(
        None, description="http(s)://HOST:PORT of an OTLP/HTTP collector for traces and metrics"
    )
    trace_ratio: Annotated[float, Field(ge=0, le=1)] = Field(
        1.0, description="share of traces begun here that are kept"
    )

    peers_ca: Path | None = Field(
        None, description="PEM authorities of the other services' certificates; plain when not set"
    )
    peers_cert: Path | None = Field(None, description="PEM certificate shown to other services")
    peers_key: Path | None = Field(None, description="PEM key of peers_cert")
    peers_token_file: Path | None = Field(None, description="file of the bearer token sent to other services")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _Told(settings_cls)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for given, needed in _TOGETHER:
            if getattr(self, given) is not None and getattr(self, needed) is None:
                raise ValueError(f"{variable(needed)} is not set, and {variable(given)} is, which needs it: set both")
        return self

    @classmethod
    def load(cls, **given: Any) -> Self:
        """The settings of the environment and its file, overruled by those given; frozen.

        Raises `CannotStart` naming the first that is wrong, unknown or missing; never with what a secret holds.
        """
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            raise CannotStart(_complaint(cls, first, given)) from None

    def missing(self, kind: str) -> tuple[str, ...]:
        """The settings that a process of this kind (`api`, `worker`) cannot do without, and that are not set."""
        return ()

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


load: Callable[..., Settings] = Settings.load
"""What any process may be told, as the command line and the embedded engine load it."""


class _Told(PydanticBaseSettingsSource):
    """The environment and the file that it names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        return told(self.settings_cls)


def _complaint(model: type[BaseSettings], first: Any, given: dict[str, Any]) -> str:
    name = str(first["loc"][0]) if first["loc"] else ""
    said = str(first["msg"]).removeprefix("Value error, ")
    if not name:
        return said
    shown = name if name in given else variable(name)
    return f"{shown}: {said}" if name in secrets_of(model) else f"{shown}: {said}, found {first['input']!r}"
