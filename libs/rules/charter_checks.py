"""A charter is refused when a name in it refers to nothing, is given twice, or goes round in a circle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kernel.refusal import Refused, first_of
from rules.chamber_checks import colleges_are_units, delegations_have_a_roll
from rules.charter_faults import fault
from rules.decision.walk import advice_rules, chambers_of, roles_of, single_answers, voting_chambers
from rules.yaml_text import Lines, Path
from tally.allocation import needs_ballots
from tally.election import Method
from tally.forms import Form

if TYPE_CHECKING:
    from rules.charter import Chamber, Charter, Matter


def check_references(charter: Charter, lines: Lines) -> Refused | None:
    """The first reference that does not hold, in the order of the tables below."""
    for check in CHECKS:
        for refused in check(charter, lines):
            return refused
    return None


def names_are_given_once(charter: Charter, lines: Lines) -> Iterator[Refused]:
    groups = (("phases", charter.phases), ("chambers", charter.chambers), ("matters", charter.matters))
    for group, members in groups:
        yield from _twice((group,), "name", [member.name for member in members], lines)
    for place, chamber in enumerate(charter.chambers):
        yield from _twice(("chambers", place, "units"), "code", [unit.code for unit in chamber.units], lines)
        yield from _twice(("chambers", place, "roles"), None, chamber.roles, lines)


def phases_follow_without_a_cycle(charter: Charter, lines: Lines) -> Iterator[Refused]:
    following = {phase.name: phase.next for phase in charter.phases}
    for place, phase in enumerate(charter.phases):
        if phase.next is not None and phase.next not in following:
            path: Path = ("phases", place, "next")
            yield fault("unknown_phase", path, lines, found=repr(phase.next), expected=_one_of(following))
    for place, phase in enumerate(charter.phases):
        circle = _circle(phase.name, following)
        if circle:
            found = " → ".join(circle)
            expected = "phases that end: the last has next: null"
            yield fault("phase_cycle", ("phases", place, "next"), lines, found=found, expected=expected)
    reached = set(_chain(charter.phases[0].name, following))
    for place, phase in enumerate(charter.phases):
        if phase.name not in reached:
            expected = f"a phase that {charter.phases[0].name!r} leads to"
            yield fault("phase_unreachable", ("phases", place), lines, found=repr(phase.name), expected=expected)


def phases_close_after_they_open(charter: Charter, lines: Lines) -> Iterator[Refused]:
    for place, phase in enumerate(charter.phases):
        if phase.opens is not None and phase.closes is not None and phase.closes < phase.opens:
            path: Path = ("phases", place, "closes")
            expected = f"a day from {phase.opens} on, when it opens"
            yield fault("phase_closes_before_it_opens", path, lines, found=str(phase.closes), expected=expected)


def phases_vote_on_selections(charter: Charter, lines: Lines) -> Iterator[Refused]:
    selections = [matter.name for matter in charter.matters if matter.kind == "selection"]
    for place, phase in enumerate(charter.phases):
        if phase.votes is None:
            continue
        path: Path = ("phases", place, "votes")
        if charter.matter(phase.votes) is None:
            yield fault("unknown_matter", path, lines, found=repr(phase.votes), expected=_one_of(selections))
        elif phase.votes not in selections:
            expected = "a matter of kind selection"
            yield fault("matter_not_a_selection", path, lines, found=repr(phase.votes), expected=expected)


def derived_chambers_have_a_parent(charter: Charter, lines: Lines) -> Iterator[Refused]:
    parents = {each.name: each.derived.source if each.derived else None for each in charter.chambers}
    for place, chamber in enumerate(charter.chambers):
        if chamber.derived is None:
            continue
        path: Path = ("chambers", place, "derived", "from")
        circle = _circle(chamber.name, parents)
        if chamber.derived.source not in parents:
            found = repr(chamber.derived.source)
            yield fault("unknown_chamber", path, lines, found=found, expected=_one_of(parents))
        elif circle:
            expected = "a chamber that is not derived"
            yield fault("derived_cycle", path, lines, found=" → ".join(circle), expected=expected)
        elif parents[chamber.derived.source] is not None:
            expected = "a chamber that is not derived itself"
            yield fault("derived_from_derived", path, lines, found=repr(chamber.derived.source), expected=expected)
        elif not charter.units_of(chamber.name):
            path = ("chambers", place)
            yield fault("derived_without_units", path, lines, found="no units", expected="the units that vote")
        else:
            yield from _units_exist_in_parent(charter, place, chamber, lines)


def _units_exist_in_parent(charter: Charter, place: int, chamber: Chamber, lines: Lines) -> Iterator[Refused]:
    parent = charter.root_chamber(chamber.name)
    codes = [unit.code for unit in parent.units] if parent is not None else []
    for number, unit in enumerate(chamber.units):
        if codes and unit.code not in codes:
            path: Path = ("chambers", place, "units", number, "code")
            yield fault("unknown_unit", path, lines, found=repr(unit.code), expected=_one_of(codes))


def seats_name_roles_that_exist(charter: Charter, lines: Lines) -> Iterator[Refused]:
    for place, chamber in enumerate(charter.chambers):
        if chamber.seats is None:
            continue
        steps = chamber.seats.scale.rules() if chamber.seats.scale else ()
        for rule in (chamber.seats, *steps):
            for role, seats in rule.roles.items():
                wanted = {role} if seats.share is None else {role, seats.share.of} - {"members"}
                for name in sorted(wanted - set(chamber.roles)):
                    path: Path = ("chambers", place, "seats")
                    yield fault("unknown_role", path, lines, found=repr(name), expected=_one_of(chamber.roles))
        numbers = chamber.seats.scale.numbers() if chamber.seats.scale else ()
        for number in (each for each in numbers if each not in {"staff", "members", *chamber.roles}):
            path = ("chambers", place, "seats", "scale", "by")
            expected = _one_of(("staff", "members", *chamber.roles))
            yield fault("unknown_role", path, lines, found=repr(number), expected=expected)


def electorates_are_declared_where_nobody_is_enrolled(charter: Charter, lines: Lines) -> Iterator[Refused]:
    for place, chamber in enumerate(charter.chambers):
        if chamber.electorate is not None and (chamber.derived is not None or chamber.electors != "counted"):
            path: Path = ("chambers", place, "electorate")
            found = f"{chamber.electorate} in {chamber.name!r}"
            expected = "an electorate in a chamber with electors: counted; others know who their members are"
            yield fault("electorate_not_counted", path, lines, found=found, expected=expected)


def matters_are_complete(charter: Charter, lines: Lines) -> Iterator[Refused]:
    for place, matter in enumerate(charter.matters):
        path: Path = ("matters", place)
        if matter.kind == "motion":
            yield from _motion(charter, matter, path, lines)
        else:
            yield from _selection(charter, matter, path, lines)


def _motion(charter: Charter, matter: Matter, path: Path, lines: Lines) -> Iterator[Refused]:
    if matter.decision is None:
        yield fault("decision_missing", path, lines, found="a motion without a decision", expected="decision")
        return
    if matter.ballot.form != "yes_no_abstain":
        field: Path = (*path, "ballot", "form")
        yield fault("wrong_form", field, lines, found=repr(str(matter.ballot.form)), expected="yes_no_abstain")
    if matter.chamber is not None or matter.allocation is not None or matter.election is not None:
        found = "chamber, allocation or election"
        yield fault("not_for_motions", path, lines, found=found, expected="a decision alone: it names its chambers")
    known = [chamber.name for chamber in charter.chambers]
    for name in chambers_of(matter.decision):
        if name not in known:
            yield fault("unknown_chamber", (*path, "decision"), lines, found=repr(name), expected=_one_of(known))
    for name, role in roles_of(matter.decision):
        chamber = charter.root_chamber(name)
        roles = () if chamber is None else chamber.roles
        if role not in roles:
            expected = f"a role of chamber {name!r}: {_one_of(roles)}"
            yield fault("unknown_role", (*path, "decision"), lines, found=repr(role), expected=expected)


def answers_are_given_once(charter: Charter, lines: Lines) -> Iterator[Refused]:
    for place, matter in enumerate(charter.matters):
        if matter.decision is None:
            continue
        path: Path = ("matters", place, "decision")
        for (chamber, what), times in Counter(single_answers(matter.decision)).items():
            if times > 1:
                found = f"{what} of chamber {chamber!r} {times} times"
                yield fault("asked_twice", path, lines, found=found, expected="each asked once in a decision")
        for chamber in sorted(voting_chambers(matter.decision) & set(advice_rules(matter.decision))):
            found = f"chamber {chamber!r} both votes and advises"
            yield fault("asked_twice", path, lines, found=found, expected="a chamber that votes or one that advises")


def _selection(charter: Charter, matter: Matter, path: Path, lines: Lines) -> Iterator[Refused]:
    if matter.decision is not None:
        found = "a selection with a decision"
        yield fault("not_for_selections", (*path, "decision"), lines, found=found, expected="chamber and allocation")
    if matter.chamber is None:
        yield fault("chamber_missing", path, lines, found="a selection without chamber", expected="chamber")
    yield from _decided_one_way(matter, path, lines)
    chamber = None if matter.chamber is None else charter.chamber(matter.chamber)
    if matter.chamber is not None and chamber is None:
        known = [each.name for each in charter.chambers]
        yield fault("unknown_chamber", (*path, "chamber"), lines, found=repr(matter.chamber), expected=_one_of(known))
    if chamber is not None:
        yield from _electors_on_a_roll(matter, chamber, path, lines)


SCORED: tuple[Form, ...] = (Form.CHOOSE_ONE, Form.APPROVAL, Form.POINTS, Form.RANKING, Form.QUADRATIC)
"""The forms whose count gives each option a score, so that money can follow it."""


def _decided_one_way(matter: Matter, path: Path, lines: Lines) -> Iterator[Refused]:
    """By an allocation or by an election, whose method counts what the ballot asks for."""
    ballot, form = matter.ballot, matter.ballot.form
    if matter.allocation is None and matter.election is None:
        expected = "allocation, or election"
        yield fault("allocation_missing", path, lines, found="a selection without allocation", expected=expected)
        return
    if matter.allocation is not None and matter.election is not None:
        yield fault("decided_twice", path, lines, found="allocation and election", expected="one of the two")
        return
    if matter.election is None:
        counted = SCORED
    else:
        by_grades = matter.election.method is Method.MAJORITY_JUDGMENT
        counted = (Form.GRADES,) if by_grades else (Form.RANKING,)
    if form not in counted:
        way = "an allocation" if matter.election is None else str(matter.election.method)
        found, expected = f"{str(form)!r} with {way}", _one_of(map(str, counted))
        yield fault("wrong_form", (*path, "ballot", "form"), lines, found=found, expected=expected)
    if matter.allocation is not None and needs_ballots(matter.allocation) and ballot.votes_against:
        field: Path = (*path, "ballot", "votes_against")
        expected = "false: a voter cannot pay against an option"
        yield fault(
            "votes_against_paid", field, lines, found=f"votes against with {matter.allocation.rule}", expected=expected
        )
    if matter.election is not None and ballot.budget_limit:
        field = (*path, "ballot", "budget_limit")
        yield fault(
            "no_budget", field, lines, found="a budget_limit in an election", expected="false: it has no budget"
        )


def _electors_on_a_roll(matter: Matter, chamber: Chamber, path: Path, lines: Lines) -> Iterator[Refused]:
    """A selection's box opens with a frozen roll, and only an enrolled chamber has one."""
    put = f"matter {matter.name!r} is put to {chamber.name!r}"
    expected = "a chamber with electors: enrolled; choices among proposals need a roll"
    field: Path = (*path, "chamber")
    if chamber.derived is not None:
        found = f"{put}, derived from {chamber.derived.source!r}"
        yield fault("selection_by_derived_chamber", field, lines, found=found, expected=expected)
    elif chamber.electors != "enrolled":
        found = f"{put}, electors: {chamber.electors}"
        yield fault("selection_by_counted_chamber", field, lines, found=found, expected=expected)


