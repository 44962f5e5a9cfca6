"""Ids: names that people choose, streams that cannot collide, and events that are the same on every retry."""

from __future__ import annotations

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kernel.ids import NAMESPACE, Name, ProcessId, command_id, content_id, event_id, stream_id

NAME: TypeAdapter[str] = TypeAdapter(Name)
PROCESS: TypeAdapter[str] = TypeAdapter(ProcessId)

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@pytest.mark.parametrize("name", ["a", "Zoé", "p/1", "𝄞", "a-b_c.d:e@f", "%2F", "x" * 128, "п1"])
def test_a_name_may_be(name: str) -> None:
    assert NAME.validate_python(name) == name


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a\u00a0b", "a\n", "\ta", "a\x00", "a\x1f", "a\x7f", "x" * 129, "\ud800"], ids=ascii
)
def test_a_name_may_not_be(name: str) -> None:
    with pytest.raises(ValidationError):
        NAME.validate_python(name)


@pytest.mark.parametrize("process", ["a", "0", "herault-2026", "a" * 63])
def test_a_process_may_be_called(process: str) -> None:
    assert PROCESS.validate_python(process) == process


@pytest.mark.parametrize("process", ["", "-a", "A", "a_b", "a/b", "a.b", "é", "a\n", "a" * 64])
def test_a_process_may_not_be_called(process: str) -> None:
    with pytest.raises(ValidationError):
        PROCESS.validate_python(process)


@given(st.lists(names, max_size=3), st.lists(names, max_size=3))
def test_streams_of_different_names_are_different(one: list[str], two: list[str]) -> None:
    assert (stream_id("ballots", *one) == stream_id("ballots", *two)) == (one == two)


@pytest.mark.parametrize(
    ("parts", "stream"),
    [
        (("p-1", "box", "ana"), "ballots/p-1/box/ana"),
        (("p-1", "a/b", "c"), "ballots/p-1/a%2Fb/c"),
        (("p-1", "a%2Fb", "c"), "ballots/p-1/a%252Fb/c"),
        (("p-1", "été"), "ballots/p-1/%C3%A9t%C3%A9"),
    ],
)
def test_a_stream_is_spelled_for_ever(parts: tuple[str, ...], stream: str) -> None:
    assert stream_id("ballots", *parts) == stream


@given(names, names, names, st.integers(0, 1000))
def test_ids_are_the_uuids_of_rfc_9562_version_5(process: str, method: str, key: str, index: int) -> None:
    command = command_id(process, method, key)
    assert command == str(uuid5(NAMESPACE, f"{process}|{method}|{key}"))
    assert event_id(command, index) == str(uuid5(NAMESPACE, f"{command}#{index}"))
    assert UUID(content_id(method, key.encode())).version == 5


def test_ids_are_spelled_for_ever() -> None:
    command = command_id("p-1", "CastBallot", "key-1")
    assert command == "20f7f3ac-e96d-5bef-8569-6cb00f53bbab"
    assert event_id(command, 0) == "cb5bd508-203d-59fb-ae03-939146f9defb"
    assert content_id("CastBallot", b"content") == "2b77e3e6-b140-5fba-adb4-20da853019e9"


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_other_content_is_another_id(one: bytes, two: bytes) -> None:
    assert (content_id("m", one) == content_id("m", two)) == (one == two)
    assert content_id("m", one) != content_id("n", one)
