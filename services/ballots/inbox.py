"""What this service knows from other services' events: the charter in force, what was asked, who was on which roll."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from ballots.domain.box import Box, OpenBox
from ballots.domain.electorate import NO_ELECTORATE, Electorate, Enrolled, Left, Member, freeze, set_apart
from ballots.domain.moot import Moot
from eventlog.contract import LogRecorder
from eventlog.views import CachedFold
from kernel.ids import stream_id
from kernel.numbers import parse_exact
from kernel.records import Record
from kernel.refusal import Refused
from rules.charter import Charter, parse_charter

KEPT_ELECTORATES = 16
ROLL_RECORDS_AT_ONCE = 50
"""A record enrols up to a thousand members."""
ADVICE = "advice"
ROLL_TYPES = ("chambers.MembersEnrolled", "chambers.MemberUpdated", "chambers.MemberLeft")


class _Foreign(BaseModel):
    """Another service's event: only the fields needed here, whatever else it holds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Asked(_Foreign):
    """`chambers.ChamberAsked`: `box` where it votes."""

    motion: str
    chamber: str
    kind: str
    round: int
    box: str | None
    deadline: str | None


class Frozen(_Foreign):
    """`chambers.RollFrozen`, and its place in the process: the roll is what stood before it."""

    chamber: str
    box: str
    on: str
    members: int
    weight: str
    digest: str
    index: int


class Shortlist(_Foreign):
    """`proposals.ShortlistPublished`."""

    matter: str
    options: list[dict[str, Any]]


_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True)
class Facts:
    """All that this service knows of a process. `version` is that of the stream that may cancel it."""

    charter: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    cancelled: bool = False
    closed_phases: frozenset[str] = frozenset()
    matters: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    frozen: Mapping[str, Frozen] = field(default_factory=dict)
    shortlists: Mapping[str, Shortlist] = field(default_factory=dict)
    moot: Mapping[str, Moot] = field(default_factory=dict)

    def boxes_of(self, motion: str) -> list[str]:
        """The boxes in which anyone was asked about a motion."""
        return [box for box, question in self.asked.items() if question.motion == motion]

    def boxes_of_advice(self, motion: str, chamber: str) -> list[str]:
        """The boxes in which a chamber was asked for its advice on a motion."""
        asked = self.asked
        return [box for box in self.boxes_of(motion) if (asked[box].chamber, asked[box].kind) == (chamber, ADVICE)]

    def rules(self) -> Charter:
        """The charter in force; raises `ValueError` for one that the processes service should not have let in."""
        charter = parse_charter(self.charter)
        if isinstance(charter, Refused):
            raise ValueError(f"the charter in the log cannot be read: {charter}")
        return charter


@dataclass(frozen=True, slots=True)
class Endings:
    """What ends voting in a box from outside it, known up to the versions of `expect`."""

    expect: Mapping[str, int]
    cancelled: bool
    moot: Moot | None


def _opened(facts: Facts, record: Record) -> Facts:
    return replace(facts, charter=record.data()["charter"])


def _closed(facts: Facts, record: Record) -> Facts:
    return replace(facts, closed_phases=facts.closed_phases | {record.data()["phase"]})


def _cancelled(facts: Facts, record: Record) -> Facts:
    return replace(facts, cancelled=True)


def _proposed(facts: Facts, record: Record) -> Facts:
    data = record.data()
    return replace(facts, matters=_with(facts.matters, data["motion"], data["matter"]))


def _asked(facts: Facts, record: Record) -> Facts:
    asked = Asked.model_validate_json(record.payload)
    return facts if asked.box is None else replace(facts, asked=_with(facts.asked, asked.box, asked))


def _frozen(facts: Facts, record: Record) -> Facts:
    frozen = Frozen.model_validate({**record.data(), "index": record.process_index})
    return replace(facts, frozen=_with(facts.frozen, frozen.box, frozen))


def _published(facts: Facts, record: Record) -> Facts:
    shortlist = Shortlist.model_validate_json(record.payload)
    return replace(facts, shortlists=_with(facts.shortlists, shortlist.matter, shortlist))


def _withdrawn(facts: Facts, record: Record) -> Facts:
    moot = dict.fromkeys(facts.boxes_of(record.data()["motion"]), Moot("withdrawn", record.process_index))
    return replace(facts, moot={**facts.moot, **moot})


def _lapsed(facts: Facts, record: Record) -> Facts:
    data = record.data()
    boxes = facts.boxes_of_advice(data["motion"], data["chamber"])
    return replace(facts, moot={**facts.moot, **dict.fromkeys(boxes, Moot("lapsed", record.process_index))})


