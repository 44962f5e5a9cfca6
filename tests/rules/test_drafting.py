"""Every path through the questions of `charter new` leads to a charter that `charter check` accepts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.refusal import Kind, Refused
from rules.charter import Charter, load_charter
from rules.drafting import QUESTIONS, Answers, draft
from rules.drafting.questions import (
    BALLOTS,
    KINDS,
    MAJORITIES,
    METHODS,
    QUORUMS,
    RULES,
    SILENCES,
    TIES,
    a_duration,
    a_title,
    slug,
)
from rules.explaining import LANGUAGES, explain

TRIED: dict[str, tuple[str, ...]] = {
    "kind": KINDS,
    "title": ('Le « 1er » vote: "oui" # non',),
    "name": ("",),
    "voters": ("Les habitants d'ici",),
    "second": ("- La chambre: du travail",),
    "budget": ("0", "1800000", "1000.50", "1/3"),
    "currency": ("EUR",),
    "ballot": BALLOTS,
    "choices": ("1", "3"),
    "rule": RULES,
    "seats": ("1", "3"),
    "method": METHODS,
    "majority": tuple(MAJORITIES),
    "quorum": tuple(QUORUMS),
    "tie": TIES,
    "deadline": ("P1M", "14 days"),
    "silence": SILENCES,
    "opens": ("none", "2026-05-01"),
    "closes": ("none", "2026-05-01", "2026-05-31"),
}
"""What is answered to each question; an answer that one path does not take is left out of that path."""


def paths(answers: Answers | None = None, place: int = 0) -> Iterator[Answers]:
    """Every way through the questions."""
    so_far = dict(answers or {})
    if place == len(QUESTIONS):
        yield so_far
        return
    question = QUESTIONS[place]
    if not question.applies(so_far):
        yield from paths(so_far, place + 1)
        return
    for text in TRIED[question.key]:
        read = question.read(text, so_far)
        if isinstance(read, str):
            yield from paths({**so_far, question.key: read}, place + 1)


def charter_of(answers: Answers) -> Charter:
    charter = load_charter(draft(answers))
    assert isinstance(charter, Charter), (answers, charter)
    return charter


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.slow), 29])
def test_every_path_leads_to_a_valid_charter(every: int) -> None:
    """All of them, or each 29th."""
    kinds: dict[str, int] = {}
    for answers in islice(paths(), 0, None, every):
        charter = charter_of(answers)
        assert (charter.title, charter.name) == (answers["title"], answers["name"])
        assert charter.chambers[0].title == answers["voters"]
        kinds[answers["kind"]] = kinds.get(answers["kind"], 0) + 1
    assert set(kinds) == set(KINDS)
    assert sum(kinds.values()) == -(-1638 // every)


@pytest.mark.parametrize("kind", KINDS)
def test_a_drafted_charter_can_be_explained(kind: str) -> None:
    for answers in islice((each for each in paths() if each["kind"] == kind), 0, None, 40):
        for language in LANGUAGES.values():
            assert explain(charter_of(answers), language)


@pytest.mark.slow
def test_each_answer_is_in_the_charter_where_it_belongs() -> None:
    for answers in islice(paths(), 0, None, 7):
        charter = charter_of(answers)
        vote = charter.phase("vote") or charter.phases[0]
        assert (vote.opens and vote.opens.isoformat()) == (None if answers["opens"] == "none" else answers["opens"])
        assert (vote.closes and vote.closes.isoformat()) == (None if answers["closes"] == "none" else answers["closes"])
        matter = charter.matters[0]
        if matter.allocation is not None:
            told = matter.allocation.model_dump(mode="json")
            assert (told["budget"], told["rule"]) == (answers["budget"], answers["rule"]) or "." in told["budget"]
        if matter.election is not None:
            assert (matter.election.method.value, str(matter.election.seats)) == (answers["method"], answers["seats"])


def test_every_question_has_answers_to_try_and_applies_to_some_kind() -> None:
    assert list(TRIED) == [question.key for question in QUESTIONS]
    asked = {key for answers in islice(paths(), 0, None, 11) for key in answers}
    assert asked == set(TRIED)


@pytest.mark.parametrize("title", ["a\nb", "a\x00", "a\u2028b", "a\u2029b", "a\ud800", "x" * 501, ""])
def test_a_title_is_one_line_of_five_hundred_characters_at_most(title: str) -> None:
    assert isinstance(a_title(title, {}), Refused)
    assert a_title("x" * 500, {}) == "x" * 500


@given(st.text(max_size=600), st.text(max_size=600))
def test_whatever_is_typed_as_a_title_is_refused_or_kept_as_it_is(title: str, voters: str) -> None:
    read, who = a_title(title.strip(), {}), a_title(voters.strip(), {})
    if isinstance(read, Refused) or isinstance(who, Refused):
        return
    answers = next(each for each in paths() if each["kind"] == "motion")
    charter = charter_of({**answers, "title": read, "voters": who, "name": slug(read)})
    assert (charter.title, charter.chambers[0].title) == (read, who)


@given(st.text(max_size=200))
def test_no_answer_raises(text: str) -> None:
    answers = {
        "kind": "budget",
        "title": "t",
        "ballot": "approval",
        "seats": "1",
        "majority": "simple",
        "opens": "none",
    }
    for each in QUESTIONS:
        assert isinstance(each.read(text, answers), (str, Refused))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("P1M", "P1M"),
        ("14 days", "P14D"),
        ("1 month", "P1M"),
        ("2 mois", "P2M"),
        ("30 jours", "P30D"),
        ("PT36H", "PT36H"),
    ],
)
def test_a_duration_may_be_spelt(text: str, read: str) -> None:
    assert a_duration(text, {}) == read


SLUGS = {
    "Budget de Sète": "budget-de-sete",
    "¡Hola, (mundo)!": "hola-mundo",
    "…": "charter",
    "a" * 60: "a" * 60,
    "a" * 61: "a" * 60,
    "!" + "a" * 60: "a" * 60,
    "a" * 59 + " b": "a" * 59,
}


@pytest.mark.parametrize(("title", "name"), SLUGS.items(), ids=SLUGS.values())
def test_a_name_is_made_from_the_title(title: str, name: str) -> None:
    assert slug(title) == name


WRONG = {
    "another kind": ("kind", "war", f"{', '.join(KINDS)}"),
    "no seat": ("seats", "0", "a whole number from 1 to 1000"),
    "too many seats": ("seats", "1001", "a whole number from 1 to 1000"),
    "half a seat": ("seats", "1.5", "a whole number from 1 to 1000"),
    "a debt": ("budget", "-1", "0 or more"),
    "another day": ("opens", "22/11/2026", "a date such as 2026-11-22, or none"),
    "a day that is not there": ("opens", "2026-02-30", "a date such as 2026-11-22, or none"),
    "a day in other digits": ("opens", "٢٠٢٦-١١-٢٢", "a date such as 2026-11-22, or none"),
    "a close before the opening": ("closes", "2026-04-30", "a day from 2026-05-01 on"),
    "a currency in words": ("currency", "euro", "three capital letters, such as EUR"),
    "a name with spaces": ("name", "a b", "lower-case letters, digits, hyphens"),
}


@pytest.mark.parametrize(("key", "text", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_no_answer_is_told_with_what_would_be(key: str, text: str, expected: str) -> None:
    question = next(each for each in QUESTIONS if each.key == key)
    answers = {"title": "A club", "opens": "2026-05-01", "seats": "1"}
    told = Refused("wrong_answer", kind=Kind.INVALID, say="this is no answer to it", found=text, expected=expected)
    assert question.read(text, answers) == told


def test_instant_runoff_fills_one_seat_only() -> None:
    method = next(question for question in QUESTIONS if question.key == "method")
    assert method.read("irv", {"seats": "1"}) == "irv"
    assert isinstance(method.read("irv", {"seats": "2"}), Refused)


def test_a_vote_does_not_close_before_it_opens() -> None:
    closes = next(question for question in QUESTIONS if question.key == "closes")
    assert closes.read("2026-05-01", {"opens": "2026-05-01"}) == "2026-05-01"
    assert isinstance(closes.read("2026-04-30", {"opens": "2026-05-01"}), Refused)
    assert closes.read("2026-04-30", {"opens": "none"}) == "2026-04-30"
