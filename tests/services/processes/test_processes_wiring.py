"""In by the log, out by the effect: the calendar's timer, the inbox, and the read model that follows the log."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import grpc
import pytest

from comitia.processes.v1 import processes_pb2 as pb
from processes.inbox import SHORTLIST_PUBLISHED
from processes.projections import ProcessList
from processes.reactions import TIMERS
from processes.wiring import wire
from runtime.followers import Follower
from runtime.views_sqlite import SQLiteViews
from tests.services.processes import building as a
from tests.services.processes.running import Running, rows
from tests.services.processes.steps import Steps

pytestmark = pytest.mark.slow

DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def phase_changes(running: Running) -> list[tuple[str, str, str | None]]:
    """Every change of phase: what, which, and when it was due."""
    return [
        (record.type.removeprefix("processes.Phase"), record.data()["phase"], record.data()["due"])
        for record in running.log.read_process(a.PROCESS)
        if record.type.startswith("processes.Phase")
    ]


def test_the_timers_declared_are_the_timers_wired(running: Running) -> None:
    assert set(running.service.timers) == set(TIMERS) == {"keep_the_calendar"}
    assert running.service.reactions == {}


def test_phases_open_and_close_on_their_dates_each_once(steps: Steps, running: Running) -> None:
    steps.open_process(a.DATED)
    running.sleep_until(DECEMBER - timedelta(microseconds=1))
    assert phase_changes(running) == []
    running.sleep_until(DECEMBER)
    running.until(lambda: steps.get().process.phase == "ideas")
    running.sleep_until(DECEMBER + timedelta(days=3))
    assert phase_changes(running) == [("Opened", "ideas", "2026-12-01T00:00:00.000000Z")]
    running.sleep_until(datetime(2026, 12, 11, tzinfo=UTC))
    running.until(lambda: steps.state()["phases"]["ideas"] == "closed")
    running.sleep_until(datetime(2026, 12, 12, tzinfo=UTC))
    assert steps.get().process.phase == "", "the vote waits for its shortlist"
    steps.publish_shortlist()
    running.until(lambda: steps.get().process.phase == "vote")
    (opened,) = [each for each in running.records(a.PROCESS, "processes.PhaseOpened") if each.data()["phase"] == "vote"]
    assert (opened.data()["due"], opened.recorded_at) == ("2026-12-11T00:00:00.000000Z", "2026-12-12T00:00:00.000000Z")
    assert (opened.actor, opened.data()["trigger"]) == ("comitia", "date")


def test_an_engine_that_was_down_catches_up_with_its_calendar_in_order(steps: Steps, running: Running) -> None:
    steps.open_process(a.DATED)
    steps.publish_shortlist()
    running.sleep_until(datetime(2027, 1, 15, tzinfo=UTC))
    running.until(lambda: len(phase_changes(running)) == 4)
    assert phase_changes(running) == [
        ("Opened", "ideas", "2026-12-01T00:00:00.000000Z"),
        ("Closed", "ideas", "2026-12-11T00:00:00.000000Z"),
        ("Opened", "vote", "2026-12-11T00:00:00.000000Z"),
        ("Closed", "vote", "2026-12-21T00:00:00.000000Z"),
    ]
    steps.open_phase("delivery")
    running.sleep_until(datetime(2027, 7, 1, tzinfo=UTC))
    running.until(lambda: steps.get().process.status == pb.PROCESS_STATUS_COMPLETED)


def test_two_workers_keep_one_calendar_once(steps: Steps, running: Running) -> None:
    other = Follower(wire(running.context), running.context, timers_every=0.01)
    other.start()
    steps.open_process(a.DATED)
    running.sleep_until(datetime(2026, 12, 20, tzinfo=UTC))
    running.until(lambda: len(phase_changes(running)) == 2)
    running.sleep_until(datetime(2026, 12, 20, 1, tzinfo=UTC))
    other.stop()
    assert len(phase_changes(running)) == 2


def test_an_amended_date_is_the_one_kept(steps: Steps, running: Running) -> None:
    steps.open_process(a.DATED)
    steps.amend(a.DATED.replace("opens: 2026-12-01", "opens: 2026-12-05"))
    running.sleep_until(DECEMBER + timedelta(days=2))
    assert phase_changes(running) == []
    running.sleep_until(DECEMBER + timedelta(days=4))
    running.until(lambda: phase_changes(running))
    assert phase_changes(running) == [("Opened", "ideas", "2026-12-05T00:00:00.000000Z")]


def test_a_cancelled_process_has_no_calendar(steps: Steps, running: Running) -> None:
    steps.open_process(a.DATED)
    steps.cancel()
    running.sleep_until(datetime(2027, 12, 1, tzinfo=UTC))
    assert phase_changes(running) == []


def test_a_published_shortlist_lets_the_vote_open(steps: Steps, running: Running) -> None:
    steps.open_process()
    steps.open_phase("ideas")
    steps.close_phase("ideas")
    request = pb.OpenPhaseRequest(process_id=a.PROCESS, phase="vote")
    assert running.refused("OpenPhase", request).reason == "shortlist_not_published"
    steps.publish_shortlist("roads")
    assert running.refused("OpenPhase", request).reason == "shortlist_not_published"
    steps.publish_shortlist()
    assert len(running.records(a.PROCESS, SHORTLIST_PUBLISHED)) == 2
    assert steps.open_phase("vote").receipts[0].type == "processes.PhaseOpened"


def test_the_read_model_equals_its_rebuild(steps: Steps, running: Running) -> None:
    steps.open_process(a.DATED, "dated")
    steps.open_process()
    steps.open_phase("ideas")
    steps.amend(a.CHARTER.replace("budget: 1800000", "budget: 2000000"))
    steps.cancel("dated")
    assert steps.listed() == ["dated", a.PROCESS]
    views = SQLiteViews(":memory:")
    again = ProcessList()
    views.install(again)
    records = running.log.read(types=sorted(again.types))
    views.apply(again, records, records[-1].position)
    assert rows(running.views, "processes_list") == rows(views, "processes_list")
    views.close()


def test_a_list_shows_what_was_just_written(steps: Steps) -> None:
    for number in range(20):
        steps.open_process(process=f"p-{number}")
        assert len(steps.listed()) == number + 1


def test_of_many_who_open_one_process_at_once_one_succeeds(running: Running, steps: Steps) -> None:
    answers: list[str] = []

    def open_it() -> None:
        try:
            steps.open_process()
            answers.append("opened")
        except grpc.RpcError as error:
            answers.append(error.code().name)

    racers = [threading.Thread(target=open_it) for _ in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(answers) == ["ALREADY_EXISTS"] * 7 + ["opened"]
    assert running.types(a.PROCESS) == ["ProcessOpened"]
