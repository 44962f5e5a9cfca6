"""What is refused of charters, seats, counts and delegations, each in full; and published counts that are decided.

A refusal tells who writes a charter, or files a count,
what is wrong and what would be right; a decision tells which rule said so.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import yaml

from kernel.refusal import Refused
from rules.charter import Charter, check_amendment, load_charter
from rules.counts import decide_counts
from rules.delegation import Delegation
from rules.liquid_delegation import SHOWN
from rules.representation import MAX_GIVERS, admit
from rules.seats import Seats
from tests.on_record.record import Record, Rows, Saying, in_words
from tests.rules import (
    test_amendment,
    test_charter,
    test_charter_elections,
    test_charter_refusals,
    test_counted_once,
    test_counts,
    test_delegation,
    test_delegation_in_charters,
    test_scaled_colleges,
    test_seats,
)
from tests.rules.building import chamber, charter_data, motion, parsed, refused, template


def loaded(text: str) -> Saying:
    return lambda: in_words(load_charter(text))


def of_charter(data: dict[str, Any]) -> Saying:
    return lambda: in_words(refused(data))


def of_yaml(data: dict[str, Any]) -> Saying:
    """The same as text, which has lines."""
    return loaded(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))


def of(check: Callable[..., object], *given: object) -> Saying:
    return lambda: in_words(check(*given))


def counted(charter: Charter, text: str, matter: str | None = None) -> Saying:
    """A refusal, or the decision: a line for each of its parts."""

    def say() -> list[str]:
        found = decide_counts(charter, text, matter)
        if isinstance(found, Refused):
            return in_words(found)
        return [f"{key}: {value}" for key, value in found.items()]

    return say


def charters() -> Rows:
    for name, (data, *_) in test_charter_refusals.REFUSALS.items():
        yield name, of_charter(data)
    for name, (data, *_) in test_charter_elections.REFUSED.items():
        yield f"election, {name}", of_charter(data)
    first = charter_data()["chambers"][0]
    for name, (odd, _) in test_delegation_in_charters.FAULTS.items():
        yield name, of_charter(charter_data(chambers=[first, odd]))
    for name, (matter, _) in test_delegation_in_charters.MATTERS.items():
        yield name, of_charter(test_delegation_in_charters.by_colleges(matter))
    for name, (text, *_) in test_charter.TEXTS.items():
        yield f"text, {name}", loaded(text)
    for name in ("- a list", "a scalar", "null", "17"):
        yield f"text, {name}", loaded(name)
    yield "in YAML, an unknown field", of_yaml(charter_data(colour="red"))
    yield "in YAML, two faults", of_yaml(charter_data(colour="red", comitia=2))
    yield "in YAML, a field missing", of_yaml({key: value for key, value in charter_data().items() if key != "title"})


def seats() -> Rows:
    for name, (template_, staff, given, allowed) in test_seats.OTHERS.items():
        if not allowed and template_ != "eu-council-qmv":
            yield f"seats, {name}", of(test_seats.board(template_, staff=staff).check, *given)
    for name, (rule, members, allowed) in test_seats.LIMITS.items():
        if not allowed:
            yield f"seats, {name}", of(Seats.model_validate(rule).check, members, {})

    role = test_seats.board("fr-pacte-board")
    yield "seats, nobody in any role", of(role.check, 5, {})
    yield "seats, nobody where a share of others is asked for", of(test_seats.board("fi-board", staff=150).check, 3, {})
    scale = Seats.model_validate({"staff": 11, "scale": {"by": "staff", "steps": [{"up_to": 10}]}})
    yield "seats, beyond the scale", of(scale.check, 3, {})


def delegations() -> Rows:
    for name, (rules, before, new, *_) in test_delegation.REFUSALS.items():
        yield f"delegation, {name}", of(admit, rules, test_delegation.standing(before), test_delegation.written(new)[0])

    liquid = test_delegation.LIQUID
    for length in (SHOWN, SHOWN + 1):
        names = [f"m{number:02}" for number in range(length)]
        links = {one: (Delegation(one, other, "liquid"),) for one, other in pairwise(names)}
        yield f"delegation, a circle of {length}", of(admit, liquid, links, Delegation(names[-1], names[0], "liquid"))
    full = {f"v{number}": (Delegation(f"v{number}", "a", "liquid"),) for number in range(MAX_GIVERS)}
    yield "delegation, as many as a tally can name", of(admit, liquid, full, Delegation("b", "a", "liquid"))


def amendments() -> Rows:
    club, budget = test_amendment.club, test_amendment.BUDGET
    dearer = test_amendment.with_budget("2000")
    yield "amendment, without a clause", of(check_amendment, club(), club(matters=dearer))
    yield (
        "amendment, of something else",
        of(
            check_amendment,
            club([test_amendment.CLOSES, "/title"]),
            club([test_amendment.CLOSES, "/title"], matters=dearer),
        ),
    )
    yield "amendment, that changes nothing", of(check_amendment, club([budget]), club([budget]))
    units = [{"name": "sites", "title": "S", "derived": {"from": "board"}, "units": [{"code": code}]} for code in "ab"]
    first, second = (club(["/x"], chambers=[charter_data()["chambers"][0], each]) for each in units)
    yield "amendment, of units", of(check_amendment, first, second)
    roles = [{**charter_data()["chambers"][0], "roles": [role]} for role in ("chair", "deputy")]
    yield "amendment, of a list without names", of(check_amendment, *(club(["/x"], chambers=[each]) for each in roles))
    yield "amendment, of a field that was nothing", of(check_amendment, club(), club([budget]))


def counts() -> Rows:
    club, header, firm = test_counts.club(), test_counts.HEADER, template("bicameral-firm")
    for name, (text, *_) in test_counts.REFUSALS.items():
        yield f"counts, {name}", counted(club, text)
    for name, (board, body, *_) in test_counts.MEMBERS.items():
        yield f"counts, {name}", counted(test_counts.club(test_counts.ABSOLUTE, **board), header + body)
    for name, (body, _) in test_counts.CASTING.items():
        yield f"counts, {name}", counted(test_counts.club(chamber(tie=[{"casting_vote": "chair"}])), header + body)
    swiss = template("ch-double-majority")
    for name, (body, *_) in test_counts.SWISS.items():
        yield f"counts, {name}", counted(swiss, header + body)
    yield (
        "counts, units as they are",
        counted(swiss, f"{header}people,ZH,yes,2\npeople,BE,yes,3\npeople,BE,no,4\npeople,OW,no,1\n"),
    )
    for name, (rows, _) in test_scaled_colleges.DECIDED.items():
        text = header + "".join(f"members,{row}\n" for row in rows.split())
        yield f"counts by colleges, {name}", counted(test_scaled_colleges.cooperative(), text)
    for name, (counting, rows, _) in test_scaled_colleges.QUORUMS.items():
        text = header + "".join(f"members,{row}\n" for row in rows.split())
        charter = test_scaled_colleges.cooperative({"quorum": {"at_least": "1/2", **counting}})
        yield f"counts by colleges, {name}", counted(charter, text)
    for name, (charter, body, _) in test_counted_once.COUNTED.items():
        yield f"counts of two chambers, {name}", counted(charter, header + body)
    two = test_counted_once.federation(test_counted_once.CANTONS, test_counted_once.REGIONS)
    for name, (body, *_) in test_counted_once.UNTOLD.items():
        yield f"counts of two chambers, {name}", counted(two, header + body)
    yield "counts by colleges, totals", counted(test_scaled_colleges.cooperative(), f"{header}members,,yes,3\n")
    yield (
        "counts, more votes than seats",
        counted(test_counts.club(seats={"exactly": 2}), f"{header}board,,yes,2\nboard,,no,1\n"),
    )
    yield "counts, no matter named", counted(firm, header)
    yield "counts, an unknown matter", counted(firm, header, "war")
    yield "counts, a chamber that is not asked", counted(firm, f"{header}workers,,yes,3\nboard,,yes,2\n", "government")
    yield "counts, an adviser who is silent", counted(firm, f"{header}board,,yes,7\n", "management")
    yield "counts, an adviser in favour", counted(firm, f"{header}board,,no,7\nworkers,,yes,3\n", "management")
    yield from more_counts(header)


def more_counts(header: str) -> Rows:
    for name, rows in OBJECTIONS.items():
        for rule, decision in (("consent", CONSENT), ("veto", VETO)):
            yield f"counts, {rule}: {name}", counted(test_counts.club(decision), header + rows)
    everything = "workers,yes,3 workers,abstain,1 users,blank,2 users,no,1 towns,invalid,1 towns,yes,1"
    text = header + "".join(f"members,{row}\n" for row in everything.split())
    yield "counts by colleges, of every option", counted(test_scaled_colleges.cooperative(), text)
    present = chamber(quorum={"at_least": "1/2"}, blank="absent")
    yield (
        "counts, blank and invalid",
        counted(
            test_counts.club(present), f"{header}board,,yes,2\nboard,,blank,2\nboard,,invalid,1\nboard,,absent,6\n"
        ),
    )
    yield (
        "counts, members who did not vote",
        counted(
            test_counts.club(present),
            f"{header}board,ana,yes,0\nboard,bo,yes,1\nboard,cy,no,0\nboard,dee,abstain,1/2\n",
        ),
    )
    people = {"name": "people", "title": "People", "electors": "counted", "electorate": 9}
    only = parsed(
        charter_data(
            chambers=[people], matters=[motion(chamber("people", majority={"at_least": "1/2", "of": "members"}))]
        )
    )
    yield "counts, a person where only totals count", counted(only, f"{header}people,ana,yes,1\n")
    yield "counts, of a declared electorate", counted(only, f"{header}people,,yes,5\n")
    for number in (30, 31):
        units = [{"code": f"u{each}"} for each in range(number)]
        sites = {"name": "sites", "title": "S", "derived": {"from": "board", "equality": "yes"}, "units": units}
        many = parsed(charter_data(chambers=[charter_data()["chambers"][0], sites], matters=[motion(chamber("sites"))]))
        yield f"counts, an unknown unit of {number}", counted(many, f"{header}board,x,yes,1\n")
        yield (
            f"counts, an even unit of {number}",
            counted(many, f"{header}board,u1,yes,1\nboard,u1,no,1\nboard,u2,no,1\n"),
        )
    yield (
        "counts, a veto",
        counted(template("us-veto-override"), f"{header}house,,yes,300\nsenate,,yes,60\npresident,,no,1\n"),
    )


CONSENT: dict[str, Any] = {"consent": {"chamber": "board", "window": "P7D"}}
VETO: dict[str, Any] = {"veto": {"chamber": "board", "window": "P7D", "members": 2, "of": chamber("board")}}
OBJECTIONS = {
    "by two of three": "board,ana,no,1\nboard,bo,yes,1\nboard,cy,no,1/2\n",
    "by one whose weight is nothing": "board,ana,no,0\nboard,bo,yes,1\n",
    "in totals": "board,,no,2\nboard,,yes,5\n",
    "none": "board,,yes,3\n",
}


RECORD = Record(__file__, dict([*charters(), *seats(), *delegations(), *amendments(), *counts()]))
