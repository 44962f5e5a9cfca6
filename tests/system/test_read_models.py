"""The demo's log folded into read models by SQLite and by PostgreSQL, in pages of any size: the same rows."""

from __future__ import annotations

import random
import re
from contextlib import closing
from typing import Any

import pytest

from runtime.views import Projection, Views
from runtime.views_postgres import PostgresViews
from runtime.views_sqlite import SQLiteViews
from tests.system.conftest import Demo

pytestmark = pytest.mark.slow

SEED = 20261122
TABLE = re.compile(r"CREATE TABLE (\w+)")


def projections(demo: Demo) -> list[Projection]:
    return [projection for service in demo.engine.services for projection in service.projections]


def rows(views: Views, projection: Projection) -> dict[str, list[dict[str, Any]]]:
    """Everything in a read model's tables, in an order that is the same everywhere."""
    tables = [name for statement in projection.tables for name in TABLE.findall(statement)]
    return {
        table: sorted((dict(row) for row in views.read(f"SELECT * FROM {table}")), key=lambda row: repr(row.items()))
        for table in tables
    }


def fold(demo: Demo, projection: Projection, views: Views, largest: int) -> None:
    """Fold the whole log anew, in pages of at most so many records."""
    views.rebuild(projection)
    sizes, position = random.Random(SEED), 0
    while page := demo.engine.context.log.read(after=position, types=projection.types, limit=sizes.randint(1, largest)):
        views.apply(projection, page, page[-1].position, after=position)
        position = page[-1].position


def test_every_read_model_is_the_same_on_both_databases(demo: Demo, migrated: str) -> None:
    assert demo.engine.settle()
    assert len(projections(demo)) == 4
    with closing(SQLiteViews(":memory:")) as sqlite, closing(PostgresViews(migrated)) as postgres:
        for projection in projections(demo):
            followed = rows(demo.engine.context.views, projection)
            assert any(followed.values())
            for views in (sqlite, postgres):
                for largest in (500, 7):
                    fold(demo, projection, views, largest)
                    assert rows(views, projection) == followed, f"{projection.name} by {type(views).__name__}"
