"""A lot, a test, a second vote or a revote that the services would never write is found, and named by its event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from audit.keys import load_or_create
from cli.client import Client
from cli.embedded import Engine
from kernel.instants import parse_instant, show_instant
from kernel.records import Record
from kernel.refusal import Refused
from replay.findings import Finding
from replay.verify import replay_states
from replay.what_if import Changes, Redecided, what_if
from rules.decisions import Majority
from tests.system.sittings import Clock, House, Sitting
from tests.system.tampering import Edit, edit_one, first_of, opened, records_of, renumbered, resigned, with_payload
from tests.system.test_tampering import findings_of

pytestmark = pytest.mark.slow

CHARTER = """\
comitia: 1
name: never
title: A board
phases: [{name: sittings, title: Sittings, allows: [enrol, move]}]
chambers:
  - {name: board, title: The board, roles: [chair, tester]}
  - {name: crew, title: The crew}
  - {name: judges, title: The judges}
matters:
  - name: lottery
    title: Drawn
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: board, majority: {more_than: 1/2}, tie: [revote, lot]}
  - name: repeated
    title: Repeated
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: board, majority: {more_than: 1/2}, tie: [revote, {second_vote: chair}]}
  - name: consent
    title: Consent
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {consent: {chamber: board, window: P1D, tester: tester, criteria: [it is paramount, it is reasoned]}}
  - name: two
    title: One of two
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      tie_break:
        options:
          left: {chamber: board, majority: {more_than: 1/2}}
          right: {chamber: crew, majority: {more_than: 1/2}}
        question: [judges]
        yes_prefers: right
  - name: called
    title: Called again
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      chamber: board
      majority: {more_than: 1/2}
      quorum: {more_than: 1/2, count: heads, second_call: {seats: 1}}
"""
FRESH = "00000000-0000-5000-8000-000000000002"


@dataclass(frozen=True)
class Held:
    """The bundle of a process in which everything was done as it must be, and its deployment's key."""

    bundle: Path
    key: bytes

    def edited(self, edit: Edit) -> list[Finding]:
        return findings_of(resigned(self.bundle, self.key, edit))


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder, clock = tmp_path_factory.mktemp("never"), Clock()
    with Engine(folder, clock=clock, timers_every=0.05) as engine, Client(engine.address) as client:
        board = Sitting(House(engine, client, clock), "never", CHARTER)
        board.enrol("board", "chair", "tester", "", "")
        board.move("drawn", "lottery")
        board.move("again", "repeated")
        for motion in ("drawn", "again"):
            board.vote(motion, "board", 2, 2)
            board.vote(motion, "board", 2, 2)
        board.give("again", "board", "board-01", "yes", 2)
        board.move("heard", "consent")
        board.object("heard", "board", "board-03")
        board.test("heard", "board", "board-03", "board-02", {"it is paramount": True, "it is reasoned": False})
        board.deadline("heard", "board")
        board.move("called", "called")
        board.vote("called", "board", 1)
        board.vote("called", "board", 1)
        board.enrol("crew", "")
        board.enrol("judges", "")
        board.move("one-of-two", "two")
        for chamber in ("board", "crew", "judges"):
            board.vote("one-of-two", chamber, 1)
        adopted = ("again", "heard", "called", "one-of-two")
        assert {motion: board.outcome(motion) for motion in adopted} == dict.fromkeys(adopted, "adopted")
        board.outcome("drawn")
        report = board.verified(folder)
        assert report.held, [finding.sentence() for check in report.checks for finding in check.findings]
        for number, (_, replay) in enumerate(replay_states(opened(folder / "never.comitia")), 1):
            assert client.state("never", number) == json.loads(json.dumps(replay.state())), number
        yield Held(folder / "never.comitia", load_or_create(engine.settings.data_dir / "audit.key"))


def of(motion: str, record: Record) -> bool:
    return bool(record.data().get("motion") == motion)


