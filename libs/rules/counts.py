"""A matter is decided from published counts as it would be from ballots; an adviser without rows has kept silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

from kernel.numbers import show
from kernel.refusal import Kind, Refused, first_of
from rules.charter import Chamber, Charter
from rules.counted_once import counted_once
from rules.counts_csv import OPTIONS, Row, counts_fault, read_counts
from rules.decisions import (
    Decision,
    Evidence,
    Objection,
    Outcome,
    Reason,
    Status,
    VoteCount,
    advice_rules,
    chambers_of,
    derive_units,
    evaluate,
    objecting_chambers,
    opinion,
    silence,
    unit_vote,
    voting_chambers,
)
from rules.scaled_colleges import scale

ZERO = Fraction(0)


@dataclass(slots=True)
class ChamberRows:
    """What the file says of one chamber: totals by option, and the same by member or unit."""

    totals: dict[str, Row] = field(default_factory=dict)
    parts: dict[str, dict[str, Row]] = field(default_factory=dict)


def decide_counts(charter: Charter, text: str, matter: str | None = None) -> dict[str, Any] | Refused:
    """Decide a motion matter from CSV `chamber,voter,option,count`; never raises.

    `voter` is empty for totals, a member's name, the name of a role (whose row is then also its casting vote), or a
    unit's code. Members who did not vote are `absent`; without such rows a chamber has the seats (or the electorate)
    that its charter fixes, or as many members as voted. The result is JSON: matter, outcome, choice, advice, chambers,
    reasons, asks; numbers are text.
    """
    chosen = _motion(charter, matter)
    if isinstance(chosen, Refused):
        return chosen
    rows = read_counts(text)
    if isinstance(rows, Refused):
        return rows
    name, decision = chosen
    grouped = _group(charter, decision, rows)
    if isinstance(grouped, Refused):
        return grouped
    counted = _count(charter, decision, grouped)
    if isinstance(counted, Refused):
        return counted
    counts, notes = counted
    outcome = evaluate(decision, _evidence(charter, decision, grouped, counts))
    told = outcome.to_json()
    return {
        "matter": name,
        "outcome": _said(outcome).value,
        "choice": told["choice"],
        "advice": told["advice"],
        "chambers": told["chambers"],
        "reasons": [*(note.to_json() for note in notes), *told["reasons"]],
        "asks": told["asks"],
    }


def _said(outcome: Outcome) -> Status:
    """What only a tie keeps open is tied, and what a second call keeps open inquorate: counts hold no second ballot."""
    stood = {ask.chamber: outcome.chambers.get(ask.chamber) for ask in outcome.asks}
    open_by = {None if chamber is None else chamber.outcome for chamber in stood.values()}
    if outcome.status is not Status.PENDING or not open_by or not open_by <= {Status.TIED, Status.INQUORATE}:
        return outcome.status
    return Status.INQUORATE if Status.INQUORATE in open_by else Status.TIED


def _motion(charter: Charter, name: str | None) -> tuple[str, Decision] | Refused:
    """The matter to decide, and its decision: the one named, or the only one."""
    motions = {matter.name: matter.decision for matter in charter.matters if matter.decision is not None}
    listed = ", ".join(motions) or "none"
    if name is None and len(motions) != 1:
        say = "name the matter to decide" if motions else "this charter decides no motions"
        return Refused("matter_needed", kind=Kind.INVALID, say=say, matters=listed)
    found = next(iter(motions)) if name is None else name
    if found not in motions:
        say = "name one of the charter's motion matters"
        return Refused("unknown_matter", kind=Kind.NOT_FOUND, say=say, found=found, matters=listed)
    return found, motions[found]


def _group(charter: Charter, decision: Decision, rows: Iterable[Row]) -> dict[str, ChamberRows] | Refused:
    """Rows by chamber; only chambers whose ballots this decision counts may have any."""
    counted = dict.fromkeys(
        root.name for name in chambers_of(decision) if (root := charter.root_chamber(name)) is not None
    )
    grouped: dict[str, ChamberRows] = {}
    for row in rows:
        chamber = charter.chamber(row.chamber)
        if chamber is None or row.chamber not in counted:
            return _not_counted(chamber, row, counted)
        held = grouped.setdefault(row.chamber, ChamberRows())
        if not row.voter:
            held.totals[row.option] = row
            continue
        units = charter.ballot_units(row.chamber)
        wanted = _expected_voter(chamber, units, row.voter)
        if wanted is not None:
            return counts_fault("unknown_voter", row.line, "voter", found=repr(row.voter), expected=wanted)
        if not units and row.count == 0:
            continue
        part = held.parts.setdefault(row.voter, {})
        if part and not units:
            found = f"{row.voter!r} a second time"
            return counts_fault("voter_twice", row.line, "voter", found=found, expected="one ballot for each member")
        part[row.option] = row
    return grouped


def _not_counted(chamber: Chamber | None, row: Row, counted: Iterable[str]) -> Refused:
    expected = "one of " + ", ".join(counted)
    if chamber is not None and chamber.derived is not None:
        expected = f"rows of {chamber.derived.source} by unit: {chamber.name} is derived from them"
    reason = "unknown_chamber" if chamber is None else "chamber_not_counted"
    return counts_fault(reason, row.line, "chamber", found=repr(row.chamber), expected=expected)


def _expected_voter(chamber: Chamber, units: tuple[str, ...], voter: str) -> str | None:
    if units:
        return None if voter in units else f"one of {first_of(units, 30)}"
    return "nothing: this chamber is counted by totals" if chamber.electors == "counted" else None


def _count(
    charter: Charter, decision: Decision, grouped: Mapping[str, ChamberRows]
) -> tuple[dict[str, VoteCount], list[Reason]] | Refused:
    """The count of each chamber that has rows, derived chambers included, and a note on how units voted."""
    counts: dict[str, VoteCount] = {}
    notes: list[Reason] = []
    wanted = {*grouped, *chambers_of(decision)}
    for chamber in (each for each in charter.chambers if each.name in wanted):
        if chamber.derived is None:
            if chamber.name in grouped:
                count = _chamber_count(charter, chamber, grouped[chamber.name])
                if isinstance(count, Refused):
                    return count
                scaled = _by_colleges(chamber, grouped[chamber.name], count)
                if isinstance(scaled, Refused):
                    return scaled
                counts[chamber.name], said = scaled
                notes += said
        elif chamber.derived.source in grouped:
            derived = _derive(charter, chamber, grouped[chamber.derived.source])
            if isinstance(derived, Refused):
                return derived
            counts[chamber.name], how = derived
            notes.append(how)
    return counts, notes


def _chamber_count(charter: Charter, chamber: Chamber, rows: ChamberRows) -> VoteCount | Refused:
    by_unit = bool(charter.ballot_units(chamber.name))
    counted = counted_once(charter, chamber.name, rows.totals, rows.parts)
    if isinstance(counted, Refused):
        return counted
    weights: dict[str, Fraction] = {}
    heads: dict[str, int] = {}
    for option in OPTIONS:
        parts = [part[option] for part in counted.values() if option in part]
        together = sum((row.count for row in parts), ZERO)
        total = rows.totals.get(option)
        if total is None:
            weights[option] = together
            heads[option] = sum(ceil(row.count) for row in parts) if by_unit else len(parts)
            continue
        complete = by_unit and bool(parts)
        if together > total.count or (complete and together != total.count):
            expected = f"{show(together)}, the sum of its {'units' if by_unit else 'members'}"
            found = f"{show(total.count)} {option}"
            return counts_fault("totals_differ", total.line, "count", found=found, expected=expected)
        weights[option], heads[option] = total.count, ceil(total.count)
    on_roll = sum(heads.values())
    seats = None if chamber.seats is None else chamber.seats.statutory()
    if seats is not None and on_roll > seats:
        first = next(iter((*rows.totals.values(), *(row for part in rows.parts.values() for row in part.values()))))
        found, expected = f"{on_roll} in {chamber.name}", f"at most {seats}, its seats"
        return counts_fault("more_votes_than_seats", first.line, "count", found=found, expected=expected)
    whole = seats if seats is not None else chamber.electorate
    vacant = 0 if whole is None else max(whole - on_roll, 0)
    absent = weights.pop("absent")
    return VoteCount(
        yes=weights["yes"],
        no=weights["no"],
        abstain=weights["abstain"],
        blank=weights["blank"],
        invalid=weights["invalid"],
        members=sum(weights.values(), absent + vacant),
        heads_present=on_roll - heads["absent"],
        heads_members=on_roll + vacant,
    )


def _by_colleges(
    chamber: Chamber, rows: ChamberRows, count: VoteCount
) -> tuple[VoteCount, tuple[Reason, ...]] | Refused:
    """The count by its colleges' fixed shares, of which each needs its own rows, and a note; as it was without colleges."""
    if chamber.colleges is None:
        return count, ()
    if not rows.parts:
        first = next(iter(rows.totals.values()))
        expected = f"rows by unit: each college of {chamber.name} has a fixed share"
        return counts_fault("units_missing", first.line, "voter", found="totals only", expected=expected)
    voters = {
        code: VoteCount(
            yes=_said_by(part, "yes"),
            no=_said_by(part, "no"),
            abstain=_said_by(part, "abstain"),
            blank=_said_by(part, "blank"),
            invalid=_said_by(part, "invalid"),
        )
        for code, part in rows.parts.items()
    }
    scaled = scale(chamber.units, voters, count)
    shares = ", ".join(f"{unit.code} {show(unit.weight)}" for unit in chamber.units)
    text = f"{chamber.name}: each college's voters make up its share, whatever its turnout: {shares}"
    numbers = {"yes": scaled.yes, "no": scaled.no, "members": scaled.members}
    return scaled, (Reason("scaled_colleges", text, chamber.name, numbers),)


