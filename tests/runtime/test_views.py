"""A read model and its position move together; it can be dropped and folded again at any time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kernel.records import Record
from runtime.views import Views


@dataclass(frozen=True)
class Numbers:
    """Every number told, and a failure on the number 13."""

    tables: tuple[str, ...] = ("CREATE TABLE numbers (number INTEGER)", "CREATE INDEX by_number ON numbers (number)")
    name: str = "trial.numbers"
    types: frozenset[str] = frozenset({"trial.Told"})

    def apply(self, record: Record, cursor: sqlite3.Cursor) -> None:
        if record.data()["number"] == 13:
            raise ValueError("13 brings bad luck")
        cursor.execute("INSERT INTO numbers VALUES (?)", (record.data()["number"],))


def numbers(views: Views) -> list[int]:
    return [row["number"] for row in views.read("SELECT number FROM numbers ORDER BY rowid")]


def test_rows_and_position_are_kept_together(views: Views, happen: Callable[..., Record]) -> None:
    views.install(Numbers())
    views.apply(Numbers(), [happen("trial.Told", 1), happen("trial.Told", 2)], 2)
    assert (numbers(views), views.position("trial.numbers")) == ([1, 2], 2)


def test_a_projection_that_folds_a_page_at_once_is_given_the_page(views: Views, happen: Callable[..., Record]) -> None:
    class Sums(Numbers):
        def apply_all(self, records: Iterable[Record], cursor: sqlite3.Cursor) -> None:
            cursor.execute("INSERT INTO numbers VALUES (?)", (sum(record.data()["number"] for record in records),))

    views.install(Sums())
    views.apply(Sums(), [happen("trial.Told", 1), happen("trial.Told", 2)], 2)
    assert (numbers(views), views.position("trial.numbers")) == ([3], 2)


def test_nothing_is_kept_of_a_page_with_a_failure(views: Views, happen: Callable[..., Record]) -> None:
    views.install(Numbers())
    with pytest.raises(ValueError, match="bad luck"):
        views.apply(Numbers(), [happen("trial.Told", 1), happen("trial.Told", 13)], 2)
    assert (numbers(views), views.position("trial.numbers")) == ([], 0)


def test_installing_again_keeps_what_was_folded(tmp_path: Path, happen: Callable[..., Record]) -> None:
    first = Views(tmp_path / "v.db")
    first.install(Numbers())
    first.apply(Numbers(), [happen("trial.Told", 5)], 1)
    first.close()
    second = Views(tmp_path / "v.db")
    second.install(Numbers())
    assert (numbers(second), second.position("trial.numbers")) == ([5], 1)
    second.close()


def test_changed_tables_start_again_from_nothing(views: Views, happen: Callable[..., Record]) -> None:
    views.install(Numbers())
    views.apply(Numbers(), [happen("trial.Told", 5)], 1)
    views.install(Numbers(tables=("CREATE TABLE numbers (number INTEGER NOT NULL)",)))
    assert (numbers(views), views.position("trial.numbers")) == ([], 0)


def test_rebuilding_drops_the_rows_of_that_read_model_only(views: Views, happen: Callable[..., Record]) -> None:
    other = Numbers(name="trial.others", tables=("CREATE TABLE others (number INTEGER)",))
    views.install(Numbers())
    views.install(other)
    views.apply(Numbers(), [happen("trial.Told", 5)], 1)
    views.apply(other, [], 1)
    views.rebuild(Numbers())
    assert (numbers(views), views.position("trial.numbers"), views.position("trial.others")) == ([], 0, 1)


def test_a_reader_can_wait_for_a_position(views: Views, happen: Callable[..., Record]) -> None:
    views.install(Numbers())
    record = happen("trial.Told", 5)
    assert not views.wait("trial.numbers", 1, timeout=0.01)
    threading.Timer(0.05, lambda: views.apply(Numbers(), [record], 1)).start()
    assert views.wait("trial.numbers", 1, timeout=5)


def test_a_reader_sees_what_another_process_folds(views: Views, tmp_path: Path, happen: Callable[..., Record]) -> None:
    views.install(Numbers())
    worker, record = Views(tmp_path / "views.db"), happen("trial.Told", 5)
    threading.Timer(0.05, lambda: worker.apply(Numbers(), [record], 1)).start()
    assert views.wait("trial.numbers", 1, timeout=5)
    worker.close()


def test_a_read_model_that_is_not_installed_is_at_position_0(views: Views) -> None:
    assert views.position("nobody") == 0