CHECKS = (
    names_are_given_once,
    phases_follow_without_a_cycle,
    phases_close_after_they_open,
    phases_vote_on_selections,
    derived_chambers_have_a_parent,
    seats_name_roles_that_exist,
    electorates_are_declared_where_nobody_is_enrolled,
    delegations_have_a_roll,
    colleges_are_units,
    matters_are_complete,
    answers_are_given_once,
)


def _twice(path: Path, key: str | None, names: Iterable[str], lines: Lines) -> Iterator[Refused]:
    listed = list(names)
    for name, times in Counter(listed).items():
        if times > 1:
            second = listed.index(name, listed.index(name) + 1)
            where = (*path, second) if key is None else (*path, second, key)
            expected = f"each name in {path[-1]} once"
            yield fault("name_twice", where, lines, found=f"{name!r} {times} times", expected=expected)


def _chain(start: str, following: dict[str, str | None]) -> list[str]:
    chain: list[str] = []
    at: str | None = start
    while at is not None and at not in chain:
        chain.append(at)
        at = following.get(at)
    return chain


def _circle(start: str, following: dict[str, str | None]) -> list[str]:
    chain = _chain(start, following)
    return [*chain, start] if following.get(chain[-1]) == start else []


def _one_of(names: Iterable[str]) -> str:
    known = list(names)
    return f"one of {first_of(known, 10)}" if known else "nothing: none is declared"
