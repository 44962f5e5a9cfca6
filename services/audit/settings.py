"""What audit may be told beside what every process may: where it asks the other services for a process's state."""

from __future__ import annotations

from pydantic import Field

from runtime.settings import Settings

OTHERS = ("processes", "proposals", "chambers", "ballots")
_ADDRESS = "HOST:PORT of the {} service, asked for a process's state; an api over PostgreSQL needs it"


class AuditSettings(Settings):
    """Empty addresses are for the embedded engine, where one server holds all the services."""

    audit_processes: str = Field("", description=_ADDRESS.format("processes"))
    audit_proposals: str = Field("", description=_ADDRESS.format("proposals"))
    audit_chambers: str = Field("", description=_ADDRESS.format("chambers"))
    audit_ballots: str = Field("", description=_ADDRESS.format("ballots"))

    def address_of(self, service: str) -> str:
        """Where a service is asked; empty when that was not set."""
        return str(getattr(self, f"audit_{service}"))

    def missing(self, kind: str) -> tuple[str, ...]:
        """An api over PostgreSQL is a process of its own: it knows the others by their addresses alone."""
        if kind != "api" or self.database is None:
            return ()
        return tuple(f"audit_{service}" for service in OTHERS if not self.address_of(service))
