"""What a charter means is said in both languages, whole: no field, operator or choice is left out, and no number differs."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from fractions import Fraction
from string import Formatter
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from rules import templates
from rules.charter import Action, Charter, load_charter
from rules.decision.measures import Base, Blank, Majority, Opinion, Quorum
from rules.decision.model import OPERATORS
from rules.decisions import OPERATORS as EVALUATED
from rules.explaining import LANGUAGES, Language, explain
from rules.explaining.decisions import TOLD, majority_clause, quorum_sentence
from rules.explaining.english import ENGLISH
from rules.explaining.french import FRENCH
from tally.allocation import Rule
from tally.allocation_rules import Comparison, Completion, Left, Utility
from tally.election import Method
from tally.forms import Form, Order, PointsUse, Secrecy
from tally.ties import TieBreak
from tests.rules.rich_changes import ALONE, CHANGES, MORE, changed, fields, models, rich, with_change, without_matters

BOTH = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())


def told(charter: Charter, language: Language) -> str:
    return "\n".join(f"{'  ' * line.depth}{line.text}" for line in explain(charter, language))


def template(name: str) -> Charter:
    charter = load_charter(templates.text(name))
    assert isinstance(charter, Charter)
    return charter


def test_every_field_of_the_model_has_a_change_to_try() -> None:
    assert sorted(set(fields()) ^ set(CHANGES)) == []


@BOTH
@pytest.mark.parametrize("field", sorted(set(CHANGES) - ALONE))
def test_a_field_that_changes_changes_what_is_said(field: str, language: Language) -> None:
    assert told(changed(field), language) != told(rich(), language), field


@BOTH
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("allows", Action),
        ("of", Base),
        ("blank", Blank),
        ("silence", Opinion),
        ("form", Form),
        ("secrecy", Secrecy),
        ("points", PointsUse),
        ("rule", Rule),
        ("break", TieBreak),
        ("utility", Utility),
        ("completion", Completion),
        ("comparison", Comparison),
        ("left", Left),
        ("order", Order),
        ("method", Method),
    ],
)
def test_every_word_a_charter_may_choose_has_its_own_phrase(key: str, words: type[StrEnum], language: Language) -> None:
    phrases = [language.phrases[f"{key}.{word.value}"] for word in words]
    assert len(set(phrases)) == len(words)


def test_the_words_above_are_all_there_are() -> None:
    found = {part for model in models() for field in model.model_fields.values() for part in _parts(field.annotation)}
    enums = {part for part in found if isinstance(part, type) and issubclass(part, StrEnum)}
    assert enums == {
        *(Action, Base, Blank, Opinion, Form, Secrecy, PointsUse, Rule, TieBreak),
        *(Utility, Completion, Comparison, Left, Order, Method),
    }
    words = {word for part in found if get_origin(part) is Literal for word in get_args(part)}
    assert words == {
        *("read", "recalled", "enrolled", "counted", "yes", "no", "motion", "selection"),
        *("weight", "heads", "reject", "revote", "lot", "scaled", 1),
    }


def _parts(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal or (
        isinstance(annotation, type) and issubclass(annotation, (StrEnum, BaseModel))
    ):
        return [annotation]
    return [each for part in get_args(annotation) for each in _parts(part)]


def test_every_operator_that_is_evaluated_is_told() -> None:
    assert set(TOLD) == set(EVALUATED) == {*OPERATORS.values(), *(set(TOLD) - set(OPERATORS.values()))}


def test_the_two_tables_say_the_same_things_with_the_same_parts() -> None:
    assert list(ENGLISH.phrases) == list(FRENCH.phrases)
    for key in ENGLISH.phrases:
        assert _shapes(ENGLISH, key) == _shapes(FRENCH, key), key


def _shapes(language: Language, key: str) -> set[str]:
    """The parts that a phrase needs; `n` may be said in words in one form."""
    phrase = language.phrases[key]
    forms = phrase if isinstance(phrase, tuple) else (phrase,)
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name} - {"n"}


@pytest.mark.slow
@BOTH
def test_no_phrase_is_left_over(language: Language) -> None:
    """Every phrase is used by some charter: one that none uses says nothing true."""
    asked: set[str] = set()

    class Asked(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            asked.add(key)
            return super().__getitem__(key)

    listening = Language(
        code=language.code,
        phrases=Asked(language.phrases),
        thousands=language.thousands,
        point=language.point,
        is_one=language.is_one,
        contract=language.contract,
    )
    charters = [rich(), without_matters(), *(changed(field) for field in CHANGES if field not in ALONE)]
    charters += [with_change(path, value) for path, value in MORE] + [template(name) for name in templates.names()]
    for charter in charters:
        explain(charter, listening)
    for month in range(1, 13):
        listening.day(date(2026, month, 1))
    assert sorted(set(language.phrases) - asked) == []


DIGITS = re.compile(r"\d+(?:[.,\u202f]\d+)*")


def numbers(text: str) -> list[str]:
    return sorted(re.sub(r"[.,\u202f]", "", found) for found in DIGITS.findall(text))


@pytest.mark.parametrize("name", templates.names())
def test_both_languages_tell_the_same_numbers_on_the_same_lines(name: str) -> None:
    charter = template(name)
    english, french = explain(charter, ENGLISH), explain(charter, FRENCH)
    assert [line.depth for line in english] == [line.depth for line in french]
    for one, other in zip(english, french, strict=True):
        assert numbers(one.text) == numbers(other.text), (one.text, other.text)


@BOTH
@pytest.mark.parametrize("name", templates.names())
def test_nothing_is_left_to_fill_in(name: str, language: Language) -> None:
    for line in explain(template(name), language):
        assert not re.search(r"[{}]|\bNone\b|  |Fraction", line.text), line.text


def test_units_are_no_people_with_paper_ballots() -> None:
    said = [line.text for line in explain(template("ch-double-majority"), ENGLISH)]
    place = next(place for place, text in enumerate(said) if "in the chamber “cantons”" in text)
    assert said[place].endswith("the votes in favour are more than half of the votes of all its units.")
    assert said[place + 1] == "On a tie (as many votes for as against), the motion is rejected."


@pytest.mark.parametrize(
    ("majority", "english", "french"),
    [
        pytest.param(
            Majority(more_than=Fraction(1, 2)),
            "the votes in favour are more than half of the votes for and against (abstentions are left out): a simple majority",
            "les voix pour représentent plus de la moitié des suffrages exprimés (pour et contre, sans les abstentions)\u00a0: "
            "c'est la majorité absolue des suffrages exprimés",
            id="more than half of the votes cast",
        ),
        pytest.param(
            Majority(at_least=Fraction(1, 2)),
            "the votes in favour are at least half of the votes for and against (abstentions are left out)",
            "les voix pour représentent au moins la moitié des suffrages exprimés (pour et contre, sans les abstentions)",
            id="at least half is another rule, and no simple majority",
        ),
        pytest.param(
            Majority(more_than=Fraction(1, 2), of=Base.MEMBERS),
            "the votes in favour are more than half of all members, whether they vote or not: an absolute majority",
            "les voix pour représentent plus de la moitié de l'ensemble des membres, qu'ils votent ou non\u00a0: "
            "c'est la majorité absolue des membres",
            id="more than half of the members",
        ),
        pytest.param(
            Majority(more_than=Fraction(2, 3), of=Base.PRESENT),
            "the votes in favour are more than two thirds of all who vote, abstentions included",
            "les voix pour représentent plus des deux tiers de tous ceux qui votent, abstentions comprises",
            id="plus de les deux tiers is plus des deux tiers",
        ),
        pytest.param(
            Majority(more_than=Fraction(1, 3)),
            "the votes in favour are more than one third of the votes for and against (abstentions are left out)",
            "les voix pour représentent plus du tiers des suffrages exprimés (pour et contre, sans les abstentions)",
            id="plus de le tiers is plus du tiers",
        ),
        pytest.param(
            Majority(at_least=Fraction(55, 100), of=Base.MEMBERS),
            "the votes in favour are at least 55 % of all members, whether they vote or not",
            "les voix pour représentent au moins 55\u202f% de l'ensemble des membres, qu'ils votent ou non",
            id="a percentage",
        ),
        pytest.param(
            Majority(more_than=Fraction(3, 7), of=Base.PRESENT),
            "the votes in favour are more than 3/7 of all who vote, abstentions included",
            "les voix pour représentent plus des 3/7 de tous ceux qui votent, abstentions comprises",
            id="a ratio that no percentage tells exactly",
        ),
        pytest.param(
            Majority(votes=1),
            "there is at least 1 vote in favour",
            "il y a au moins 1 voix pour",
            id="a number of votes",
        ),
    ],
)
def test_a_majority_says_more_than_or_at_least(majority: Majority, english: str, french: str) -> None:
    assert majority_clause(majority, ENGLISH) == english
    assert majority_clause(majority, FRENCH) == french


def test_a_quorum_says_who_is_counted_and_how() -> None:
    both = Quorum(at_least=Fraction(1, 2), seats=3)
    assert quorum_sentence(both, ENGLISH).startswith(
        "Quorum: at least half of the members and at least 3 members, counted by heads, must have voted"
    )
    assert quorum_sentence(both, FRENCH).startswith(
        "Quorum\u00a0: au moins la moitié des membres et au moins 3 membres, comptés par tête, doivent avoir voté"
    )
    weighed = Quorum(more_than=Fraction(1, 2))
    assert "more than half of the members, counted by the weight of their votes" in quorum_sentence(weighed, ENGLISH)
    assert "plus de la moitié des membres, comptés d'après le poids de leurs voix" in quorum_sentence(weighed, FRENCH)


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (1800000, "1,800,000", "1\u202f800\u202f000"),
        (Fraction(1, 2), "0.5", "0,5"),
        (Fraction(1001, 1000), "1.001", "1,001"),
        (Fraction(-5, 4), "-1.25", "-1,25"),
        (Fraction(1, 3), "1/3", "1/3"),
        (Fraction(1, 8), "0.125", "0,125"),
        (Fraction(1, 125), "0.008", "0,008"),
        (Fraction(3, 400), "0.0075", "0,0075"),
        (Fraction(1, 15), "1/15", "1/15"),
        (Fraction(1, 10**30), f"0.{'0' * 29}1", f"0,{'0' * 29}1"),
        (Fraction(24691, 2), "12,345.5", "12\u202f345,5"),
    ],
)
def test_numbers_are_exact_in_each_language(value: Fraction | int, english: str, french: str) -> None:
    assert (ENGLISH.number(value), FRENCH.number(value)) == (english, french)


@pytest.mark.parametrize(
    ("share", "english"),
    [("1/2", "half"), ("3/8", "37.5 %"), ("1/101", "1/101"), ("1/300", "1/300"), ("1/125", "0.8 %")],
)
def test_a_share_is_said_in_words_or_as_a_percentage_that_ends_or_as_a_ratio(share: str, english: str) -> None:
    assert ENGLISH.share(Fraction(share)) == english


@pytest.mark.parametrize(("items", "english"), [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_a_list_is_said_with_its_last_member_apart(items: str, english: str) -> None:
    assert ENGLISH.listed(items) == english


@pytest.mark.parametrize(
    ("duration", "english", "french"),
    [
        ("P1M", "1 month", "1 mois"),
        ("P14D", "14 days", "14 jours"),
        ("P1M15D", "1 month and 15 days", "1 mois et 15 jours"),
        ("PT1H30M5S", "1 hour, 30 minutes and 5 seconds", "1 heure, 30 minutes et 5 secondes"),
        ("P0D", "0 seconds", "0 seconde"),
    ],
)
def test_durations_are_said_in_words(duration: str, english: str, french: str) -> None:
    assert (ENGLISH.duration(duration), FRENCH.duration(duration)) == (english, french)


def test_a_day_is_said_as_each_language_says_it() -> None:
    phase = rich().phases[0]
    assert phase.opens is not None
    assert (ENGLISH.day(phase.opens), FRENCH.day(phase.opens)) == ("1 May 2026", "1er mai 2026")


GOLDEN = {
    ("fr-cse-avis", "en"): (
        "    On a motion of “opinion”, the chamber “cse” is asked for its opinion; it has 1 month to give it, and its opinion "
        "never binds.\n"
        "      The opinion is positive when the votes in favour are more than half of all who vote, abstentions included; "
        "otherwise it is negative.\n"
        "      Blank and invalid ballots count as present, but neither for nor against.\n"
        "      If it says nothing in time, its silence counts as a negative opinion.\n"
    ),
    ("fr-cse-avis", "fr"): (
        "    Sur une motion « opinion », la chambre « cse » est saisie pour avis ; elle a 1 mois pour le rendre, et son avis ne "
        "lie pas.\n"
        "      L'avis est favorable lorsque les voix pour représentent plus de la moitié de tous ceux qui votent, abstentions "
        "comprises ; sinon il est défavorable.\n"
        "      Les bulletins blancs et nuls comptent comme présents, mais ni pour ni contre.\n"
        "      À défaut d'avis dans ce délai, son silence vaut avis défavorable.\n"
    ),
    ("bicameral-firm", "en"): (
        "    A motion of “government” is adopted when every part below adopts, each counted alone; a refusal by any one of them "
        "rejects:\n"
        "      1. Adopted when, in the chamber “board”, the votes in favour are more than half of the votes for and against "
        "(abstentions are left out): a simple majority.\n"
    ),
    ("bicameral-firm", "fr"): (
        "    Une motion « government » est adoptée lorsque chacune des parties ci-dessous l'adopte, comptée seule ; le refus "
        "d'une seule suffit à la rejeter :\n"
        "      1. Adoptée lorsque, dans la chambre « board », les voix pour représentent plus de la moitié des suffrages "
        "exprimés (pour et contre, sans les abstentions) : c'est la majorité absolue des suffrages exprimés.\n"
    ),
}


@pytest.mark.parametrize(("name", "code"), GOLDEN)
def test_what_a_works_councillor_reads(name: str, code: str) -> None:
    """Compared with ordinary spaces, so that the texts can be read and typed here."""
    said = re.sub("[\u00a0\u202f]", " ", told(template(name), LANGUAGES[code]))
    assert GOLDEN[name, code] in said
