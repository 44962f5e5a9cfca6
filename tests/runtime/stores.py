"""The two databases of read models, as a test opens them: any number of times, as the processes of a deployment do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeAlias

import pytest

from runtime.views import Views
from runtime.views_postgres import PostgresViews
from runtime.views_sqlite import SQLiteViews

OpenViews: TypeAlias = Callable[[], Views]

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.slow)]
"""The parameters of `open_views`: PostgreSQL is for `make test`."""


@pytest.fixture(params=BOTH)
def open_views(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenViews]:
    """Opens one store of read models, again and again; all are closed at the end."""
    with ExitStack() as opened:

        def open_one() -> Views:
            if request.param == "sqlite":
                return opened.enter_context(closing(SQLiteViews(tmp_path / "views.db")))
            return opened.enter_context(closing(PostgresViews(url)))

        url = "" if request.param == "sqlite" else request.getfixturevalue("migrated")
        yield open_one