def _derive(charter: Charter, chamber: Chamber, rows: ChamberRows) -> tuple[VoteCount, Reason] | Refused:
    if chamber.derived is None or not rows.parts:
        first = next(iter(rows.totals.values()))
        expected = f"rows by unit: {chamber.name} is derived from them"
        return counts_fault("units_missing", first.line, "voter", found="totals only", expected=expected)
    units = charter.units_of(chamber.name)
    electors = {
        code: VoteCount(yes=_said_by(part, "yes"), no=_said_by(part, "no")) for code, part in rows.parts.items()
    }
    equality = chamber.derived.equality
    count = derive_units(units, electors, equality)
    said: dict[str, list[str]] = {"yes": [], "no": [], "no count": []}
    for unit in units:
        vote = unit_vote(electors[unit.code], equality) if unit.code in electors else "no count"
        said[vote].append(unit.code)
    text = f"{chamber.name}, from {chamber.derived.source}: " + "; ".join(
        f"{vote}: {', '.join(codes)}" for vote, codes in said.items() if codes
    )
    numbers = {"yes": count.yes, "no": count.no, "members": count.members}
    return count, Reason("derived_chamber", text, chamber.name, numbers)


def _said_by(part: Mapping[str, Row], option: str) -> Fraction:
    return part[option].count if option in part else ZERO


