"""A reaction happens once for its cause, with its tracked position, whatever crashes or comes twice; so does a timer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from eventsourcing.persistence import Tracking

from eventlog.application import ENGINE, Change, Changes, Receipt
from eventlog.contract import LogFull, LogRecorder, VersionConflict
from kernel.ids import command_id, event_id
from kernel.records import Record
from tests.eventlog.builders import a_record
from tests.eventlog.recorders import Recorder
from tests.eventlog.shop import PROCESS, CounterRaised, Counters, counter, once

LANE = "counters.reactions"


@pytest.fixture
def cause(app: Counters, log: LogRecorder) -> Record:
    app.open("c")
    return log.append([a_record("boxes/p-1/b", type="ballots.BoxSealed", actor="zoé", traceparent="00-t")])[0]


def _raise(app: Counters, by: int = 1, before: Callable[[], object] = lambda: None) -> Callable[[], Changes]:
    def decide() -> Changes:
        app.decided += 1
        found = app.get("c")
        before()
        return Changes((Change(found.id, found.version, (CounterRaised(by=by),)),))

    return decide


def _nothing(app: Counters) -> Callable[[], None]:
    def decide() -> None:
        app.decided += 1

    return decide


def test_a_reaction_says_what_it_comes_from(app: Counters, log: LogRecorder, cause: Record) -> None:
    (receipt,) = app.react("raise_when_sealed", cause, _raise(app))
    record = log.read()[-1]
    assert receipt.event_id == event_id(command_id(PROCESS, "raise_when_sealed", cause.event_id), 0)
    assert (record.actor, record.causation_id) == (ENGINE, cause.event_id)
    assert (record.correlation_id, record.traceparent) == (cause.correlation_id, cause.traceparent)
    assert log.max_tracking_id(LANE) == cause.position


def test_a_reaction_delivered_again_returns_its_first_receipts(app: Counters, cause: Record) -> None:
    first = app.react("raise_when_sealed", cause, _raise(app))
    assert app.react("raise_when_sealed", cause, _raise(app)) == first
    assert app.decided == 1
    assert app.get("c").state.total == 1


def test_a_reaction_delivered_again_after_a_restart_happens_once(
    app: Counters, log: LogRecorder, cause: Record
) -> None:
    first = app.react("raise_when_sealed", cause, _raise(app))
    restarted = Counters(log)
    assert restarted.react("raise_when_sealed", cause, _raise(restarted)) == first
    assert restarted.decided == 0


def test_a_cause_that_calls_for_nothing_is_dealt_with_all_the_same(
    app: Counters, log: LogRecorder, cause: Record
) -> None:
    assert app.react("raise_when_sealed", cause, _nothing(app)) == ()
    assert log.max_tracking_id(LANE) == cause.position
    assert app.react("raise_when_sealed", cause, _raise(app)) == ()
    assert app.decided == 1


def test_a_reaction_that_crashes_before_it_is_recorded_happens_when_delivered_again(
    app: Counters, log: LogRecorder, cause: Record
) -> None:
    def crash() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        app.react("raise_when_sealed", cause, _raise(app, before=crash))
    assert log.max_tracking_id(LANE) is None
    assert len(app.react("raise_when_sealed", cause, _raise(app))) == 1
    assert app.get("c").state.total == 1


def test_a_crash_between_the_events_and_the_position_is_not_possible(
    app: Counters, log: LogRecorder, recorder: Recorder, cause: Record
) -> None:
    """Either both are in the log or neither is: a full disk, which stops the transaction in its middle, shows it."""
    text = "x" * 100_000
    large = Changes((Change(counter("d"), 0, (_Long(text=text),) * 20),))
    with recorder.storage_full(log), pytest.raises(LogFull):
        app.react("write_much", cause, lambda: large)
    assert (log.max_tracking_id(LANE), app.get("d").version) == (None, 0)
    app.react("write_much", cause, lambda: large)
    assert (log.max_tracking_id(LANE), app.get("d").version) == (cause.position, 20)


class _Long(CounterRaised):
    TYPE = "counters.Long"
    by: int = 0
    text: str


def test_two_followers_of_one_cause_react_once(app: Counters, log: LogRecorder, cause: Record) -> None:
    other = Counters(log)
    answers: list[tuple[Receipt, ...]] = []
    intrude = once(lambda: answers.append(other.react("raise_when_sealed", cause, _raise(other))))
    assert [app.react("raise_when_sealed", cause, _raise(app, before=intrude))] == answers
    assert app.get("c").state.total == 1


def test_a_follower_that_lags_behind_another_does_nothing_again(app: Counters, log: LogRecorder, cause: Record) -> None:
    log.insert_tracking(Tracking(LANE, cause.position + 5))
    assert app.react("raise_when_sealed", cause, _raise(app)) == ()
    assert app.decided == 0
    assert log.max_tracking_id(LANE) == cause.position + 5


def test_a_follower_that_was_paused_after_deciding_while_another_found_nothing_to_do_writes_nothing(
    app: Counters, log: LogRecorder, cause: Record
) -> None:
    other = Counters(log)
    overtake = once(lambda: other.react("raise_when_sealed", cause, _nothing(other)))
    assert app.react("raise_when_sealed", cause, _raise(app, before=overtake)) == ()
    assert (app.get("c").state.total, log.max_tracking_id(LANE)) == (0, cause.position)


def test_a_reaction_decides_again_when_its_stream_was_changed_meanwhile(app: Counters, cause: Record) -> None:
    other = Counters(app.recorder)
    change = once(lambda: other.tick("hourly", PROCESS, "18:00", _raise(other)))
    assert len(app.react("raise_when_sealed", cause, _raise(app, before=change))) == 1
    assert app.decided == 2
    assert app.get("c").state.total == 2


def test_a_reaction_that_others_never_let_through_is_left_to_be_delivered_again(
    app: Counters, log: LogRecorder, cause: Record
) -> None:
    other = Counters(app.recorder)
    keys = (str(number) for number in range(1000))
    with pytest.raises(VersionConflict):
        app.react(
            "raise_when_sealed",
            cause,
            _raise(app, before=lambda: other.tick("often", PROCESS, next(keys), _raise(other))),
        )
    assert log.max_tracking_id(LANE) is None
    assert len(app.react("raise_when_sealed", cause, _raise(app))) == 1


def test_two_policies_for_one_cause_are_a_mistake_in_the_code(app: Counters, cause: Record) -> None:
    app.react("raise_when_sealed", cause, _raise(app))
    with pytest.raises(ValueError, match="join them"):
        app.react("raise_twice_when_sealed", cause, _raise(app))


def test_reactions_to_many_causes_are_tracked_in_order(app: Counters, log: LogRecorder, cause: Record) -> None:
    causes = [cause, *log.append([a_record(f"boxes/p-1/{number}", type=cause.type) for number in range(5)])]
    for each in causes:
        app.react("raise_when_sealed", each, _raise(app))
    assert app.get("c").state.total == 6
    assert log.max_tracking_id(LANE) == causes[-1].position


def test_a_timer_happens_once_for_its_key(app: Counters, log: LogRecorder, cause: Record) -> None:
    first = app.tick("hourly", PROCESS, "18:00", _raise(app))
    assert app.tick("hourly", PROCESS, "18:00", _raise(app)) == first
    assert len(app.tick("hourly", PROCESS, "19:00", _raise(app))) == 1
    assert app.get("c").state.total == 2
    assert (log.read()[-1].actor, log.read()[-1].causation_id) == (ENGINE, None)
    assert log.max_tracking_id(LANE) is None


def test_a_timer_whose_time_has_not_come_may_come_later(app: Counters, cause: Record) -> None:
    assert app.tick("hourly", PROCESS, "18:00", _nothing(app)) == ()
    assert len(app.tick("hourly", PROCESS, "18:00", _raise(app))) == 1


def test_two_timers_of_one_key_in_two_processes_are_two(app: Counters, cause: Record) -> None:
    def opening(process: str) -> Callable[[], Changes]:
        return lambda: Changes((Change(f"counters/{process}/x", 0, (CounterRaised(by=1),)),))

    answers = [app.tick("hourly", process, "18:00", opening(process)) for process in ("p-1", "p-2")]
    assert [len(answer) for answer in answers] == [1, 1]
