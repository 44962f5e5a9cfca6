"""A firm's charter, and the events and cases of one process, with every field that a test does not care about filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from chambers.domain.case import Case
from chambers.domain.counting import BoxTallied
from chambers.domain.events import (
    ChamberAsked,
    ChamberCounted,
    MemberLeft,
    MembersEnrolled,
    MemberUpdated,
    MotionDecided,
    MotionProposed,
    RollFrozen,
)
from chambers.domain.freezing import freeze
from chambers.domain.motions import NoMotion
from chambers.domain.rolls import Roll, evolve
from chambers.domain.values import Counts, Member, QuestionKind, UnitCount
from kernel.events import Event
from kernel.refusal import Refused
from rules.charter import Charter, load_charter, parse_charter
from rules.decisions import VoteCount

PROCESS = "firm-2026"
MOTION = "m1"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)

FIRM = """\
comitia: 1
name: firm
title: A firm
phases:
  - {name: session, title: Session, allows: [enrol, move], next: budget}
  - {name: budget, title: Budget, allows: [enrol, vote], votes: projects, next: recess}
  - {name: recess, title: Recess, allows: [deliver], next: null}
chambers:
  - {name: board, title: The board, roles: [chair, director]}
  - {name: workers, title: The workers}
  - {name: tribunes, title: The tribunes}
  - {name: council, title: A council of three, roles: [chair], seats: {exactly: 3, roles: {chair: {exactly: 1}}}}
  - {name: staff, title: All staff, units: [{code: north}, {code: south, weight: 1/2}]}
  - {name: sites, title: The sites, derived: {from: staff, equality: "no"}}
  - {name: people, title: Counted at stations, electors: counted}
matters:
  - name: government
    title: Government
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      all_of:
        - {chamber: board, majority: {more_than: 1/2, of: expressed}}
        - {chamber: workers, majority: {more_than: 1/2, of: expressed}}
  - name: management
    title: Management
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      sequence:
        - advice: {chamber: workers, deadline: P14D, silence: negative}
        - {chamber: board, majority: {more_than: 1/2, of: expressed}}
  - name: chaired
    title: Decided by the board, its chair breaking ties
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: board, majority: {more_than: 1/2, of: present}, tie: [{casting_vote: chair}]}
  - name: repeated
    title: Decided by the board, a tie being voted again
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: board, majority: {more_than: 1/2, of: expressed}, tie: [revote, {second_vote: chair}]}
  - name: lottery
    title: Decided by the board, a tie being voted again and then drawn
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: board, majority: {more_than: 1/2, of: expressed}, tie: [revote, lot]}
  - name: lotteries
    title: Decided by staff and sites, a tie of either being drawn
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      all_of:
        - {chamber: staff, majority: {more_than: 1/2, of: expressed}, tie: [lot]}
        - {chamber: sites, majority: {more_than: 1/2, of: expressed}, tie: [lot]}
  - name: consent
    title: Adopted unless an objection stands
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      consent: {chamber: board, window: P7D, tester: chair, criteria: [it is paramount, it is reasoned]}
  - name: seated
    title: Decided by the council
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: council, majority: {more_than: 1/2, of: members}, quorum: {at_least: 1/2}}
  - name: act
    title: An act that the tribunes may stop
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      veto:
        chamber: tribunes
        window: P7D
        at_least: 1/2
        of: {chamber: board, majority: {more_than: 1/2, of: expressed}}
  - name: double
    title: Staff and sites
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      all_of:
        - {chamber: staff, majority: {more_than: 1/2, of: expressed}}
        - {chamber: sites, majority: {more_than: 1/2, of: members}}
  - name: referendum
    title: Decided by those counted at stations
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: people, majority: {more_than: 1/2, of: expressed}}
  - name: projects
    title: Projects
    kind: selection
    chamber: council
    ballot: {form: approval, min: 1, max: 3}
    allocation: {rule: greedy, budget: 1000}
"""


def charter(text: str = FIRM) -> Charter:
    """The charter of `text`, which must be valid."""
    found = load_charter(text)
    assert isinstance(found, Charter), str(found)
    return found


def with_decision(decision: Mapping[str, Any]) -> Charter:
    """The firm's charter, with another decision on government."""
    told = charter().to_json()
    told["matters"][0]["decision"] = decision
    found = parse_charter(told)
    assert isinstance(found, Charter), str(found)
    return found


