"""Lots: RFC 3797's own worked example, and draws that anyone redoes to the same order."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.lots import draw_all, draw_lot, lot_key

# RFC 3797 §6: the pool, the key from three sources, the MD5 of each draw, and who was selected.
KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"
POOL = [
    "John",
    "Mary",
    "Bashful",
    "Dopey",
    "Sleepy",
    "Grouchy",
    "Doc",
    "Sneazy",
    "Handsome",
    "Cassandra",
    "Pollyanna",
    "Pendragon",
    "Pandora",
    "Faith",
    "Hope",
    "Charity",
    "Lee",
    "Longsuffering",
    "Chastity",
    "Smith",
    "Pride",
    "Sloth",
    "Envy",
    "Anger",
    "Kasczynski",
]
DIGESTS = [
    "990DD0A5692A029A98B5E01AA28F3459",
    "3691E55CB63FCC37914430B2F70B5EC6",
    "FE814EDF564C190AC1D25753979990FA",
    "1863CCACEB568C31D7DDBDF1D4E91387",
    "F4AB33DF4889F0AF29C513905BE1D758",
    "13EAEB529F61ACFB9A29D0BA3A60DE4A",
    "992DB77C382CA2BDB9727001F3CDCCD9",
    "63AB4258ECA922976811C7F55C383CE7",
    "DFBC5AC97CED01B3A6E348E3CC63F40D",
    "31CB111C4A4EBE9287CEAE16FE51B909",
    "07FA46C122F164C215BBC72793B189A3",
    "AC52F8D75CCBE2E61AFEB3387637D501",
    "53306F73E14FC0B2FBF434218D25948E",
    "B5D1403501A81F9A47318BE7893B347C",
    "85B10B356AA06663EF1B1B407765100A",
    "3269E6CE559ABD57E2BA6AAB495EB9BD",
]
SELECTED = ["Lee", "Doc", "Mary", "Charity", "Kasczynski", "Envy", "Sneazy", "Anger", "Chastity", "Pandora"]


def test_draws_the_worked_example_of_rfc_3797_section_6() -> None:
    draws = draw_all(KEY, POOL)
    assert [draw.digest for draw in draws[: len(DIGESTS)]] == DIGESTS
    assert [draw.drawn for draw in draws[: len(SELECTED)]] == SELECTED
    assert (len(DIGESTS), len(SELECTED), len(draws)) == (16, 10, 25)


def test_each_draw_is_the_hash_modulo_those_left() -> None:
    left = list(POOL)
    for draw in draw_all(KEY, POOL):
        assert draw.left == len(left)
        assert draw.place == int(draw.digest, 16) % len(left) + 1
        assert draw.drawn == left.pop(draw.place - 1)
    assert left == []


def test_the_key_is_the_seed_in_hex_and_the_number_of_the_lot() -> None:
    assert lot_key(bytes([0xAB, 1]), 3) == "AB01/3./"
    assert draw_lot(bytes([0xAB, 1]), 3, ["x", "y"]).draws == draw_all("AB01/3./", ["x", "y"])


def test_records_the_seed_the_list_and_each_draw() -> None:
    lot = draw_lot(b"seed", 1, ["x", "y", "z"])
    written = lot.to_json()
    assert written["seed"] == b"seed".hex()
    assert written["list"] == ["x", "y", "z"]
    assert [draw["drawn"] for draw in written["draws"]] == list(lot.order)
    number = (0).to_bytes(2, "big")
    digest = hashlib.md5(number + written["key"].encode() + number).hexdigest().upper()
    assert written["draws"][0] == {
        "number": 0,
        "digest": digest,
        "left": 3,
        "place": int(digest, 16) % 3 + 1,
        "drawn": lot.order[0],
    }


def test_a_lot_of_nobody_and_a_lot_of_one_are_drawn_too() -> None:
    assert draw_lot(b"", 1, []).order == ()
    assert draw_lot(b"", 1, ["only"]).order == ("only",)


def test_refuses_more_entries_than_two_bytes_can_number() -> None:
    with pytest.raises(ValueError, match="at most 65536"):
        draw_all(KEY, ["x"] * 65_537)


@given(st.binary(max_size=40), st.integers(1, 50), st.lists(st.text(), unique=True, max_size=30))
def test_redoing_a_lot_gives_the_same_draw_of_everyone_once(seed: bytes, number: int, entries: list[str]) -> None:
    lot = draw_lot(seed, number, entries)
    assert draw_lot(seed, number, entries) == lot
    assert sorted(lot.order) == sorted(entries)


def test_no_place_in_the_list_is_favoured() -> None:
    first = Counter(draw_lot(seed.to_bytes(4, "big"), 1, "abcd").order[0] for seed in range(4_000))
    assert all(850 < drawn < 1_150 for drawn in first.values())
    assert len(first) == 4


def test_two_lots_of_one_seed_are_drawn_apart() -> None:
    orders = {draw_lot(b"seed", number, "abcdef").order for number in range(1, 20)}
    assert len(orders) > 10
