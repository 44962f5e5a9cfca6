"""A command is carried out once however often and however concurrently it is sent, and decided on what is true."""

from __future__ import annotations

import hashlib
import threading

import pytest
from eventsourcing.persistence import MapperDeserialisationError

from eventlog.application import Change, Changes, CommandMeta, Receipt, Versioned
from eventlog.contract import LogRecorder
from kernel.ids import command_id, content_id, event_id
from kernel.refusal import Kind, Refused
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import Recorder
from tests.eventlog.shop import (
    PROCESS,
    Counter,
    CounterClosed,
    CounterOpened,
    CounterRaised,
    Counters,
    counter,
    meta,
    once,
)


def _raise(app: Counters, key: str, by: int = 1, name: str = "c", actor: str = "ana") -> tuple[Receipt, ...] | Refused:
    return app.execute(PROCESS, "Raise", meta(key, actor), str(by).encode(), lambda: app.decide_raise(name, by))


def _refused(answer: tuple[Receipt, ...] | Refused) -> Refused:
    assert isinstance(answer, Refused)
    return answer


def test_a_stream_that_does_not_exist_loads_as_its_initial_state_at_version_0(app: Counters) -> None:
    assert app.get("c") == Versioned(counter("c"), 0, Counter())


def test_loads_what_was_appended(app: Counters) -> None:
    app.open("c", limit=5)
    _raise(app, "k1", by=3)
    assert app.get("c") == Versioned(counter("c"), 2, Counter(limit=5, total=3))


def test_events_of_an_unknown_type_only_count(app: Counters, log: LogRecorder) -> None:
    app.open("c")
    log.append([a_record(counter("c"), 2, type="counters.CounterPainted")])
    _raise(app, "k1")
    assert app.get("c") == Versioned(counter("c"), 3, Counter(limit=10, total=1))


def test_an_event_of_an_unknown_schema_is_not_guessed_at(app: Counters, log: LogRecorder) -> None:
    log.append([a_record(counter("c"), type=CounterOpened.TYPE, schema=2, limit=3)])
    with pytest.raises(MapperDeserialisationError, match=r"has schema 2; this version of Comitia knows 1: upgrade"):
        app.get("c")


def test_an_event_that_does_not_fit_its_type_is_named(app: Counters, log: LogRecorder) -> None:
    log.append([a_record(counter("c"), type=CounterOpened.TYPE, limit="many")])
    with pytest.raises(MapperDeserialisationError, match=r"counters.CounterOpened of stream counters/p-1/c, version 1"):
        app.get("c")


def test_a_record_says_who_did_what_why_and_in_which_conversation(app: Counters, log: LogRecorder) -> None:
    app.open("c", limit=5)
    (record,) = log.read()
    command = command_id(PROCESS, "Open", "open c")
    assert (record.process_id, record.stream_id, record.stream_version) == (PROCESS, counter("c"), 1)
    assert (record.type, record.schema, record.payload) == ("counters.CounterOpened", 1, b'{"limit":5}')
    assert (record.actor, record.correlation_id, record.traceparent) == ("ana", "conversation", "00-trace")
    assert (record.event_id, record.causation_id) == (event_id(command, 0), content_id("Open", b"5"))


def test_salts_are_new_for_each_record(app: Counters, log: LogRecorder) -> None:
    app.open("c")
    app.open("d")
    one, two = (record.salt for record in log.read())
    assert one != two
    assert len(one) == len(two) == 32


def test_a_receipt_tells_the_place_and_the_leaf_hash(app: Counters, log: LogRecorder) -> None:
    app.open("a")
    answer = app.execute(
        PROCESS, "Open", meta("k"), b"", lambda: Changes((Change(counter("c"), 0, (CounterOpened(limit=1),)),))
    )
    record = log.read()[-1]
    assert answer == (
        Receipt(
            position=2,
            process_index=1,
            event_id=record.event_id,
            type="counters.CounterOpened",
            recorded_at=record.recorded_at,
            leaf_hash=hashlib.sha256(b"\x00" + record.leaf()).digest(),
            stream_version=1,
        ),
    )


def test_a_command_sent_again_gets_its_first_receipts_and_is_not_decided_again(app: Counters, log: LogRecorder) -> None:
    app.open("c")
    first = _raise(app, "k1")
    assert _raise(app, "k1") == first
    assert app.decided == 1
    assert log.last_position() == 2


def test_all_events_of_a_command_come_back_when_it_is_sent_again(app: Counters) -> None:
    changes = Changes(
        (
            Change(counter("c"), 0, (CounterOpened(limit=1), CounterRaised(by=1))),
            Change(counter("d"), 0, (CounterOpened(limit=2),)),
        )
    )
    first = app.execute(PROCESS, "Open", meta("k"), b"", lambda: changes)
    assert not isinstance(first, Refused)
    assert [receipt.position for receipt in first] == [1, 2, 3]
    assert app.execute(PROCESS, "Open", meta("k"), b"", lambda: Refused("never_asked")) == first


@pytest.mark.parametrize(("by", "actor"), [(2, "ana"), (1, "bob")], ids=["other content", "another actor"])
def test_an_idempotency_key_is_not_taken_for(app: Counters, by: int, actor: str) -> None:
    app.open("c")
    _raise(app, "k1", by=1, actor="ana")
    refused = _refused(_raise(app, "k1", by=by, actor=actor))
    assert (refused.reason, refused.kind, refused.details) == ("idempotency_key_reused", Kind.CONFLICT, {"position": 2})
    assert app.get("c").state.total == 1


