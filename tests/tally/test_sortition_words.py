"""What the check of a panel says of a fault: members are named as far as there is room, and an ellipsis stands for others."""

from __future__ import annotations

import pytest

from tally.sortition_check import check_panel
from tests.tally.test_sortition import POOL, QUOTAS, lottery


@pytest.mark.parametrize(
    ("members", "told"),
    [
        pytest.param("m1 w1", "m1, w1", id="two, all named"),
        pytest.param("a b c d e", "a, b, c, d, e", id="five, all named"),
        pytest.param("f e d c b a", "a, b, c, d, e, …", id="six, the first five named"),
    ],
)
def test_a_panel_listed_twice_is_named_by_its_first_members(members: str, told: str) -> None:
    checks = {check.name: check for check in check_panel(lottery(members, members), POOL, QUOTAS)}
    assert checks["shares"].faults == (f"the panel of {told} is listed 2 times",)
