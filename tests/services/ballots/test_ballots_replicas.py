"""Two replicas of ballots over one PostgreSQL log, each with its own memory: what one appends, the other knows."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from ballots.wiring import wire
from comitia.ballots.v1 import ballots_pb2_grpc
from runtime.refusals import refusal_of
from testkit.check_log import check_log
from tests.services.ballots.life import Life
from tests.services.processes.running import Running

pytestmark = pytest.mark.slow


@pytest.fixture
def replicas(migrated: str, tmp_path: Path) -> Iterator[tuple[Life, Life]]:
    """The same process, by way of one replica and of the other."""
    both = [Running(wire, ballots_pb2_grpc.BallotsServiceStub, tmp_path, migrated) for _ in range(2)]
    one, other = (Life(running) for running in both)
    yield one, other
    for running in both:
        running.stop()


def turnout(life: Life) -> tuple[int, int]:
    """People with a ballot that counts, and ballots cast."""
    found = life.box().turnout
    return found.voters, found.cast


def test_a_box_opened_by_one_takes_ballots_by_both(replicas: tuple[Life, Life]) -> None:
    one, other = replicas
    one.open_projects("ana", "bo", "chi")
    other.cast("ana")
    one.cast("bo", "lamp")
    assert turnout(one) == turnout(other) == (2, 2)
    assert one.boxes() == other.boxes()
    assert one.boxes()[0].turnout.voters == 2


def test_a_ballot_by_one_bars_a_second_by_the_other_which_names_the_first(replicas: tuple[Life, Life]) -> None:
    one, other = replicas
    one.open_projects("ana", revisable=False)
    (first,) = one.cast("ana").receipts
    told = other.refuses("ana", "lamp")
    assert (told.reason, told.metadata["position"]) == ("already_voted", str(first.position))


def test_a_retry_by_the_other_is_answered_with_the_first_receipt(replicas: tuple[Life, Life]) -> None:
    one, other = replicas
    one.open_projects("ana")
    assert other.cast("ana", key="k").receipts == one.cast("ana", key="k").receipts
    assert turnout(one) == (1, 1)


def test_a_revision_by_the_other_replaces_the_last_ballot(replicas: tuple[Life, Life]) -> None:
    one, other = replicas
    one.open_projects("ana", revisable=True)
    for life in (one, other, one, other):
        life.cast("ana")
    assert [ballot["replaces"] for ballot in one.payloads("BallotCast")] == [None, 1, 2, 3]
    assert turnout(other) == (1, 4)


def test_a_seal_by_one_makes_ballots_by_the_other_late_and_counts_those_of_both(replicas: tuple[Life, Life]) -> None:
    one, other = replicas
    one.open_projects("ana", "bo", "chi")
    one.cast("ana", "well")
    other.cast("bo", "well")
    other.vote_phase_closes()
    tallied = one.wait_for("BoxTallied")
    assert one.wait_for("BoxSealed")["ballots"] == 2
    assert tallied["count"]["voters"] == 2
    with pytest.raises(grpc.RpcError) as late:
        one.cast("chi")
    assert refusal_of(late.value).reason == "ballot_late"
    assert other.box().turnout.late == 1
    assert [len(list(one.payloads(type_))) for type_ in ("BoxOpened", "BoxSealed", "BoxTallied")] == [1, 1, 1]


def test_a_cancelled_process_takes_no_ballot_by_any_replica(replicas: tuple[Life, Life]) -> None:
    one, other = replicas
    one.open_projects("ana", "bo")
    other.cast("ana")
    one.process_is_cancelled()
    assert other.refuses("bo").reason == one.refuses("bo").reason == "process_cancelled"


def test_ballots_by_both_at_once_while_the_box_is_sealed_are_counted_or_late_and_never_lost(
    replicas: tuple[Life, Life],
) -> None:
    one, other = replicas
    voters = [f"voter-{number}" for number in range(60)]
    one.open_projects(*voters)
    answers: Counter[str] = Counter()

    def vote(life: Life, mine: list[str]) -> None:
        for voter in mine:
            request: Any = life.ballot(voter)
            try:
                life.running.do("CastBallot", request, key=voter)
                answers["cast"] += 1
            except grpc.RpcError as error:
                answers[refusal_of(error).reason] += 1

    racers = [
        threading.Thread(target=vote, args=(life, voters[start::4]))
        for start, life in enumerate((one, other, one, other))
    ]
    for racer in racers:
        racer.start()
    other.running.until(lambda: answers["cast"] >= 10)
    other.vote_phase_closes()
    for racer in racers:
        racer.join()
    sealed, tallied = one.wait_for("BoxSealed"), one.wait_for("BoxTallied")
    assert answers.keys() <= {"cast", "ballot_late"}
    assert sealed["ballots"] == tallied["count"]["voters"] == answers["cast"]
    assert one.box().turnout.late == answers["ballot_late"] == 60 - answers["cast"]
    assert other.boxes()[0].turnout == one.box().turnout
    check_log(one.running.log)
