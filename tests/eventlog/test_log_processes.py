"""Many processes on one log: no gap, no duplicate, nothing lost, the order of commits; a killed one leaves no half batch."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eventlog.contract import LogRecorder
from testkit.check_log import all_records, check_log
from tests.eventlog.builders import a_record
from tests.eventlog.child import SHARED_STREAM, batch, open_gate, start
from tests.eventlog.recorders import Recorder

pytestmark = pytest.mark.slow

WRITERS = [f"w{number}" for number in range(8)]


def test_eight_processes_append_while_one_follows(recorder: Recorder, tmp_path: Path) -> None:
    batches, size = 25, 8
    total = len(WRITERS) * batches * size
    recorder.open().close()
    gate = tmp_path / "gate"
    follower = start("follow", recorder.address, str(total), gate=gate)
    writers = [start("append", recorder.address, name, str(batches), str(size), gate=gate) for name in WRITERS]
    open_gate(gate, follower, *writers)
    appended = [story for child in writers for story in _told(child)]
    (followed,) = _told(follower)

    assert sorted(position for story in appended for position in story["positions"]) == list(range(1, total + 1))
    assert followed["seen"] == list(range(1, total + 1))
    _assert_order_is_commit_order(appended)
    log = recorder.open()
    assert check_log(log) == total
    for name in WRITERS:
        expected = [record.event_id for number in range(batches) for record in batch(name, number, size)]
        assert [record.event_id for record in log.read_process(f"p-{name}")] == expected
    log.close()


def test_eight_processes_write_one_stream_and_each_conflict_is_noticed(recorder: Recorder, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    children = [start("contend", recorder.address, name, "12", gate=gate) for name in WRITERS]
    open_gate(gate, *children)
    conflicts = sum(story["conflicts"] for child in children for story in _told(child))
    log = recorder.open()
    assert log.versions([SHARED_STREAM]) == {SHARED_STREAM: 96}
    assert conflicts > 0
    assert check_log(log) == 96
    log.close()


def test_eight_processes_append_the_same_events_and_each_is_recorded_once(recorder: Recorder, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    children = [start("duplicate", recorder.address, name, "40", gate=gate) for name in WRITERS]
    open_gate(gate, *children)
    stories = [story["places"] for child in children for story in _told(child)]
    assert all(story == stories[0] for story in stories)
    log = recorder.open()
    assert [place[0] for place in stories[0]] == list(range(1, 41))
    assert check_log(log) == 40
    log.close()


def test_of_eight_processes_with_other_content_under_one_event_id_one_is_taken(
    recorder: Recorder, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    children = [start("quarrel", recorder.address, name, "40", gate=gate) for name in WRITERS]
    open_gate(gate, *children)
    won = sorted(number for child in children for story in _told(child) for number in story["won"])
    assert won == list(range(40))
    log = recorder.open()
    assert check_log(log) == 40
    log.close()


def test_a_writer_killed_at_any_moment_leaves_whole_batches(recorder: Recorder) -> None:
    size = 1000
    log = recorder.open()
    for attempt in range(4):
        before = log.last_position()
        child = start("append_for_ever", recorder.address, f"k{attempt}", str(size))
        _wait_for_growth(log, child, before + size)
        time.sleep(0.013 * attempt)
        child.kill()
        assert child.wait() == -signal.SIGKILL
        child.communicate()
        _assert_whole_batches(log, size)
    log.append([a_record("after/the/kill")])
    assert check_log(log) == log.last_position()
    log.close()


@pytest.mark.parametrize("role", ["die_holding_the_lock", "die_in_a_block"])
def test_a_writer_killed_while_it_holds_the_lock_leaves_nothing_and_blocks_nobody(
    recorder: Recorder, role: str
) -> None:
    child = start(role, recorder.address, "w", "10")
    assert child.wait(60) == -signal.SIGKILL
    child.communicate()
    log = recorder.open()
    assert log.last_position() == 10
    again = log.append(batch("w", 1, 10))
    assert [record.position for record in again] == list(range(11, 21))
    assert log.append(batch("w", 0, 10))[0].position == 1
    assert check_log(log) == 20
    log.close()


def _told(child: subprocess.Popen[str]) -> list[dict[str, Any]]:
    out, errors = child.communicate(timeout=120)
    assert child.returncode == 0, errors
    return [json.loads(line) for line in out.splitlines()]


def _assert_order_is_commit_order(appended: list[dict[str, Any]]) -> None:
    """What had ended before another began is before it in the log."""
    by_end = sorted(appended, key=lambda story: story["ended"])
    ended, last = 0, 0
    for story in sorted(appended, key=lambda story: story["began"]):
        while by_end[ended]["ended"] < story["began"]:
            last = max(last, *by_end[ended]["positions"])
            ended += 1
        assert min(story["positions"]) > last


def _wait_for_growth(log: LogRecorder, child: subprocess.Popen[str], position: int) -> None:
    while log.last_position() < position:
        assert child.poll() is None, child.communicate()
        time.sleep(0.005)


def _assert_whole_batches(log: LogRecorder, size: int) -> None:
    sizes = Counter((record.process_id, record.data()["batch"]) for record in all_records(log))
    assert set(sizes.values()) == {size}
