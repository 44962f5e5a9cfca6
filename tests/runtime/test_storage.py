"""One engine has a data folder to itself; whoever else comes is told where it listens."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from runtime.listening import CannotStart
from runtime.settings import Settings
from runtime.storage import DataInUse, Storage, announced, now


def storage(folder: Path, *, alone: bool = True) -> Storage:
    return Storage(Settings(data_dir=folder), now, alone=alone)


def test_a_missing_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    storage(tmp_path / "new" / "data").close()
    assert (tmp_path / "new" / "data" / "log.db").is_file()
    assert (tmp_path / "new" / "data").stat().st_mode & 0o077 == 0


def test_a_second_engine_is_refused_saying_where_the_first_one_listens(tmp_path: Path) -> None:
    first = storage(tmp_path)
    first.announce("127.0.0.1:7400")
    with pytest.raises(DataInUse, match=r"another engine has .* open and listens on 127\.0\.0\.1:7400: talk to it"):
        storage(tmp_path)
    first.close()


def test_api_and_worker_processes_share_a_folder_but_not_with_an_engine(tmp_path: Path) -> None:
    api, worker = storage(tmp_path, alone=False), storage(tmp_path, alone=False)
    with pytest.raises(DataInUse):
        storage(tmp_path)
    api.close()
    worker.close()
    storage(tmp_path).close()


def test_a_closed_engine_announces_nothing(tmp_path: Path) -> None:
    first = storage(tmp_path)
    first.announce("127.0.0.1:7400")
    first.close()
    assert announced(tmp_path) == ""


def _open_and_die(folder: Path) -> None:
    storage(folder).announce("127.0.0.1:1")
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_engine_leaves_neither_its_lock_nor_its_address(tmp_path: Path) -> None:
    dying = multiprocessing.get_context("spawn").Process(target=_open_and_die, args=(tmp_path,))
    dying.start()
    dying.join()
    after = storage(tmp_path)
    assert (dying.exitcode, announced(tmp_path)) == (-9, "")
    after.close()


def test_a_folder_that_is_a_file_is_refused_naming_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match=r"cannot use .*file as data folder"):
        storage(tmp_path / "file")


def test_a_log_of_a_newer_version_is_refused_naming_both_and_let_go_of(tmp_path: Path) -> None:
    storage(tmp_path).close()
    with sqlite3.connect(tmp_path / "log.db") as database:
        database.execute("PRAGMA user_version = 99")
    for _ in range(2):
        with pytest.raises(CannotStart, match="schema version 99, this version of Comitia knows up to 1"):
            storage(tmp_path)


def test_read_models_that_are_no_database_are_refused_saying_that_they_may_be_deleted(tmp_path: Path) -> None:
    (tmp_path / "views.db").write_bytes(b"this is no database, it only looks like a file of one" * 50)
    with pytest.raises(CannotStart, match=r"views\.db.*delete it"):
        storage(tmp_path)
