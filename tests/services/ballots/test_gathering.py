"""Single ballots that come together are committed together, and nobody can tell from their answer or from the log."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballots.application import Ballots, SubmittedBallot, submit
from ballots.domain.casting import CastBallot
from ballots.domain.events import BallotArrivedLate, BallotCast
from ballots.gathering import Gathering
from ballots.wiring import wire
from comitia.ballots.v1 import ballots_pb2_grpc
from eventlog.application import CommandMeta, Receipt
from eventlog.contract import LogUnreachable
from eventlog.sqlite import SQLiteLog
from kernel.records import Record
from kernel.refusal import Refused
from testkit.check_log import check_log
from tests.services.ballots.life import PROCESS, PROJECTS, Life
from tests.services.processes.running import NOON, Running

T = TypeVar("T")
VOTERS = ("ana", "bo", "chi", "dee")


State = Literal["one ballot", "revisable", "sealed"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[State, list[Record]]:
    """What is in the log once a box is open, or sealed."""
    return {state: _records(tmp_path_factory.mktemp("opened"), state) for state in get_args(State)}


def _records(folder: Path, state: State) -> list[Record]:
    running = Running(wire, ballots_pb2_grpc.BallotsServiceStub, folder)
    life = Life(running).open_projects(*VOTERS, revisable=state == "revisable")
    if state == "sealed":
        life.vote_phase_closes()
        life.wait_for("BoxTallied")
    records = list(running.log.read())
    running.stop()
    return records


@pytest.fixture
def app(opened: dict[State, list[Record]]) -> Iterator[Ballots]:
    """The service's use cases on a log with an open box, where no ballot may be changed."""
    app = open_box(opened["one ballot"])
    yield app
    check_log(app.shared_log)
    app.shared_log.close()


def open_box(records: Sequence[Record]) -> Ballots:
    log = SQLiteLog(":memory:", clock=lambda: NOON)
    log.append(records)
    return Ballots(log)


def single(voter: str, key: str = "", option: str = "well", box: str = PROJECTS, actor: str = "web") -> SubmittedBallot:
    command = CastBallot(box, voter, "options", (option,), "web")
    return submit(CommandMeta(key or f"key of {voter}", actor), command, option.encode())


def told(answer: object) -> object:
    if isinstance(answer, Receipt):
        return answer.stream_version
    return answer.reason if isinstance(answer, Refused) else answer


def together(gathering: Gathering, *ballots: SubmittedBallot) -> list[Any]:
    """The answers to ballots that come in the same moment."""

    async def all_at_once() -> list[Any]:
        calls = (gathering.cast(PROCESS, ballot) for ballot in ballots)
        return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(all_at_once())


def cast_in(app: Ballots) -> list[tuple[str, int, bytes]]:
    return [
        (each.event_id, each.stream_version, each.payload)
        for each in app.shared_log.read_process(PROCESS, types=[BallotCast.TYPE, BallotArrivedLate.TYPE])
    ]


class Gated:
    """The use case, at a gate: notes the size of each batch that comes, and lets one through for each `open`."""

    def __init__(self, app: Ballots) -> None:
        self._app, self._gate, self.sizes = app, threading.Semaphore(0), list[int]()

    def open(self) -> None:
        self._gate.release()

    def __call__(self, process_id: str, box: str, ballots: Sequence[SubmittedBallot]) -> list[Receipt | Refused]:
        self.sizes.append(len(ballots))
        assert self._gate.acquire(timeout=5)
        return self._app.cast_many(process_id, box, ballots)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.001)


def while_the_first_is_committed(
    app: Ballots, work: Callable[[Gated, Gathering, asyncio.Task[Any]], Awaitable[T]], **bounds: int
) -> T:
    """Run `work` while ana's ballot is at the gate."""

    async def run() -> T:
        gated = Gated(app)
        gathering = Gathering(gated, **bounds)
        first = asyncio.create_task(gathering.cast(PROCESS, single("ana")))
        await until(lambda: gated.sizes)
        return await work(gated, gathering, first)

    return asyncio.run(run())


def test_the_first_goes_at_once_and_those_that_come_meanwhile_go_together(app: Ballots) -> None:
    async def work(gated: Gated, gathering: Gathering, first: asyncio.Task[Any]) -> tuple[list[int], list[object]]:
        others = [asyncio.create_task(gathering.cast(PROCESS, single(voter))) for voter in ("bo", "chi", "zoe")]
        await asyncio.sleep(0.01)
        gated.open()
        gated.open()
        return gated.sizes, [told(await each) for each in (first, *others)]

    sizes, answers = while_the_first_is_committed(app, work)
    assert (sizes, answers) == ([1, 3], [1, 1, 1, "not_on_the_roll"])


