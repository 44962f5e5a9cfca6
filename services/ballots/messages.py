"""Between the contract's messages and this service's own types."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ballots.application import SubmittedBallot, submit
from ballots.domain.box import OpenBox, TalliedBox, status
from ballots.domain.casting import CastBallot, ChoiceForm, RawChoice
from ballots.queries import Shown
from ballots.turnout import Turnout
from comitia.ballots.v1 import ballots_pb2 as pb
from eventlog.application import CommandMeta, Receipt
from kernel import canonical
from kernel.numbers import show
from kernel.refusal import Kind, Refused, shorten
from runtime import refusals, servicing
from runtime.views import Row

VOTES: Mapping[int, str] = {
    pb.VOTE_YES: "yes",
    pb.VOTE_NO: "no",
    pb.VOTE_ABSTAIN: "abstain",
    pb.VOTE_BLANK: "blank",
}

STATUSES: Mapping[str, pb.BoxStatus] = {
    "open": pb.BOX_STATUS_OPEN,
    "sealed": pb.BOX_STATUS_SEALED,
    "tallied": pb.BOX_STATUS_TALLIED,
}


def ballot(meta: CommandMeta, box: str, voter: str, choice: pb.Choice, channel: str) -> SubmittedBallot:
    """A ballot as the application takes it; nothing of it is judged here."""
    said = choice.SerializeToString(deterministic=True)
    form, raw = read_choice(said)
    return submit(meta, CastBallot(box, voter, form, raw, channel), said)


@lru_cache(maxsize=4096)
def read_choice(said: bytes) -> tuple[ChoiceForm | None, RawChoice]:
    """The form of a choice, and the choice as text and tuples. Many voters say the same, so what was read is remembered."""
    choice = pb.Choice.FromString(said)
    form: ChoiceForm | None = choice.WhichOneof("form")
    if form == "points":
        return form, tuple((each.option, each.points) for each in choice.points.points)
    if form == "options":
        return form, tuple(choice.options.options)
    if form == "grades":
        return form, tuple((each.option, each.grade) for each in choice.grades.grades)
    if form == "quadratic":
        return form, tuple((each.option, str(each.votes)) for each in choice.quadratic.votes)
    if form == "ranking":
        return form, tuple(choice.ranking.options)
    return form, None if form is None else VOTES.get(choice.vote, str(choice.vote))


def totals(given: pb.FileCountSheetRequest) -> dict[str, str] | Refused:
    """The totals by option; an option given twice is refused."""
    found: dict[str, str] = {}
    for each in given.totals:
        if each.option in found:
            say = "give each option's total once"
            return Refused("option_twice", kind=Kind.INVALID, say=say, option=each.option)
        found[each.option] = each.total
    return found


def result(given: Receipt | Refused) -> pb.BallotResult:
    """What became of one ballot of a stream."""
    if isinstance(given, Refused):
        return pb.BallotResult(refusal=refusal(given))
    return pb.BallotResult(receipt=servicing.receipt(given))


def refusal(refused: Refused) -> pb.BallotRefusal:
    """A refusal in an answer, bounded and counted like one that ends a call."""
    refusals.count(refused)
    metadata = {name: shorten(value, refusals.MAX_VALUE) for name, value in refused.metadata().items()}
    sentence = shorten(refused.sentence(), refusals.MAX_SENTENCE)
    return pb.BallotRefusal(reason=refused.reason, message=sentence, metadata=metadata)


def box_message(shown: Shown) -> pb.Box:
    """One box with all that is known of it."""
    box, event = shown.box, shown.box.opening.event
    message = pb.Box(
        box=event.box,
        matter=event.matter,
        chamber=event.chamber,
        motion=event.motion,
        round=event.round,
        status=STATUSES[status(box)],
        turnout=_turnout(box, shown.turnout),
        ballot_json=canonical.dumps(event.ballot).decode(),
        options=[
            pb.BoxOption(
                option=each.option,
                cost=None if each.cost is None else show(each.cost),
                submitted=each.submitted,
                district=each.district,
                group=each.group,
            )
            for each in event.options
        ],
        stations=_stations(box, shown.turnout),
        deadline=event.deadline,
        order_seed=event.order_seed,
    )
    if isinstance(box, TalliedBox):
        message.count_json = canonical.dumps(box.count).decode()
        if box.allocation is not None:
            message.allocation_json = canonical.dumps(box.allocation).decode()
    return message


def box_summary(row: Row) -> pb.BoxSummary:
    """One box of a list."""
    numbers = ("members", "weight", "voters", "late", "sheets", "sheet_voters")
    return pb.BoxSummary(
        box=row["box"],
        matter=row["matter"],
        chamber=row["chamber"],
        motion=row["motion"],
        round=row["round"],
        status=STATUSES[row["status"]],
        turnout=pb.Turnout(cast=row["ballots"], **{name: row[name] for name in numbers}),
    )


def _turnout(box: OpenBox, turnout: Turnout) -> pb.Turnout:
    roll = box.opening.event.roll
    return pb.Turnout(
        members=roll.members if roll else 0,
        weight=show(roll.weight) if roll else "0",
        voters=turnout.voters,
        cast=turnout.cast,
        late=turnout.late,
        sheets=len(turnout.sheets),
        sheet_voters=turnout.sheet_voters,
    )


def _stations(box: OpenBox, turnout: Turnout) -> list[pb.Station]:
    found = []
    for name, known in box.stations.items():
        version, voters = turnout.sheets.get(name, (0, 0))
        key = bytes.fromhex(known.key)
        found.append(pb.Station(station=name, key=key, unit=known.unit, sheet_version=version, voters=voters))
    return found
