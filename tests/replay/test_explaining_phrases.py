"""Explanations have a phrase for every fact in both languages, and every step of a motion is told."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

from replay.explaining import LANGUAGES, english, french
from replay.explaining.motions import BY_NUMBERS, TOLD
from replay.replay import Replay

SOURCES = sorted((Path(__file__).resolve().parents[2] / "libs" / "replay" / "explaining").glob("*.py"))


def shapes(phrase: str | tuple[str, str]) -> set[str]:
    """The parts that a phrase needs."""
    forms = phrase if isinstance(phrase, tuple) else (phrase,)
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


def test_both_languages_tell_the_same_facts_with_the_same_parts() -> None:
    assert list(english.PHRASES) == list(french.PHRASES)
    for key in english.PHRASES:
        assert shapes(english.PHRASES[key]) == shapes(french.PHRASES[key]), key


def test_every_step_of_a_motion_is_told() -> None:
    assert set(TOLD) == set(Replay().motions.handlers)


def test_every_reason_told_by_its_numbers_has_a_phrase() -> None:
    for language in LANGUAGES.values():
        assert {f"reason.{rule}" for rule in BY_NUMBERS} <= set(language.phrases)


def test_every_fact_named_in_the_code_has_a_phrase_and_every_phrase_is_named() -> None:
    """Names that are put together from a word and a part are looked for by their beginning."""
    texts: set[str] = set()
    for path in SOURCES:
        if path.stem not in ("english", "french"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts |= {
                node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    named = {text for text in texts if re.fullmatch(r"(project|motion|elected|reason)\.[a-z_.]+[a-z]", text)}
    assert named <= set(english.PHRASES)
    made = (*(text for text in texts if re.fullmatch(r"([a-z_]+\.)+", text)), "project.more_")
    unnamed = [key for key in english.PHRASES if key not in texts and not key.startswith(made)]
    assert sorted(unnamed) == sorted(AS_WORDS)


AS_WORDS = {"majority.no", "majority.yes", "quorum.no", "quorum.yes"}
"""Verdicts, named by their rule."""
