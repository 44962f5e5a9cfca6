"""Each test of the log's contract runs on every recorder and ends with a check of the whole log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eventlog.contract import LogRecorder
from testkit.check_log import check_log
from tests.eventlog.recorders import RECORDERS, Recorder, StepClock
from tests.eventlog.shop import Counters


@pytest.fixture(params=RECORDERS)
def recorder(request: pytest.FixtureRequest, tmp_path: Path) -> Recorder:
    """A log that is not there yet."""
    return RECORDERS[request.param](tmp_path)


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
