"""The electorate of a box: whoever was on the roll when it was frozen, and in office that day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction

import pytest

from ballots.domain.electorate import Elector, Enrolled, Left, Member, RollDiffers, freeze, roll_digest
from kernel import canonical

DAY = "2026-11-22"


def member(
    weight: int | Fraction = 1, unit: str | None = None, begins: str | None = None, ends: str | None = None
) -> Member:
    return Member(Fraction(weight), unit, ("chair", "auditor"), begins, ends)


def frozen(changes: Iterable[Enrolled | Left], *expected: str) -> dict[str, Elector]:
    """The electorate, the digest being that of `expected`, each with weight 1 and both roles."""
    rows = [[name, "1", None, ["auditor", "chair"]] for name in sorted(expected)]
    digest = hashlib.sha256(canonical.dumps(rows)).hexdigest()
    return dict(freeze(changes, DAY, digest).electors)


@pytest.mark.parametrize(
    ("begins", "ends", "in_office"),
    [
        pytest.param(None, None, True, id="without bounds"),
        pytest.param("2026-11-22", None, True, id="from this day on"),
        pytest.param("2026-11-23", None, False, id="from the day after"),
        pytest.param(None, "2026-11-22", True, id="until this day"),
        pytest.param(None, "2026-11-21", False, id="until the day before"),
    ],
)
def test_a_mandate_covers_its_first_and_its_last_day(begins: str | None, ends: str | None, in_office: bool) -> None:
    changes = [Enrolled({"ana": member(), "bo": member(begins=begins, ends=ends)})]
    assert ("bo" in frozen(changes, "ana", *(["bo"] if in_office else []))) is in_office


def test_the_roll_is_what_all_changes_before_the_freeze_left() -> None:
    changes: list[Enrolled | Left] = [
        Enrolled({"ana": member(7), "bo": member(), "chi": member()}),
        Enrolled({"ana": member()}),
        Left("bo"),
        Left("nobody"),
    ]
    assert frozen(changes, "ana", "chi") == {"ana": Elector(Fraction(1), None), "chi": Elector(Fraction(1), None)}


def test_electors_of_one_kind_share_one_object() -> None:
    electors = frozen([Enrolled({"ana": member(), "bo": member()})], "ana", "bo")
    assert electors["ana"] is electors["bo"]


def test_the_digest_says_weight_unit_and_roles_of_each() -> None:
    rows = b'[["ana","1/3","north",["auditor","chair"]],["bo","2",null,["auditor","chair"]]]'
    members = {"bo": member(2), "ana": member(Fraction(1, 3), "north")}
    assert roll_digest(members) == hashlib.sha256(rows).hexdigest()


def test_another_roll_than_the_one_frozen_is_never_used() -> None:
    with pytest.raises(RollDiffers, match="its 2 members give"):
        frozen([Enrolled({"ana": member(), "bo": member()})], "ana")
