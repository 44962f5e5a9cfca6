"""Advice and what silence means; vetoes and consent with their windows, thresholds and tests."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from rules.decisions import (
    Advice,
    Advised,
    Ask,
    Evidence,
    Objection,
    Opinion,
    Outcome,
    Status,
    VoteCount,
    evaluate,
    opinion,
    silence,
)
from tests.rules.building import chamber, decision, votes

WORKERS = {"advice": {"chamber": "workers", "deadline": "P1M", "silence": "negative", "quorum": {"seats": 3}}}
MANAGEMENT = {"sequence": [WORKERS, chamber("board")]}


def advise(written: dict[str, Any], **evidence: Any) -> Outcome:
    return evaluate(decision(written), Evidence(**evidence))


def test_advice_is_asked_for_with_its_deadline_before_the_board_is() -> None:
    assert advise(MANAGEMENT).asks == (Ask("workers", "advice", 1, deadline="P1M"),)


@pytest.mark.parametrize("given", [Opinion.POSITIVE, Opinion.NEGATIVE, Opinion.NONE])
@pytest.mark.parametrize(("yes", "no", "expected"), [(7, 5, "adopted"), (5, 7, "rejected")])
def test_advice_never_binds(given: Opinion, yes: int, no: int, expected: str) -> None:
    outcome = advise(MANAGEMENT, advice={"workers": Advice(given)}, votes={"board": [votes(yes, no)]})
    assert outcome.status == expected
    assert outcome.to_json()["advice"] == {"workers": {"opinion": given.value, "silent": False}}


def test_advice_alone_ends_advised() -> None:
    assert advise(WORKERS, advice={"workers": Advice(Opinion.POSITIVE)}).status is Status.ADVISED


def test_advice_does_not_count_beside_a_chamber_that_votes() -> None:
    both = {"all_of": [WORKERS, chamber("board")]}
    given = {"workers": Advice(Opinion.NEGATIVE)}
    assert advise(both, advice=given, votes={"board": [votes(7, 5)]}).status is Status.ADOPTED
    assert advise(both, advice=given, votes={"board": [votes(5, 7)]}).status is Status.REJECTED


def rule(meaning: str = "negative") -> Any:
    written = decision({"advice": {**WORKERS["advice"], "silence": meaning}})
    assert isinstance(written, Advised)
    return written.advice


OPINIONS: dict[str, tuple[VoteCount, Opinion]] = {
    "a majority for it is a positive opinion": (votes(3, 2), Opinion.POSITIVE),
    "a tie is a negative opinion": (votes(3, 3), Opinion.NEGATIVE),
    "a majority against it is a negative opinion": (votes(2, 3), Opinion.NEGATIVE),
    "too few members give no opinion": (votes(2, 0, members=5), Opinion.NONE),
}


@pytest.mark.parametrize("row", OPINIONS.values(), ids=OPINIONS)
def test_an_opinion_is_read_from_a_ballot(row: tuple[VoteCount, Opinion]) -> None:
    count, expected = row
    assert opinion(rule(), count) == Advice(expected)


@pytest.mark.parametrize("meaning", ["negative", "positive", "none"])
def test_silence_means_what_is_declared(meaning: str) -> None:
    kept = silence(rule(meaning))
    assert kept == Advice(Opinion(meaning), silent=True)
    outcome = advise(WORKERS, advice={"workers": kept})
    assert outcome.status is Status.ADVISED
    assert meaning in outcome.reasons[-1].text


def veto(**threshold: Any) -> dict[str, Any]:
    return {"veto": {"chamber": "tribunes", "window": "P7D", "of": chamber("board"), **threshold}}


def object_to(written: dict[str, Any], weight: int, *, closed: bool = True, act: VoteCount | None = None) -> Outcome:
    objections = [Objection(f"tribune-{number}") for number in range(weight)]
    return advise(
        written,
        votes={"board": [act or votes(7, 5)]},
        objections={"tribunes": objections},
        eligible={"tribunes": Fraction(10)},
        windows_closed={"tribunes"} if closed else set(),
    )


VETOES: dict[str, tuple[dict[str, Any], int, str]] = {
    "one of one needed stops the act": ({"members": 1}, 1, "rejected"),
    "none of one needed lets it stand": ({"members": 1}, 0, "adopted"),
    "one of two needed lets it stand": ({"members": 2}, 1, "adopted"),
    "half of the eligible weight is at least half": ({"at_least": "1/2"}, 5, "rejected"),
    "less than half is not": ({"at_least": "1/2"}, 4, "adopted"),
    "half is not more than half": ({"more_than": "1/2"}, 5, "adopted"),
    "more than half stops it": ({"more_than": "1/2"}, 6, "rejected"),
    "no objection is not at least nothing": ({"at_least": "0"}, 0, "adopted"),
}


@pytest.mark.parametrize("row", VETOES.values(), ids=VETOES)
def test_a_veto_compares_with_the_eligible_weight(row: tuple[dict[str, Any], int, str]) -> None:
    threshold, weight, expected = row
    assert object_to(veto(**threshold), weight).status == expected


def test_an_act_waits_for_the_window_to_close() -> None:
    outcome = object_to(veto(members=2), 1, closed=False)
    assert (outcome.status, outcome.asks) == (
        Status.PENDING,
        (Ask("tribunes", "objection_window", 1, deadline="P7D"),),
    )


def test_enough_objections_stop_an_act_at_once() -> None:
    assert object_to(veto(members=1), 1, closed=False).status is Status.REJECTED


def test_nobody_is_asked_to_object_to_what_was_refused() -> None:
    outcome = object_to(veto(members=1), 0, closed=False, act=votes(5, 7))
    assert (outcome.status, outcome.asks) == (Status.REJECTED, ())


def test_a_member_objects_once() -> None:
    twice = [Objection("ana"), Objection("ana")]
    outcome = advise(
        veto(members=2),
        votes={"board": [votes(7, 5)]},
        objections={"tribunes": twice},
        windows_closed={"tribunes"},
    )
    assert outcome.status is Status.ADOPTED


CRITERIA = ("it is paramount", "it is reasoned")
CONSENT = {"consent": {"chamber": "circle", "window": "P1D", "criteria": list(CRITERIA), "tester": "facilitator"}}


def consent(*tests: frozenset[str] | None, closed: bool = True, written: dict[str, Any] = CONSENT) -> Outcome:
    objections = [Objection(f"member-{number}", met=met) for number, met in enumerate(tests)]
    closing = {"circle"} if closed else set()
    return advise(written, objections={"circle": objections}, windows_closed=closing)


ALL, SOME, NONE = frozenset(CRITERIA), frozenset(CRITERIA[:1]), frozenset[str]()

CONSENTS: dict[str, tuple[tuple[frozenset[str] | None, ...], str]] = {
    "no objection at all": ((), "adopted"),
    "an objection that meets all criteria stands": ((ALL,), "rejected"),
    "an objection that misses one criterion does not": ((SOME,), "adopted"),
    "an objection that meets none does not": ((NONE,), "adopted"),
    "one that stands among some that do not": ((NONE, SOME, ALL), "rejected"),
    "one not tested yet": ((SOME, None), "pending"),
    "one stands while another is not tested yet": ((None, ALL), "rejected"),
}


@pytest.mark.parametrize("row", CONSENTS.values(), ids=CONSENTS)
def test_consent_is_given_when_no_objection_stands(row: tuple[tuple[frozenset[str] | None, ...], str]) -> None:
    tests, expected = row
    assert consent(*tests).status == expected


def test_consent_waits_for_its_window_and_for_tests() -> None:
    assert consent(None, closed=False).asks == (
        Ask("circle", "objection_window", 1, deadline="P1D"),
        Ask("circle", "test_objections", 1, "facilitator"),
    )


def test_without_criteria_every_objection_stands() -> None:
    bare = {"consent": {"chamber": "circle", "window": "P1D"}}
    assert consent(written=bare).status is Status.ADOPTED
    assert consent(None, written=bare).status is Status.REJECTED


def test_each_test_of_an_objection_is_a_reason() -> None:
    reasons = consent(SOME, ALL).reasons
    assert [reason.rule for reason in reasons] == ["objection", "objection", "consent"]
    assert "it is reasoned" in reasons[0].text
    assert "every criterion" in reasons[1].text
