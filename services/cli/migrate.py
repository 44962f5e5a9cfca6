"""`comitia migrate`: brings a PostgreSQL database to the schema that this version of Comitia knows."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer

from cli.connect import Json
from cli.output import print_json, wrong
from eventlog.contract import SchemaUnknown
from eventlog.postgres_schema import MigrationChanged, known_version, migrate
from kernel.refusal import Refused

Database = Annotated[
    str,
    typer.Option(
        "--database", metavar="URL", envvar="COMITIA_DATABASE", show_envvar=True, help="postgresql://… of the log."
    ),
]
Grant = Annotated[list[str], typer.Option("--grant", metavar="ROLE", help="A login role that becomes a service.")]


def migrate_(database: Database, grant: Grant = [], as_json: Json = False) -> None:  # noqa: B006  # typer reads it
    """Make or upgrade the log's tables, roles and privileges in PostgreSQL; safe to run again, and at any time."""
    try:
        applied = migrate(database, grant)
    except (SchemaUnknown, MigrationChanged) as error:
        wrong(Refused("migration_refused", say=str(error)), as_json=as_json)
    except psycopg.Error as error:
        why = error.diag.message_primary or str(error).strip().splitlines()[0]
        wrong(Refused("migration_failed", say=f"the database could not be migrated: {why}"), as_json=as_json)
    if as_json:
        print_json({"applied": applied, "version": known_version()})
    elif applied:
        typer.echo(
            f"applied {', '.join(f'{version:04}' for version in applied)}; the schema is version {known_version()}"
        )
    else:
        typer.echo(f"nothing to do: the schema is version {known_version()}")
