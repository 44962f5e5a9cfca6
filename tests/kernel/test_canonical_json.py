"""Canonical JSON is RFC 8785's to the byte, and the reader takes nothing that the writer cannot write again."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kernel import canonical
from kernel.canonical import MAX_DEPTH, MAX_INTEGER, NotCanonical
from testkit.shared import shared_data

VECTORS = sorted(path.stem for path in shared_data("jcs", "input").iterdir())

integers = st.integers(-MAX_INTEGER, MAX_INTEGER)
scalars = st.none() | st.booleans() | integers | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def test_there_are_six_vectors() -> None:
    assert len(VECTORS) == 6


@pytest.mark.parametrize("name", VECTORS)
def test_writes_the_vectors_of_rfc_8785(name: str) -> None:
    written = canonical.dumps(json.loads(shared_data("jcs", "input", f"{name}.json").read_bytes()))
    assert written == shared_data("jcs", "output", f"{name}.json").read_bytes()
    assert written == bytes.fromhex(shared_data("jcs", "outhex", f"{name}.txt").read_text())


@given(values)
def test_writes_what_the_reference_writes(value: Any) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)


@given(st.dictionaries(st.text(st.characters(min_codepoint=0xD000, max_codepoint=0x10FFFF, codec="utf-8")), integers))
def test_sorts_names_by_utf_16_as_the_reference_does(value: Any) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_writes_a_float_as_the_reference_does(value: float) -> None:
    assert canonical.dumps([value]) == rfc8785.dumps([value])


@given(values)
def test_reads_back_what_it_wrote(value: Any) -> None:
    written = canonical.dumps(value)
    assert canonical.loads(written) == value
    assert canonical.loads_canonical(written) == value


@given(values)
def test_another_spelling_of_the_same_value_is_read_and_is_not_canonical(value: Any) -> None:
    spelled = json.dumps(value, indent=1).encode()
    assert canonical.loads(spelled) == value
    if spelled != canonical.dumps(value):
        with pytest.raises(NotCanonical, match="re-serialising"):
            canonical.loads_canonical(spelled)


@given(st.binary() | st.text().map(str.encode) | values.map(lambda value: json.dumps(value)[:-1].encode()))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = canonical.loads(data)
    except NotCanonical:
        return
    assert canonical.loads(canonical.dumps(value)) == value


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"\xff{}", "not UTF-8 at byte 0"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"{", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"'a'", "not JSON"),
        (b"[01]", "not JSON"),
        (b"[+1]", "not JSON"),
        (b'"\n"', "not JSON"),
        (b"1.0", "found 1.0"),
        (b"1e3", "found 1e3"),
        (b"[NaN]", "found NaN"),
        (b"-Infinity", "found -Infinity"),
        (b"9007199254740992", "found 9007199254740992"),
        (b"-9007199254740992", "found -9007199254740992"),
        (b"1" * 5000, "up to 2^53 - 1 is expected, found 1111"),
        (b'{"a":1,"b":2,"a":3}', "the name 'a' appears twice"),
        (b'{"a":{"b":1,"b":1}}', "the name 'b' appears twice"),
        (b'"\\ud800"', "half a surrogate pair"),
        (b'{"\\uDFFF":1}', "half a surrogate pair"),
        (b"[" * 65 + b"]" * 65, "more than 64 deep"),
        (b'{"a":' * 100_000, "more than 64 deep"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_refuses_to_read(data: bytes, says: str) -> None:
    with pytest.raises(NotCanonical) as refused:
        canonical.loads(data)
    assert says in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"9007199254740991", MAX_INTEGER),
        (b"-9007199254740991", -MAX_INTEGER),
        (b'"9007199254740992"', "9007199254740992"),
        (b'"\\ud834\\udd1e"', "𝄞"),
        (b'"\\\\ud800"', "\\ud800"),
        (b'["[[[[", "{", "\\"["]', ["[[[[", "{", '"[']),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
        (b'["' + b"[" * 1000 + b'"]', ["[" * 1000]),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_reads(data: bytes, value: Any) -> None:
    assert value is None or canonical.loads(data) == value
    assert canonical.loads(canonical.dumps(canonical.loads(data))) == canonical.loads(data)


@pytest.mark.parametrize("data", [b"-0", b'{"b":1,"a":2}', b" 1", b'"\\u0041"', b'"\\/"', b"[1, 2]"])
def test_another_spelling_is_not_canonical(data: bytes) -> None:
    with pytest.raises(NotCanonical, match="re-serialising"):
        canonical.loads_canonical(data)


def _circle() -> list[object]:
    circle: list[object] = []
    circle.append(circle)
    return circle


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        [2**64],
        {1: "a"},
        {"a": Ellipsis},
        b"bytes",
        {1, 2},
        "\ud800",
        {"\udfff": 1},
        {"é": "\ud800"},
        _circle(),
    ],
    ids=repr,
)
def test_refuses_to_write(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical.dumps(value)


def test_a_name_that_comes_twice_among_very_many_is_found_quickly() -> None:
    names = ",".join(f'"n{number}":0' for number in range(100_000))
    with pytest.raises(NotCanonical, match="'n99999' appears twice"):
        canonical.loads(f'{{{names},"n99999":1}}'.encode())
