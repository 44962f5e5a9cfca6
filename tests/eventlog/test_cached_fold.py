"""What a service knows of others' events: only the types it names, each once, always up to the end of the log."""

from __future__ import annotations

import threading

import pytest

from eventlog import views
from eventlog.contract import LogRecorder
from eventlog.views import CachedFold
from kernel.records import Record
from tests.eventlog.builders import a_record

SEALED = "ballots.BoxSealed"
Seen = tuple[int, ...]


class Reader:
    """A fold that lists the indexes it was given, and counts."""

    def __init__(self, log: LogRecorder) -> None:
        self.calls = 0
        self.fold: CachedFold[Seen] = CachedFold(log, [SEALED], tuple, self.apply)

    def apply(self, state: Seen, record: Record) -> Seen:
        self.calls += 1
        return (*state, record.process_index)


@pytest.fixture
def reader(log: LogRecorder) -> Reader:
    return Reader(log)


def _append(log: LogRecorder, *names: str, process: str = "p-1", type: str = SEALED) -> None:
    log.append([a_record(f"s/{process}/{name}", process=process, type=type) for name in names])


def test_a_process_that_does_not_exist_is_as_at_the_beginning(reader: Reader) -> None:
    assert reader.fold.at("p-1") == ()


def test_folds_the_named_types_of_one_process(log: LogRecorder, reader: Reader) -> None:
    _append(log, "a")
    _append(log, "b", type="ballots.BallotCast")
    _append(log, "c", process="p-2")
    _append(log, "d")
    assert reader.fold.at("p-1") == (0, 2)
    assert reader.fold.at("p-2") == (0,)


def test_reads_again_only_what_is_new(log: LogRecorder, reader: Reader) -> None:
    _append(log, "a", "b")
    assert reader.fold.at("p-1") == (0, 1)
    assert reader.fold.at("p-1") == (0, 1)
    _append(log, "c")
    assert reader.fold.at("p-1") == (0, 1, 2)
    assert reader.calls == 3


def test_an_error_while_folding_leaves_it_as_it_was(log: LogRecorder) -> None:
    failures = [RuntimeError()]

    def apply(state: Seen, record: Record) -> Seen:
        if record.process_index == 1 and failures:
            raise failures.pop()
        return (*state, record.process_index)

    fold: CachedFold[Seen] = CachedFold(log, [SEALED], tuple, apply)
    _append(log, "a", "b")
    with pytest.raises(RuntimeError):
        fold.at("p-1")
    assert fold.at("p-1") == (0, 1)


def test_forgets_the_process_used_longest_ago(
    log: LogRecorder, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "KEPT", 2)
    for name in ("p-1", "p-2", "p-3"):
        _append(log, "a", process=name)
    for name in ("p-1", "p-2", "p-1", "p-3", "p-1"):
        assert reader.fold.at(name) == (0,)
    assert reader.calls == 3
    assert reader.fold.at("p-2") == (0,)
    assert reader.calls == 4


def test_threads_fold_each_record_once(log: LogRecorder, reader: Reader) -> None:
    found: list[Seen] = []

    def read() -> None:
        for _ in range(20):
            found.append(reader.fold.at("p-1"))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        _append(log, str(number))
    for thread in threads:
        thread.join()
    assert reader.fold.at("p-1") == tuple(range(20))
    assert reader.calls == 20
    assert all(seen == tuple(range(len(seen))) for seen in found)
