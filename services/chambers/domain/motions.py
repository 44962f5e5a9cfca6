"""A motion is proposed, put, answered, and then decided or withdrawn; each state knows only what can follow it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

from pydantic import Field

from chambers.domain import events
from chambers.domain.values import Counts, Criterion, Instant, Opinion, QuestionKind, UnitCount, Value, YesNo
from kernel.events import Event
from kernel.ids import Name


class Question(Value):
    """What a chamber was asked; `box` where it votes, `deadline` where silence has a meaning."""

    chamber: Name
    kind: QuestionKind
    round: int
    box: Name | None
    deadline: Instant | None


class CountedRound(Value):
    """How a chamber voted in one round."""

    chamber: Name
    round: int
    counts: Counts
    units: Mapping[Name, UnitCount] | None


class HeardAdvice(Value):
    """A chamber's opinion, or (`silent`) what its silence means."""

    opinion: Opinion
    silent: bool


class CastingVote(Value):
    """How the holder of a role broke the tie of a round."""

    role: Name
    member: Name
    choice: YesNo
    round: int


class DrawnLot(Value):
    """How a lot broke the tie of a round, with all that is needed to draw it again."""

    round: int
    box: Name
    seed: str
    lot: Mapping[str, Any]
    outcome: YesNo


class TestedObjection(Value):
    """What the holder of the declared role found about an objection."""

    role: Name
    tester: Name
    criteria: tuple[Criterion, ...]
    reason: str
    stands: bool


class RaisedObjection(Value):
    """Who objected, and why; `tested` once it was tested, where the charter names criteria."""

    chamber: Name
    member: Name
    reason: str
    tested: TestedObjection | None = Field(default=None, exclude_if=lambda value: value is None)


@dataclass(frozen=True, slots=True)
class NoMotion:
    """Nothing of this name was proposed."""


@dataclass(frozen=True, slots=True)
class ProposedMotion:
    """A motion that no chamber has been asked about."""

    matter: str
    title: str
    text: str
    mover: str


@dataclass(frozen=True, slots=True)
class AskedMotion:
    """A motion before its chambers, and everything they have said so far."""

    proposed: ProposedMotion
    asked: tuple[Question, ...] = ()
    counted: tuple[CountedRound, ...] = ()
    advice: Mapping[str, HeardAdvice] = field(default_factory=dict)
    casting: Mapping[str, CastingVote] = field(default_factory=dict)
    """By chamber; a second role's in the same chamber by `chamber role`."""
    lots: Mapping[str, DrawnLot] = field(default_factory=dict)
    objections: tuple[RaisedObjection, ...] = ()
    windows_closed: frozenset[str] = frozenset()

    def question_in(self, box: str) -> Question | None:
        """The question that is answered in a box."""
        return next((each for each in self.asked if each.box == box), None)

    def question_to(self, chamber: str, kind: QuestionKind) -> Question | None:
        """The last question of a kind to a chamber."""
        return next((each for each in reversed(self.asked) if (each.chamber, each.kind) == (chamber, kind)), None)

    def counted_round(self, chamber: str, round_: int) -> CountedRound | None:
        return next((each for each in self.counted if (each.chamber, each.round) == (chamber, round_)), None)

    def casting_votes(self, chamber: str) -> tuple[CastingVote, ...]:
        """The casting votes given in a chamber, in order."""
        return tuple(vote for key, vote in self.casting.items() if key.partition(" ")[0] == chamber)

    def objection_of(self, chamber: str, member: str) -> RaisedObjection | None:
        return next((each for each in self.objections if (each.chamber, each.member) == (chamber, member)), None)

    def answered(self, question: Question) -> bool:
        """Whether nothing more can come of a question."""
        if question.kind == "vote":
            return self.counted_round(question.chamber, question.round) is not None
        closed: Iterable[str] = self.advice if question.kind == "advice" else self.windows_closed
        return question.chamber in closed


@dataclass(frozen=True, slots=True)
class DecidedMotion:
    """A motion with its outcome; nothing changes it any more."""

    asked: AskedMotion
    outcome: str
    reasons: tuple[Mapping[str, Any], ...]
    chambers: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class WithdrawnMotion:
    """A motion that was taken back; nothing changes it any more."""

    asked: AskedMotion
    reason: str


Motion: TypeAlias = NoMotion | ProposedMotion | AskedMotion | DecidedMotion | WithdrawnMotion


def evolve(motion: Motion, event: Event) -> Motion:
    """The motion after one event of its stream; an event that its state cannot have changes nothing."""
    if isinstance(event, events.MotionProposed) and isinstance(motion, NoMotion):
        return ProposedMotion(event.matter, event.title, event.text, event.mover)
    asked = AskedMotion(motion) if isinstance(motion, ProposedMotion) else motion
    if not isinstance(asked, AskedMotion):
        return motion
    match event:
        case events.MotionWithdrawn():
            return WithdrawnMotion(asked, event.reason)
        case events.MotionDecided():
            return DecidedMotion(asked, event.outcome, event.reasons, event.chambers)
    return _hear(asked, event) or motion


def _hear(motion: AskedMotion, event: Event) -> AskedMotion | None:
    match event:
        case events.ChamberAsked():
            return replace(motion, asked=(*motion.asked, _part(Question, event)))
        case events.ChamberCounted():
            return replace(motion, counted=(*motion.counted, _part(CountedRound, event)))
        case events.AdviceGiven():
            heard = HeardAdvice(opinion=event.opinion, silent=False)
            return replace(motion, advice={**motion.advice, event.chamber: heard})
        case events.AdviceLapsed():
            heard = HeardAdvice(opinion=event.meaning, silent=True)
            return replace(motion, advice={**motion.advice, event.chamber: heard})
        case events.CastingVoteGiven():
            key = f"{event.chamber} {event.role}" if event.chamber in motion.casting else event.chamber
            return replace(motion, casting={**motion.casting, key: _part(CastingVote, event)})
        case events.LotDrawn():
            return replace(motion, lots={**motion.lots, event.chamber: _part(DrawnLot, event)})
        case events.ObjectionRaised():
            raised = RaisedObjection(chamber=event.chamber, member=event.member, reason=event.reason)
            return replace(motion, objections=(*motion.objections, raised))
        case events.ObjectionTested():
            return replace(motion, objections=tuple(_tested(each, event) for each in motion.objections))
        case events.ObjectionWindowClosed():
            return replace(motion, windows_closed=motion.windows_closed | {event.chamber})
    return None


def _tested(objection: RaisedObjection, event: events.ObjectionTested) -> RaisedObjection:
    if (objection.chamber, objection.member) != (event.chamber, event.member):
        return objection
    return objection.model_copy(update={"tested": _part(TestedObjection, event)})


_V = TypeVar("_V", bound=Value)


def _part(kind: type[_V], event: Event) -> _V:
    """The fields of an event that a value of this kind has."""
    return kind(**{name: getattr(event, name) for name in kind.model_fields})
