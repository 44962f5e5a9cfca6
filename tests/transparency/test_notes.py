"""Signed notes have one spelling, and their text is given out only when a known key signed it."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.refusal import Refused
from transparency.notes import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Note,
    OpenedNote,
    Signer,
    VerifierKey,
    open_note,
    parse_note,
)

ANA = Signer("example.org/ana", bytes(range(32)))
BEN = Signer("example.org/ben", bytes(range(1, 33)))
SALVATORE = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore \
NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""

TEXT = "one\ntwo\n"


def _reason(outcome: object) -> str:
    assert isinstance(outcome, Refused)
    return outcome.reason


def _both() -> str:
    return ANA.sign(TEXT) + BEN.sign(TEXT).removeprefix(TEXT + "\n")


def test_a_signed_text_opens_with_its_key() -> None:
    assert open_note(ANA.sign(TEXT), [ANA.key]) == OpenedNote(TEXT, (ANA.key,))


def test_the_example_of_the_specification_is_read_and_its_text_ends_at_the_last_empty_line() -> None:
    note = parse_note(SALVATORE)
    assert isinstance(note, Note)
    assert note.text.count("\n") == 4
    assert [line.name for line in note.signatures] == ["quasimodo.example/salvatore"]
    assert note.format() == SALVATORE


def test_the_example_of_the_specification_is_not_opened_without_its_key() -> None:
    assert _reason(open_note(SALVATORE, [ANA.key])) == "signature_missing"


def test_signatures_of_unknown_keys_are_ignored() -> None:
    assert open_note(_both(), [BEN.key]) == OpenedNote(TEXT, (BEN.key,))


def test_all_known_keys_that_signed_are_named() -> None:
    assert open_note(_both(), [BEN.key, ANA.key]) == OpenedNote(TEXT, (ANA.key, BEN.key))


def test_one_wrong_signature_of_a_known_key_refuses_the_whole_note() -> None:
    changed = _both().replace("one\n", "One\n")
    half = ANA.sign("One\ntwo\n") + BEN.sign(TEXT).removeprefix(TEXT + "\n")
    assert _reason(open_note(changed, [ANA.key])) == "signature_wrong"
    assert _reason(open_note(half, [ANA.key, BEN.key])) == "signature_wrong"


def test_a_key_of_the_same_name_is_another_key() -> None:
    impostor = Signer(ANA.name, BEN.private)
    assert _reason(open_note(impostor.sign(TEXT), [ANA.key])) == "signature_missing"


def test_a_signature_under_a_borrowed_key_id_is_found_out() -> None:
    line = base64.b64encode(ANA.key.key_id + bytes(64)).decode()
    assert _reason(open_note(f"{TEXT}\n— {ANA.name} {line}\n", [ANA.key])) == "signature_wrong"


@pytest.mark.parametrize(
    "note",
    [
        pytest.param("", id="nothing"),
        pytest.param(TEXT, id="text without signature"),
        pytest.param(TEXT + "\n", id="an empty line but no signature"),
        pytest.param(ANA.sign(TEXT).removesuffix("\n"), id="no newline at the end"),
        pytest.param(ANA.sign(TEXT) + "\n", id="one newline too many"),
        pytest.param(ANA.sign(TEXT).replace("—", "-"), id="a hyphen for the em dash"),
        pytest.param(ANA.sign(TEXT).replace("— ", "—  "), id="two spaces"),
        pytest.param(ANA.sign(TEXT).replace("=\n", "\n"), id="base64 without padding"),
        pytest.param(ANA.sign(TEXT).replace("\n", "\r\n"), id="carriage returns"),
        pytest.param(ANA.sign(TEXT).replace("one", "o\tne"), id="a control character in the text"),
        pytest.param(ANA.sign(TEXT).replace("org/ana", "org/a+a"), id="a plus in the name"),
        pytest.param(ANA.sign(TEXT).replace("org/ana", "org/a\u2003a"), id="a Unicode space in the name"),
        pytest.param(f"{TEXT}\n— ana AAAA\n", id="a key id that is too short"),
        pytest.param(f"{TEXT}\n— ana AAAAAA==\n", id="a key id without signature"),
        pytest.param("\ufeff".encode() + b"\xff" + ANA.sign(TEXT).encode(), id="not UTF-8"),
        pytest.param(TEXT + "\ud800\n\n— ana AAAAAAA=\n", id="half a surrogate pair"),
        pytest.param(ANA.sign("a" * MAX_NOTE_BYTES + "\n"), id="too long"),
        pytest.param(f"{TEXT}\n" + "— ana AAAAAAA=\n" * (MAX_SIGNATURES + 1), id="too many signatures"),
    ],
)
def test_refuses_every_other_spelling(note: str | bytes) -> None:
    assert _reason(parse_note(note)) == "note_malformed"
    assert _reason(open_note(note, [ANA.key])) == "note_malformed"


def test_a_signer_refuses_text_that_cannot_be_a_note() -> None:
    for text in ("", "no newline", "a\tb\n", "\ud800\n"):
        with pytest.raises(ValueError, match="ends in a newline"):
            ANA.sign(text)


def test_a_signer_needs_a_name_that_a_note_can_carry() -> None:
    for name in ("", "two words", "a+b", "a\nb"):
        with pytest.raises(ValueError, match="name without spaces"):
            Signer(name, bytes(32))


def test_a_signer_never_shows_its_key() -> None:
    assert repr(ANA) == "Signer('example.org/ana')"


def test_a_key_is_written_as_published_logs_write_theirs() -> None:
    written = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
    key = VerifierKey.parse(written)
    assert isinstance(key, VerifierKey)
    assert (key.name, key.key_id.hex(), key.format()) == ("example.com/log/testdata", "33d7b496", written)


@pytest.mark.parametrize(
    "vkey",
    [
        pytest.param("", id="nothing"),
        pytest.param("name", id="a name alone"),
        pytest.param(ANA.key.format().replace("+", " "), id="spaces for pluses"),
        pytest.param(ANA.key.format()[:-1], id="a character missing"),
        pytest.param(ANA.key.format() + "\n", id="a newline at the end"),
        pytest.param(ANA.key.format().replace("ana", "eva"), id="another name under the same id"),
        pytest.param(ANA.key.format().replace(ANA.key.key_id.hex(), ANA.key.key_id.hex().upper()), id="upper-case id"),
        pytest.param("a+00000000+" + base64.b64encode(b"\x02" + bytes(32)).decode(), id="another algorithm"),
    ],
)
def test_refuses_every_other_spelling_of_a_key(vkey: str) -> None:
    assert _reason(VerifierKey.parse(vkey)) == "key_malformed"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\n")))
def test_whatever_was_signed_is_read_back(text: str) -> None:
    assert open_note(ANA.sign(text + "\n"), [ANA.key]) == OpenedNote(text + "\n", (ANA.key,))


@given(st.binary() | st.text())
def test_no_input_makes_the_parser_raise_or_open(note: str | bytes) -> None:
    assert isinstance(open_note(note, [ANA.key]), Refused)
    assert isinstance(parse_note(note), Note | Refused)


@given(st.integers(0, len(ANA.sign(TEXT).encode()) - 1), st.binary(max_size=2))
def test_a_note_with_a_byte_replaced_is_not_opened_as_something_else(place: int, other: bytes) -> None:
    note = ANA.sign(TEXT).encode()
    changed = note[:place] + other + note[place + 1 :]
    opened = open_note(changed, [ANA.key])
    assert changed == note or isinstance(opened, Refused)


@given(st.text())
def test_no_input_makes_the_key_parser_raise(vkey: str) -> None:
    parsed = VerifierKey.parse(vkey)
    assert isinstance(parsed, Refused) or parsed.format() == vkey