def _evidence(
    charter: Charter, decision: Decision, grouped: Mapping[str, ChamberRows], counts: Mapping[str, VoteCount]
) -> Evidence:
    """Ballots, opinions, casting votes; a body that may object has objected with its `no`, and its window is closed."""
    advisers, objecting = advice_rules(decision), objecting_chambers(decision) - voting_chambers(decision)
    chambers = [chamber for chamber in charter.chambers if chamber.name in grouped]
    return Evidence(
        votes={name: (count,) for name, count in counts.items()},
        advice={
            name: opinion(rule, counts[name]) if name in counts else silence(rule) for name, rule in advisers.items()
        },
        casting={
            chamber.name: {
                role: option for role in chamber.roles for option in grouped[chamber.name].parts.get(role, {})
            }
            for chamber in chambers
        },
        objections={
            chamber.name: _objections(
                grouped[chamber.name], counts[chamber.name], by_unit=bool(charter.ballot_units(chamber.name))
            )
            for chamber in chambers
            if chamber.name in objecting
        },
        eligible={name: counts[name].members for name in objecting if name in counts},
        windows_closed=objecting_chambers(decision),
    )


def _objections(rows: ChamberRows, count: VoteCount, *, by_unit: bool) -> tuple[Objection, ...]:
    """Of totals and of a unit's rows it is known how many object, and not who."""
    if "no" in rows.totals:
        return (Objection("totals", count.no, heads=ceil(count.no)),) if count.no else ()
    said = ((voter, _said_by(part, "no")) for voter, part in rows.parts.items())
    return tuple(Objection(voter, no, heads=ceil(no) if by_unit else 1) for voter, no in said if no)