def flipped(records: list[Record]) -> list[Record]:
    """The other outcome drawn, and the motion decided by it."""
    at = first_of(records, "chambers.LotDrawn")
    decided = first_of(records, "chambers.MotionDecided", lambda data: data["motion"] == "drawn")
    other = {"yes": "no", "no": "yes", "adopted": "rejected", "rejected": "adopted"}

    def turn(data: dict[str, Any]) -> None:
        data["outcome"] = other[data["outcome"]]

    return [with_payload(each, turn) if n in (at, decided) else each for n, each in enumerate(records)]


def lot(field: str, value: Any) -> Edit:
    return edit_one("chambers.LotDrawn", lambda data: data.__setitem__(field, value))


def found_otherwise(field: str, value: Any) -> Edit:
    return edit_one("chambers.ObjectionTested", lambda data: data.__setitem__(field, value))


def twice(type_: str) -> Edit:
    def edit(records: list[Record]) -> list[Record]:
        at = first_of(records, type_)
        return renumbered([*records[: at + 1], replace(records[at], event_id=FRESH), *records[at + 1 :]])

    return edit


def without(type_: str) -> Edit:
    return lambda records: renumbered(record for record in records if record.type != type_)


def without_round_two(motion: str, *also: str) -> Edit:
    """The repeated ballot never happened: neither asked, nor opened, cast, sealed or counted."""

    def dropped(record: Record) -> bool:
        data = json.loads(record.payload)
        second = data.get("box") == f"{motion}.board.2" or (of(motion, record) and data.get("round") == 2)
        return second and record.type not in also

    def edit(records: list[Record]) -> list[Record]:
        return renumbered(record for record in records if not dropped(record))

    return edit


def second_vote_at_once(records: list[Record]) -> list[Record]:
    """The chair votes twice in the first ballot, which is never repeated."""
    left = without_round_two("again", "chambers.CastingVoteGiven")(records)
    return edit_one("chambers.CastingVoteGiven", lambda data: data.__setitem__("round", 1))(left)


def asked_until_now(records: list[Record]) -> list[Record]:
    """Objections are asked for with no time to raise any."""
    at = first_of(records, "chambers.ChamberAsked", lambda data: data["kind"] == "objections")
    now = {"deadline": records[at].recorded_at}
    return edit_one("chambers.ChamberAsked", lambda data: data.update(now), lambda data: data["kind"] == "objections")(
        records
    )


def two_days_later(type_: str) -> Edit:
    """An event recorded after every deadline, as are all that follow."""

    def edit(records: list[Record]) -> list[Record]:
        at = first_of(records, type_)
        late = show_instant(parse_instant(records[at].recorded_at) + timedelta(days=2))
        return [*records[:at], *(replace(each, recorded_at=max(late, each.recorded_at)) for each in records[at:])]

    return edit


def frozen(box: str, **fields: Any) -> Edit:
    return edit_one("chambers.RollFrozen", lambda data: data.update(fields), lambda data: data["box"] == box)


