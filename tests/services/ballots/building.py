"""Boxes, voters and ballots, with everything that a test does not care about filled in."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ballots.domain import box as boxes
from ballots.domain import casting
from ballots.domain.box import Box, OpenBox, Unopened
from ballots.domain.casting import (
    NO_BALLOT,
    Attempt,
    CastBallot,
    ChoiceForm,
    Polling,
    RawChoice,
    VotersBallots,
    decide_cast,
)
from ballots.domain.electorate import Elector, Electorate
from ballots.domain.events import (
    BallotArrivedLate,
    BallotCast,
    BoxOpened,
    BoxSealed,
    OptionOffered,
    RollUsed,
    StationKnown,
)
from ballots.domain.moot import Moot
from kernel.events import Event
from kernel.refusal import Refused

APPROVAL = {"form": "approval", "min": 1, "max": 2}
GREEDY = {"rule": "greedy", "budget": "1000"}
COSTS = {"well": 500, "bench": 200, "lamp": 400}
ROLL = ("ana", "bo", "chi")


def box_opened(**changes: Any) -> BoxOpened:
    """A box of approval ballots over three projects, for a motion when one is named."""
    ballot = changes.pop("ballot", APPROVAL) | ({"revisable": True} if changes.pop("revisable", False) else {})
    motion = changes.pop("motion", None)
    allocation = None if motion else GREEDY
    offered = [
        OptionOffered(option=name, cost=Fraction(cost), submitted=place)
        for place, (name, cost) in enumerate(COSTS.items(), start=1)
    ]
    given: dict[str, Any] = {
        "box": "projects",
        "matter": "projects",
        "chamber": "residents",
        "motion": motion,
        "round": 1,
        "ballot": ballot,
        "options": [] if motion else offered,
        "allocation": allocation,
        "electors": "enrolled",
        "roll": RollUsed(members=len(ROLL), weight=Fraction(len(ROLL)), digest="00" * 32),
        "units": None,
        "stations": [],
        "deadline": None,
    }
    return BoxOpened(**(given | changes))


def sealed(trigger: Any = "phase", ballots: int = 0, sheets: int = 0) -> BoxSealed:
    return BoxSealed(box="projects", ballots=ballots, sheets=sheets, trigger=trigger)


def box_after(*events: Event) -> Box:
    """The box that these events of its stream leave."""
    box: Box = Unopened()
    for event in events:
        box = boxes.evolve(box, event)
    return box


def an_open_box(*events: Event, **changes: Any) -> OpenBox:
    """As `box_opened`, with what came after."""
    box = box_after(box_opened(**changes), *events)
    assert isinstance(box, OpenBox)
    return box


def electorate(*names: str, weight: int = 1, unit: str | None = None) -> Electorate:
    """These voters, each of the same weight and unit."""
    return Electorate({name: Elector(Fraction(weight), unit) for name in names or ROLL})


def known_station(key: bytes, *, unit: str | None = None, station: str = "town-hall") -> StationKnown:
    return StationKnown(station=station, key=key.hex(), unit=unit)


def ballot(
    voter: str = "ana", choice: RawChoice = ("well",), form: ChoiceForm | None = "options", channel: str = "web"
) -> CastBallot:
    """A ballot for the well, by Ana."""
    return CastBallot("projects", voter, form, choice, channel)


def ballot_cast(voter: str = "ana", choice: Any = ("well",), replaces: int | None = None) -> BallotCast:
    chosen = list(choice) if isinstance(choice, tuple) else choice
    return BallotCast(box="projects", voter=voter, choice=chosen, channel="web", replaces=replaces)


def arrived_late(voter: str = "ana", choice: Sequence[str] = ("well",)) -> BallotArrivedLate:
    return BallotArrivedLate(box="projects", voter=voter, choice=list(choice), channel="web")


def cast(
    box: OpenBox,
    command: CastBallot,
    *before: Event,
    roll: Electorate | None = None,
    cancelled: bool = False,
    moot: Moot | None = None,
) -> tuple[Event, ...] | Refused:
    """Decide a ballot of someone whose stream holds the events `before`."""
    ballots: VotersBallots = NO_BALLOT
    for event in before:
        ballots = casting.evolve(ballots, event)
    polling = Polling(box, roll or electorate(), cancelled=cancelled, moot=moot)
    decided = decide_cast(Attempt(polling, ballots, command))
    return decided if isinstance(decided, Refused) else (decided,)
