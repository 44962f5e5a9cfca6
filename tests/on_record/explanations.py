"""What charters mean in both languages, and charters drafted from answers.

Who may check a charter without reading YAML reads this.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice

from rules import templates
from rules.charter import Charter
from rules.drafting import QUESTIONS, Answers, Question, draft
from rules.drafting.questions import KINDS
from rules.explaining import LANGUAGES, Language
from tests.on_record.record import Record, Rows, Saying
from tests.rules.building import template
from tests.rules.rich_changes import ALONE, CHANGES, MORE, changed, rich, with_change, without_matters
from tests.rules.test_drafting import TRIED, paths
from tests.rules.test_explaining import told

Reading = Callable[[], Charter]

WRONG = (
    "",
    "x" * 300,
    "-1",
    "0",
    "1/0",
    "a b",
    "2026-02-30",
    "P",
    "9 lightyears",
    "maybe",
    "\x1b[2J",
    "é" * 64,
    "1",
    "1000",
    "1001",
    "30 jours",
    "2026-05-02",
)
"""Answers that most questions refuse."""


def explained(charter: Reading, language: Language) -> Saying:
    return lambda: told(charter(), language).splitlines()


def differing(other: Reading, language: Language) -> Saying:
    """What is said otherwise than of the rich charter."""

    def say() -> list[str]:
        before, after = (told(charter, language).splitlines() for charter in (rich(), other()))
        gone = [f"- {line}" for line in before if line not in after]
        come = [f"+ {line}" for line in after if line not in before]
        return [*gone, *come] or ["the same lines in another order"]

    return say


def explanations() -> Rows:
    for code, language in LANGUAGES.items():
        for name in templates.names():
            yield f"{code}: {name}", explained(partial(template, name), language)
        yield f"{code}: every part of the model", explained(rich, language)
        yield f"{code}: no matters", explained(without_matters, language)
        for field in sorted(set(CHANGES) - ALONE):
            yield f"{code}: {field} changed", differing(partial(changed, field), language)
        for path, value in MORE:
            yield f"{code}: {path} is {str(value)[:60]}", differing(partial(with_change, path, value), language)


def drafted(answers: Answers) -> Saying:
    return lambda: draft(answers).splitlines()


def drafts() -> Rows:
    for kind in KINDS:
        of_kind = [answers for answers in paths() if answers["kind"] == kind]
        for number, answers in enumerate(islice(of_kind, 0, None, -(-len(of_kind) // 4))):
            yield f"drafted: {kind}, {number}", drafted(answers)


def asked(question: Question) -> Saying:
    """The question on the first path that comes to it, and what is said of each answer."""

    def say() -> list[str]:
        so_far = next(answers for answers in paths() if question.key in answers)
        tried = (*TRIED[question.key], *WRONG)
        return [
            f"{question.ask} [{question.default}]",
            *(f"{answer[:70]!r}: {question.read(answer, so_far)}".replace("\x1b", "ESC") for answer in tried),
        ]

    return say


def questions() -> Rows:
    for question in QUESTIONS:
        yield f"question: {question.key}", asked(question)


RECORD = Record(__file__, dict([*explanations(), *drafts(), *questions()]))
