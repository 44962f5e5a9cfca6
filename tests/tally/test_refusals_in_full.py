"""Each refusal of a choice or a sheet says all that it always said: reason, kind, numbers, and what would be right."""

from __future__ import annotations

import pytest

from tests.tally.refusals_in_full import REFUSALS, WRITTEN, in_words

LINES = WRITTEN.read_text(encoding="utf-8").splitlines()
KNOWN = dict(zip(LINES[::2], LINES[1::2], strict=True))


@pytest.mark.parametrize("name", REFUSALS)
def test_the_refusal_is_the_one_on_record(name: str) -> None:
    assert in_words(REFUSALS[name]()) == KNOWN[name].strip()


def test_every_refusal_is_on_record() -> None:
    assert list(KNOWN) == list(REFUSALS)
