"""The demo's three stories come out as they must, and what it prints is what the bundles say."""

from __future__ import annotations

import pytest

from cli.demo import budget, company, generated, swiss
from cli.demo.generated import DONATION_BOXES
from testkit.shared import shared_data
from tests.system.conftest import Demo
from tests.system.tampering import opened

pytestmark = pytest.mark.slow


def test_the_budget_is_spent_within_its_limit_and_three_of_four_boxes_stand(demo: Demo) -> None:
    state = demo.client.state(budget.PROCESS)
    box = state["boxes"][budget.MATTER]
    election = generated.generate(demo_seed(demo))
    assert len(state["proposals"]) == generated.IDEAS
    assert box["voters"] == generated.VOTERS
    assert box["cast"] == generated.VOTERS + len(election.changed)
    assert box["late"] == len(election.late)
    assert len(box["sheets"]) == 2
    assert sorted(sheet["version"] for sheet in box["sheets"].values()) == [1, 2]
    assert int(box["allocation"]["spent"]) <= 1_800_000
    boxes = state["proposals"][DONATION_BOXES]
    assert boxes["status"] == "in_delivery"
    milestone = boxes["delivery"]["milestones"]["boxes"]
    assert (milestone["quantity"], milestone["delivered"]) == (4, 3)
    assert len({record["place"] for record in boxes["delivery"]["records"]}) == 3


def demo_seed(demo: Demo) -> int:
    title = demo.client.state(budget.PROCESS)["process"]["title"]
    return int(title.rpartition(" ")[2].rstrip(")"))


def test_the_company_decides_its_four_motions(demo: Demo) -> None:
    motions = demo.client.state(company.PROCESS)["motions"]
    outcomes = {name: motion["outcome"] for name, motion in motions.items()}
    assert outcomes == {"purpose": "adopted", "dividend": "rejected", "tooling": "adopted", "offices": "adopted"}
    assert motions["tooling"]["advice"] == {"workers": {"opinion": "negative", "silent": False}}
    assert motions["offices"]["advice"]["workers"]["silent"] is True


def test_the_swiss_vote_is_rejected_by_the_cantons_though_the_people_accept(demo: Demo) -> None:
    counted = demo.client.state(swiss.PROCESS)["motions"][swiss.MOTION]["counted"]
    votes = {each["chamber"]: (each["counts"]["yes"], each["counts"]["no"]) for each in counted}
    assert votes == {"people": ("1299129", "1261680"), "cantons": ("17/2", "29/2")}
    assert demo.client.state(swiss.PROCESS)["motions"][swiss.MOTION]["outcome"] == "rejected"


def test_the_cantons_results_are_the_published_ones() -> None:
    published = shared_data("swissvotes", "cantons.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.rsplit(",", 3)[1:] for line in published if line.startswith("636,")]
    assert [(canton, int(yes), int(no)) for canton, yes, no in rows] == swiss.cantons()
    assert len(rows) == 26


def test_every_process_verifies_to_its_last_event(demo: Demo) -> None:
    for told in demo.told.values():
        assert told.report.held
        assert told.report.size == opened(told.bundle).manifest.size
        assert all(check.count > 0 for check in told.report.checks if check.name in ("root", "indexes", "results"))
