"""The questions that a first charter needs, each with whom it is for, its default, and what it takes for an answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeAlias

from kernel.instants import add_duration
from kernel.numbers import parse_exact, show
from kernel.refusal import Kind, Refused
from rules.decision.measures import EPOCH

Answers: TypeAlias = Mapping[str, str]
"""What was answered, by the question's key, as `Question.read` returned it."""

BUDGET, MOTION, TWO_CHAMBERS, OPINION, CONSENT, ELECTION = KINDS = (
    "budget",
    "motion",
    "two-chambers",
    "opinion",
    "consent",
    "election",
)
MAJORITIES = {
    "simple": "{more_than: 1/2, of: expressed}",
    "absolute": "{more_than: 1/2, of: members}",
    "two-thirds": "{at_least: 2/3, of: expressed}",
    "three-quarters": "{at_least: 3/4, of: expressed}",
}
QUORUMS = {"none": None, "half": "{at_least: 1/2, count: heads}", "third": "{at_least: 1/3, count: heads}"}
TIES = ("reject", "revote", "chair")
BALLOTS = ("approval", "choose_one", "points", "ranking")
RULES = ("greedy", "greedy-no-skip", "poznan-80", "equal-shares", "phragmen")
METHODS = ("stv-scottish", "stv-meek", "irv", "schulze", "borda", "majority-judgment")
SILENCES = ("negative", "positive", "none")
NO_DATE = "none"
_SPELT = re.compile(r"([0-9]{1,4}) ?(days?|jours?|months?|mois)")

Read: TypeAlias = Callable[[str, Answers], "str | Refused"]


@dataclass(frozen=True, slots=True)
class Question:
    """`kinds` are those that are asked it; `default` is taken for an empty answer, None where there must be one."""

    key: str
    ask: str
    read: Read
    kinds: tuple[str, ...] = KINDS
    default: str | None = None
    when: Callable[[Answers], bool] = lambda answers: True

    def applies(self, answers: Answers) -> bool:
        """Whether it is asked, after these answers."""
        return (not answers or answers["kind"] in self.kinds) and self.when(answers)


def refused(found: str, expected: str) -> Refused:
    return Refused(
        "wrong_answer", kind=Kind.INVALID, say="this is no answer to it", found=found[:80], expected=expected
    )


def one_of(words: Collection[str], text: str, answers: Answers) -> str | Refused:
    return text if text in words else refused(text, ", ".join(words))


def a_title(text: str, answers: Answers) -> str | Refused:
    if not 1 <= len(text) <= 500 or any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in text):
        return refused(text, "1 to 500 characters on one line")
    return text


def a_name(text: str, answers: Answers) -> str | Refused:
    name = text or slug(answers["title"])
    return (
        name if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", name) else refused(text, "lower-case letters, digits, hyphens")
    )


def slug(title: str) -> str:
    """A name made from a title: `Budget de Sète` gives `budget-de-sete`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "charter"


def an_amount(text: str, answers: Answers) -> str | Refused:
    """Spaces may group digits; what is written is exact."""
    try:
        amount = parse_exact(re.sub(r"[ \u00a0\u202f]", "", text))
    except ValueError as error:
        return refused(text, str(error))
    return show(amount) if amount >= 0 else refused(text, "0 or more")


def a_currency(text: str, answers: Answers) -> str | Refused:
    return text if re.fullmatch(r"[A-Z]{3}", text) else refused(text, "three capital letters, such as EUR")


def a_number(least: int, most: int, text: str, answers: Answers) -> str | Refused:
    whole = re.fullmatch(r"[0-9]{1,9}", text) is not None
    held = whole and least <= int(text) <= most
    return str(int(text)) if held else refused(text, f"a whole number from {least} to {most}")


def a_method(text: str, answers: Answers) -> str | Refused:
    """Instant runoff fills one seat."""
    fit = [method for method in METHODS if method != "irv" or answers["seats"] == "1"]
    return text if text in fit else refused(text, ", ".join(fit))


def a_day(text: str, answers: Answers) -> str | Refused:
    if text == NO_DATE:
        return text
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    return refused(text, f"a date such as 2026-11-22, or {NO_DATE}")


def a_last_day(text: str, answers: Answers) -> str | Refused:
    day = a_day(text, answers)
    opens = answers["opens"]
    if isinstance(day, str) and NO_DATE not in (day, opens) and day < opens:
        return refused(text, f"a day from {opens} on")
    return day


def a_duration(text: str, answers: Answers) -> str | Refused:
    """`P14D`, or `14 days`, `1 month`, `2 mois`."""
    spelt = _SPELT.fullmatch(text)
    written = text if spelt is None else f"P{int(spelt[1])}{'M' if spelt[2][0] == 'm' else 'D'}"
    try:
        add_duration(EPOCH, written)
    except ValueError as error:
        return refused(text, str(error))
    return written


VOTED_ON = (BUDGET, ELECTION)
DECIDED = (MOTION, TWO_CHAMBERS)
HALVES = ("simple", "absolute")

QUESTIONS: tuple[Question, ...] = (
    Question("kind", f"What is decided? ({', '.join(KINDS)})", partial(one_of, KINDS)),
    Question("title", "What is it called?", a_title),
    Question("name", "Its name, in lower case (empty: made from the title)", a_name, default=""),
    Question("voters", "Who votes?", a_title, default="The members"),
    Question("second", "And which second chamber?", a_title, (TWO_CHAMBERS,), "The second chamber"),
    Question("budget", "How much money is there?", an_amount, (BUDGET,)),
    Question("currency", "In which currency?", a_currency, (BUDGET,), "EUR"),
    Question("ballot", f"How does one vote? ({', '.join(BALLOTS)})", partial(one_of, BALLOTS), (BUDGET,), "approval"),
    Question(
        "choices",
        "How many projects may a ballot name (or points may it give)?",
        partial(a_number, 1, 1000),
        (BUDGET,),
        "3",
        lambda answers: answers["ballot"] != "choose_one",
    ),
    Question("rule", f"How does money follow votes? ({', '.join(RULES)})", partial(one_of, RULES), (BUDGET,), "greedy"),
    Question("seats", "How many seats are filled?", partial(a_number, 1, 1000), (ELECTION,), "1"),
    Question(
        "method",
        f"By which method? ({', '.join(METHODS)})",
        a_method,
        (ELECTION,),
        "stv-scottish",
    ),
    Question(
        "majority",
        f"Which majority? ({', '.join(MAJORITIES)})",
        partial(one_of, MAJORITIES),
        (*DECIDED, OPINION),
        "simple",
    ),
    Question("quorum", f"Which quorum? ({', '.join(QUORUMS)})", partial(one_of, QUORUMS), (*DECIDED, OPINION), "none"),
    Question(
        "tie",
        f"What happens on a tie? ({', '.join(TIES)}: the chair decides)",
        partial(one_of, TIES),
        DECIDED,
        "reject",
        lambda answers: answers["majority"] in HALVES,
    ),
    Question("deadline", "How long may it take? (P1M, 14 days)", a_duration, (OPINION, CONSENT), "P1M"),
    Question(
        "silence", f"What does silence mean? ({', '.join(SILENCES)})", partial(one_of, SILENCES), (OPINION,), "negative"
    ),
    Question("opens", f"When does voting open? (2026-11-22, or {NO_DATE}: by command)", a_day, default=NO_DATE),
    Question("closes", f"And when does it close? (2026-11-30, or {NO_DATE}: by command)", a_last_day, default=NO_DATE),
)
"""In the order in which they are asked; whether one is depends on the answers before it."""
