"""Situations of every rule, and each outcome: it goes into the log and is compared by the auditor word for word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from rules.decisions import Advice, Evidence, Objection, Opinion, Outcome, VoteCount, evaluate
from tests.on_record.record import Record
from tests.rules.building import chamber, decision, votes, weighted


@dataclass(frozen=True)
class Situation:
    """A decision as a charter writes it, and what is known so far."""

    decision: dict[str, Any]
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def outcome(self) -> list[str]:
        """What follows."""
        return in_words(evaluate(decision(self.decision), Evidence(**self.evidence)))


def situation(written: dict[str, Any], /, board: Any = (), workers: Any = (), **evidence: Any) -> Situation:
    """Ballots of the board and of the workers, in order, and any other evidence."""
    listed = {"board": board, "workers": workers}
    ballots = {name: (each,) if isinstance(each, VoteCount) else each for name, each in listed.items() if each}
    return Situation(written, {"votes": ballots, **evidence})


def veto(**more: Any) -> dict[str, Any]:
    return {"veto": {"chamber": "workers", "window": "P10D", "of": chamber(), **more}}


def consent(**more: Any) -> dict[str, Any]:
    return {"consent": {"chamber": "workers", "window": "P7D", **more}}


def tied(*steps: Any) -> dict[str, Any]:
    return chamber(tie=list(steps))


def objections(*members: str, **more: Any) -> dict[str, Any]:
    return {"objections": {"workers": [Objection(member, **more) for member in members]}}


YES, NO, TIE = votes(3, 2, 1), votes(2, 3), votes(2, 2)
WORKERS = chamber("workers")
ADVICE = {"advice": {"chamber": "workers", "deadline": "P1M", "silence": "negative"}}
MEASURED = {"advice": {**ADVICE["advice"], "quorum": {"at_least": "1/2"}, "blank": "absent"}}
OBJECTING = {"windows_closed": {"workers"}, "eligible": {"workers": Fraction(6)}}
BREAK = {
    "tie_break": {
        "options": {"initiative": chamber(), "counter": WORKERS},
        "question": ["people", "cantons"],
        "yes_prefers": "initiative",
    }
}
CRITERIA = {"criteria": ["reduces capacity", "is new"], "tester": "facilitator"}


def both(people: VoteCount, cantons: VoteCount) -> Mapping[str, Any]:
    """Both options adopted, and the answers to the tie-break question."""
    return {"votes": {"board": (YES,), "workers": (YES,), "people": (people,), "cantons": (cantons,)}}


MAJORITY = chamber(majority={"at_least": "2/3", "of": "members"})
QUORUM = chamber(quorum={"more_than": "1/2"})
BOTH_QUORUMS = chamber(quorum={"more_than": "1/3", "seats": 4})
CALLED = chamber(quorum={"at_least": "1/2", "second_call": {"at_least": "1/6"}})
SEATS = chamber(quorum={"seats": 4, "at_least": "1/2"})

SITUATIONS: dict[str, Situation] = {
    "a ballot is awaited": situation(chamber()),
    "more than half of those who chose": situation(chamber(), YES),
    "half is not more than half, and a tie rejects": situation(chamber(), TIE),
    "no yes at all, under a rule of at least nothing": situation(chamber(majority={"at_least": "0"}), votes(0, 0, 3)),
    "two thirds of the members reached": situation(MAJORITY, votes(4, 1, members=6)),
    "two thirds of the members missed": situation(MAJORITY, votes(3, 1, members=6)),
    "a number of votes reached": situation(chamber(majority={"votes": 3}), votes(3, 9)),
    "a number of votes missed": situation(chamber(majority={"votes": 3}), votes(2, 0)),
    "more than half of those present": situation(
        chamber(majority={"more_than": "1/2", "of": "present"}), votes(3, 1, 2, blank=1)
    ),
    "blank ballots count as expressed": situation(chamber(blank="expressed"), votes(2, 1, 0, blank=1)),
    "blank ballots count as absent": situation(
        chamber(majority={"more_than": "1/2", "of": "present"}, blank="absent"), votes(2, 1, 0, blank=3)
    ),
    "exact weights": situation(chamber(), weighted(yes="7/3", no="2", abstain="1/6", invalid="1/2", members="9")),
    "a quorum met": situation(QUORUM, votes(2, 1, 1, members=7)),
    "a quorum missed, whatever the votes": situation(QUORUM, votes(2, 0, 1, members=6)),
    "a quorum of shares and of seats met": situation(BOTH_QUORUMS, votes(3, 1, members=8)),
    "a quorum of shares met and of seats missed": situation(SEATS, votes(3, 0, members=6)),
    "a quorum of seats met and of shares missed": situation(SEATS, votes(4, 0, members=9)),
    "a quorum by heads": situation(
        chamber(quorum={"at_least": "5/7", "count": "heads"}), weighted(yes="1", members="100")
    ),
    "a quorum by weight": situation(
        chamber(quorum={"at_least": "1/2"}), weighted(yes="3", no="1", abstain="1/2", members="9")
    ),
    "a tie stays tied when nothing is declared": situation(tied(), TIE),
    "equal votes are no tie under another rule": situation(chamber(majority={"at_least": "2/3"}), TIE),
    "the casting vote is awaited": situation(tied({"casting_vote": "chair"}), TIE),
    "the casting vote says yes": situation(tied({"casting_vote": "chair"}), TIE, casting={"board": {"chair": "yes"}}),
    "the casting vote says no": situation(tied({"casting_vote": "chair"}), TIE, casting={"board": {"chair": "no"}}),
    "the casting vote abstains": situation(
        tied({"casting_vote": "chair"}), TIE, casting={"board": {"chair": "abstain"}}
    ),
    "a casting vote that is no vote is awaited": situation(
        tied({"casting_vote": "chair"}), TIE, casting={"board": {"chair": "maybe"}}
    ),
    "the casting vote of another role is awaited": situation(
        tied({"casting_vote": "chair"}), TIE, casting={"board": {"deputy": "yes"}}
    ),
    "a revote is awaited": situation(tied("revote"), TIE),
    "a revote settles": situation(tied("revote"), (TIE, NO)),
    "a revote tied again goes on to the lot": situation(tied("revote", "lot"), (TIE, TIE)),
    "the lot falls on yes": situation(tied("revote", "lot"), (TIE, TIE), lots={"board": "yes"}),
    "the lot falls on no": situation(tied("lot"), TIE, lots={"board": "no"}),
    "the second vote waits for the repeated ballot": situation(
        tied({"second_vote": "chair"}), TIE, casting={"board": {"chair": "yes"}}
    ),
    "the second vote is awaited": situation(tied({"second_vote": "chair"}), (TIE, TIE)),
    "the second vote says yes": situation(
        tied({"second_vote": "chair"}), (TIE, TIE), casting={"board": {"chair": "yes"}}
    ),
    "the second vote says no": situation(
        tied({"second_vote": "chair"}), (TIE, TIE), casting={"board": {"chair": "no"}}
    ),
    "the second vote abstains": situation(
        tied({"second_vote": "chair"}, "reject"), (TIE, TIE), casting={"board": {"chair": "abstain"}}
    ),
    "a ballot repeated already is not repeated again": situation(
        tied("revote", {"second_vote": "chair"}), (TIE, TIE), casting={"board": {"chair": "yes"}}
    ),
    "a repeated ballot that is no tie needs no second vote": situation(tied({"second_vote": "chair"}), (TIE, YES)),
    "a second vote that settles nothing is followed by another's in the same ballot": situation(
        tied({"second_vote": "chair"}, {"second_vote": "deputy"}),
        (TIE, TIE),
        casting={"board": {"chair": "abstain", "deputy": "yes"}},
    ),
    "two votes in this very ballot": situation(chamber(two_votes="chair"), TIE, casting={"board": {"chair": "yes"}}),
    "two votes in this very ballot are awaited": situation(chamber(two_votes="chair"), YES),
    "two votes do not mend a quorum": situation({**QUORUM, "two_votes": "chair"}, votes(1, 0, members=3)),
    "nobody holds the role of the casting vote": situation(
        tied({"casting_vote": "chair"}, "reject"), TIE, vacant={("board", "chair", 1)}
    ),
    "the role was vacant at another ballot": situation(
        tied({"casting_vote": "chair"}), TIE, vacant={("board", "chair", 2)}
    ),
    "nobody holds the role of the second vote": situation(
        tied({"second_vote": "chair"}), (TIE, TIE), vacant={("board", "chair", 2)}
    ),
    "the second call is awaited": situation(CALLED, votes(2, 0, members=6)),
    "the second call meets its quorum": situation(CALLED, (votes(2, 0, members=6), votes(1, 0, members=6))),
    "the second call misses its quorum too": situation(CALLED, (votes(2, 0, members=6), votes(0, 0, members=6))),
    "two votes in the second call": situation(
        {**CALLED, "two_votes": "chair"},
        (votes(0, 1, members=6), votes(1, 1, members=6)),
        casting={"board": {"chair": "yes"}},
    ),
    "the first call meets its quorum": situation(CALLED, votes(3, 0, members=6)),
    "all of two adopt": situation({"all_of": [chamber(), WORKERS]}, YES, YES),
    "one of two refuses": situation({"all_of": [chamber(), WORKERS]}, YES, NO),
    "one of two is awaited": situation({"all_of": [chamber(), WORKERS]}, YES),
    "two parts of one chamber read the same ballots": situation({"all_of": [tied("revote"), chamber()]}, (TIE, YES)),
    "a choice made in one part of all": Situation({"all_of": [BREAK]}, both(votes(3, 2), votes(12, 11))),
    "advice among all counts for nothing": situation(
        {"all_of": [chamber(), ADVICE]}, YES, advice={"workers": Advice(Opinion.NEGATIVE)}
    ),
    "all are advice": situation({"all_of": [ADVICE]}, advice={"workers": Advice(Opinion.NONE)}),
    "one of two is enough": situation({"any_of": [chamber(), WORKERS]}, NO, YES),
    "none of two": situation({"any_of": [chamber(), WORKERS]}, NO, NO),
    "one refuses and one lacks its quorum": situation(
        {"any_of": [chamber(), chamber("workers", quorum={"seats": 9, "at_least": "1/2"})]}, NO, YES
    ),
    "one refuses and one stays tied": situation({"any_of": [chamber(), chamber("workers", tie=[])]}, NO, TIE),
    "at least two of three": situation(
        {"at_least": {"k": 2, "of": [chamber(), WORKERS, chamber("people")]}},
        YES,
        YES,
        votes={"board": (YES,), "workers": (YES,), "people": (NO,)},
    ),
    "only one of two that must": situation({"at_least": {"k": 2, "of": [chamber(), WORKERS]}}, YES, NO),
    "a sequence waits for its second step": situation({"sequence": [chamber(), WORKERS]}, YES),
    "a sequence stops at a refusal": situation({"sequence": [chamber(), WORKERS, chamber("people")]}, NO),
    "a sequence ends with a refusal": situation({"sequence": [chamber(), WORKERS]}, YES, NO),
    "a sequence taken to its end": situation({"sequence": [chamber(), WORKERS]}, YES, YES),
    "a sequence asks a chamber a second time": situation({"sequence": [chamber(), chamber()]}, (YES, NO)),
    "a sequence of advice": situation({"sequence": [ADVICE]}, advice={"workers": Advice(Opinion.POSITIVE)}),
    "advice first, then the vote": situation(
        {"sequence": [ADVICE, chamber()]}, NO, advice={"workers": Advice(Opinion.NEGATIVE, silent=True)}
    ),
    "advice awaited between two votes of one chamber": situation({"sequence": [chamber(), ADVICE, chamber()]}, YES),
    "advice given between two votes of one chamber": situation(
        {"sequence": [chamber(), ADVICE, chamber()]}, (YES, NO), advice={"workers": Advice(Opinion.NONE)}
    ),
    "advice by a ballot between two votes of one chamber": situation(
        {"sequence": [chamber(), ADVICE, chamber()]}, (YES, NO), YES, advice={"workers": Advice(Opinion.POSITIVE)}
    ),
    "advice is awaited": situation(ADVICE),
    "advice given without a ballot": situation(ADVICE, advice={"workers": Advice(Opinion.NONE)}),
    "advice given by a ballot": situation(
        MEASURED, workers=votes(2, 1, members=6, blank=1), advice={"workers": Advice(Opinion.POSITIVE)}
    ),
    "advice given by the first of two ballots": situation(
        ADVICE, workers=(YES, NO), advice={"workers": Advice(Opinion.POSITIVE)}
    ),
    "silence, though there is a ballot": situation(
        ADVICE, workers=YES, advice={"workers": Advice(Opinion.NEGATIVE, silent=True)}
    ),
    "a veto is not asked for what was refused": situation(veto(members=1), NO),
    "objections may be raised": situation(veto(members=2), YES, **objections("ana")),
    "one objection too few": situation(veto(members=2), YES, **objections("ana"), **OBJECTING),
    "enough objections by heads, the window still open": situation(veto(members=2), YES, **objections("ana", "bo")),
    "heads of published totals": situation(veto(members=5), YES, **objections("all", heads=5), **OBJECTING),
    "one member objects twice": situation(veto(members=2), YES, **objections("ana", "ana"), **OBJECTING),
    "objections at the share": situation(veto(at_least="1/3"), YES, **objections("ana", "bo"), **OBJECTING),
    "objections below the share": situation(veto(at_least="1/2"), YES, **objections("ana", "bo"), **OBJECTING),
    "objections at a share that must be passed": situation(
        veto(more_than="1/3"), YES, **objections("ana", "bo"), **OBJECTING
    ),
    "objections over a share that must be passed": situation(
        veto(more_than="1/4"), YES, **objections("ana", "bo"), **OBJECTING
    ),
    "no objection, under a rule of at least nothing": situation(veto(at_least="0"), YES, **OBJECTING),
    "nobody is eligible": situation(veto(at_least="1/2"), YES, windows_closed={"workers"}),
    "weights of objections": situation(
        veto(at_least="1/2"), YES, **objections("ana", weight=Fraction(7, 2)), **OBJECTING
    ),
    "an override is awaited": situation({"override": {"of": chamber(), "by": WORKERS}}, NO),
    "an override reverses": situation({"override": {"of": chamber(), "by": WORKERS}}, NO, YES),
    "an override fails": situation({"override": {"of": chamber(tie=[]), "by": WORKERS}}, TIE, NO),
    "an override by the same chamber is its second ballot": situation(
        {"override": {"of": chamber(), "by": MAJORITY}}, (NO, votes(4, 1))
    ),
    "what was adopted is not put to an override": situation({"override": {"of": chamber(), "by": WORKERS}}, YES),
    "what lacked a quorum is not put to an override": situation(
        {"override": {"of": QUORUM, "by": WORKERS}}, votes(1, 0, members=5)
    ),
    "a tie-break waits for its question": situation(BREAK, YES, YES),
    "a tie-break with one option adopted": situation(
        BREAK, YES, NO, votes={**both(YES, YES)["votes"], "workers": (NO,)}
    ),
    "a tie-break with no option adopted": situation(
        BREAK, votes={**both(YES, YES)["votes"], "board": (NO,), "workers": (NO,)}
    ),
    "every chamber prefers the first": Situation(BREAK, both(votes(3, 2), votes(12, 11))),
    "every chamber prefers the second": Situation(BREAK, both(votes(2, 3), votes(11, 12))),
    "the larger sum of shares takes the first": Situation(BREAK, both(votes(3, 2), votes(11, 12))),
    "the larger sum of shares takes the second": Situation(BREAK, both(votes(11, 10), votes(1, 3))),
    "equal sums of shares": Situation(BREAK, both(votes(3, 2), votes(2, 3))),
    "one chamber is split evenly": Situation(BREAK, both(votes(3, 2), votes(2, 2))),
    "one chamber is split evenly, the other prefers the second": Situation(BREAK, both(votes(2, 3), votes(2, 2))),
    "the chamber of the tie-break has voted before": situation(
        {"sequence": [chamber("people"), BREAK]},
        votes={**both(YES, YES)["votes"], "people": (YES, NO)},
    ),
    "nobody answers in one chamber": Situation(BREAK, both(votes(3, 2), votes(0, 0, 1))),
    "consent: objections may be raised": situation(consent()),
    "consent: an objection stands at once without criteria": situation(consent(), **objections("ana")),
    "consent after a vote: objections may be raised": situation({"sequence": [chamber(), consent()]}, YES),
    "consent after a vote: an objection stands": situation(
        {"sequence": [chamber(), consent()]}, YES, **objections("ana")
    ),
    "consent after a vote: an objection is overridden by the next ballot": situation(
        {"sequence": [chamber(), {"override": {"of": consent(), "by": chamber()}}]}, (YES, NO), **objections("ana")
    ),
    "consent after a vote: no objection by the end": situation(
        {"sequence": [chamber(), consent(), chamber()]}, (YES, NO), windows_closed={"workers"}
    ),
    "consent: no objection by the end": situation(consent(), windows_closed={"workers"}),
    "consent: an objection is to be tested, the window open": situation(consent(**CRITERIA), **objections("ana")),
    "consent: an objection is to be tested, the window closed": situation(
        consent(**CRITERIA), **objections("ana"), windows_closed={"workers"}
    ),
    "consent: an objection meets one criterion of two": situation(
        consent(**CRITERIA), **objections("ana", met=frozenset({"is new"})), windows_closed={"workers"}
    ),
    "consent: an objection meets no criterion": situation(
        consent(**CRITERIA), **objections("ana", met=frozenset()), windows_closed={"workers"}
    ),
    "consent: one objection of two meets every criterion": situation(
        consent(**CRITERIA),
        objections={
            "workers": [
                Objection("ana", met=frozenset({"reduces capacity", "is new", "more"})),
                Objection("bo", met=frozenset()),
            ]
        },
    ),
    "consent: the later of a member's objections counts": situation(
        consent(**CRITERIA),
        objections={"workers": [Objection("ana"), Objection("ana", met=frozenset())]},
        windows_closed={"workers"},
    ),
}


def in_words(outcome: Outcome) -> list[str]:
    """An outcome as lines: everything that `to_json` holds, and the ballots used."""
    told = outcome.to_json()
    lines = [f"{told['outcome']}; choice {told['choice']}; ballots used {dict(outcome.used)}"]
    for name, found in told["chambers"].items():
        part = {key: found[key] for key in ("yes", "no", "abstain", "base", "base_name", "needed", "round")}
        lines.append(f"chamber {name}: {found['outcome']} {part} quorum {found['quorum']}")
    lines += [
        f"advice of {name}: {given['opinion']}, silent {given['silent']}" for name, given in told["advice"].items()
    ]
    lines += [f"{each['rule']} ({each['chamber']}): {each['text']} {each['numbers']}" for each in told["reasons"]]
    keys = ("chamber", "kind", "round", "role", "deadline")
    return [*lines, *(f"ask { ({key: ask[key] for key in keys}) }" for ask in told["asks"])]


RECORD = Record(__file__, {name: one.outcome for name, one in SITUATIONS.items()})
