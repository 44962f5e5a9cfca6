"""Full storage: a clear refusal, nothing of the batch written, everything before it readable, and room again is enough."""

from __future__ import annotations

import pytest
from eventsourcing.persistence import Tracking

from eventlog.contract import LogFull, LogRecorder
from testkit.check_log import check_log
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import Recorder


def test_a_full_storage_refuses_the_batch_and_keeps_the_log(log: LogRecorder, recorder: Recorder) -> None:
    log.append([a_record(f"s/{number}") for number in range(100)])
    too_much = [a_record(f"t/{number}", text="x" * 1000) for number in range(2000)]
    with recorder.storage_full(log):
        with pytest.raises(LogFull) as full:
            log.append(too_much, tracking=Tracking("r", 9))
        assert check_log(log) == 100
        assert log.max_tracking_id("r") is None
    assert "nothing of the batch was recorded" in str(full.value)
    assert "free space" in str(full.value)
    assert log.append(too_much)[-1].position == 2100


def test_a_storage_that_fills_up_takes_whole_batches_until_then(log: LogRecorder, recorder: Recorder) -> None:
    log.append([a_record("s/first")])
    with recorder.storage_full(log):
        taken = _append_until_full(log)
    assert check_log(log) == 1 + 20 * taken


def _append_until_full(log: LogRecorder) -> int:
    taken = 0
    try:
        while True:
            log.append([a_record(f"s/{taken}/{number}", text="x" * 100) for number in range(20)])
            taken += 1
    except LogFull:
        return taken
