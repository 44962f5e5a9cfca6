"""A ballot counts when its voter is on the frozen roll, it keeps the box's rules, and the box is not sealed before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from ballots.domain.box import Box, OpenBox, SealedBox, Unopened, unknown_box
from ballots.domain.electorate import Electorate
from ballots.domain.events import BallotArrivedLate, BallotCast, Choice
from ballots.domain.moot import Moot, refuse_moot
from kernel.events import Event
from kernel.ids import NAME_PATTERN
from kernel.refusal import Kind, Refused
from tally.forms import Form, check_choice

RawChoice: TypeAlias = str | tuple[str, ...] | tuple[tuple[str, str], ...] | None
"""A choice as it came in: a word, options, or options with what each is given; None when nothing was chosen at all."""

ChoiceForm: TypeAlias = Literal["vote", "options", "points", "ranking", "grades", "quadratic"]

FORMS: Mapping[Form, ChoiceForm] = {
    Form.YES_NO_ABSTAIN: "vote",
    Form.CHOOSE_ONE: "options",
    Form.APPROVAL: "options",
    Form.POINTS: "points",
    Form.RANKING: "ranking",
    Form.GRADES: "grades",
    Form.QUADRATIC: "quadratic",
}
"""In which form a choice is said, for each form of ballot."""

MEMO = 4096
_named = re.compile(NAME_PATTERN).fullmatch


class CastBallot(NamedTuple):
    """A voter's wish, the form it was said in (None when nothing was), and the channel it came by, such as `web`."""

    box: str
    voter: str
    form: ChoiceForm | None
    choice: RawChoice
    channel: str


class VotersBallots(NamedTuple):
    """One voter's ballots in one box: how many there are, and the version of the one that counts."""

    version: int = 0
    counted: int | None = None


NO_BALLOT = VotersBallots()


def evolve(ballots: VotersBallots, event: Event) -> VotersBallots:
    """A ballot cast counts instead of those before it; a late one changes nothing."""
    version = ballots.version + 1
    return VotersBallots(version, version if isinstance(event, BallotCast) else ballots.counted)


class Polling:
    """An open or sealed box with its electorate: what every ballot is held against. Choices already checked are remembered."""

    __slots__ = ("_checked", "_opening", "box", "cancelled", "electorate", "form", "moot")

    def __init__(
        self, box: OpenBox, electorate: Electorate, *, cancelled: bool = False, moot: Moot | None = None
    ) -> None:
        self.box = box
        self.electorate = electorate
        self.cancelled = cancelled
        self.moot = moot
        self.form = FORMS[box.opening.rules.form]
        self._opening = box.opening
        self._checked: dict[RawChoice, Choice | Refused] = {}

    def check(self, raw: RawChoice) -> Choice | Refused:
        """The canonical choice, or why it is none."""
        found = self._checked.get(raw)
        if found is None:
            if len(self._checked) >= MEMO:
                self._checked.clear()
            opening = self._opening
            found = self._checked[raw] = check_choice(opening.rules, opening.options, opening.budget, raw)
        return found


@dataclass(slots=True)
class Attempt:
    """A ballot before the policies of `ADMISSION`."""

    polling: Polling
    ballots: VotersBallots
    command: CastBallot


def process_is_not_cancelled(attempt: Attempt) -> Refused | None:
    """A cancelled process takes nothing more."""
    if attempt.polling.cancelled:
        return Refused("process_cancelled", say="the process was cancelled; it takes no more ballots")
    return None


def box_is_not_moot(attempt: Attempt) -> Refused | None:
    """Nothing is taken that could never count."""
    return refuse_moot(attempt.polling.box, attempt.polling.moot)


def voter_is_on_the_roll(attempt: Attempt) -> Refused | None:
    """The roll as frozen when the box opened; later changes count for later boxes."""
    if attempt.command.voter in attempt.polling.electorate.electors:
        return None
    event = attempt.polling.box.opening.event
    if event.electors == "counted":
        say = "this chamber's electors are counted at stations; file their count sheets"
        return Refused("no_roll", kind=Kind.DENIED, say=say, box=event.box, chamber=event.chamber)
    say = "only members in office when the roll was frozen may vote; ask the chamber's secretary"
    members = None if event.roll is None else event.roll.members
    return Refused("not_on_the_roll", kind=Kind.DENIED, say=say, voter=attempt.command.voter, members=members)


def channel_is_named(attempt: Attempt) -> Refused | None:
    """One word."""
    channel = attempt.command.channel
    if _named(channel):
        return None
    say = "name the channel in 1 to 128 characters without spaces, such as web or kiosk"
    return Refused("channel_unnamed", kind=Kind.INVALID, say=say, found=channel[:80])


def choice_has_the_boxs_form(attempt: Attempt) -> Refused | None:
    """A ranking is no approval, although both are lists."""
    expected, found = attempt.polling.form, attempt.command.form
    if expected == found:
        return None
    say = f"say the choice as `{expected}`: this is a ballot of form {attempt.polling.box.opening.rules.form.value}"
    return Refused("wrong_form", kind=Kind.INVALID, say=say, expected=expected, found=found or "nothing")


def choice_is_well_formed(attempt: Attempt) -> Refused | None:
    """`tally.forms` says what each form and limit asks for."""
    checked = attempt.polling.check(attempt.command.choice)
    return checked if isinstance(checked, Refused) else None


def voter_may_vote_now(attempt: Attempt) -> Refused | None:
    """Once; or as often as they like, where the charter says `revisable`. After the seal every ballot is just late."""
    counted, box = attempt.ballots.counted, attempt.polling.box
    if counted is None or box.opening.rules.revisable or isinstance(box, SealedBox):
        return None
    say = "this voter has a ballot in this box, and its charter lets none be changed; the first receipt stands"
    return Refused("already_voted", kind=Kind.EXISTS, say=say, voter=attempt.command.voter, version=counted)


ADMISSION: tuple[Callable[[Attempt], Refused | None], ...] = (
    process_is_not_cancelled,
    box_is_not_moot,
    voter_is_on_the_roll,
    channel_is_named,
    choice_has_the_boxs_form,
    choice_is_well_formed,
    voter_may_vote_now,
)


def decide_cast(attempt: Attempt) -> BallotCast | BallotArrivedLate | Refused:
    """The ballot's event, or the first policy of `ADMISSION` that refuses it. After the seal it is late, never lost."""
    for policy in ADMISSION:
        refused = policy(attempt)
        if refused is not None:
            return refused
    command, polling = attempt.command, attempt.polling
    choice = polling.check(command.choice)
    if isinstance(choice, Refused):
        return choice
    if isinstance(polling.box, SealedBox):
        return BallotArrivedLate(box=command.box, voter=command.voter, choice=choice, channel=command.channel)
    return BallotCast(
        box=command.box, voter=command.voter, choice=choice, channel=command.channel, replaces=attempt.ballots.counted
    )


def polling_in(
    box: Box, name: str, electorate: Electorate, *, cancelled: bool, moot: Moot | None = None
) -> Polling | Refused:
    """The box as ballots meet it; refused when there is none of this name."""
    if isinstance(box, Unopened):
        return unknown_box(name)
    return Polling(box, electorate, cancelled=cancelled, moot=moot)
