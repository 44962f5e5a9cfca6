"""Two workers of one service in processes of their own, one paused, killed or cut off: every effect is there once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runtime.views_sqlite import SQLiteViews
from testkit.check_log import check_log
from tests.runtime.own_processes import LEASE_SECONDS, PATIENCE, Trial
from tests.runtime.test_followers import until
from tests.runtime.trial_service import Numbers

pytestmark = pytest.mark.slow


@pytest.fixture
def trial(migrated: str, tmp_path: Path) -> Iterator[Trial]:
    with closing(Trial(migrated, tmp_path)) as running:
        yield running


def all_is_right(trial: Trial, told: int) -> None:
    """Each number was heard once, in order; the read model is what a fold from the start gives; the log is sound."""
    assert trial.heard() == list(range(told))
    again, tables = Numbers(), ("trial_numbers", "trial_sum")
    with trial.views() as views, closing(SQLiteViews(":memory:")) as rebuilt:
        views.install(again)
        rebuilt.install(again)
        records = trial.log.read(types=sorted(again.types), limit=100_000)
        rebuilt.apply(again, records, records[-1].position)
        for table in tables:
            assert [dict(row) for row in views.read(f"SELECT * FROM {table} ORDER BY 1")] == [
                dict(row) for row in rebuilt.read(f"SELECT * FROM {table} ORDER BY 1")
            ]
    check_log(trial.log)


def settled(trial: Trial, told: int) -> bool:
    def done() -> bool:
        with trial.views() as views:
            views.install(Numbers())
            last = trial.log.read(types=["trial.Told"], limit=100_000)[-1].position
            return len(trial.heard()) >= told and views.position(Numbers.name) >= last

    return until(done, PATIENCE)


def test_a_leader_that_is_paused_past_its_lease_and_woken_does_nothing_twice(trial: Trial) -> None:
    workers = {process.pid: process for process in (trial.run("worker"), trial.run("worker"))}
    assert [process.says() for process in workers.values()] == ["trial worker following the log"] * 2
    told = 0
    for _ in range(4):
        trial.tell(*range(told, told + 60))
        told += 60
        assert until(lambda: trial.leader() is not None, PATIENCE)
        leader = trial.leader()
        assert leader is not None
        time.sleep(random.uniform(0.05, 0.3))
        workers[leader].pause()
        assert until(lambda: trial.leader() not in (None, leader), PATIENCE)  # noqa: B023
        time.sleep(random.uniform(0, 0.4))
        workers[leader].wake()
    assert settled(trial, told)
    time.sleep(2 * LEASE_SECONDS)
    all_is_right(trial, told)
    assert [process.end()[0] for process in workers.values()] == [0, 0]


def test_a_leader_that_is_killed_is_followed_by_another(trial: Trial) -> None:
    workers = [trial.run("worker") for _ in range(3)]
    assert all(process.says() for process in workers)
    by_pid = {process.pid: process for process in workers}
    told = 0
    for _ in range(2):
        trial.tell(*range(told, told + 40))
        told += 40
        assert until(lambda: trial.leader() in by_pid, PATIENCE)
        leader = trial.leader()
        assert leader is not None
        time.sleep(random.uniform(0.05, 0.3))
        by_pid.pop(leader).kill()
    trial.tell(*range(told, told + 5))
    assert settled(trial, told + 5)
    all_is_right(trial, told + 5)


def test_workers_go_on_when_everyone_is_disconnected_by_the_database(trial: Trial) -> None:
    import psycopg

    workers = [trial.run("worker") for _ in range(2)]
    assert all(process.says() for process in workers)
    told = 0
    for _ in range(3):
        trial.tell(*range(told, told + 30))
        told += 30
        with psycopg.connect(trial.url, autocommit=True) as db:
            db.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    assert settled(trial, told)
    all_is_right(trial, told)
    assert [process.end()[0] for process in workers] == [0, 0]
