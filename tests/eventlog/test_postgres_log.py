"""The PostgreSQL log's own: copied batches, notifications, leases, queries that stay with their index, and native threads."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest
from eventsourcing.persistence import Tracking

from eventlog import postgres_appending
from eventlog.contract import VersionConflict
from eventlog.postgres import PostgresLog
from eventlog.postgres_schema import migrate
from kernel.records import NewRecord
from testkit.check_log import all_records, check_log
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.postgres_tools import PATIENCE, all_at_once
from tests.eventlog.recorders import wall_clock

ROOT = Path(__file__).resolve().parents[2]


pytestmark = pytest.mark.slow


def test_a_text_that_postgresql_cannot_hold_is_refused_before_and_found_nowhere(postgres_log: PostgresLog) -> None:
    for broken in ({"stream_id": "s/\0"}, {"actor": "\0"}, {"correlation_id": "a\0b"}, {"causation_id": "\0"}):
        with pytest.raises(ValueError, match="NUL"):
            postgres_log.append([replace(a_record("s/1"), **broken)])  # type: ignore[arg-type]
    assert postgres_log.read_stream("\0") == postgres_log.read(process_id="\0") == postgres_log.read(types=["\0"]) == []
    assert postgres_log.length("\0") == 0
    assert postgres_log.versions(["\0", "s/1"]) == {"\0": 0, "s/1": 0}
    assert list(postgres_log.read_process("\0")) == []


def test_a_copied_batch_is_stored_as_an_inserted_one(
    migrated: str, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(database)
    stories = []
    for url, copy_from in ((migrated, 1), (database, 10**9)):
        monkeypatch.setattr(postgres_appending, "COPY_FROM", copy_from)
        with closing(PostgresLog(url, clock=lambda: wall_clock().replace(microsecond=0, second=0))) as log:
            stories.append([*_story(log), [replace(record, recorded_at="") for record in all_records(log)]])
            check_log(log)
    assert stories[0] == stories[1]
    assert len(stories[0][-1]) == 1003  # type: ignore[arg-type]


def _story(log: PostgresLog) -> Iterator[object]:
    """Appends that are taken, repeated, and refused for each reason that there is; what each was answered."""
    big = [
        a_record(
            f"s/{n % 700}",
            n // 700 + 1,
            process="été" if n % 700 % 3 else "p-1",
            traceparent=str(n),
            text="𝄞\u2028" * (n % 9),
        )
        for n in range(1000)
    ]
    attempts: list[tuple[list[NewRecord], dict[str, int], Tracking | None]] = [
        (big, {"t": 0}, Tracking("r", 5)),
        (big, {"t": 7}, Tracking("r", 6)),
        ([replace(big[0], actor="other"), *big[1:]], {}, Tracking("r", 8)),
        (big[:500], {}, None),
        ([*big[:500], a_record("new")], {}, None),
        (a_stream("s/0", 2, first=2), {}, None),
        (a_stream("s/0", 2, first=3), {"s/1": 1}, Tracking("r", 9)),
        (a_stream("s/0", 2, first=3), {}, Tracking("r", 6)),
        (a_stream("s/0", 2, first=3), {"s/1": 2}, Tracking("r", 10)),
        ([a_record("one", causation_id="c", schema=3)], {}, None),
    ]
    for records, expect, tracking in attempts:
        try:
            yield [record.position for record in log.append(records, expect=expect, tracking=tracking)]
        except Exception as error:
            yield (type(error), str(error))
        yield log.max_tracking_id("r")


def test_one_notification_is_sent_for_each_transaction(
    postgres_log: PostgresLog, sql: psycopg.Connection[tuple[object, ...]]
) -> None:
    sql.execute("LISTEN comitia_log")
    postgres_log.append(a_stream("s/1", 3))
    postgres_log.append(a_stream("s/2", 1000))
    with postgres_log.exclusively():
        for version in range(1, 6):
            postgres_log.append([a_record("s/3", version)])
    postgres_log.append([a_record("s/3", 1)])
    with pytest.raises(VersionConflict):
        postgres_log.append([a_record("s/3", 1, id="other")])
    postgres_log.insert_tracking(Tracking("r", 1))
    assert [notify.payload for notify in sql.notifies(timeout=0.5)] == [""] * 3


def test_hears_of_another_process_at_once_and_by_polling_where_nothing_is_heard(
    postgres_log: PostgresLog, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert postgres_log.wait_for(0, 0.3) is False
    with closing(PostgresLog(migrated, clock=wall_clock)) as other:
        assert _seconds_until_heard(postgres_log, other, 0) < 0.5
        with psycopg.connect(migrated, autocommit=True) as db:
            db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%'")
        assert _seconds_until_heard(postgres_log, other, 1) < 3
        time.sleep(1)
        assert _seconds_until_heard(postgres_log, other, 2) < 0.5


def _seconds_until_heard(log: PostgresLog, other: PostgresLog, after: int) -> float:
    appending = threading.Timer(0.1, lambda: other.append([a_record(f"s/{after}")]))
    appending.start()
    began = time.monotonic()
    assert log.wait_for(after, PATIENCE)
    appending.join()
    return time.monotonic() - began


def test_a_lease_is_one_holders_until_it_lets_go_or_time_runs_out(postgres_log: PostgresLog) -> None:
    assert postgres_log.lease("reactions", "one", 60)
    assert postgres_log.lease("reactions", "one", 60)
    assert not postgres_log.lease("reactions", "other", 60)
    assert postgres_log.lease("projections", "other", 60)
    postgres_log.release("reactions", "other")
    assert not postgres_log.lease("reactions", "other", 60)
    postgres_log.release("reactions", "one")
    assert postgres_log.lease("reactions", "other", 0.2)
    deadline = time.monotonic() + PATIENCE
    while not postgres_log.lease("reactions", "one", 60):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not postgres_log.lease("reactions", "other", 60)


def test_of_many_who_ask_for_a_lease_at_once_one_gets_it(postgres_log: PostgresLog) -> None:
    for turn in range(5):
        told = all_at_once([partial(postgres_log.lease, f"turn {turn}", f"holder {number}", 60) for number in range(8)])
        assert sorted(map(str, told)) == ["False"] * 7 + ["True"]


def test_every_query_goes_by_an_index_also_when_the_log_has_grown_since_it_was_planned(
    migrated: str, sql: psycopg.Connection[tuple[object, ...]]
) -> None:
    def use(log: PostgresLog, version: int) -> None:
        log.append(
            [a_record("s/0", version), a_record(f"alone/{version}", type="x.Y")], tracking=Tracking("r", version)
        )
        log.append([a_record(f"many/{version}/{n}") for n in range(300)], expect={"s/0": version})
        log.read(after=1, until=5, types=["x.Y"])
        log.read(process_id="p-1", after=3, until=200, types=["x.Y", "ballots.BallotCast"])
        log.read_process_page("p-1", first=2, stop=9, types=(), limit=3)
        log.read_stream("s/0")
        log.versions(["s/0", "s/1"])
        log.find([a_record("s/0", 1).event_id])
        assert (log.process_ids(), log.length("p-1")) == (["p-1"], log.last_position())

    sql.execute("VACUUM ANALYZE comitia.records")
    before = sql.execute(SCANS).fetchone()
    with closing(PostgresLog(migrated, clock=wall_clock)) as log:
        for version in range(1, 8):
            use(log, version)
        log.append([a_record(f"big/{n}") for n in range(20_000)])
        for version in range(8, 12):
            use(log, version)
    deadline = time.monotonic() + PATIENCE
    while (after := sql.execute(SCANS).fetchone()) is None or str(after[1]) < "20000":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert before is not None
    assert after[0] == before[0]


SCANS = "SELECT seq_scan, n_tup_ins FROM pg_stat_user_tables WHERE relname = 'records'"


def test_many_threads_read_through_few_connections(migrated: str, sql: psycopg.Connection[tuple[object, ...]]) -> None:
    with closing(PostgresLog(migrated, clock=wall_clock, pool_size=3)) as log:
        log.append(a_stream("s/1", 3))
        assert all_at_once([lambda: len(log.read())] * 40) == [3] * 40
        opened = sql.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'comitia log'"
        ).fetchone()
        assert opened is not None
        assert int(str(opened[0])) <= 4


def test_works_in_native_threads_of_a_process_patched_by_eventlet(migrated: str) -> None:
    """As `python -m SERVICE worker` is."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PATCHED, migrated],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.split()) == (0, "", ["101", "True"])


PATCHED = """
import eventlet
eventlet.monkey_patch(thread=False)
import sys, threading
from eventlog.postgres import PostgresLog
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import wall_clock
log = PostgresLog(sys.argv[1].replace("127.0.0.1", "localhost"), clock=wall_clock)
turns, heard = [], []
def work(name):
    for version in range(1, 26):
        log.append([a_record(f"s/{name}", version)])
threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
waiting = threading.Thread(target=lambda: heard.append(log.wait_for(100, 30)))
eventlet.spawn(lambda: [turns.append(eventlet.sleep(0.001)) for _ in range(20)])
for thread in (waiting, *threads):
    thread.start()
while any(thread.is_alive() for thread in threads):
    eventlet.sleep(0.01)
with log.exclusively():
    log.append([a_record("s/last")])
while waiting.is_alive():
    eventlet.sleep(0.01)
assert len(turns) == 20
print(log.last_position(), heard[0])
log.close()
"""
