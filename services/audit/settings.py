"""Where audit asks the other services for a process's state: `COMITIA_AUDIT_…`, by default its own server's address."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict


class Addresses(BaseSettings):
    """`HOST:PORT` of each service; empty in the embedded engine, where one server holds them all."""

    model_config = SettingsConfigDict(env_prefix="COMITIA_AUDIT_", frozen=True, extra="forbid")

    processes: str = ""
    proposals: str = ""
    chambers: str = ""
    ballots: str = ""
