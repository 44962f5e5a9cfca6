"""The log is the event-sourcing library's process recorder: its event store, notifications and subscriptions run on it."""

from __future__ import annotations

import threading
from itertools import islice

import pytest
from eventsourcing.application import AggregateNotFoundError, LocalNotificationLog
from eventsourcing.persistence import ProcessRecorder, StoredEvent, Tracking

from eventlog.contract import LogRecorder, stored
from tests.eventlog.builders import a_record, a_stream
from tests.eventlog.shop import Counters, counter


def test_is_a_process_recorder(log: LogRecorder) -> None:
    assert isinstance(log, ProcessRecorder)
    assert log.max_notification_id() is None


def test_inserts_stored_records_and_returns_their_positions(log: LogRecorder) -> None:
    assert log.insert_events([stored(record) for record in a_stream("s/1", 2)]) == [1, 2]
    assert log.max_notification_id() == 2


def test_takes_nothing_that_is_no_record(log: LogRecorder) -> None:
    with pytest.raises(TypeError, match="LogApplication"):
        log.insert_events([StoredEvent(originator_id="s/1", originator_version=1, topic="x", state=b"{}")])
    assert log.last_position() == 0


@pytest.mark.parametrize(
    ("arguments", "versions"),
    [
        ({}, [1, 2, 3, 4]),
        ({"gt": 2}, [3, 4]),
        ({"lte": 2}, [1, 2]),
        ({"gt": 1, "lte": 3}, [2, 3]),
        ({"desc": True, "limit": 1}, [4]),
        ({"desc": True, "lte": 2}, [2, 1]),
        ({"limit": 0}, []),
    ],
    ids=str,
)
def test_selects_the_events_of_a_stream(log: LogRecorder, arguments: dict[str, int], versions: list[int]) -> None:
    log.append(a_stream("s/1", 4))
    found = log.select_events("s/1", **arguments)  # type: ignore[arg-type]
    assert [event.originator_version for event in found] == versions


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ({"start": None, "limit": 2}, [1, 2]),
        ({"start": 2, "limit": 9}, [2, 3, 4]),
        ({"start": 2, "limit": 9, "inclusive_of_start": False}, [3, 4]),
        ({"start": 0, "limit": 9, "inclusive_of_start": False}, [1, 2, 3, 4]),
        ({"start": 1, "limit": 9, "stop": 3}, [1, 2, 3]),
        ({"start": 1, "limit": 9, "topics": ["ballots.BoxSealed/1"]}, [4]),
    ],
    ids=str,
)
def test_selects_notifications(log: LogRecorder, arguments: dict[str, int], ids: list[int]) -> None:
    log.append([*a_stream("s/1", 3), a_record("s/2", type="ballots.BoxSealed")])
    assert [found.id for found in log.select_notifications(**arguments)] == ids  # type: ignore[arg-type]


def test_its_notifications_name_published_types_and_never_python_paths(log: LogRecorder) -> None:
    log.append([a_record("s/1", schema=3)])
    (section,) = LocalNotificationLog(log, section_size=10)["1,10"].items
    assert (section.topic, section.originator_id) == ("ballots.BallotCast/3", "s/1")


def test_a_subscription_tells_what_was_and_what_comes(log: LogRecorder) -> None:
    log.append(a_stream("s/1", 2))
    with log.subscribe(gt=1) as subscription:
        assert next(subscription).id == 2
        appending = threading.Timer(0.05, lambda: log.append([a_record("s/2")]))
        appending.start()
        assert next(subscription).id == 3
        appending.join()


def test_a_subscription_ends_when_it_is_stopped(log: LogRecorder) -> None:
    log.append(a_stream("s/1", 2))
    subscription = log.subscribe()
    assert [found.id for found in islice(subscription, 1)] == [1]
    subscription.stop()
    assert list(subscription) == []


def test_waits_for_a_tracked_position(log: LogRecorder) -> None:
    log.insert_tracking(Tracking("r", 4))
    log.wait("r", 4, timeout=0.1)
    with pytest.raises(TimeoutError):
        log.wait("r", 5, timeout=0.1)


def test_an_application_is_the_librarys_and_its_repository_reads_the_log(app: Counters) -> None:
    app.open("c")
    with pytest.raises(AggregateNotFoundError):
        app.repository.get(counter("d"), projector_func=lambda _, events: None)
    assert [event.originator_version for event in app.events.get(counter("c"))] == [1]
    assert [found.id for found in app.notification_log["1,10"].items] == [1]
    assert app.log is app.recorder


def test_an_application_ignores_the_librarys_environment_variables(
    log: LogRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"IS_SNAPSHOTTING_ENABLED": "y", "COMPRESSOR_TOPIC": "zlib", "PERSISTENCE_MODULE": "no"}.items():
        monkeypatch.setenv(name, value)
    app = Counters(log)
    assert app.open("c") == 1
    assert log.read()[0].payload == b'{"limit":10}'


def test_closing_an_application_leaves_the_shared_log_open(log: LogRecorder) -> None:
    Counters(log).close()
    assert Counters(log).open("c") == 1
