"""Holding the log: what is read inside is what is added to, and all of the block is committed at its end, or nothing."""

from __future__ import annotations

import threading
import time

import pytest
from eventsourcing.persistence import Tracking

from eventlog.contract import EventIdReused, LogFull, LogRecorder, VersionConflict
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.recorders import Recorder
from tests.eventlog.shop import PROCESS, Counters, meta


def test_others_wait_until_the_block_has_ended(log: LogRecorder, recorder: Recorder) -> None:
    other = recorder.open()
    with log.exclusively():
        writer = threading.Thread(target=other.append, args=([a_record("s/other")],))
        writer.start()
        time.sleep(0.2)
        log.append(a_stream("s/mine", 2))
    writer.join()
    assert [record.stream_id for record in log.read()] == ["s/mine", "s/mine", "s/other"]
    other.close()


def test_another_thread_waits_too(log: LogRecorder) -> None:
    with log.exclusively():
        writer = threading.Thread(target=log.append, args=([a_record("s/other")],))
        writer.start()
        time.sleep(0.1)
        log.append([a_record("s/mine")])
    writer.join()
    assert [record.stream_id for record in log.read()] == ["s/mine", "s/other"]


def test_the_block_reads_what_it_has_appended_and_nobody_else_does(log: LogRecorder, recorder: Recorder) -> None:
    other = recorder.open()
    with log.exclusively():
        appended = log.append(a_stream("s/1", 2))
        assert tuple(log.read()) == appended
        assert log.versions(["s/1"]) == {"s/1": 2}
        assert log.append([a_record("s/1", 3)])[0].position == 3
        assert (other.last_position(), other.wait_for(0, 0.05)) == (0, False)
    assert (other.last_position(), other.wait_for(0, 0.05)) == (3, True)
    other.close()


def test_an_exception_undoes_the_whole_block(log: LogRecorder) -> None:
    with pytest.raises(ZeroDivisionError), log.exclusively():
        _divide_by(len(log.append(a_stream("s/1", 2), tracking=Tracking("r", 4))) - 2)
    assert (log.last_position(), log.max_tracking_id("r")) == (0, None)
    assert log.append(a_stream("s/1", 2))[0].position == 1


def test_a_refused_append_undoes_itself_alone(log: LogRecorder) -> None:
    with log.exclusively():
        log.append([a_record("s/1")])
        with pytest.raises(VersionConflict):
            log.append([a_record("s/2"), a_record("s/1", 1, id="late")])
        with pytest.raises(EventIdReused):
            log.append([a_record("s/3"), a_record("s/1")])
        log.append([a_record("s/1", 2)])
    assert [record.stream_id for record in log.read()] == ["s/1", "s/1"]


def test_a_block_within_a_block_is_part_of_it(log: LogRecorder, recorder: Recorder) -> None:
    other = recorder.open()
    with log.exclusively():
        with log.exclusively():
            log.append([a_record("s/1")])
        assert other.last_position() == 0
        assert not _another_thread_hears_of_a_record(log)
        log.append([a_record("s/2")])
    assert other.last_position() == 2
    assert _another_thread_hears_of_a_record(log)
    other.close()


def test_a_block_within_a_block_that_fails_is_undone_as_a_whole_and_alone(log: LogRecorder) -> None:
    with log.exclusively():
        log.append([a_record("s/1")])
        with pytest.raises(VersionConflict):
            _append_and_conflict(log)
        log.append([a_record("s/2")])
    assert [record.stream_id for record in log.read()] == ["s/1", "s/2"]


def _append_and_conflict(log: LogRecorder) -> None:
    with log.exclusively():
        log.append([a_record("s/undone")])
        log.append([a_record("s/1", 1, id="late")])


def _another_thread_hears_of_a_record(log: LogRecorder) -> bool:
    heard: list[bool] = []
    listening = threading.Thread(target=lambda: heard.append(log.wait_for(0, 0.1)))
    listening.start()
    listening.join()
    return heard == [True]


def test_a_follower_is_told_when_the_block_has_ended(log: LogRecorder) -> None:
    told: list[bool] = []
    waiting = threading.Thread(target=lambda: told.append(log.wait_for(0, 20)))
    waiting.start()
    with log.exclusively():
        log.append([a_record("s/1")])
        time.sleep(0.2)
        assert told == []
    waiting.join()
    assert told == [True]


def _divide_by(number: int) -> float:
    return 1 / number


def test_a_full_storage_undoes_the_block(log: LogRecorder, recorder: Recorder) -> None:
    log.append([a_record("s/before")])
    with recorder.storage_full(log), pytest.raises(LogFull, match="nothing of the batch was recorded"):
        _append_too_much(log, overlook=False)
    assert [record.stream_id for record in log.read()] == ["s/before"]
    assert log.append([a_record("s/after")])[0].position == 2


def test_a_block_that_overlooks_a_full_storage_loses_nothing_unnoticed(log: LogRecorder, recorder: Recorder) -> None:
    kept = ["s/small"]
    with recorder.storage_full(log):
        try:
            _append_too_much(log, overlook=True)
        except LogFull:
            kept = []
    assert [record.stream_id for record in log.read()] == kept


def _append_too_much(log: LogRecorder, *, overlook: bool) -> None:
    with log.exclusively():
        log.append([a_record("s/small")])
        try:
            log.append([a_record(f"s/{number}", text="x" * 1000) for number in range(6000)])
        except LogFull:
            if not overlook:
                raise


def test_commands_carried_out_in_a_block_see_each_other(app: Counters) -> None:
    with app.log.exclusively():
        app.open("c", limit=3)
        for key in ("k1", "k2"):
            app.execute(PROCESS, "Raise", meta(key), b"", lambda: app.decide_raise("c", 1))
    assert app.get("c").state.total == app.decided == 2
