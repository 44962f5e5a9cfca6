"""Read models in PostgreSQL: made by any number of processes at once, two versions side by side, a server that goes away."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest

from eventlog.contract import LogUnreachable, Overtaken
from kernel.records import Record
from runtime.views_postgres import PostgresViews
from tests.runtime.test_views import Numbers, numbers

pytestmark = pytest.mark.slow

NEWER = Numbers(tables=("CREATE TABLE numbers (number BIGINT, squared BIGINT)",))
NEWEST = Numbers(tables=("CREATE TABLE numbers (number BIGINT, cubed BIGINT)",))


@pytest.fixture
def open_views(migrated: str) -> Iterator[Callable[..., PostgresViews]]:
    """Opens the read models of one database, as each process does for itself."""
    with ExitStack() as opened:
        yield lambda **options: opened.enter_context(closing(PostgresViews(migrated, **options)))


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'views'").fetchall()
    return {name for (name,) in found}


def test_processes_that_start_at_once_make_the_tables_once(migrated: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            with closing(PostgresViews(migrated)) as views:
                views.install(Numbers())
                views.install(NEWER)
        except BaseException as error:
            failures.append(error)

    starting = [threading.Thread(target=start) for _ in range(8)]
    for one in starting:
        one.start()
    for one in starting:
        one.join()
    assert failures == []
    assert len(tables(migrated)) == 3


def test_in_a_rolling_upgrade_each_version_has_its_own_tables(
    open_views: Callable[..., PostgresViews], happen: Callable[..., Record]
) -> None:
    records = [happen("trial.Told", number) for number in (1, 2)]
    old, new = open_views(), open_views()
    old.install(Numbers())
    old.apply(Numbers(), records[:1], 1)
    new.install(NEWER)
    assert (numbers(old), numbers(new), new.position("trial.numbers")) == ([1], [], 0)
    old.apply(Numbers(), records[1:], 2, after=1)
    restarted = open_views()
    restarted.install(Numbers())
    assert (numbers(restarted), restarted.position("trial.numbers"), numbers(new)) == ([1, 2], 2, [])
    assert old.key("trial.numbers") == restarted.key("trial.numbers") != new.key("trial.numbers")


def test_tables_of_the_version_before_the_last_are_dropped(
    migrated: str, open_views: Callable[..., PostgresViews]
) -> None:
    for version in (Numbers(), NEWER, Numbers(), NEWEST):
        open_views().install(version)
    left = tables(migrated)
    assert len(left) == 3
    assert open_views().read("SELECT name FROM projections WHERE projection = ?", ("trial.numbers",)) != []
    kept = {"@".join(name.rsplit("_", 1)).replace("numbers", "trial.numbers") for name in left - {"projections"}}
    assert kept == {row["name"] for row in open_views().read("SELECT name FROM projections")}
    first = open_views()
    first.install(Numbers())
    assert tables(migrated) == left, "the version used before the last had to be kept"


def test_a_paused_transaction_is_undone_so_that_nobody_waits_for_it(
    open_views: Callable[..., PostgresViews], happen: Callable[..., Record]
) -> None:
    record, paused = happen("trial.Told", 1), threading.Event()

    class Paused(Numbers):
        def apply(self, record: Record, cursor: object) -> None:
            paused.set()
            time.sleep(3)

    sleeper, worker, failed = open_views(idle_seconds=1.0), open_views(), []

    def sleep() -> None:
        try:
            sleeper.apply(Paused(), [record], 1)
        except LogUnreachable as error:
            failed.append(error)

    for views in (sleeper, worker):
        views.install(Numbers())
    asleep = threading.Thread(target=sleep)
    asleep.start()
    paused.wait()
    worker.apply(Numbers(), [record], 1)
    asleep.join()
    assert (len(failed), numbers(worker)) == (1, [1])
    with pytest.raises(Overtaken):
        sleeper.apply(Numbers(), [record], 1)


def test_a_server_that_was_restarted_is_read_again_without_an_error(
    open_views: Callable[..., PostgresViews], migrated: str, happen: Callable[..., Record]
) -> None:
    views, record = open_views(), happen("trial.Told", 1)
    views.install(Numbers())
    _disconnect_everyone(migrated)
    assert numbers(views) == []
    _disconnect_everyone(migrated)
    with pytest.raises(LogUnreachable, match="does not answer"):
        views.apply(Numbers(), [record], 1)
    views.apply(Numbers(), [record], 1)
    assert numbers(views) == [1]


def test_a_server_that_is_away_is_said_to_be_without_its_password() -> None:
    with pytest.raises(LogUnreachable) as told:
        PostgresViews("postgresql://me:geheim@127.0.0.1:1/nowhere")
    assert "geheim" not in str(told.value)


@pytest.fixture
def two_users(migrated: str) -> Iterator[tuple[str, str]]:
    """The database as two users of the services' group see it."""
    users = [f"trial_{secrets.token_hex(4)}" for _ in range(2)]
    with psycopg.connect(migrated, autocommit=True) as connection:
        for user in users:
            connection.execute(f"CREATE ROLE {user} LOGIN PASSWORD '{user}' IN ROLE comitia_service".encode())
        one, two = (psycopg.conninfo.make_conninfo(migrated, user=user, password=user) for user in users)
        yield one, two
        connection.execute(f"DROP ROLE {', '.join(users)}".encode())


def test_every_member_of_the_services_group_may_change_what_another_made(
    two_users: tuple[str, str], migrated: str, happen: Callable[..., Record]
) -> None:
    one, two = two_users
    with closing(PostgresViews(one)) as first, closing(PostgresViews(two)) as second:
        first.install(Numbers())
        second.install(Numbers())
        second.apply(Numbers(), [happen("trial.Told", 3)], 1)
        assert numbers(first) == [3]
        second.rebuild(Numbers())
        second.install(NEWER)
        second.install(NEWEST)
        assert len(tables(migrated)) == 3


def _disconnect_everyone(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
