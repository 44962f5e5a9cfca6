"""Opening: an empty place becomes a log once; a log of a newer version, and what is no log, are left alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError

from eventlog.contract import LogRecorder, SchemaUnknown
from testkit.check_log import check_log
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.child import open_gate, start
from tests.eventlog.recorders import Recorder


def test_what_was_appended_is_there_when_it_is_opened_again(recorder: Recorder) -> None:
    log = recorder.open()
    appended = log.append(a_stream("s/1", 3))
    log.close()
    again = recorder.open()
    assert tuple(again.read()) == appended
    assert again.append([a_record("s/1", 4)])[0].position == 4
    assert check_log(again) == 4
    again.close()


def test_a_log_of_a_newer_schema_is_refused_with_both_versions_named(recorder: Recorder) -> None:
    log = recorder.open()
    log.append(a_stream("s/1", 2))
    log.close()
    found, known = recorder.come_from_the_future()
    with pytest.raises(SchemaUnknown) as unknown:
        recorder.open()
    assert (unknown.value.found, unknown.value.known) == (found, known)
    assert f"version {found}" in str(unknown.value)
    assert f"up to {known}" in str(unknown.value)
    assert "upgrade" in str(unknown.value)


def test_a_log_that_is_closed_says_so(recorder: Recorder) -> None:
    log = recorder.open()
    log.close()
    with pytest.raises(OperationalError, match="closed"):
        log.last_position()
    with pytest.raises(OperationalError, match="closed"):
        log.append([a_record("s/1")])


@pytest.mark.slow
def test_of_eight_processes_that_open_an_empty_place_at_once_one_creates_the_log(
    recorder: Recorder, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    children = [start("append", recorder.address, f"w{number}", "3", "2", gate=gate) for number in range(8)]
    open_gate(gate, *children)
    ended = [(child.communicate(timeout=120), child.returncode) for child in children]
    assert [code for _, code in ended] == [0] * 8, ended
    log: LogRecorder = recorder.open()
    assert check_log(log) == 8 * 3 * 2
    log.close()


def test_children_say_what_went_wrong(tmp_path: Path) -> None:
    child = start("append", f"sqlite:{tmp_path}/no/such/folder/log.db", "w", "1", "1")
    _, errors = child.communicate(timeout=60)
    assert isinstance(child, subprocess.Popen)
    assert child.returncode == 1
    assert "create it" in errors
