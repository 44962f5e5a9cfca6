"""A fact with its numbers and the events that it is read from, and the languages in which it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from kernel.numbers import show
from replay.explaining import english, french
from rules.explaining.english import ENGLISH
from rules.explaining.french import FRENCH
from rules.explaining.language import Language

LANGUAGES = {
    "en": replace(ENGLISH, phrases={**ENGLISH.phrases, **english.PHRASES}),
    "fr": replace(FRENCH, phrases={**FRENCH.phrases, **french.PHRASES}),
}
LISTED = 8


@dataclass(frozen=True, slots=True)
class Fact:
    """One step: `what` names its phrase, `n` the number that chooses between singular and plural.

    `names` are lists of names, shown in quotation marks; `phrases` are phrases by key, told in the same language.
    """

    what: str
    events: tuple[int, ...] = ()
    numbers: Mapping[str, Fraction | int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    n: str | None = None

    def told(self, language: Language) -> str:
        """The sentence, without its events."""
        parts = {name: language.number(value) for name, value in self.numbers.items()}
        parts |= self.words
        parts |= {name: _listed(listed, language) for name, listed in self.names.items()}
        parts |= {name: language.say(key) for name, key in self.phrases.items()}
        return language.say(self.what, None if self.n is None else self.numbers[self.n], **parts)

    def sentence(self, language: Language) -> str:
        """The sentence and the events it is read from."""
        if not self.events:
            return self.told(language)
        shown = language.listed(str(index) for index in self.events)
        cited = language.say("event" if len(self.events) == 1 else "events", events=shown)
        return f"{self.told(language)} {cited}"

    def to_json(self, language: Language) -> dict[str, Any]:
        """JSON: exact numbers as text."""
        numbers = {name: show(Fraction(value)) for name, value in self.numbers.items()}
        names = {name: list(listed) for name, listed in self.names.items()}
        return {
            "what": self.what,
            "events": list(self.events),
            "numbers": numbers,
            "words": {**self.words, **names},
            "text": self.told(language),
        }


@dataclass(frozen=True, slots=True)
class Explained:
    """Why something came out as it did; `outcome` is won, lost, open, or a motion's."""

    kind: str
    name: str
    title: str
    outcome: str
    facts: tuple[Fact, ...]

    def head(self, language: Language) -> str:
        """One line: what it is and how it came out."""
        outcome = language.say(f"outcome.{self.outcome}")
        return language.say(f"head.{self.kind}", name=language.quoted(self.name), title=self.title, outcome=outcome)

    def to_json(self, language: Language) -> dict[str, Any]:
        """JSON in one language."""
        return {
            "kind": self.kind,
            "name": self.name,
            "title": self.title,
            "outcome": self.outcome,
            "text": self.head(language),
            "facts": [fact.to_json(language) for fact in self.facts],
        }


def _listed(names: Iterable[str], language: Language) -> str:
    listed = list(names)
    if len(listed) <= LISTED:
        return language.names(listed)
    shown = [language.quoted(name) for name in listed[:LISTED]]
    return language.listed([*shown, language.say("more", len(listed) - LISTED)])
