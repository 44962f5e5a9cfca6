"""`comitia migrate`: brings a PostgreSQL database to the schema that this version of Comitia knows."""

from __future__ import annotations

from typing import Annotated

import typer
from eventsourcing.persistence import PersistenceError

from cli.connect import Json
from cli.output import print_json, say, wrong
from eventlog.contract import SchemaUnknown
from kernel.refusal import Refused

Database = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="COMITIA_DATABASE",
        help="postgresql://… as the database's owner.",
    ),
]
Grant = Annotated[
    list[str] | None,
    typer.Option("--grant", metavar="ROLE", help="A login role that may run services; may be given several times."),
]


def migrate(database: Database, grant: Grant = None, as_json: Json = False) -> None:
    """Make or upgrade the log's tables, roles and privileges in PostgreSQL; safe to run again, and from many machines."""
    # psycopg is imported where a database is used: every other command starts without it.
    from eventlog import postgres_schema

    try:
        applied = postgres_schema.migrate(database, grant or ())
    except (SchemaUnknown, postgres_schema.CannotMigrate, PersistenceError) as error:
        wrong(Refused("cannot_migrate", say=str(error)), as_json=as_json)
    version = postgres_schema.known_version()
    if as_json:
        print_json({"applied": applied, "version": version})
    elif applied:
        say(f"applied {', '.join(f'{step:04}' for step in applied)}: the log has schema version {version}")
    else:
        say(f"nothing to apply: the log has schema version {version}")
