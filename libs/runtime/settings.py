"""Settings come from the environment (`COMITIA_…`), are validated once at the start, and never change while running."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.listening import CannotStart

PREFIX = "COMITIA_"
DEPLOYMENT_PATTERN = r"^[a-z0-9]([a-z0-9./-]{0,98}[a-z0-9])?$"


class Settings(BaseSettings):
    """Where the data is, where to listen, and under what name checkpoints are signed. No secret is kept in here."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Path(".comitia")
    listen: str = "127.0.0.1:7400"
    deployment: Annotated[str, StringConstraints(pattern=DEPLOYMENT_PATTERN)] = "comitia.local"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["plain", "json"] = "plain"

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
