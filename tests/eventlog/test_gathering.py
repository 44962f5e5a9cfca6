"""Group commit: who waits while another commits is committed with the others, each answered alone; nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from eventlog.contract import LogBusy, LogFull, LogUnreachable
from eventlog.gathering import Gathering

PATIENCE = 20.0


class Commits:
    """Says what was committed together; holds the first commit until `go` is set."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []
        self.began, self.go = threading.Event(), threading.Event()
        self.fail: Callable[[Sequence[str]], None] = lambda batches: None

    def __call__(self, batches: Sequence[str]) -> list[str | Exception]:
        self.rounds.append([*batches])
        self.began.set()
        assert self.go.wait(PATIENCE)
        self.fail(batches)
        return [KeyError(batch) if batch.startswith("bad") else batch.upper() for batch in batches]


def choose(batches: Sequence[str]) -> list[int]:
    """Batches that begin with the same letter do not go together."""
    first: dict[str, int] = {}
    return [number for number, batch in enumerate(batches) if first.setdefault(batch[0], number) == number]


@pytest.fixture
def commits() -> Commits:
    return Commits()


@pytest.fixture
def gathering(commits: Commits) -> Gathering[str, str]:
    return Gathering(commits, choose, patience=PATIENCE)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


@pytest.fixture
def first(gathering: Gathering[str, str], commits: Commits, threads: ThreadPoolExecutor) -> Future[str]:
    """A commit that has begun and waits for `commits.go`."""
    future = threads.submit(gathering.put, "a")
    assert commits.began.wait(PATIENCE)
    return future


def line_up(gathering: Gathering[str, str], threads: ThreadPoolExecutor, *batches: str) -> list[Future[str]]:
    """Put batches one after the other, so that they stand in this order."""
    return [_line_up(gathering, threads, batch) for batch in batches]


def _line_up(gathering: Gathering[str, str], threads: ThreadPoolExecutor, batch: str) -> Future[str]:
    before = len(gathering._line)
    future = threads.submit(gathering.put, batch)
    wait_until(lambda: len(gathering._line) > before)
    return future


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < deadline
        sleep(0.001)


def test_a_batch_that_comes_alone_is_committed_alone(gathering: Gathering[str, str], commits: Commits) -> None:
    commits.go.set()
    assert [gathering.put("a"), gathering.put("b")] == ["A", "B"]
    assert commits.rounds == [["a"], ["b"]]


def test_what_comes_during_a_commit_is_committed_together(
    gathering: Gathering[str, str], commits: Commits, threads: ThreadPoolExecutor, first: Future[str]
) -> None:
    others = line_up(gathering, threads, "b", "c", "d")
    commits.go.set()
    assert [each.result(PATIENCE) for each in (first, *others)] == ["A", "B", "C", "D"]
    assert commits.rounds == [["a"], ["b", "c", "d"]]


def test_what_does_not_go_together_waits_for_the_next_time_in_its_order(
    gathering: Gathering[str, str], commits: Commits, threads: ThreadPoolExecutor, first: Future[str]
) -> None:
    others = line_up(gathering, threads, "b1", "b2", "c1", "b3", "c2")
    commits.go.set()
    assert [each.result(PATIENCE) for each in others] == ["B1", "B2", "C1", "B3", "C2"]
    assert commits.rounds == [["a"], ["b1", "c1"], ["b2", "c2"], ["b3"]]


def test_a_batch_that_is_refused_harms_no_other(
    gathering: Gathering[str, str], commits: Commits, threads: ThreadPoolExecutor, first: Future[str]
) -> None:
    bad, good = line_up(gathering, threads, "bad", "good")
    commits.go.set()
    assert good.result(PATIENCE) == "GOOD"
    with pytest.raises(KeyError, match="bad"):
        bad.result(PATIENCE)


def test_a_commit_that_fails_fails_for_each_with_an_error_of_its_own(
    gathering: Gathering[str, str], commits: Commits, threads: ThreadPoolExecutor, first: Future[str]
) -> None:
    others = line_up(gathering, threads, "b", "c", "d")
    commits.fail = lambda batches: _raise(LogFull("no room"))
    commits.go.set()
    errors = [each.exception(PATIENCE) for each in (first, *others)]
    assert [(type(error), str(error)) for error in errors] == [(LogFull, "no room")] * 4
    assert len(set(map(id, errors))) == 4


def test_the_others_are_in_doubt_when_the_thread_that_commits_is_interrupted(
    gathering: Gathering[str, str], commits: Commits, threads: ThreadPoolExecutor, first: Future[str]
) -> None:
    one, other, next_ = line_up(gathering, threads, "b", "c", "b2")
    commits.fail = lambda batches: _raise(KeyboardInterrupt()) if "b" in batches else None
    commits.go.set()
    assert isinstance(one.exception(PATIENCE), KeyboardInterrupt)
    assert isinstance(other.exception(PATIENCE), LogUnreachable)
    assert next_.result(PATIENCE) == "B2"


def test_who_has_the_log_alone_keeps_all_others_out_and_waits_for_those_before(
    gathering: Gathering[str, str], commits: Commits, threads: ThreadPoolExecutor, first: Future[str]
) -> None:
    seen: list[list[list[str]]] = []

    def alone() -> None:
        with gathering.alone():
            seen.append([*commits.rounds])
            sleep(0.05)
            seen.append([*commits.rounds])

    before = line_up(gathering, threads, "b")
    block = threads.submit(alone)
    wait_until(lambda: len(gathering._line) == 2)
    after = line_up(gathering, threads, "c")
    commits.go.set()
    block.result(PATIENCE)
    assert [each.result(PATIENCE) for each in (*before, *after)] == ["B", "C"]
    assert seen == [[["a"], ["b"]]] * 2
    assert commits.rounds[2:] == [["c"]]


def test_a_block_that_fails_lets_the_next_go_on(gathering: Gathering[str, str], commits: Commits) -> None:
    commits.go.set()
    with pytest.raises(ZeroDivisionError), gathering.alone():
        _raise(ZeroDivisionError())
    assert gathering.put("a") == "A"


def test_nobody_waits_longer_than_the_patience_and_who_leaves_is_not_committed(
    commits: Commits, threads: ThreadPoolExecutor
) -> None:
    gathering = Gathering(commits, choose, patience=0.05)
    first = threads.submit(gathering.put, "a")
    assert commits.began.wait(PATIENCE)
    with pytest.raises(LogBusy, match="try again"):
        gathering.put("b")
    with pytest.raises(LogBusy), gathering.alone():
        pytest.fail("nobody has the log alone while another commits")
    commits.go.set()
    assert (first.result(PATIENCE), gathering.put("c")) == ("A", "C")
    assert commits.rounds == [["a"], ["c"]]


def test_many_threads_are_each_answered_once_and_committed_in_few_rounds(
    gathering: Gathering[str, str], commits: Commits, threads: ThreadPoolExecutor
) -> None:
    commits.go.set()
    names = [f"{chr(ord('a') + number % 26)}{number}" for number in range(2000)]
    assert [*threads.map(gathering.put, names)] == [name.upper() for name in names]
    assert sorted(batch for round_ in commits.rounds for batch in round_) == sorted(names)


def _raise(error: BaseException) -> None:
    raise error
