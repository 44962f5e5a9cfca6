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


COLLEGES = """\
comitia: 1
name: cooperative
title: A cooperative that counts its colleges at stations
phases: [{name: vote, title: Vote, allows: [move]}]
chambers:
  - name: members
    title: The members
    electors: counted
    colleges: scaled
    units: [{code: workers, weight: 50}, {code: users, weight: 30}, {code: towns, weight: 20}]
matters:
  - name: statutes
    title: Statutes
    kind: motion
    ballot: {form: yes_no_abstain}
    decision: {chamber: members, majority: {more_than: 1/2, of: members}, quorum: {at_least: 4/5}}
"""


def test_colleges_counted_at_stations_decide_by_a_majority_of_all_shares(house: House, tmp_path: Path) -> None:
    held = Sitting(house, "cooperative", COLLEGES)
    sheets: dict[str, dict[str, tuple[int, int]]] = {
        "half": {"users": (900, 0), "workers": (2, 3)},
        "more": {"users": (900, 0), "workers": (3, 2)},
        "few": {"workers": (3, 0), "towns": (2, 0)},
    }
    for motion, totals in sheets.items():
        held.move(motion)
        held.sheets(motion, "members", totals)
    assert {motion: held.outcome(motion) for motion in sheets} == {
        "half": "rejected",
        "more": "adopted",
        "few": "inquorate",
    }
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
