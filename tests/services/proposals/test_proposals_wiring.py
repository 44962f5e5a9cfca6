"""In by the log, out by the effect: the declared reaction, the inbox, and the read model that follows the log."""

from __future__ import annotations

import threading

import grpc
import pytest

from comitia.proposals.v1 import proposals_pb2 as pb
from proposals.domain.events import EVENTS
from proposals.projections import ProposalList
from proposals.reactions import REACTIONS
from proposals.wiring import wire
from runtime.followers import Follower
from runtime.views_sqlite import SQLiteViews
from tests.services.processes.running import Running, rows
from tests.services.proposals.life import PROCESS, Life, submission

pytestmark = pytest.mark.slow

LAUREATE = "proposals.ProposalNamedLaureate"


def test_the_reactions_declared_are_the_reactions_wired(running: Running) -> None:
    assert set(running.service.reactions) == set(REACTIONS) == {"ballots.BoxTallied"}


def test_a_tallied_box_makes_all_its_winners_laureates_at_once(life: Life, running: Running) -> None:
    life.publish_shortlist_of("bench", "tree", "pond")
    life.phase_opens("vote")
    life.box_is_tallied("pond", "bench")
    running.until(lambda: running.records(PROCESS, LAUREATE))
    tallied = running.records(PROCESS, "ballots.BoxTallied")[0]
    named = running.records(PROCESS, LAUREATE)
    assert [(each.data()["proposal"], each.data()["rank"], each.data()["cost"]) for each in named] == [
        ("pond", 1, "2401/2"),
        ("bench", 2, "2401/2"),
    ]
    assert {(each.causation_id, each.actor) for each in named} == {(tallied.event_id, "comitia")}
    assert {each.recorded_at for each in named} == {named[0].recorded_at}
    assert life.get("tree").status == pb.PROPOSAL_STATUS_SHORTLISTED


def test_whom_a_box_elected_are_laureates_in_the_order_of_election(life: Life, running: Running) -> None:
    life.publish_shortlist_of("bench", "tree", "pond")
    life.phase_opens("vote")
    life.people_are_elected("tree", "bench")
    running.until(lambda: running.records(PROCESS, LAUREATE))
    named = [each.data() for each in running.records(PROCESS, LAUREATE)]
    assert [(each["proposal"], each["rank"]) for each in named] == [("tree", 1), ("bench", 2)]


def test_a_box_without_an_allocation_and_winners_unknown_here_name_nobody(life: Life, running: Running) -> None:
    life.publish_shortlist_of("bench")
    life.motion_is_counted()
    life.box_is_tallied("stranger", matter="law")
    life.box_is_tallied("bench")
    running.until(lambda: running.records(PROCESS, LAUREATE))
    assert [each.data()["proposal"] for each in running.records(PROCESS, LAUREATE)] == ["bench"]


def test_laureates_are_named_when_the_vote_was_the_last_phase(life: Life, running: Running) -> None:
    life.publish_shortlist_of("bench")
    life.phase_closes()
    life.process_completes()
    life.box_is_tallied("bench")
    running.until(lambda: running.records(PROCESS, LAUREATE))
    assert life.get("bench").rank == 1


def test_a_cancelled_process_has_no_laureates(life: Life, running: Running) -> None:
    life.publish_shortlist_of("bench")
    life.process_is_cancelled()
    life.box_is_tallied("bench")
    tallied = running.log.last_position()
    running.until(lambda: (running.log.max_tracking_id("proposals.reactions") or 0) >= tallied)
    assert running.records(PROCESS, LAUREATE) == []


def test_a_tally_delivered_twice_names_laureates_once(life: Life, running: Running) -> None:
    life.name_laureates("bench")
    tallied = running.records(PROCESS, "ballots.BoxTallied")[0]
    running.service.reactions["ballots.BoxTallied"](tallied)
    assert len(running.records(PROCESS, LAUREATE)) == 1


def test_two_workers_on_one_log_name_laureates_once(life: Life, running: Running) -> None:
    life.publish_shortlist_of("bench", "tree")
    other = Follower(wire(running.context), running.context)
    other.start()
    life.box_is_tallied("bench", "tree")
    running.until(lambda: running.records(PROCESS, LAUREATE))
    other.stop()
    assert len(running.records(PROCESS, LAUREATE)) == 2


def test_the_read_model_equals_its_rebuild_and_the_states_of_the_log(life: Life, running: Running) -> None:
    life.name_laureates("bench", "tree")
    life.phase_opens("delivery")
    last = running.records(PROCESS, LAUREATE)[-1].position
    (listing,) = running.service.projections
    assert running.views.wait(listing.name, last, 5)
    followed = rows(running.views, "proposals_list")
    views = SQLiteViews(":memory:")
    again = ProposalList()
    views.install(again)
    records = running.log.read(types=sorted(again.types))
    views.apply(again, records, records[-1].position)
    assert followed == rows(views, "proposals_list")
    listed = running.ask("ListProposals", pb.ListProposalsRequest(process_id=PROCESS)).proposals
    assert list(listed) == [life.get("bench"), life.get("tree")]
    assert again.types < set(EVENTS)
    views.close()


def test_a_list_shows_what_was_just_written(life: Life, running: Running) -> None:
    for number in range(20):
        life.submit(f"idea-{number}")
        listed = running.ask("ListProposals", pb.ListProposalsRequest(process_id=PROCESS)).proposals
        assert len(listed) == number + 1


def test_of_many_who_submit_one_id_at_once_one_succeeds(life: Life, running: Running) -> None:
    answers: list[str] = []

    def submit(number: int) -> None:
        try:
            running.stub.SubmitProposal(_with_key(submission("bench"), f"racer-{number}"), timeout=10)
            answers.append("submitted")
        except grpc.RpcError as error:
            answers.append(error.code().name)

    racers = [threading.Thread(target=submit, args=(number,)) for number in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(answers) == ["ALREADY_EXISTS"] * 7 + ["submitted"]
    assert len(running.records(PROCESS, "proposals.ProposalSubmitted")) == 1


def test_nothing_enters_a_shortlist_while_it_is_published(life: Life, running: Running) -> None:
    names = [f"idea-{number}" for number in range(12)]
    for name in names:
        life.submit(name)
    life.phase_opens("review")
    for name in names:
        life.review(name)
    life.shortlist(names[0])
    refused: list[str] = []

    def enter(name: str) -> None:
        try:
            life.shortlist(name)
        except grpc.RpcError as error:
            refused.append(error.code().name)

    racers = [threading.Thread(target=enter, args=(name,)) for name in names[1:]]
    racers.insert(5, threading.Thread(target=life.publish))
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    state = life.state()
    entered = [name for name, each in state["proposals"].items() if each["status"] == "shortlisted"]
    options = state["shortlists"]["projects"]
    assert {each["option"] for each in options} == set(entered)
    assert [each["submitted"] for each in options] == sorted(each["submitted"] for each in options)
    assert len(entered) + len(refused) == len(names)


def _with_key(request: pb.SubmitProposalRequest, key: str) -> pb.SubmitProposalRequest:
    request.command.idempotency_key, request.command.actor = key, "tester"
    return request