READS = {
    "processes.ProcessOpened": _opened,
    "processes.CharterAmended": _opened,
    "processes.PhaseClosed": _closed,
    "processes.ProcessCancelled": _cancelled,
    "proposals.ShortlistPublished": _published,
    "chambers.MotionProposed": _proposed,
    "chambers.ChamberAsked": _asked,
    "chambers.RollFrozen": _frozen,
    "chambers.MotionWithdrawn": _withdrawn,
    "chambers.AdviceLapsed": _lapsed,
}
"""The foreign events that are read for facts, and what each adds."""

VERSIONING = ("processes.PhaseOpened", "processes.ProcessCompleted")
"""Read only because they move the version of the process's stream."""


def learn(facts: Facts, record: Record) -> Facts:
    """The facts after one more foreign event."""
    apply = READS.get(record.type)
    learned = facts if apply is None else apply(facts, record)
    if record.type.startswith("processes."):
        return replace(learned, version=record.stream_version)
    return learned


class Inbox:
    """Foreign events, from the log. Safe to use from many threads."""

    def __init__(self, log: LogRecorder) -> None:
        self._log = log
        self._facts = CachedFold(log, (*READS, *VERSIONING), Facts, learn)
        self._electorates: OrderedDict[tuple[str, str], Electorate] = OrderedDict()
        self._lock = Lock()

    def facts(self, process_id: str) -> Facts:
        """What is known now."""
        return self._facts.at(process_id)

    def facts_at(self, cause: Record) -> Facts:
        """What was known just after `cause`: what a reaction to it decides on, whenever it runs."""
        facts = Facts()
        stop = cause.process_index + 1
        for record in self._log.read_process(cause.process_id, stop=stop, types=(*READS, *VERSIONING)):
            facts = learn(facts, record)
        return facts

    def endings(self, process_id: str, box: Box) -> Endings:
        """What is known now. The motion's version is read first, so that the facts hold all that it stands for."""
        name, motion = (box.name, box.opening.event.motion) if isinstance(box, OpenBox) else ("", None)
        versions = {} if motion is None else self._log.versions([stream_id("motions", process_id, motion)])
        facts = self.facts(process_id)
        expect = {**versions, process_stream(process_id): facts.version}
        return Endings(expect, facts.cancelled, facts.moot.get(name))

    def electorate(self, process_id: str, box: str) -> Electorate:
        """Who may vote in a box: folded once, up to the record that froze its roll. Raises `RollDiffers`."""
        key = (process_id, box)
        with self._lock:
            if key not in self._electorates:
                frozen = self.facts(process_id).frozen.get(box)
                if frozen is None:
                    return NO_ELECTORATE
                self._electorates[key] = freeze(self._roll_changes(process_id, frozen), frozen.on, frozen.digest)
                if len(self._electorates) > KEPT_ELECTORATES:
                    self._electorates.popitem(last=False)
            self._electorates.move_to_end(key)
            return self._electorates[key]

    def set_apart(self, process_id: str, box: str) -> Electorate:
        """Who in a box weighs other than 1 or has a unit: all that counting its ballots needs, read anew."""
        frozen = self.facts(process_id).frozen.get(box)
        return NO_ELECTORATE if frozen is None else set_apart(self._roll_changes(process_id, frozen))

    def _roll_changes(self, process_id: str, frozen: Frozen) -> Iterator[Enrolled | Left]:
        records = self._log.read_process(
            process_id, stop=frozen.index, types=ROLL_TYPES, page_size=ROLL_RECORDS_AT_ONCE
        )
        for record in records:
            data = record.data()
            if data["chamber"] != frozen.chamber:
                continue
            if record.type == "chambers.MembersEnrolled":
                yield Enrolled({one["member"]: _member(one) for one in data["members"]})
            elif record.type == "chambers.MemberUpdated":
                yield Enrolled({data["member"]: _member(data)})
            else:
                yield Left(data["member"])


def process_stream(process_id: str) -> str:
    """The stream in which a process may be cancelled."""
    return stream_id("processes", process_id)


def phases_of(charter: Charter, matter: str) -> Sequence[str]:
    """The phases that vote a matter."""
    return [phase.name for phase in charter.phases if phase.votes == matter]


@lru_cache(maxsize=1024)
def _weight(written: str) -> Fraction:
    return parse_exact(written)


def _member(data: Mapping[str, Any]) -> Member:
    mandate = data.get("mandate") or {}
    roles = tuple(data.get("roles") or ())
    return Member(_weight(data["weight"]), data.get("unit"), roles, mandate.get("from"), mandate.get("until"))


def _with(known: Mapping[_K, _V], key: _K, value: _V) -> Mapping[_K, _V]:
    return MappingProxyType({**known, key: value})