def test_a_batch_is_bounded_and_the_rest_comes_after_it_in_order(app: Ballots) -> None:
    async def work(gated: Gated, gathering: Gathering, first: asyncio.Task[Any]) -> list[int]:
        others = [asyncio.create_task(gathering.cast(PROCESS, single(voter))) for voter in ("bo", "chi", "dee")]
        await asyncio.sleep(0.01)
        for _ in range(3):
            gated.open()
        receipts = [await each for each in (first, *others)]
        assert [each.position for each in receipts] == sorted(each.position for each in receipts)
        return gated.sizes

    assert while_the_first_is_committed(app, work, max_together=2) == [1, 2, 1]


def test_one_too_many_is_refused_at_once_and_the_others_are_cast(app: Ballots) -> None:
    async def work(gated: Gated, gathering: Gathering, first: asyncio.Task[Any]) -> list[object]:
        others = [asyncio.create_task(gathering.cast(PROCESS, single(voter))) for voter in ("bo", "chi")]
        await asyncio.sleep(0.01)
        refused = await gathering.cast(PROCESS, single("dee"))
        gated.open()
        gated.open()
        return [told(refused), *[told(await each) for each in (first, *others)]]

    assert while_the_first_is_committed(app, work, max_waiting=2) == ["box_busy", 1, 1, 1]


def test_a_caller_who_goes_away_cancels_nobody_and_their_ballot_is_committed(app: Ballots) -> None:
    async def work(gated: Gated, gathering: Gathering, first: asyncio.Task[Any]) -> object:
        waiting = asyncio.create_task(gathering.cast(PROCESS, single("bo")))
        staying = asyncio.create_task(gathering.cast(PROCESS, single("chi")))
        await asyncio.sleep(0.01)
        first.cancel()
        waiting.cancel()
        gated.open()
        gated.open()
        return told(await staying)

    assert while_the_first_is_committed(app, work) == 1
    assert len(cast_in(app)) == 3


def test_one_box_does_not_wait_for_another(app: Ballots) -> None:
    async def work(gated: Gated, gathering: Gathering, first: asyncio.Task[Any]) -> list[object]:
        other = asyncio.create_task(gathering.cast(PROCESS, single("bo", box="palace")))
        await until(lambda: len(gated.sizes) == 2)
        gated.open()
        gated.open()
        return [told(await first), told(await other)]

    assert while_the_first_is_committed(app, work) == [1, "unknown_box"]


def test_what_the_log_could_not_do_is_told_to_each_and_the_next_are_cast(app: Ballots) -> None:
    tries: list[int] = []

    def unreachable_once(process_id: str, box: str, ballots: Sequence[SubmittedBallot]) -> list[Receipt | Refused]:
        tries.append(len(ballots))
        if len(tries) == 1:
            raise LogUnreachable("the log's server does not answer")
        return app.cast_many(process_id, box, ballots)

    gathering = Gathering(unreachable_once)
    answers = together(gathering, single("ana"), single("bo"))
    assert [type(answer) for answer in answers] == [LogUnreachable] * 2
    assert [told(answer) for answer in together(gathering, single("ana"), single("bo"))] == [1, 1]
    assert tries == [2, 2]


def test_what_breaks_on_one_ballot_harms_no_other(app: Ballots) -> None:
    def breaks_on_bo(process_id: str, box: str, ballots: Sequence[SubmittedBallot]) -> list[Receipt | Refused]:
        if any(each.command.voter == "bo" for each in ballots):
            raise ZeroDivisionError
        return app.cast_many(process_id, box, ballots)

    answers = together(Gathering(breaks_on_bo), single("ana"), single("bo"), single("chi"))
    assert [type(answer) for answer in answers] == [Receipt, ZeroDivisionError, Receipt]


@given(
    ballots=st.lists(
        st.builds(
            single,
            voter=st.sampled_from([*VOTERS, "zoe"]),
            key=st.sampled_from(["1", "2", "3", "4", "5", "6"]),
            option=st.sampled_from(["well", "lamp", "castle"]),
            actor=st.sampled_from(["web", "kiosk"]),
        ),
        max_size=12,
    ),
    state=st.sampled_from(get_args(State)),
    together_at_most=st.integers(1, 12),
)
@settings(deadline=None)
def test_ballots_together_are_answered_and_logged_as_one_by_one(
    opened: dict[State, list[Record]], ballots: list[SubmittedBallot], state: State, together_at_most: int
) -> None:
    alone, gathered = open_box(opened[state]), open_box(opened[state])
    one_by_one = [alone.cast_many(PROCESS, PROJECTS, [ballot])[0] for ballot in ballots]
    at_once = together(Gathering(gathered.cast_many, max_together=together_at_most), *ballots)
    assert list(map(_without_salt, at_once)) == list(map(_without_salt, one_by_one))
    assert cast_in(gathered) == cast_in(alone)
    check_log(gathered.shared_log)


def _without_salt(answer: Receipt | Refused) -> object:
    """All that an answer says but the leaf hash, which depends on the record's salt."""
    if isinstance(answer, Refused):
        return answer.reason, {name: value for name, value in answer.details.items() if name != "leaf_hash"}
    return answer.position, answer.process_index, answer.event_id, answer.type, answer.stream_version
