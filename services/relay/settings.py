"""What the relay may be told: what every process may, of which it needs a database and a broker."""

from __future__ import annotations

from runtime.settings import Settings

NEEDED = ("database", "broker")


class RelaySettings(Settings):
    """The relay serves nothing: `listen` is not used."""

    @property
    def database_url(self) -> str:
        """Of the log; empty while it is missing."""
        return "" if self.database is None else self.database.get_secret_value()

    def missing(self, kind: str) -> tuple[str, ...]:
        """It stands between these two."""
        return tuple(name for name in NEEDED if getattr(self, name) is None)