def member(name: str, *roles: str, weight: str = "1", **told: Any) -> Member:
    return Member.model_validate({"member": name, "weight": weight, "roles": roles, **told})


def enrolled(chamber: str, *members: str | Member) -> MembersEnrolled:
    entries = tuple(each if isinstance(each, Member) else member(each) for each in members)
    return MembersEnrolled(chamber=chamber, members=entries)


BOARD = enrolled("board", member("ana", "chair"), "bo", "cy", "di")
WORKERS = enrolled("workers", "wu", "wy", "wo")
TRIBUNES = enrolled("tribunes", member("tia", weight="2"), "tom", "tea")
STAFF = enrolled("staff", member("nia", unit="north"), member("sam", unit="south"), "zoe")
ROLLS = (BOARD, WORKERS, TRIBUNES, STAFF)


def rolls(*events: Event) -> dict[str, Roll]:
    """Rolls by chamber, as these events leave them."""
    found: dict[str, Roll] = {}
    for event in events:
        if isinstance(event, (MembersEnrolled, MemberUpdated, MemberLeft, RollFrozen)):
            found[event.chamber] = evolve(found.get(event.chamber, Roll()), event)
    return found


def happen(case: Case, event: Event) -> Case:
    """The case after one more event, of a roll or of the motion."""
    if isinstance(event, (MembersEnrolled, MemberUpdated, MemberLeft, RollFrozen)):
        before = case.rolls.get(event.chamber, Roll())
        return replace(case, rolls={**case.rolls, event.chamber: evolve(before, event)})
    return case.after(event)


def nothing_proposed(rules: Charter | None = None) -> Case:
    """A motion's case before it is moved, with everybody enrolled."""
    known = charter() if rules is None else rules
    everybody = {each.name: Roll() for each in known.chambers if each.derived is None and each.electors == "enrolled"}
    return Case(MOTION, NoMotion(), known, everybody | rolls(*ROLLS))


def proposed(matter: str = "government", motion: str = MOTION) -> MotionProposed:
    return MotionProposed(motion=motion, matter=matter, title="A title", text="A text", mover="ana")


def asked(chamber: str, kind: QuestionKind = "vote", round_: int = 1, deadline: datetime | None = None) -> ChamberAsked:
    box = None if kind == "objections" else f"{MOTION}.{chamber}.{round_}"
    return ChamberAsked(motion=MOTION, chamber=chamber, kind=kind, round=round_, box=box, deadline=deadline)


def frozen(enrolled_: MembersEnrolled, box: str | None = None, on: date = TODAY) -> RollFrozen:
    """The roll of one enrolment, frozen for a box (by default for the chamber's first vote)."""
    chamber = charter().chamber(enrolled_.chamber)
    assert chamber is not None
    event = freeze(rolls(enrolled_)[chamber.name], chamber, box or f"{MOTION}.{chamber.name}.1", on)
    assert not isinstance(event, Refused), str(event)
    return event


def votes(yes: int = 0, no: int = 0, abstain: int = 0) -> VoteCount:
    """A count of ballots that weigh 1 each."""
    return VoteCount(yes=Fraction(yes), no=Fraction(no), abstain=Fraction(abstain), heads_present=yes + no + abstain)


def tallied(chamber: str, count: VoteCount, round_: int = 1, **units: VoteCount) -> BoxTallied:
    return BoxTallied(PROCESS, MOTION, f"{MOTION}.{chamber}.{round_}", count, units)


def counted(
    chamber: str, count: VoteCount, weight: int, heads: int, round_: int = 1, units: dict[str, UnitCount] | None = None
) -> ChamberCounted:
    counts = Counts(
        yes=count.yes,
        no=count.no,
        abstain=count.abstain,
        blank=count.blank,
        invalid=count.invalid,
        members=weight,
        heads_present=count.heads_present,
        heads_members=heads,
    )
    asked_chamber = "staff" if chamber == "sites" else chamber
    return ChamberCounted(
        motion=MOTION,
        chamber=chamber,
        round=round_,
        box=f"{MOTION}.{asked_chamber}.{round_}",
        counts=counts,
        units=units,
    )


def decided(events: tuple[Event, ...] | Refused) -> MotionDecided:
    """The decision, which must be the last of these events."""
    assert not isinstance(events, Refused), str(events)
    last = events[-1]
    assert isinstance(last, MotionDecided), events
    return last
