"""When X is in the log, or a time has come, do Y: this service's policies, by the event or the name that each follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from chambers.application import Chambers
from chambers.domain.events import (
    AdviceGiven,
    AdviceLapsed,
    CastingVoteGiven,
    ChamberCounted,
    LotDrawn,
    MemberLeft,
    MembersEnrolled,
    MemberUpdated,
    ObjectionRaised,
    ObjectionTested,
    ObjectionWindowClosed,
)
from chambers.inbox import BOX_TALLIED, PHASE_OPENED
from chambers.projections import MotionList
from kernel.records import Record
from runtime.views import Views


def freeze_the_voters(chambers: Chambers, opened: Record) -> object:
    """The roll of the matter that an opened phase votes on is frozen. If we crash here, the record is read again."""
    return chambers.freeze_voters("freeze_the_voters", opened)


def freeze_the_waiting_roll(chambers: Chambers, changed: Record) -> object:
    """A roll that was empty or not seated as declared when its phase opened is frozen once a change puts that right."""
    return chambers.freeze_waiting_roll("freeze_the_waiting_roll", changed)


def hear_the_chamber(chambers: Chambers, tallied: Record) -> object:
    """A tallied box is its chamber's answer: counted, and followed by the next question or the decision."""
    return chambers.hear_box("hear_the_chamber", tallied)


def draw_the_lot(chambers: Chambers, answer: Record) -> object:
    """An answer that leaves a tie to a lot is followed by the draw. If we crash here, the same lot is drawn again."""
    return chambers.draw_lots("draw_the_lot", answer)


ANSWERS = (
    ChamberCounted,
    AdviceGiven,
    AdviceLapsed,
    CastingVoteGiven,
    LotDrawn,
    ObjectionRaised,
    ObjectionTested,
    ObjectionWindowClosed,
)
"""After each of these a decision may come to a tie that a lot breaks."""

REACTIONS: Mapping[str, Callable[[Chambers, Record], object]] = MappingProxyType(
    {
        PHASE_OPENED: freeze_the_voters,
        MembersEnrolled.TYPE: freeze_the_waiting_roll,
        MemberUpdated.TYPE: freeze_the_waiting_roll,
        MemberLeft.TYPE: freeze_the_waiting_roll,
        BOX_TALLIED: hear_the_chamber,
        **{answer.TYPE: draw_the_lot for answer in ANSWERS},
    }
)


def lapse_the_silent_advice(chambers: Chambers, views: Views, motions: MotionList, now: datetime) -> object:
    """Silence past a deadline means what the charter says. If we crash here, the next tick finds the same deadlines."""
    for due in motions.due(views, "advice", now):
        chambers.lapse_advice("lapse_the_silent_advice", due.process_id, due.motion, due.chamber, now)
    return None


def close_the_objections(chambers: Chambers, views: Views, motions: MotionList, now: datetime) -> object:
    """Windows to object close. If we crash here, the next tick finds the same windows."""
    for due in motions.due(views, "objections", now):
        chambers.close_objections("close_the_objections", due.process_id, due.motion, due.chamber, now)
    return None


TIMERS: Mapping[str, Callable[[Chambers, Views, MotionList, datetime], object]] = MappingProxyType(
    {"lapse_the_silent_advice": lapse_the_silent_advice, "close_the_objections": close_the_objections}
)
