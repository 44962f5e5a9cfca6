"""Following: everything after a position in order, a marker at the end, then live, with progress when nothing matches."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import islice

import pytest

from eventlog import contract
from eventlog.contract import CaughtUp, LogRecorder, Progress
from kernel.records import Record
from tests.eventlog.builders import a_record, a_stream, told
from tests.eventlog.recorders import Recorder

pytestmark = pytest.mark.slow

SEALED = "ballots.BoxSealed"


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """Ends every story in the end, so that one that lacks something fails and does not wait for ever."""
    flag = threading.Event()
    patience = threading.Timer(30, flag.set)
    patience.start()
    yield flag
    patience.cancel()


def test_tells_what_there_is_then_that_it_has_caught_up(log: LogRecorder, stop: threading.Event) -> None:
    log.append(a_stream("s/1", 3))
    story = log.follow(stop=stop)
    assert told(islice(story, 4)) == [1, 2, 3, CaughtUp(3)]


def test_an_empty_log_is_caught_up_with_at_once(log: LogRecorder, stop: threading.Event) -> None:
    assert told(islice(log.follow(stop=stop), 1)) == [CaughtUp(0)]


def test_begins_after_a_position(log: LogRecorder, stop: threading.Event) -> None:
    log.append(a_stream("s/1", 3))
    assert told(islice(log.follow(after=2, stop=stop), 2)) == [3, CaughtUp(3)]


def test_goes_on_live_and_says_only_once_that_it_has_caught_up(log: LogRecorder, stop: threading.Event) -> None:
    story = log.follow(stop=stop)
    assert told(islice(story, 1)) == [CaughtUp(0)]
    for version in (1, 2):
        log.append([a_record("s/1", version)])
        assert told(islice(story, 1)) == [version]


def test_tells_only_what_matches_and_its_progress_over_the_rest(log: LogRecorder, stop: threading.Event) -> None:
    log.append([a_record("s/1"), a_record("s/2", type=SEALED), a_record("s/3", process="p-2", type=SEALED)])
    story = log.follow(process_id="p-1", types=[SEALED], stop=stop)
    assert told(islice(story, 2)) == [2, CaughtUp(3)]
    log.append([a_record("s/4"), a_record("s/5", process="p-2", type=SEALED)])
    assert told(islice(story, 1)) == [Progress(5)]
    log.append([a_record("s/6", type=SEALED)])
    assert told(islice(story, 1)) == [6]


def test_a_long_stretch_without_a_match_is_read_in_windows(log: LogRecorder, stop: threading.Event) -> None:
    length = contract.WINDOW + 10
    log.append([a_record(f"s/{number}") for number in range(length)])
    log.append([a_record("s/last", type=SEALED)])
    story = told(islice(log.follow(types=[SEALED], stop=stop), 3))
    assert story == [Progress(contract.WINDOW), length + 1, CaughtUp(length + 1)]


def test_a_long_log_is_told_in_pages_without_losing_or_repeating(log: LogRecorder, stop: threading.Event) -> None:
    length = 2 * contract.PAGE
    log.append([a_record(f"s/{number}") for number in range(length)])
    story = told(islice(log.follow(stop=stop), length + 1))
    assert story == [*range(1, length + 1), CaughtUp(length)]


def test_ends_when_it_is_stopped_even_in_the_middle_of_a_page(log: LogRecorder, stop: threading.Event) -> None:
    log.append(a_stream("s/1", 5))
    seen = []
    for what in log.follow(stop=stop):
        seen.append(what)
        if len(seen) == 2:
            stop.set()
    assert told(iter(seen)) == [1, 2]


def test_ends_when_it_is_stopped_while_it_waits(log: LogRecorder, stop: threading.Event) -> None:
    seen: list[object] = []
    follower = threading.Thread(target=lambda: seen.extend(log.follow(stop=stop, poll=0.05)))
    follower.start()
    time.sleep(0.1)
    stop.set()
    follower.join(5)
    assert seen == [CaughtUp(0)]


def test_hears_of_a_record_appended_by_another_opening_of_the_log(
    log: LogRecorder, recorder: Recorder, stop: threading.Event
) -> None:
    other = recorder.open()
    story = log.follow(stop=stop)
    assert told(islice(story, 1)) == [CaughtUp(0)]
    other.append([a_record("s/1")])
    assert told(islice(story, 1)) == [1]
    other.close()


def test_waits_until_there_is_a_record_after_a_position(log: LogRecorder, stop: threading.Event) -> None:
    assert log.wait_for(0, 0.01) is False
    appending = threading.Timer(0.05, lambda: log.append([a_record("s/1")]))
    appending.start()
    assert log.wait_for(0, 10) is True
    assert log.wait_for(0, 0) is True
    assert log.wait_for(1, 0.01) is False
    appending.join()


def test_threads_that_append_while_one_follows_are_told_in_order(log: LogRecorder, stop: threading.Event) -> None:
    writers = [threading.Thread(target=_append_one_by_one, args=(log, f"s/{name}", 20)) for name in range(4)]
    for writer in writers:
        writer.start()
    positions = [what.position for what in _until(log.follow(stop=stop), 80) if isinstance(what, Record)]
    for writer in writers:
        writer.join()
    assert positions == list(range(1, 81))


def _append_one_by_one(log: LogRecorder, stream: str, count: int) -> None:
    for version in range(1, count + 1):
        log.append([a_record(stream, version)])


def _until(story: Iterator[object], position: int) -> Iterator[object]:
    for what in story:
        yield what
        if isinstance(what, Record) and what.position == position:
            return
