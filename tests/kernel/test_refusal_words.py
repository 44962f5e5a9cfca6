"""What a refusal shows of a long text or a long list: all of it up to a limit, then its beginning and an ellipsis."""

from __future__ import annotations

import pytest

from kernel.refusal import first_of, shorten

TEXTS = {
    "nothing": ("", ""),
    "one less than the limit": ("abc", "abc"),
    "the limit": ("abcd", "abcd"),
    "one more": ("abcde", "abc…"),
    "letters of several bytes": ("ééééé", "ééé…"),
}
NAMES = {
    "nothing": ([], ""),
    "one": (["a"], "a"),
    "the limit": (["a", "b", "c"], "a, b, c"),
    "one more": (["a", "b", "c", "d"], "a, b, c, …"),
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.values(), ids=TEXTS)
def test_a_text_is_shown_up_to_a_limit(text: str, shown: str) -> None:
    assert shorten(text, 4) == shown


@pytest.mark.parametrize(("names", "shown"), NAMES.values(), ids=NAMES)
def test_names_are_shown_up_to_a_limit(names: list[str], shown: str) -> None:
    assert first_of(names, 3) == shown


def test_what_was_found_is_shown_in_a_line() -> None:
    assert (len(shorten("x" * 120)), len(shorten("x" * 121)), shorten("x" * 121)[-1]) == (120, 120, "…")
