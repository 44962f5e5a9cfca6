"""What a charter may declare beyond the templates is held as well: a second call, a vacant chair, a lot, a turnout."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.sittings import House, Sitting

pytestmark = pytest.mark.slow

LOTTERY = """\
comitia: 1
name: lottery
title: A board that draws lots
phases: [{name: sittings, title: Sittings, allows: [enrol, move]}]
chambers: [{name: board, title: The board, roles: [chair]}]
matters:
  - name: resolution
    title: A resolution
    kind: motion
    ballot: {form: yes_no_abstain}
    decision:
      chamber: board
      majority: {more_than: 1/2}
      quorum: {more_than: 1/2, count: heads, second_call: {seats: 2}}
      tie: [{casting_vote: chair}, revote, lot]
"""


TURNOUT = """\
comitia: 1
name: turnout
title: A referendum that needs half of the electorate
phases: [{name: vote, title: Vote, allows: [move]}]
chambers: [{name: people, title: The people, electors: counted, electorate: 1000}]
matters:
  - name: repeal
    title: A repeal
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: people, majority: {more_than: 1/2}, quorum: {more_than: 1/2}}
"""


def test_a_declared_electorate_is_what_a_turnout_is_measured_against(house: House, tmp_path: Path) -> None:
    held = Sitting(house, "turnout", TURNOUT)
    for motion, yes in (("half", 500), ("more", 501)):
        held.move(motion)
        held.sheets(motion, "people", {None: (yes, 0)})
    assert (held.outcome("half"), held.outcome("more")) == ("inquorate", "adopted")
    report = held.verified(tmp_path)
    assert report.held, [finding.sentence() for check in report.checks for finding in check.findings]


def test_a_second_call_a_vacant_chair_a_revote_and_a_lot_are_held(house: House, tmp_path: Path) -> None:
    held = Sitting(house, "lottery", LOTTERY)
    held.enrol("board", "", "", "", "")
    held.move("drawn")
    held.vote("drawn", "board", 1)
    held.vote("drawn", "board", 1, 1)
    held.vote("drawn", "board", 2, 2)
    drawn = held.until("LotDrawn")
    assert (drawn["round"], drawn["box"]) == (3, "drawn.board.3")
    assert held.outcome("drawn") == ("adopted" if drawn["outcome"] == "yes" else "rejected")
    report = held.verified(tmp_path)
    assert report.held, [finding.sentence() for check in report.checks for finding in check.findings]
    assert next(check.count for check in report.checks if check.name == "draws") == 1