FOUND = {"criterion": "it is paramount", "met": True}
HISTORIES: dict[str, tuple[Edit, str, str, str]] = {
    "the other side of the lot": (flipped, "chambers.LotDrawn", "draws", "outcome"),
    "a lot from another seed": (lot("seed", "00" * 32), "chambers.LotDrawn", "draws", "seed"),
    "a lot of the first ballot": (lot("round", 1), "chambers.LotDrawn", "decisions", "lot.round"),
    "a lot of another box": (lot("box", "drawn.board.1"), "chambers.LotDrawn", "decisions", "lot.box"),
    "a lot drawn until it pleased": (twice("chambers.LotDrawn"), "chambers.LotDrawn", "decisions", "lot"),
    "an objection tested by somebody else": (
        found_otherwise("tester", "board-03"),
        "chambers.ObjectionTested",
        "decisions",
        "tester",
    ),
    "an objection tested by another role": (
        found_otherwise("role", "chair"),
        "chambers.ObjectionTested",
        "decisions",
        "role",
    ),
    "an objection that was never raised": (
        found_otherwise("member", "board-04"),
        "chambers.ObjectionTested",
        "decisions",
        "member",
    ),
    "a test that leaves a criterion out": (
        found_otherwise("criteria", [FOUND]),
        "chambers.ObjectionTested",
        "decisions",
        "criteria",
    ),
    "a test that says the contrary of what it found": (
        found_otherwise("stands", True),
        "chambers.ObjectionTested",
        "decisions",
        "stands",
    ),
    "an objection tested twice": (twice("chambers.ObjectionTested"), "chambers.ObjectionTested", "decisions", "member"),
    "an objection that was never tested": (
        without("chambers.ObjectionTested"),
        "chambers.MotionDecided",
        "decisions",
        "outcome",
    ),
    "an option that was not preferred": (
        edit_one("chambers.OptionChosen", lambda data: data.__setitem__("option", "left")),
        "chambers.OptionChosen",
        "decisions",
        "option",
    ),
    "a second vote in the first ballot": (
        second_vote_at_once,
        "chambers.CastingVoteGiven",
        "decisions",
        "casting vote",
    ),
    "a second vote by the deputy": (
        edit_one("chambers.CastingVoteGiven", lambda data: data.__setitem__("member", "board-02")),
        "chambers.CastingVoteGiven",
        "decisions",
        "member",
    ),
    "objections asked for with no time to raise any": (
        asked_until_now,
        "chambers.ChamberAsked",
        "decisions",
        "deadline",
    ),
    "an objection after the deadline": (
        two_days_later("chambers.ObjectionRaised"),
        "chambers.ObjectionRaised",
        "decisions",
        "in time",
    ),
    "a roll as of long ago": (frozen("drawn.board.1", on="1990-01-01"), "chambers.RollFrozen", "rolls", "on"),
    "another chamber's roll for a box": (
        frozen("one-of-two.crew.1", chamber="judges"),
        "ballots.BoxOpened",
        "boxes",
        "roll.chamber",
    ),
    "another chamber's roll for objections": (
        frozen("heard.board.objections", chamber="crew"),
        "chambers.ChamberAsked",
        "decisions",
        "roll.chamber",
    ),
    "a roll in another chamber's stream": (
        frozen("drawn.board.1", chamber="crew"),
        "chambers.RollFrozen",
        "rolls",
        "stream_id",
    ),
    "a revote that was skipped": (
        without_round_two("again"),
        "chambers.MotionDecided",
        "decisions",
        "outcome",
    ),
    "a second call that was skipped": (without_round_two("called"), "chambers.MotionDecided", "decisions", "outcome"),
    "a revote and its lot that were skipped": (
        without_round_two("drawn"),
        "chambers.MotionDecided",
        "decisions",
        "outcome",
    ),
}


@pytest.mark.parametrize(("edit", "type_", "check", "field"), HISTORIES.values(), ids=HISTORIES)
def test_a_decision_that_the_services_never_write_is_found(
    held: Held, edit: Edit, type_: str, check: str, field: str
) -> None:
    found = held.edited(edit)
    records = edit(records_of(held.bundle))
    named = {
        (each.check, each.field.split("[")[0], records[each.index].type) for each in found if each.index is not None
    }
    assert (check, field, type_) in named, [each.sentence() for each in found][:6]
    assert not any(each.check in ("signatures", "root", "consistency") for each in found)


def test_a_change_in_one_chamber_leaves_out_motions_on_which_it_does_not_vote(held: Held) -> None:
    """`what-if` for all motions tells those that the change concerns, and refuses only where one was asked for."""
    *_, (_, replay) = replay_states(opened(held.bundle))
    changes = Changes(majority=Majority(at_least=Fraction(1)), chamber="crew")
    found = what_if(replay, changes)
    assert not isinstance(found, Refused), found
    assert [each.motion for each in found if isinstance(each, Redecided)] == ["one-of-two"]
    refused = what_if(replay, changes, "drawn")
    assert isinstance(refused, Refused)
    assert refused.reason == "no_such_vote"
