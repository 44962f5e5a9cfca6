"""Sortition: tickets that name panels, the draw anyone redoes, quotas on and either side of their lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import canonical
from kernel.refusal import Refused
from tally.sortition import Drawn, Lottery, Pool, Quota, Tickets, draw, read_drawn, read_lottery
from tally.sortition_check import chances, check_panel, replacement
from tally.sortition_quotas import ceiling, conflict, panel_faults

SEED = bytes(range(32))


def quota(value: str, at_least: int, at_most: int, category: str = "gender") -> Quota:
    return Quota(category=category, value=value, at_least=at_least, at_most=at_most)


def pool_of(**numbers: int) -> Pool:
    """So many people of each gender: `w1`, `w2`, … have gender `w`."""
    people = {f"{value}{place}": (value,) for value, number in numbers.items() for place in range(1, number + 1)}
    return Pool(("gender",), {person: people[person] for person in sorted(people)})


POOL = pool_of(w=3, m=3)
QUOTAS = (quota("m", 1, 1), quota("w", 1, 1))


def lottery(*panels: str, pool: Pool = POOL, quotas: tuple[Quota, ...] = QUOTAS, size: int = 2) -> Lottery:
    """`"m1 w1"` for one ticket, `"m1 w1 * 3"` for three."""
    tickets = []
    for panel in panels:
        names, _, share = panel.partition(" * ")
        tickets.append(Tickets(share=int(share or 1), members=tuple(names.split())))
    return Lottery(
        pool=pool.digest(),
        people=len(pool.people),
        quotas=quotas,
        size=size,
        seed_from="the lottery of Saturday",
        tickets=sum(ticket.share for ticket in tickets),
        panels=tuple(tickets),
    )


FAIR = lottery("m1 w1", "m2 w2", "m3 w3")


def drawn(fixed: Lottery, seed: bytes = SEED) -> Drawn:
    found = draw(fixed, seed)
    assert isinstance(found, Drawn)
    return found


def wrong(fixed: Lottery, found: Drawn | None = None) -> set[str]:
    """The names of the checks that fail."""
    return {check.name for check in check_panel(fixed, POOL, QUOTAS, found) if not check.held}


# The draw


def test_the_ticket_is_the_hash_of_the_seeds_key_modulo_the_tickets() -> None:
    found = drawn(lottery("m1 w1 * 400", "m2 w2 * 599", "m3 w3"))
    key = f"{SEED.hex().upper()}/1./"
    digest = hashlib.md5(b"\0\0" + key.encode() + b"\0\0").hexdigest()
    assert (found.key, found.digest, found.ticket) == (key, digest.upper(), int(digest, 16) % 1000 + 1)


@pytest.mark.parametrize(
    ("ticket", "panel"),
    [
        pytest.param(1, "m1", id="the first ticket names the first panel"),
        pytest.param(2, "m1", id="the last ticket of a share still names its panel"),
        pytest.param(3, "m2", id="the ticket after it names the next"),
        pytest.param(4, "m3", id="the last ticket names the last panel"),
    ],
)
def test_tickets_run_through_the_panels_in_the_order_listed(ticket: int, panel: str) -> None:
    assert lottery("m1 w1 * 2", "m2 w2", "m3 w3").panel_of(ticket)[0] == panel


def test_there_is_no_ticket_after_the_last() -> None:
    with pytest.raises(ValueError, match="has 3 tickets"):
        FAIR.panel_of(4)


def test_reserves_are_everyone_else_on_some_panel_in_the_order_of_the_second_lot() -> None:
    found = drawn(lottery("m1 w1", "m2 w2"))
    (other,) = {("m1", "w1"), ("m2", "w2")} - {found.panel}
    assert sorted(found.reserves) == list(other)
    assert found.reserves_key == f"{SEED.hex().upper()}/2./"


@pytest.mark.parametrize(
    ("length", "taken"),
    [
        pytest.param(15, False, id="15 bytes can be guessed"),
        pytest.param(16, True, id="16 bytes are enough"),
        pytest.param(64, True, id="64 bytes are a hash"),
        pytest.param(65, False, id="65 bytes are to be hashed first"),
    ],
)
def test_a_seed_has_16_to_64_bytes(length: int, taken: bool) -> None:
    assert isinstance(draw(FAIR, bytes(length)), Drawn) is taken


@given(st.binary(min_size=16, max_size=64), st.integers(1, 40), st.integers(1, 40))
def test_a_draw_redone_is_the_same_and_verifies(seed: bytes, first: int, second: int) -> None:
    fixed = lottery(f"m1 w1 * {first}", f"m2 w2 * {second}", "m3 w3")
    found = drawn(fixed, seed)
    assert drawn(fixed, seed) == found
    assert wrong(fixed, found) == set()
    assert list(panel_faults(POOL, QUOTAS, 2, found.panel)) == []
    assert sorted((*found.panel, *found.reserves)) == sorted(POOL.people)


@given(st.lists(st.integers(1, 30), min_size=3, max_size=3))
def test_chances_add_up_to_the_size_of_the_panel(shares: list[int]) -> None:
    fixed = lottery(*(f"m{number} w{number} * {share}" for number, share in enumerate(shares, 1)))
    held = fixed.tickets_of()
    assert sum(Fraction(held[person], fixed.tickets) for person in POOL.people) == fixed.size
    told = chances(fixed, POOL, QUOTAS)
    assert (told.least, told.most) == (Fraction(min(shares), sum(shares)), Fraction(max(shares), sum(shares)))


# Quotas


@pytest.mark.parametrize(
    ("members", "faults"),
    [
        pytest.param("m1 w1 w2 w3", ["gender: m: expected 2 to 3, found 1"], id="one under at_least"),
        pytest.param("m1 m2 w1 w2", [], id="at_least met exactly"),
        pytest.param("m1 m2 m3 w1", [], id="at_most met exactly"),
        pytest.param("m1 m2 m3 m4", ["gender: m: expected 2 to 3, found 4"], id="one over at_most"),
        pytest.param("m1 m2 w1", ["expected 4 members, found 3"], id="one member too few"),
        pytest.param("m1 m2 w1 w2 w3", ["expected 4 members, found 5"], id="one member too many"),
        pytest.param("m1 m2 w1 w1", ["someone is on it twice"], id="the same person twice"),
        pytest.param("m1 m2 w1 x1", ["not in the pool: x1"], id="a stranger"),
    ],
)
def test_a_panel_meets_its_size_and_every_quota(members: str, faults: list[str]) -> None:
    quotas = (quota("m", 2, 3), quota("w", 0, 4))
    assert list(panel_faults(pool_of(w=4, m=4), quotas, 4, members.split())) == faults


@pytest.mark.parametrize(
    ("numbers", "quotas", "size", "reason"),
    [
        pytest.param({"w": 2, "m": 2}, (quota("m", 0, 4), quota("w", 0, 4)), 4, None, id="everyone is on the panel"),
        pytest.param({"w": 2, "m": 2}, (quota("m", 0, 5), quota("w", 0, 5)), 5, "pool_too_small", id="one too many"),
        pytest.param({"w": 2, "m": 2}, (quota("m", 2, 2), quota("w", 0, 4)), 3, None, id="just enough men"),
        pytest.param({"w": 2, "m": 2}, (quota("m", 3, 3), quota("w", 0, 4)), 3, "too_few_people", id="one man missing"),
        pytest.param({"w": 5, "m": 5}, (quota("m", 2, 5), quota("w", 2, 5)), 4, None, id="as many as there are seats"),
        pytest.param(
            {"w": 5, "m": 5}, (quota("m", 2, 5), quota("w", 3, 5)), 4, "quotas_over_size", id="one seat short"
        ),
        pytest.param({"w": 5, "m": 5}, (quota("m", 0, 2), quota("w", 0, 2)), 4, None, id="every seat can be filled"),
        pytest.param(
            {"w": 5, "m": 5}, (quota("m", 0, 2), quota("w", 0, 1)), 4, "quotas_under_size", id="one stays empty"
        ),
        pytest.param({"w": 1, "m": 5}, (quota("m", 0, 3), quota("w", 0, 4)), 4, None, id="the only woman is needed"),
        pytest.param(
            {"w": 1, "m": 5}, (quota("m", 0, 2), quota("w", 0, 4)), 4, "too_few_within_quotas", id="two needed"
        ),
    ],
)
def test_quotas_that_one_category_makes_impossible_are_named(
    numbers: Mapping[str, int], quotas: tuple[Quota, ...], size: int, reason: str | None
) -> None:
    found = conflict(pool_of(**numbers), quotas, size)
    assert (found.reason if isinstance(found, Refused) else None) == reason


@pytest.mark.parametrize(
    ("quotas", "expected"),
    [
        pytest.param((quota("m", 0, 4), quota("w", 0, 4)), "2/5", id="without a quota that binds, seats by people"),
        pytest.param((quota("m", 0, 4), quota("w", 0, 1)), "1/5", id="one seat for five women"),
        pytest.param((quota("m", 3, 4), quota("w", 0, 4)), "1/5", id="what the men's quota leaves the women"),
        pytest.param((quota("m", 4, 4), quota("w", 0, 4)), "0", id="no seat left"),
        pytest.param((quota("m", 1, 4), quota("w", 2, 4)), "2/5", id="two seats are left for five men"),
    ],
)
def test_no_lottery_gives_everyone_more_than_a_quotas_seats_a_head(quotas: tuple[Quota, ...], expected: str) -> None:
    assert ceiling(pool_of(w=5, m=5), quotas, 4) == Fraction(expected)
    assert ceiling(pool_of(w=2, m=8), (quota("m", 1, 4), quota("w", 0, 4)), 4) == Fraction("2/5")


# What is published


def test_what_is_written_is_read_again_and_only_in_that_spelling() -> None:
    found = drawn(FAIR)
    assert read_lottery(FAIR.to_bytes()) == FAIR
    assert read_drawn(found.to_bytes()) == found
    assert FAIR.digest() == hashlib.sha256(FAIR.to_bytes()).hexdigest()
    for data in (FAIR.to_bytes() + b"\n", json.dumps(json.loads(FAIR.to_bytes())).encode(), b"\xff", b"[" * 99_999):
        assert isinstance(read_lottery(data), Refused)
        assert isinstance(read_drawn(data), Refused)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"tickets": 4}, "", id="shares that do not add up"),
        pytest.param({"size": 0}, "size", id="a panel of nobody"),
        pytest.param({"size": "2"}, "size", id="a number as text"),
        pytest.param({"kind": "comitia.panel-draw"}, "kind", id="another kind of file"),
        pytest.param({"v": 2}, "v", id="another version"),
        pytest.param({"pool": "AB" * 32}, "pool", id="a hash in capitals"),
        pytest.param({"seed_from": ""}, "seed_from", id="no randomness named"),
        pytest.param({"panels": [{"share": 0, "members": ["m1", "w1"]}]}, "panels.0.share", id="a share of nothing"),
        pytest.param(
            {"panels": [{"share": 3, "members": ["m 1", "w1"]}]}, "panels.0.members.0", id="a name with a space"
        ),
        pytest.param({"more": True}, "more", id="a field of its own"),
    ],
)
def test_a_lottery_out_of_form_is_refused_with_its_field(change: dict[str, object], field: str) -> None:
    data = canonical.dumps({**FAIR.model_dump(mode="json"), **change})
    found = read_lottery(data)
    assert isinstance(found, Refused)
    assert (found.reason, found.details["field"]) == ("lottery_malformed", field)


@pytest.mark.parametrize("seed", ["00" * 15, "00" * 65, "0" * 33, "zz" * 16, "AA" * 16])
def test_a_draw_with_a_seed_that_none_can_have_is_refused(seed: str) -> None:
    data = canonical.dumps({**drawn(FAIR).model_dump(mode="json"), "seed": seed})
    assert isinstance(read_drawn(data), Refused)


def test_the_pools_digest_is_of_its_canonical_json() -> None:
    written = b'{"categories":["gender"],"people":{"m1":["m"],"w1":["w"]}}'
    assert pool_of(w=1, m=1).digest() == hashlib.sha256(written).hexdigest()


# The check


def changed(found: Drawn, **fields: object) -> Drawn:
    return Drawn.model_validate({**found.model_dump(), **fields})


def test_a_fair_lottery_and_its_draw_hold() -> None:
    checks = check_panel(FAIR, POOL, QUOTAS, drawn(FAIR))
    assert {check.name: check.count for check in checks if check.held} == {
        "pool": 6,
        "quotas": 2,
        "panels": 3,
        "shares": 3,
        "lottery": 1,
        "draw": 1,
        "panel": 2,
        "reserves": 4,
    }


@pytest.mark.parametrize(
    ("fixed", "names"),
    [
        pytest.param(lottery("m1 w1", "m2 m3"), {"panels"}, id="a panel that breaks a quota"),
        pytest.param(lottery("m1 w1", "m2 w2 w3"), {"panels"}, id="a panel too large"),
        pytest.param(lottery("m1 w1", "m2 w9"), {"panels"}, id="a stranger on a panel"),
        pytest.param(lottery("m1 w1", "m2 w2", "m1 w1"), {"shares"}, id="a panel listed twice"),
        pytest.param(lottery("m1 w1", "w1 m1"), {"shares"}, id="a panel listed twice, in another order"),
        pytest.param(lottery("m1 w1", pool=pool_of(w=3, m=4)), {"pool"}, id="another pool"),
        pytest.param(lottery("m1 w1").model_copy(update={"people": 7}), {"pool"}, id="another number of people"),
        pytest.param(lottery("m1 w1", quotas=(quota("m", 0, 1), QUOTAS[1])), {"quotas"}, id="other quotas"),
    ],
)
def test_a_lottery_made_otherwise_is_found(fixed: Lottery, names: set[str]) -> None:
    assert wrong(fixed) == names


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        pytest.param({"lottery": "00" * 32}, {"lottery"}, id="another lottery"),
        pytest.param({"seed": "01" * 32}, {"draw", "panel", "reserves"}, id="another seed"),
        pytest.param({"ticket": 3}, {"draw"}, id="another ticket"),
        pytest.param({"key": "A/1./"}, {"draw"}, id="another key"),
        pytest.param({"digest": "00"}, {"draw"}, id="another hash"),
        pytest.param({"panel": ("m9", "w9")}, {"panel"}, id="other members"),
        pytest.param({"panel": ()}, {"panel"}, id="no members"),
        pytest.param({"reserves": ()}, {"reserves"}, id="no reserves"),
        pytest.param({"reserves_key": "A/2./"}, {"reserves"}, id="reserves by another key"),
    ],
)
def test_a_draw_made_otherwise_is_found(fields: dict[str, object], names: set[str]) -> None:
    found = drawn(FAIR)
    assert found.ticket == 1, "the rows above name another ticket, and another seed that draws one"
    assert wrong(FAIR, changed(found, **fields)) == names


def test_a_swapped_reserve_is_found_at_its_place() -> None:
    found = drawn(FAIR)
    first, second, *rest = found.reserves
    (check,) = (
        one for one in check_panel(FAIR, POOL, QUOTAS, changed(found, reserves=(second, first, *rest))) if not one.held
    )
    assert check.faults == (f"place 2: expected {first}, found {second}", f"place 3: expected {second}, found {first}")


def test_of_many_faults_the_first_twenty_are_told() -> None:
    pool = pool_of(w=30, m=3)
    fixed = lottery(*(f"w{number} w{number + 1}" for number in range(1, 26)), pool=pool)
    (check,) = (one for one in check_panel(fixed, pool, QUOTAS) if not one.held)
    assert (check.name, check.wrong, len(check.faults)) == ("panels", 50, 20)
    assert check.faults[0] == "panel 1: gender: m: expected 1 to 1, found 0"


def test_who_is_on_no_panel_has_no_chance_and_is_named() -> None:
    told = chances(lottery("m1 w1", "m2 w2"), POOL, QUOTAS)
    assert told.to_json() == {"least": "0", "most": "1/2", "ceiling": "1/3", "without": ["m3", "w3"]}


# Replacements


@pytest.mark.parametrize(
    ("leaving", "reserves", "expected"),
    [
        pytest.param("m1", "w2 m2 m3", ("m2",), id="the first reserve who keeps the quotas"),
        pytest.param("m1 w1", "w2 m2 m3", ("m2", "w2"), id="two seats, one after the other"),
        pytest.param("m1 w1", "m2 w2 m3", ("m2", "w2"), id="who takes the first seat is not free for the second"),
        pytest.param("m1 m2", "m2 m3", ("m2", "m3"), id="who took a seat leaves in turn"),
        pytest.param("m1 m2", "m2 m1 m3", ("m2", "m3"), id="who left does not come back"),
        pytest.param("m1", "w2 w3", "no_replacement", id="nobody who keeps the quotas"),
        pytest.param("m1", "", "no_replacement", id="no reserves"),
        pytest.param("m2", "m3", "not_on_the_panel", id="who is not on the panel cannot leave it"),
        pytest.param("m1 m1", "m2 m3", "not_on_the_panel", id="nobody leaves twice"),
    ],
)
def test_a_seat_goes_to_the_first_reserve_with_whom_the_quotas_are_met(
    leaving: str, reserves: str, expected: tuple[str, ...] | str
) -> None:
    found = replacement(POOL, QUOTAS, ["m1", "w1"], reserves.split(), leaving.split())
    assert (found.reason if isinstance(found, Refused) else found) == expected