def test_a_key_may_be_used_again_for_another_method_or_process(app: Counters) -> None:
    app.open("c")
    _raise(app, "k1")
    closing = Changes((Change(counter("c"), 2, (CounterClosed(),)),))
    assert not isinstance(app.execute(PROCESS, "Close", meta("k1"), b"1", lambda: closing), Refused)
    opening = Changes((Change("counters/p-2/c", 0, (CounterOpened(limit=1),)),))
    assert not isinstance(app.execute("p-2", "Raise", meta("k1"), b"1", lambda: opening), Refused)


def test_a_refusal_writes_nothing_and_its_key_stays_free(app: Counters) -> None:
    app.open("c", limit=1)
    assert _refused(_raise(app, "k1", by=2)).details == {"limit": 1, "got": 2}
    assert not isinstance(_raise(app, "k1", by=1), Refused)
    assert app.get("c").version == 2


def test_a_command_without_a_conversation_begins_one(app: Counters, log: LogRecorder) -> None:
    opening = Changes((Change(counter("c"), 0, (CounterOpened(limit=1), CounterRaised(by=1))),))
    app.execute(PROCESS, "Open", CommandMeta("k", "ana"), b"", lambda: opening)
    assert {record.correlation_id for record in log.read()} == {command_id(PROCESS, "Open", "k")}


def test_decides_again_when_its_stream_was_changed_meanwhile(app: Counters) -> None:
    app.open("c", limit=2)
    app.before_append = once(lambda: _raise(app, "other"))
    assert not isinstance(_raise(app, "mine"), Refused)
    assert app.decided == 3
    assert app.get("c").state.total == 2


def test_is_refused_when_what_was_changed_meanwhile_makes_it_wrong(app: Counters) -> None:
    app.open("c", limit=1)
    app.before_append = once(lambda: _raise(app, "other"))
    assert _refused(_raise(app, "mine")).reason == "over_limit"
    assert app.get("c").state.total == 1


def test_decides_again_when_a_stream_that_it_only_read_was_changed_meanwhile(app: Counters) -> None:
    app.open("box")
    close = once(lambda: app.execute(PROCESS, "Close", meta("close"), b"", lambda: _close(app)))

    def vote() -> Changes | Refused:
        box = app.get("box")
        if box.state.closed:
            return Refused("box_closed")
        close()
        return Changes((Change(counter("ana"), 0, (CounterOpened(limit=1),)),), expect={box.id: box.version})

    assert _refused(app.execute(PROCESS, "Vote", meta("k"), b"", vote)).reason == "box_closed"
    assert app.get("ana").version == 0


def _close(app: Counters) -> Changes:
    box = app.get("box")
    return Changes((Change(box.id, box.version, (CounterClosed(),)),))


def test_gives_up_with_a_refusal_when_others_never_stop(app: Counters) -> None:
    app.open("c", limit=1000)
    others = iter(range(1000))
    app.before_append = lambda: None
    intrude = Counters(app.recorder)

    def intruded() -> Changes | Refused:
        decided = app.decide_raise("c", 1)
        _raise(intrude, f"other {next(others)}")
        return decided

    refused = _refused(app.execute(PROCESS, "Raise", meta("mine"), b"1", intruded))
    assert (refused.reason, refused.kind) == ("too_much_contention", Kind.CONFLICT)
    assert app.get("c").state.total == app.decided == refused.details["attempts"]


def test_the_same_command_sent_by_another_while_it_is_decided_is_one_command(app: Counters) -> None:
    app.open("c")
    answers: list[object] = []
    app.before_append = once(lambda: answers.append(_raise(app, "k1")))
    assert [_raise(app, "k1")] == answers
    assert app.get("c").state.total == 1


def test_the_same_command_that_another_carried_out_is_not_refused_for_its_own_effect(app: Counters) -> None:
    app.open("c", limit=1)
    other = Counters(app.recorder)
    answers: list[object] = []

    def decide_late() -> Changes | Refused:
        answers.append(_raise(other, "k1"))
        return app.decide_raise("c", 1)

    assert [app.execute(PROCESS, "Raise", meta("k1"), b"1", decide_late)] == answers
    assert app.get("c").state.total == 1


def test_a_full_log_is_a_refusal(app: Counters, log: LogRecorder, recorder: Recorder) -> None:
    app.open("c")
    with recorder.storage_full(log):
        answers = [_raise(app, f"k{number}") for number in range(10)]
        while not isinstance(answers[-1], Refused):
            answers.append(_raise(app, f"k{len(answers)}", by=0))
    refused = _refused(answers[-1])
    assert (refused.reason, refused.kind) == ("log_full", Kind.EXHAUSTED)
    assert "free space" in refused.sentence()


def test_threads_that_send_the_same_commands_carry_out_each_once(app: Counters) -> None:
    app.open("c", limit=1000)
    answers: dict[str, set[object]] = {f"k{number}": set() for number in range(10)}
    lock = threading.Lock()

    def send() -> None:
        for key, found in answers.items():
            answer = _raise(app, key)
            with lock:
                found.add(answer)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert app.get("c").state.total == 10
    assert all(len(found) == 1 for found in answers.values())
