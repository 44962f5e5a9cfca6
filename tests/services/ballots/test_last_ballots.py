"""Counting reads a box backwards and remembers hardly anyone; it finds what remembering everyone would have found."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballots import evidence
from ballots.domain.electorate import Elector, Electorate, Enrolled, Left, Member, freeze, roll_digest, set_apart
from ballots.domain.events import BallotArrivedLate, BallotCast, BoxSealed
from ballots.domain.tallying import decide_tally
from eventlog.contract import PAGE
from eventlog.sqlite import SQLiteLog
from kernel.events import Event
from kernel.ids import stream_id
from kernel.records import NewRecord, Record
from tests.services.ballots.building import an_open_box, sealed

PROCESS, BOX = "p-1", "projects"
DAY = "2026-11-22"
Cast = tuple[str, str, str]
"""Box, voter, option."""


@pytest.fixture
def log() -> Iterator[SQLiteLog]:
    with closing(new_log()) as log:
        yield log


def new_log() -> SQLiteLog:
    return SQLiteLog(":memory:", clock=lambda: datetime(2026, 11, 22, tzinfo=UTC))


def hold(log: SQLiteLog, cast: Sequence[Cast], late: Sequence[Cast] = ()) -> Record:
    """Cast these ballots, seal the box, let the late ones come; returns the seal's record."""
    versions: dict[str, int] = {}
    records: list[NewRecord] = []

    def add(stream: str, event: Event) -> None:
        versions[stream] = versions.get(stream, 0) + 1
        record = NewRecord(
            process_id=PROCESS, stream_id=stream, stream_version=versions[stream], event_id=f"{len(records)}",
            type=event.TYPE, schema=event.SCHEMA, actor="", correlation_id="", causation_id=None, traceparent=None,
            payload=event.payload(), salt=bytes(32),
        )  # fmt: skip
        records.append(record)

    for box, voter, option in cast:
        stream = stream_id("ballots", PROCESS, box, voter)
        before = versions.get(stream)
        add(stream, BallotCast(box=box, voter=voter, choice=[option], channel="web", replaces=before))
    add(stream_id("boxes", PROCESS, BOX), BoxSealed(box=BOX, ballots=0, sheets=0, trigger="phase"))
    for box, voter, option in late:
        add(
            stream_id("ballots", PROCESS, box, voter),
            BallotArrivedLate(box=box, voter=voter, choice=[option], channel="web"),
        )
    return log.append(records)[len(cast)]


CASTS = st.lists(
    st.tuples(st.sampled_from([BOX, "other", "projects.2"]), st.sampled_from("abcdef"), st.sampled_from("xyz")),
    max_size=40,
)


@given(CASTS, CASTS)
def test_each_voters_last_ballot_before_the_seal_is_found(cast: list[Cast], late: list[Cast]) -> None:
    with closing(new_log()) as log:
        seal = hold(log, cast, late)
        found = list(evidence.last_ballots(log, seal, BOX))
    assert dict(found) == {voter: [option] for box, voter, option in cast if box == BOX}
    assert len(dict(found)) == len(found)


def test_more_ballots_than_a_stretch_of_the_log_holds(log: SQLiteLog) -> None:
    cast = [(BOX, f"v{number % 900}", f"o{number}") for number in range(2 * PAGE + 7)]
    found = list(evidence.last_ballots(log, hold(log, cast), BOX))
    assert dict(found) == {voter: [option] for _, voter, option in cast}
    assert len(found) == 900


def test_memory_does_not_grow_with_the_number_of_voters(log: SQLiteLog) -> None:
    seal = hold(log, [(BOX, f"v{number}", "x") for number in range(20 * PAGE)])

    def peak(stop: int) -> int:
        tracemalloc.start()
        for _ in evidence.last_ballots(log, log.read(after=stop, limit=1)[0], BOX):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(2 * PAGE)
    assert peak(seal.position - 1) < 1.2 * peak(2 * PAGE)


MEMBERS = st.builds(
    Member,
    weight=st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 3), Fraction(0)]),
    unit=st.sampled_from([None, None, "north"]),
    roles=st.just(()),
    begins=st.none(),
    ends=st.none(),
)
CHANGES = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), MEMBERS, max_size=4).map(Enrolled) | st.sampled_from("abcdef").map(Left),
    max_size=12,
)


@given(CHANGES)
def test_who_is_set_apart_is_all_that_tells_electors_apart(changes: list[Enrolled | Left]) -> None:
    everyone = everyone_on(changes)
    kept = set_apart(changes)
    assert {voter: kept.of(voter) for voter in everyone.electors} == dict(everyone.electors)
    assert all(elector != Elector(Fraction(1), None) for elector in kept.electors.values())
    assert set(kept.electors) <= set(everyone.electors)


@given(CHANGES, CASTS)
def test_the_tally_is_the_one_that_remembering_everyone_gives(changes: list[Enrolled | Left], cast: list[Cast]) -> None:
    everyone = everyone_on(changes)
    known = {"x": "well", "y": "bench", "z": "lamp"}
    admitted = [(box, voter, known[option]) for box, voter, option in cast if voter in everyone.electors]
    box = an_open_box(sealed(), revisable=True)
    last = {voter: [option] for name, voter, option in admitted if name == BOX}
    with closing(new_log()) as log:
        seal = hold(log, admitted)
        (streamed,) = decide_tally(
            box, lambda: evidence.last_ballots(log, seal, BOX), (), set_apart(changes), lambda: bytes(32)
        )
    (remembered,) = decide_tally(box, lambda: last.items(), (), everyone, lambda: bytes(32))
    assert streamed.payload() == remembered.payload()


def everyone_on(changes: Sequence[Enrolled | Left]) -> Electorate:
    """The electorate that remembers every member."""
    roll: dict[str, Member] = {}
    for change in changes:
        if isinstance(change, Enrolled):
            roll |= change.members
        else:
            roll.pop(change.member, None)
    return freeze(changes, DAY, roll_digest(roll))
