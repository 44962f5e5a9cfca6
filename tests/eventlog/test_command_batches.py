"""A batch of commands is one transaction in which each command is answered as if it had come alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from eventlog.application import Change, Changes, Receipt, Submission
from eventlog.contract import NOTHING, LogRecorder
from kernel.refusal import Kind, Refused
from tests.eventlog.recorders import Recorder
from tests.eventlog.shop import PROCESS, CounterClosed, CounterOpened, Counters, counter, meta, once

Decide = Callable[[Sequence[Submission]], Sequence[Change | Refused]]


def _submission(name: str, key: str | None = None, limit: int = 1, actor: str = "ana") -> Submission:
    return Submission(meta(key or f"open {name}", actor), f"{name} {limit}".encode())


def _decide(app: Counters, before: Callable[[], object] = lambda: None) -> Decide:
    """Open the counter that each submission names, unless it is there; limits over 9 are refused."""

    def decide(batch: Sequence[Submission]) -> list[Change | Refused]:
        names = [submission.content.decode().split() for submission in batch]
        app.decided += len(batch)
        answers = [_decide_one(app, name, int(limit)) for name, limit in names]
        before()
        return answers

    return decide


def _decide_one(app: Counters, name: str, limit: int) -> Change | Refused:
    found = app.get(name)
    if found.version or limit > 9:
        return Refused("no", limit=limit)
    return Change(found.id, 0, (CounterOpened(limit=limit),))


def _send(
    app: Counters,
    *batch: Submission,
    decide: Decide | None = None,
    expect: Callable[[], Mapping[str, int]] = lambda: NOTHING,
) -> list[int | str]:
    """The answers, told as positions and reasons."""
    answers = app.execute_many(PROCESS, "Open", batch, decide or _decide(app), expect)
    return [answer.position if isinstance(answer, Receipt) else answer.reason for answer in answers]


def test_answers_each_in_order(app: Counters, log: LogRecorder) -> None:
    assert _send(app, _submission("a"), _submission("b", limit=99), _submission("c")) == [1, "no", 2]
    assert [record.data() for record in log.read()] == [{"limit": 1}, {"limit": 1}]
    assert len({record.recorded_at for record in log.read()}) == 1


def test_an_empty_batch_has_no_answers(app: Counters) -> None:
    assert _send(app) == []


def test_a_batch_of_refusals_writes_nothing(app: Counters, log: LogRecorder) -> None:
    assert _send(app, _submission("a", limit=10), _submission("b", limit=11)) == ["no", "no"]
    assert log.last_position() == 0


def test_a_batch_sent_again_gets_its_first_receipts_and_writes_nothing(app: Counters, log: LogRecorder) -> None:
    batch = [_submission(name) for name in "abc"]
    first = app.execute_many(PROCESS, "Open", batch, _decide(app))
    assert app.execute_many(PROCESS, "Open", batch, _decide(app)) == first
    assert log.last_position() == 3


def test_a_batch_sent_again_whose_commands_could_be_decided_anew_gets_its_first_receipts(app: Counters) -> None:
    def reopen(batch: Sequence[Submission]) -> list[Change | Refused]:
        found = [app.get(submission.content.decode().split()[0]) for submission in batch]
        return [Change(each.id, each.version, (CounterOpened(limit=each.version + 1),)) for each in found]

    batch = [_submission(name) for name in "abc"]
    first = app.execute_many(PROCESS, "Open", batch, reopen)
    assert app.execute_many(PROCESS, "Open", [_submission("x"), *batch], reopen)[1:] == first


def test_a_command_refused_for_what_it_did_elsewhere_meanwhile_gets_its_first_receipt(app: Counters) -> None:
    other = Counters(app.recorder)
    batch = [_submission("a"), _submission("b")]
    intrude = once(lambda: _send(other, *batch))

    def decide(waiting: Sequence[Submission]) -> Sequence[Change | Refused]:
        intrude()
        return _decide(app)(waiting)

    assert _send(app, *batch, decide=decide) == [1, 2]


def test_a_batch_sent_again_with_more_carries_out_only_what_is_new(app: Counters) -> None:
    _send(app, _submission("a"), _submission("b"))
    assert _send(app, _submission("x"), _submission("b"), _submission("y")) == [3, 2, 4]


def test_one_command_and_a_batch_share_their_keys(app: Counters) -> None:
    position = app.open("a", limit=5)
    same = Submission(meta("open a"), b"5")
    batch = (same, Submission(meta("open a"), b"6"))
    answers = _send(app, *batch, decide=lambda waiting: [Refused("no")] * len(waiting))
    assert answers == [position, "idempotency_key_reused"]


@pytest.mark.parametrize(
    "second",
    [_submission("b", key="k"), _submission("a", key="k", actor="bob")],
    ids=["other content", "another actor"],
)
def test_an_idempotency_key_is_not_taken_for(app: Counters, second: Submission) -> None:
    assert _send(app, _submission("a", key="k")) == [1]
    assert _send(app, second) == ["idempotency_key_reused"]


def test_a_command_twice_in_a_batch_is_one_command(app: Counters) -> None:
    assert _send(app, _submission("a"), _submission("b"), _submission("a")) == [1, 2, 1]
    assert app.decided == 2


def test_a_key_twice_in_a_batch_for_other_content_is_refused(app: Counters) -> None:
    assert _send(app, _submission("a", key="k"), _submission("b", key="k")) == [1, "idempotency_key_reused"]


def test_a_key_whose_command_was_refused_is_free_for_another_in_the_same_batch(app: Counters) -> None:
    batch = [_submission("a", key="k", limit=10), _submission("b", key="k"), _submission("a", key="k", limit=10)]
    assert _send(app, *batch, _submission("c")) == ["no", 1, "idempotency_key_reused", 2]


def test_a_full_log_refuses_what_was_put_off_too(app: Counters, log: LogRecorder, recorder: Recorder) -> None:
    with recorder.storage_full(log):
        batch = [_submission(f"n{number}") for number in range(500)]
        answers = _send(app, *batch, _submission("x", key="open n0"))
    assert answers == ["log_full"] * 501


def test_a_refused_command_twice_in_a_batch_is_refused_twice(app: Counters) -> None:
    assert _send(app, _submission("a", limit=10), _submission("a", limit=10)) == ["no", "no"]


def test_two_commands_on_one_stream_are_decided_one_after_the_other(app: Counters) -> None:
    assert _send(app, _submission("a", key="k1"), _submission("b"), _submission("a", key="k2")) == [1, 2, "no"]


def test_a_second_command_decided_on_the_first_goes_into_the_same_batch(app: Counters, log: LogRecorder) -> None:
    def open_then_close(batch: Sequence[Submission]) -> list[Change | Refused]:
        return [Change(counter("a"), 0, (CounterOpened(limit=1),)), Change(counter("a"), 1, (CounterClosed(),))]

    assert _send(app, _submission("a", key="k1"), _submission("a", key="k2"), decide=open_then_close) == [1, 2]
    assert len({record.recorded_at for record in log.read()}) == 1


def test_decides_again_when_one_of_its_streams_was_changed_meanwhile(app: Counters) -> None:
    other = Counters(app.recorder)
    intrude = once(lambda: other.open("b"))
    batch = [_submission("a"), _submission("b", key="mine"), _submission("c", limit=10)]
    assert _send(app, *batch, decide=_decide(app, intrude)) == [2, "no", "no"]


def test_decides_again_when_a_stream_that_it_only_read_was_changed_meanwhile(app: Counters) -> None:
    app.open("box")
    seen: dict[str, int] = {}
    other = Counters(app.recorder)
    close = once(lambda: other.execute(PROCESS, "Close", meta("x"), b"", lambda: _closing(other)))

    def decide(batch: Sequence[Submission]) -> list[Change | Refused]:
        box = app.get("box")
        seen[box.id] = box.version
        close()
        return [Refused("box_closed") if box.state.closed else _decide_one(app, "ana", 1)]

    assert _send(app, _submission("ana"), decide=decide, expect=lambda: seen) == ["box_closed"]
    assert app.get("ana").version == 0


def _closing(app: Counters) -> Changes:
    box = app.get("box")
    return Changes((Change(box.id, box.version, (CounterClosed(),)),))


def test_the_same_batch_sent_by_another_while_it_is_decided_is_one_batch(app: Counters) -> None:
    other = Counters(app.recorder)
    batch = [_submission("a"), _submission("b")]
    answers: list[object] = []
    intrude = once(lambda: answers.append(_send(other, *batch)))
    assert [_send(app, *batch, decide=_decide(app, intrude))] == answers


def test_a_refusal_that_rests_on_a_lost_race_is_decided_again(app: Counters) -> None:
    """The second is refused for what the first would write; the first loses the race, so neither answer may stand."""
    other = Counters(app.recorder)
    intrude = once(lambda: other.open("a"))
    rounds: list[int] = []

    def decide(batch: Sequence[Submission]) -> list[Change | Refused]:
        rounds.append(len(batch))
        first = _decide_one(app, "a", 1)
        intrude()
        if isinstance(first, Refused):
            return [first, _decide_one(app, "b", 1)]
        return [first, Refused("only_one_at_a_time")]

    assert _send(app, _submission("a", key="mine"), _submission("b"), decide=decide) == ["no", 2]
    assert rounds == [2, 2]


def test_gives_up_on_what_waits_when_others_never_stop(app: Counters) -> None:
    other = Counters(app.recorder)
    names = iter(f"n{number}" for number in range(1000))
    wanted: list[str] = []

    def decide(batch: Sequence[Submission]) -> list[Change | Refused]:
        wanted.append(next(names))
        change = _decide_one(app, wanted[-1], 1)
        other.open(wanted[-1])
        return [change]

    (answer,) = app.execute_many(PROCESS, "Open", [_submission("a")], decide)
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.kind) == ("too_much_contention", Kind.CONFLICT)


def test_a_full_log_refuses_what_waits(app: Counters, log: LogRecorder, recorder: Recorder) -> None:
    assert _send(app, _submission("a")) == [1]
    with recorder.storage_full(log):
        batch = [_submission("a"), *(_submission(f"n{number}") for number in range(500))]
        answers = _send(app, *batch)
    assert answers == [1, *["log_full"] * 500]
    assert log.last_position() == 1


def test_a_change_of_two_events_is_a_mistake_in_the_code(app: Counters, log: LogRecorder) -> None:
    two = Change(counter("a"), 0, (CounterOpened(limit=1), CounterClosed()))
    with pytest.raises(ValueError, match="one event"):
        _send(app, _submission("a"), decide=lambda batch: [two])
    assert log.last_position() == 0
