"""A read model and its position move together; it can be folded again at any time; of two followers one is believed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from eventlog.contract import Overtaken
from kernel.records import Record
from runtime.views import Cursor, Views
from tests.runtime.stores import OpenViews, open_views

__all__ = ["open_views"]


@dataclass(frozen=True)
class Numbers:
    """Every number told, and a failure on the number 13."""

    tables: tuple[str, ...] = ("CREATE TABLE numbers (number BIGINT)", "CREATE INDEX by_number ON numbers (number)")
    name: str = "trial.numbers"
    types: frozenset[str] = frozenset({"trial.Told"})

    def apply(self, record: Record, cursor: Cursor) -> None:
        if record.data()["number"] == 13:
            raise ValueError("13 brings bad luck")
        cursor.execute("INSERT INTO numbers VALUES (?)", (record.data()["number"],))


@pytest.fixture
def views(open_views: OpenViews) -> Views:
    """An empty store of read models, on each database."""
    return open_views()


def numbers(views: Views) -> list[int]:
    return [row["number"] for row in views.read("SELECT number FROM numbers ORDER BY number")]


def test_rows_and_position_are_kept_together(views: Views, happen: Callable[..., Record]) -> None:
    views.install(Numbers())
    views.apply(Numbers(), [happen("trial.Told", 1), happen("trial.Told", 2)], 2)
    assert (numbers(views), views.position("trial.numbers")) == ([1, 2], 2)


def test_a_projection_that_folds_a_page_at_once_is_given_the_page(views: Views, happen: Callable[..., Record]) -> None:
    class Sums(Numbers):
        def apply_all(self, records: Iterable[Record], cursor: Cursor) -> None:
            cursor.execute("INSERT INTO numbers VALUES (?)", (sum(record.data()["number"] for record in records),))

    views.install(Sums())
    views.apply(Sums(), [happen("trial.Told", 1), happen("trial.Told", 2)], 2)
    assert (numbers(views), views.position("trial.numbers")) == ([3], 2)


def test_nothing_is_kept_of_a_page_with_a_failure(views: Views, happen: Callable[..., Record]) -> None:
    views.install(Numbers())
    with pytest.raises(ValueError, match="bad luck"):
        views.apply(Numbers(), [happen("trial.Told", 1), happen("trial.Told", 13)], 2)
    assert (numbers(views), views.position("trial.numbers")) == ([], 0)


def test_installing_again_keeps_what_was_folded(open_views: OpenViews, happen: Callable[..., Record]) -> None:
    first = open_views()
    first.install(Numbers())
    first.apply(Numbers(), [happen("trial.Told", 5)], 1)
    first.close()
    second = open_views()
    second.install(Numbers())
    assert (numbers(second), second.position("trial.numbers")) == ([5], 1)


def test_changed_tables_start_again_from_nothing(views: Views, happen: Callable[..., Record]) -> None:
    views.install(Numbers())
    views.apply(Numbers(), [happen("trial.Told", 5)], 1)
    views.install(Numbers(tables=("CREATE TABLE numbers (number BIGINT NOT NULL)",)))
    assert (numbers(views), views.position("trial.numbers")) == ([], 0)


def test_rebuilding_drops_the_rows_of_that_read_model_only(views: Views, happen: Callable[..., Record]) -> None:
    other = Numbers(name="trial.others", tables=("CREATE TABLE others (number BIGINT)",))
    views.install(Numbers())
    views.install(other)
    views.apply(Numbers(), [happen("trial.Told", 5)], 1)
    views.apply(other, [], 1)
    views.rebuild(Numbers())
    assert (numbers(views), views.position("trial.numbers"), views.position("trial.others")) == ([], 0, 1)


def test_a_follower_that_was_overtaken_writes_nothing(open_views: OpenViews, happen: Callable[..., Record]) -> None:
    records = [happen("trial.Told", number) for number in (1, 2, 3)]
    slow, fast = open_views(), open_views()
    slow.install(Numbers())
    fast.install(Numbers())
    fast.apply(Numbers(), records[:2], 2, after=0)
    with pytest.raises(Overtaken, match=r"trial\.numbers was moved on from position 0"):
        slow.apply(Numbers(), records[:1], 1, after=0)
    slow.apply(Numbers(), records[2:], 3, after=2)
    assert (numbers(fast), fast.position("trial.numbers")) == ([1, 2, 3], 3)


def test_of_many_who_fold_the_same_page_at_once_one_does(open_views: OpenViews, happen: Callable[..., Record]) -> None:
    record, told = happen("trial.Told", 7), []
    handles = [open_views() for _ in range(6)]
    for handle in handles:
        handle.install(Numbers())

    def fold(handle: Views) -> None:
        try:
            handle.apply(Numbers(), [record], 1)
            told.append("folded")
        except Overtaken:
            told.append("overtaken")

    racers = [threading.Thread(target=fold, args=(handle,)) for handle in handles]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert (sorted(told), numbers(handles[0])) == (["folded"] + ["overtaken"] * 5, [7])


def test_a_reader_can_wait_for_a_position(views: Views, happen: Callable[..., Record]) -> None:
    views.install(Numbers())
    record = happen("trial.Told", 5)
    assert not views.wait("trial.numbers", 1, timeout=0.01)
    threading.Timer(0.05, lambda: views.apply(Numbers(), [record], 1)).start()
    assert views.wait("trial.numbers", 1, timeout=5)


def test_a_reader_sees_what_another_process_folds(open_views: OpenViews, happen: Callable[..., Record]) -> None:
    reader, worker, record = open_views(), open_views(), happen("trial.Told", 5)
    for views in (reader, worker):
        views.install(Numbers())
    threading.Timer(0.05, lambda: worker.apply(Numbers(), [record], 1)).start()
    assert reader.wait("trial.numbers", 1, timeout=5)


def test_a_read_model_that_is_not_installed_is_at_position_0(views: Views) -> None:
    assert views.position("nobody") == 0


def test_text_is_compared_by_its_characters_whatever_the_language_of_the_database(views: Views) -> None:
    class Words(Numbers):
        def apply(self, record: Record, cursor: Cursor) -> None:
            raise NotImplementedError

        def apply_all(self, records: Iterable[Record], cursor: Cursor) -> None:
            for word in ("a-b", "B", "ab", "é", "a b", "A", "100%?"):
                cursor.execute("INSERT INTO words VALUES (?)", (word,))

    words = Words(name="trial.words", tables=("CREATE TABLE words (word TEXT NOT NULL PRIMARY KEY)",))
    views.install(words)
    views.apply(words, [], 1)
    found = [row["word"] for row in views.read("SELECT word FROM words WHERE word >= ? ORDER BY word", ("A",))]
    assert found == sorted(["a-b", "B", "ab", "é", "a b", "A"])
