"""What is printed is one line a thing, and what others wrote cannot give the terminal orders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.output import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            "Łódź, « été » 8½ – 👩‍🌾", "Łódź, « été » 8½ – 👩‍🌾", id="letters, signs and spaces of all languages stay"
        ),
        pytest.param("a\x1b[2Jb", "a\\x1b[2Jb", id="an escape sequence is spelled out"),
        pytest.param("a\r\nb\tc", "a\\r\\nb\\tc", id="a line stays one line"),
        pytest.param("\x9b2J\x07", "\\x9b2J\\x07", id="so does its one-byte form"),
        pytest.param("yes\u202eon", "yes\\u202eon", id="text is not turned round"),
        pytest.param("\udcff", "\\udcff", id="what is no character is spelled out"),
    ],
)
def test_control_characters_are_spelled_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=40))
def test_any_text_is_one_line_that_a_terminal_can_show(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert printable(shown) == shown
