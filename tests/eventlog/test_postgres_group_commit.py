"""Group commit on PostgreSQL: one transaction for all that wait, each of them appended, repeated or refused alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from eventsourcing.persistence import OperationalError, Tracking

from eventlog.contract import EventIdReused, VersionConflict
from eventlog.postgres import PostgresLog
from kernel.records import Record
from testkit.check_log import check_log
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.postgres_tools import PATIENCE, Observed, all_at_once, locked, wait_until

pytestmark = pytest.mark.slow


def test_what_waits_for_the_log_is_committed_in_one_transaction(
    postgres_log: PostgresLog, observed: Observed, migrated: str
) -> None:
    with locked(migrated) as release, ThreadPoolExecutor(12) as threads:
        futures = [threads.submit(postgres_log.append, [a_record(f"s/{number}")]) for number in range(12)]
        wait_until(partial(_stand_in_line, postgres_log, 11))
        assert postgres_log.last_position() == 0
        release()
        positions = [future.result(PATIENCE)[0].position for future in futures]
    assert sorted(positions) == list(range(1, 13))
    assert [len(records) for records in observed.told] == [1, 11]
    assert [record.position for records in observed.told for record in records] == list(range(1, 13))


def test_of_batches_committed_together_each_is_appended_or_refused_alone(
    postgres_log: PostgresLog, observed: Observed, migrated: str
) -> None:
    postgres_log.append([*a_stream("s/old", 2), a_record("s/known")], tracking=Tracking("r", 5))
    batches: list[Callable[[], tuple[Record, ...]]] = [
        lambda: postgres_log.append([a_record("s/first")]),
        lambda: postgres_log.append(
            [a_record("s/1"), a_record("s/2")], expect={"s/old": 2}, tracking=Tracking("r1", 7)
        ),
        lambda: postgres_log.append([a_record("s/3"), a_record("s/old", 2, id="late")], tracking=Tracking("r2", 7)),
        lambda: postgres_log.append([a_record("s/4")], expect={"s/none": 1}),
        lambda: postgres_log.append([a_record("s/known")], tracking=Tracking("r3", 7)),
        lambda: postgres_log.append([a_record("s/5", id="s/1@1")]),
        lambda: postgres_log.append([a_record("s/6", id="s/old@1")]),
        lambda: postgres_log.append([a_record("s/7")], tracking=Tracking("r", 4)),
        lambda: postgres_log.append([], tracking=Tracking("r", 9)),
        lambda: postgres_log.append([a_record("s/8", process="p-2"), a_record("s/9"), a_record("s/10", process="p-2")]),
    ]
    with locked(migrated) as release, ThreadPoolExecutor(len(batches)) as threads:
        futures = []
        for number, append in enumerate(batches):
            futures.append(threads.submit(append))
            wait_until(partial(_stand_in_line, postgres_log, number))
        release()
        told = [future.exception(PATIENCE) or [record.stream_id for record in future.result()] for future in futures]
    assert [each if isinstance(each, list) else type(each).__name__ for each in told] == [
        ["s/first"],
        ["s/1", "s/2"],
        "VersionConflict",
        "VersionConflict",
        ["s/known"],
        "EventIdReused",
        "EventIdReused",
        "Overtaken",
        [],
        ["s/8", "s/9", "s/10"],
    ]
    assert {name: postgres_log.max_tracking_id(name) for name in ("r", "r1", "r2", "r3")} == {
        "r": 9,
        "r1": 7,
        "r2": None,
        "r3": 7,
    }
    assert [len(records) for records in observed.told] == [3, 1, 5]
    assert postgres_log.last_position() == 9


def _stand_in_line(log: PostgresLog, number: int) -> bool:
    """Whether one commits and `number` wait."""
    return log._gathering._led and len(log._gathering._line) == number


def test_threads_that_want_the_same_streams_and_event_ids_are_answered_as_one_after_the_other(
    postgres_log: PostgresLog,
) -> None:
    def contend(worker: int) -> int:
        appended = 0
        for number in range(15):
            while True:
                version = postgres_log.versions(["shared"])["shared"]
                try:
                    postgres_log.append(
                        [
                            a_record("shared", version + 1, id=f"{worker} {number}"),
                            a_record(f"own/{worker}", number + 1),
                        ]
                    )
                    appended += 1
                    break
                except VersionConflict:
                    continue
            postgres_log.append([a_record(f"same/{number}")])
            try:
                postgres_log.append([a_record(f"quarrel/{number}/{worker}", id=f"quarrel {number}")])
                appended += 100
            except EventIdReused:
                pass
        return appended

    told = all_at_once([partial(contend, worker) for worker in range(8)])
    assert sum(each for each in told if isinstance(each, int)) == 8 * 15 + 15 * 100
    assert postgres_log.versions(["shared"]) == {"shared": 8 * 15}
    assert check_log(postgres_log) == 2 * 8 * 15 + 15 + 15


def test_what_one_batch_breaks_harms_no_other(postgres_log: PostgresLog, migrated: str) -> None:
    name_too_long_to_index = "".join(f"{number:08x}" for number in (hash((i, "x")) & 0xFFFFFFFF for i in range(2000)))
    with locked(migrated) as release, ThreadPoolExecutor(3) as threads:
        futures = [threads.submit(postgres_log.append, [a_record("s/first")])]
        wait_until(partial(_stand_in_line, postgres_log, 0))
        broken = a_record("s/broken", process=name_too_long_to_index)
        futures += [threads.submit(postgres_log.append, [record]) for record in (broken, a_record("s/other"))]
        wait_until(partial(_stand_in_line, postgres_log, 2))
        release()
        errors = [future.exception(PATIENCE) for future in futures]
    assert [type(error) for error in errors] == [type(None), OperationalError, type(None)]
    assert name_too_long_to_index[:50] not in str(errors[1])
    assert [record.stream_id for record in postgres_log.read()] == ["s/first", "s/other"]
