"""Checkpoints are read in the one spelling in which they are written, and only from their own log's key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.refusal import Refused
from transparency.checkpoints import MAX_SIZE, Checkpoint, open_checkpoint, process_origin, sign_checkpoint
from transparency.merkle import EMPTY_ROOT
from transparency.notes import Signer

ORIGIN = process_origin("town.example", "budget-2026")
SIGNER = Signer(ORIGIN, bytes(32))
FIVE = Checkpoint(ORIGIN, 5, bytes(range(32)))
ROOT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1)


def test_the_origin_names_deployment_and_process() -> None:
    assert ORIGIN == "town.example/process/budget-2026"


def test_a_checkpoint_is_three_lines() -> None:
    assert FIVE.text() == f"{ORIGIN}\n5\n{ROOT}\n"


def test_a_signed_checkpoint_opens_with_its_logs_key() -> None:
    assert open_checkpoint(sign_checkpoint(SIGNER, FIVE), SIGNER.key) == FIVE


def test_the_empty_log_has_a_checkpoint() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert Checkpoint.parse(empty.text()) == empty


def test_extension_lines_of_others_are_kept() -> None:
    extended = Checkpoint(ORIGIN, 5, bytes(32), ("seen 2026-11-22", "two"))
    assert Checkpoint.parse(extended.text()) == extended


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param("", "text", id="nothing"),
        pytest.param(f"o\n5\n{ROOT}", "text", id="no newline at the end"),
        pytest.param("o\n5\n", "text", id="two lines"),
        pytest.param(f"\n5\n{ROOT}\n", "origin", id="an empty origin"),
        pytest.param(f"o\n+5\n{ROOT}\n", "size", id="a plus before the size"),
        pytest.param(f"o\n05\n{ROOT}\n", "size", id="a zero before the size"),
        pytest.param(f"o\n-5\n{ROOT}\n", "size", id="a negative size"),
        pytest.param(f"o\n 5\n{ROOT}\n", "size", id="a space before the size"),
        pytest.param(f"o\n٥\n{ROOT}\n", "size", id="an Arabic digit"),
        pytest.param(f"o\n\n{ROOT}\n", "size", id="no size"),
        pytest.param(f"o\n{MAX_SIZE + 1}\n{ROOT}\n", "size", id="one more than the largest size"),
        pytest.param(f"o\n{'9' * 5000}\n{ROOT}\n", "size", id="a size of 5000 digits"),
        pytest.param("o\n5\n\n", "root", id="no root"),
        pytest.param(f"o\n5\n{ROOT[:-1]}\n", "root", id="a root without padding"),
        pytest.param(f"o\n5\n{ROOT[:-2]}9=\n", "text", id="a root with stray bits"),
        pytest.param("o\n5\nAAAA\n", "root", id="a root of three bytes"),
        pytest.param(f"o\n5\n{ROOT}\n\n", "extension", id="an empty extension line"),
    ],
)
def test_refuses_every_other_spelling(text: str, field: str) -> None:
    refused = Checkpoint.parse(text)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.details["field"]) == ("checkpoint_malformed", field)


def test_the_largest_size_is_accepted() -> None:
    largest = Checkpoint(ORIGIN, MAX_SIZE, bytes(32))
    assert Checkpoint.parse(largest.text()) == largest


def test_refuses_the_checkpoint_of_another_log_signed_by_the_same_key() -> None:
    other = Checkpoint(process_origin("town.example", "other"), 5, bytes(32))
    refused = open_checkpoint(SIGNER.sign(other.text()), SIGNER.key)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.details["found"]) == ("checkpoint_of_another_log", other.origin)


def test_refuses_a_note_that_is_no_checkpoint() -> None:
    refused = open_checkpoint(SIGNER.sign("hello\n"), SIGNER.key)
    assert isinstance(refused, Refused)
    assert refused.reason == "checkpoint_malformed"


def test_a_log_signs_under_its_own_name_only() -> None:
    with pytest.raises(ValueError, match="under its own name"):
        sign_checkpoint(SIGNER, Checkpoint("other", 5, bytes(32)))


@given(LINES, st.integers(0, MAX_SIZE), st.binary(min_size=32, max_size=32), st.lists(LINES, max_size=3))
def test_what_is_written_is_read_back(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


@given(st.text() | st.lists(st.text(max_size=5) | st.just(ROOT), max_size=5).map("\n".join))
def test_no_input_makes_the_parser_raise_or_has_two_spellings(text: str) -> None:
    parsed = Checkpoint.parse(text)
    assert isinstance(parsed, Refused) or parsed.text() == text
