"""A PostgreSQL that is busy, stuck, cut off or gone: told in time, nothing half done, and mended by itself."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest
from eventsourcing.persistence import OperationalError

from eventlog import postgres_connections
from eventlog.contract import LogBusy, LogUnreachable
from eventlog.postgres import PostgresLog
from testkit.check_log import check_log
from tests.eventlog.builders import a_record
from tests.eventlog.postgres_tools import all_at_once, locked
from tests.eventlog.recorders import wall_clock

pytestmark = pytest.mark.slow


def test_a_log_that_others_keep_is_busy_after_a_while_and_then_goes_on(migrated: str) -> None:
    with closing(PostgresLog(migrated, clock=wall_clock, busy_seconds=0.3)) as log:
        with locked(migrated):
            with pytest.raises(LogBusy, match="try again"):
                log.append([a_record("s/1")])
            with pytest.raises(LogBusy), log.exclusively():
                pytest.fail("two hold the log")
            assert log.read() == []
        assert log.append([a_record("s/1")])[0].position == 1


def test_who_holds_the_log_and_does_nothing_loses_it_and_what_it_has_appended(
    migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process does that was stopped (SIGSTOP) while it held the log, and woken."""
    monkeypatch.setattr(postgres_connections, "ANSWER_SECONDS", 0.3)
    with closing(PostgresLog(migrated, clock=wall_clock)) as paused:
        paused.append([a_record("s/before")])
        monkeypatch.undo()
        with closing(PostgresLog(migrated, clock=wall_clock)) as other:
            with pytest.raises(LogUnreachable):
                _pause_holding(paused, until=lambda: other.append([a_record("s/other")]))
            assert paused.append([a_record("s/after")])[0].position == 3
            assert [record.stream_id for record in other.read()] == ["s/before", "s/other", "s/after"]


def _pause_holding(log: PostgresLog, until: Callable[[], object]) -> None:
    with log.exclusively():
        log.append([a_record("s/paused")])
        until()


def test_connections_that_the_server_has_cut_are_replaced_without_anyone_noticing(
    postgres_log: PostgresLog, sql: psycopg.Connection[tuple[object, ...]]
) -> None:
    postgres_log.append([a_record("s/1")])
    for version in range(2, 5):
        all_at_once([postgres_log.last_position] * 4)
        sql.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'comitia log'")
        assert postgres_log.append([a_record("s/1", version)])[0].position == version
        assert all_at_once([postgres_log.last_position] * 4) == [version] * 4
        with postgres_log.exclusively():
            assert postgres_log.last_position() == version
    postgres_log.check()


def test_a_server_that_is_not_there_is_told_at_once(migrated: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"postgresql://someone:very-secret@127.0.0.1:{port}/log"
    with pytest.raises(LogUnreachable, match=f"127.0.0.1:{port}/log does not answer") as told:
        PostgresLog(url, clock=wall_clock)
    assert "very-secret" not in str(told.value)


def test_an_address_that_cannot_be_read_is_told_without_what_is_in_it() -> None:
    with pytest.raises(OperationalError, match="expected postgresql://") as told:
        PostgresLog("very-secret", clock=wall_clock)
    assert "very-secret" not in str(told.value)


def test_a_server_that_takes_connections_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(LogUnreachable):
            PostgresLog(f"postgresql://x@127.0.0.1:{silent.getsockname()[1]}/log", clock=wall_clock, connect_seconds=2)
        assert time.monotonic() - began < 10


class Proxy:
    """Between the log and the server; `silent` keeps connections and passes nothing on, as a cut network does."""

    def __init__(self, url: str) -> None:
        parts = psycopg.conninfo.conninfo_to_dict(url)
        self._to = (str(parts["host"]), int(str(parts["port"])))
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = psycopg.conninfo.make_conninfo(url, port=self._door.getsockname()[1])
        self.silent = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            server = socket.create_connection(self._to)
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                while self.silent.is_set():
                    time.sleep(0.01)
                other.sendall(data)
            other.close()
        except OSError:
            one.close()


def test_a_network_that_is_cut_is_unreachable_and_what_was_under_way_is_recorded_once(
    migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connections, "ANSWER_SECONDS", 0.5)
    proxy = Proxy(migrated)
    with closing(proxy), closing(PostgresLog(proxy.url, clock=wall_clock, busy_seconds=0.5)) as log:
        log.append([a_record("s/1")])
        proxy.silent.set()
        for call in (log.last_position, log.check, lambda: log.append([a_record("s/1", 2)])):
            began = time.monotonic()
            with pytest.raises(LogUnreachable):
                call()
            assert time.monotonic() - began < 15
        proxy.silent.clear()
        assert log.append([a_record("s/1", 2)])[0].position == 2
        assert check_log(log) == 2
