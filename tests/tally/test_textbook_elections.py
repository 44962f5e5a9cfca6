"""Elections worked out in books and papers: the same numbers, the same winners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

import pytest

from tests.tally.elections import groups, held

TENNESSEE = groups("42 MNCK, 26 NCKM, 15 CKNM, 17 KCNM")
"""Where to put the capital: Memphis, Nashville, Chattanooga, Knoxville."""

SCHULZE_45 = groups("5 ACBED, 5 ADECB, 8 BEDAC, 3 CABED, 7 CAEBD, 2 CBADE, 7 DCEBA, 8 EBADC")
FOUR_TIED = groups("3 ABCD, 2 DABC, 2 DBCA, 2 CBDA")


@pytest.mark.parametrize(
    ("method", "winner"),
    [
        pytest.param("irv", "K", id="Knoxville by instant run-off"),
        pytest.param("schulze", "N", id="Nashville, the Condorcet winner, by Schulze"),
        pytest.param("borda", "N", id="Nashville by Borda"),
        pytest.param("stv-scottish", "K", id="Knoxville by STV, which is instant run-off for one seat"),
        pytest.param("stv-meek", "K", id="Knoxville by Meek's STV"),
        pytest.param("irv-minneapolis", "K", id="Knoxville in Minneapolis"),
    ],
)
def test_tennessee_chooses_its_capital(method: str, winner: str) -> None:
    assert held(method, "MNCK", TENNESSEE).elected == (winner,)


def test_bordas_points_are_those_of_the_book() -> None:
    found = held("borda", "MNCK", TENNESSEE)
    assert found.rounds[0].tally == {"M": 226, "N": 294, "C": 273, "K": 207}
    assert found.ranking == (("N",), ("C",), ("M",), ("K",))


def test_declared_points_are_given_to_the_places_and_none_after_them() -> None:
    found = held("borda", "MNCK", TENNESSEE, points=["3", "1/2"])
    assert found.rounds[0].tally == {"M": 126, "N": 99, "C": Fraction(133, 2), "K": Fraction(117, 2)}


PATHS = {"A": "28 28 30 24", "B": "25 28 33 24", "C": "25 29 29 24", "D": "25 28 28 24", "E": "25 28 28 31"}
PREFERRED = {"A": "20 26 30 22", "B": "25 16 33 18", "C": "19 29 17 24", "D": "15 12 28 14", "E": "23 27 21 31"}


def test_schulzes_forty_five_voters() -> None:
    """M. Schulze's example with 45 voters: E before A before C before B before D."""
    found = held("schulze", "ABCDE", SCHULZE_45, 5)
    assert {name: " ".join(row.values()) for name, row in found.details["preferences"].items()} == PREFERRED
    assert {name: " ".join(row.values()) for name, row in found.details["paths"].items()} == PATHS
    assert found.elected == ("E", "A", "C", "B", "D")


def test_schulzes_example_with_two_who_come_before_all_others() -> None:
    """9 voters: B comes before C, D before A, and nothing tells B from D: the lot does."""
    found = held("schulze", "ABCD", FOUR_TIED)
    (decided,) = found.ties
    assert (decided.decides, decided.tie.options, decided.tie.lot is not None) == ("seat", ("B", "D"), True)
    assert found.elected == decided.tie.order[:1]
    assert held("schulze", "ABCD", FOUR_TIED, 2, seed=None).elected == ("B", "D")


FOOD = groups("4 O, 2 PO, 8 CS, 4 CG, 1 S, 1 G")
"""Twenty guests choose three of oranges, pears, chocolate, strawberries and sweets (G)."""


def test_the_party_food_of_the_stv_primers() -> None:
    """Chocolate has twice the quota: its votes go on at half their value; then pears go, then sweets."""
    found = held("stv-scottish", "OPCSG", FOOD, 3)
    assert [each.quota for each in found.rounds] == [6] * 4
    assert found.rounds[1].tally == {"O": 4, "P": 2, "C": 6, "S": 5, "G": 3}
    assert [each.eliminated for each in found.rounds] == [(), ("P",), ("G",), ()]
    assert found.elected == ("C", "O", "S")


def test_castor_pollux_and_helen() -> None:
    """9 voters, 2 seats: what Castor need not keep all but ties Pollux with Helen; rounding up decides, to 10⁻⁹.

    The numbers are those of the Proportional Representation Foundation's reference rule as the program Droop counts it.
    """
    found = held("stv-meek", "CPH", groups("5 CP, 1 P, 3 H"), 2, seed=b"").to_json()
    first, second, last = found["rounds"]
    assert (first["quota"], first["elected"]) == ("3.000000001", ["C"])
    assert second["tally"] == {"C": "3.000000005", "P": "2.999999995", "H": "3.000000000"}
    assert second["keep"]["C"] == "0.600000001"
    assert second["eliminated"] + last["elected"] in (["P", "H"], ["H", "P"])


def test_meek_keeps_what_solves_the_equations_of_two_who_pass_votes_to_each_other() -> None:
    """60 voters, 3 seats, A and B keep k and l: 28k + 26k(1−l) = 26l + 28l(1−k) = (60 − 54(1−k)(1−l)) / 4, the quota."""
    found = held("stv-meek", "ABCDE", groups("28 AB, 26 BA, 3 C, 2 D, 1 E"), 3)
    each = found.rounds[1]
    assert (found.rounds[0].elected, each.eliminated) == (("A", "B"), ("E",))
    assert each.keep is not None
    a, b = Fraction(each.keep["A"]), Fraction(each.keep["B"])
    quota = (60 - 54 * (1 - a) * (1 - b)) / 4
    for votes in (28 * a + 26 * a * (1 - b), 26 * b + 28 * b * (1 - a), each.quota or 0):
        assert abs(votes - quota) < Fraction(1, 10**6)
    assert found.elected == ("A", "B", "C")


SCALE = ("excellent", "very good", "good", "acceptable", "poor", "reject")
ORSAY = {
    "Bayrou": (136, 307, 251, 148, 84, 74),
    "Royal": (167, 227, 191, 168, 122, 125),
    "Sarkozy": (191, 198, 143, 115, 71, 282),
}


def together(given: Mapping[str, Sequence[int]]) -> dict[tuple[tuple[str, str], ...], int]:
    """Ballots with these grades for each candidate: who graded both how is not told, and does not matter."""
    ends = {name: list(accumulate(weights)) for name, weights in given.items()}
    cuts = sorted({end for each in ends.values() for end in each})
    found: dict[tuple[tuple[str, str], ...], int] = {}
    for start, end in zip([0, *cuts], cuts, strict=False):
        ballot = tuple((name, SCALE[sum(each <= start for each in ends[name])]) for name in ends)
        for each in ends.values():
            assert each[-1] == cuts[-1]
        found[ballot] = found.get(ballot, 0) + end - start
    return found


def test_the_presidential_poll_of_orsay_in_2007() -> None:
    """Balinski and Laraki's experiment: (44.3, good+, 30.6), (39.4, good−, 41.5) and (38.9, good−, 46.8), in per cent."""
    found = held("majority-judgment", sorted(ORSAY), together(ORSAY), scale=SCALE)
    assert found.ranking == (("Bayrou",), ("Royal",), ("Sarkozy",))
    gauges = {name: (merit["above"], merit["grade"], merit["below"]) for name, merit in found.details["merits"].items()}
    assert gauges == {
        "Bayrou": ("443", "good", "306"),
        "Royal": ("394", "good", "415"),
        "Sarkozy": ("389", "good", "468"),
    }
