"""Each test of the log's contract runs on every recorder and ends with a check of the whole log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from eventlog.contract import LogRecorder
from eventlog.postgres import PostgresLog
from infra.local.postgres import Postgres
from testkit.check_log import check_log
from tests.eventlog.postgres_tools import Observed
from tests.eventlog.recorders import POSTGRES, SQLITE, PostgresRecorder, Recorder, SQLiteRecorder, StepClock, wall_clock
from tests.eventlog.shop import Counters


@pytest.fixture(params=[SQLITE, pytest.param(POSTGRES, marks=pytest.mark.slow)])
def recorder(request: pytest.FixtureRequest, tmp_path: Path) -> Recorder:
    """A log that is not there yet."""
    if request.param == SQLITE:
        return SQLiteRecorder(tmp_path / "log.db")
    server: Postgres = request.getfixturevalue("postgres")
    return PostgresRecorder(request.getfixturevalue("migrated"), server.folder)


@pytest.fixture
def log(recorder: Recorder) -> Iterator[LogRecorder]:
    """An empty log, checked at the end as it is and as another process finds it."""
    opened = recorder.open(StepClock())
    yield opened
    length = check_log(opened)
    opened.close()
    again = recorder.open()
    assert check_log(again) == length
    again.close()


@pytest.fixture
def app(log: LogRecorder) -> Counters:
    """The small service on an empty log."""
    return Counters(log)


@pytest.fixture
def observed() -> Observed:
    """What a PostgreSQL log tells of its transactions."""
    return Observed()


@pytest.fixture
def postgres_log(migrated: str, observed: Observed) -> Iterator[PostgresLog]:
    """An empty PostgreSQL log, checked at the end."""
    opened = PostgresLog(migrated, clock=wall_clock, observer=observed)
    yield opened
    check_log(opened)
    opened.close()


@pytest.fixture
def sql(migrated: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A superuser's session in the log's database."""
    with psycopg.connect(migrated, autocommit=True) as connection:
        yield connection
