"""Each charter is explained, drafted and asked for in the words that are on record."""

from __future__ import annotations

import pytest

from tests.rules.words_in_full import SAID, WRITTEN

KNOWN = dict(part.split("\n", 1) for part in WRITTEN.read_text(encoding="utf-8").rstrip("\n").split("\n\n\n"))


@pytest.mark.parametrize("name", SAID)
def test_what_is_said_is_what_is_on_record(name: str) -> None:
    assert SAID[name]() == [line.removeprefix("    ") for line in KNOWN[name].split("\n")]


def test_everything_is_on_record() -> None:
    assert list(KNOWN) == list(SAID)
