"""What the services would never write is found in a re-signed history, though every count in it fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cli.demo import budget, company
from kernel.records import Record
from tests.system.conftest import Demo
from tests.system.tampering import Edit, edit_one, first_of, renumbered, resigned
from tests.system.test_tampering import findings_of, private_key

pytestmark = pytest.mark.slow

COMPANY, BUDGET = company.PROCESS, budget.PROCESS
FRESH = "00000000-0000-5000-8000-000000000001"


def frozen_again(records: list[Record]) -> list[Record]:
    at = first_of(records, "chambers.RollFrozen")
    return renumbered([*records[: at + 1], replace(records[at], event_id=FRESH), *records[at + 1 :]])


def frozen_early(records: list[Record]) -> list[Record]:
    """The roll of the vote is frozen before the phase that votes is open."""
    at = first_of(records, "chambers.RollFrozen")
    opened = first_of(records, "processes.PhaseOpened", lambda data: data["phase"] == "vote")
    left = [each for each in records if each is not records[at]]
    return renumbered([*left[:opened], records[at], *left[opened:]])


def one_laureate_less(records: list[Record]) -> list[Record]:
    at = first_of(records, "proposals.ProposalNamedLaureate", lambda data: data["rank"] == 2)
    return renumbered([*records[:at], *records[at + 1 :]])


def changed(type_: str, field: str, value: Any, **match: Any) -> Edit:
    """One field of the first event of a type whose fields match."""
    return edit_one(
        type_,
        lambda data: data.__setitem__(field, value),
        lambda data: all(data[name] == wanted for name, wanted in match.items()),
    )


def member(field: str, value: Any) -> Edit:
    return edit_one("chambers.MembersEnrolled", lambda data: data["members"][0].__setitem__(field, value))


HISTORIES: dict[str, tuple[str, Edit, str, str]] = {
    "a roll frozen twice for one box": (COMPANY, frozen_again, "rolls", "box"),
    "a roll frozen before its phase": (BUDGET, frozen_early, "rolls", "phase votes on"),
    "a phase opened by a date it has not": (
        COMPANY,
        changed("processes.PhaseOpened", "trigger", "date"),
        "phases",
        "trigger",
    ),
    "a box without its deadline": (
        COMPANY,
        changed("ballots.BoxOpened", "deadline", None, box="tooling.workers.1"),
        "boxes",
        "deadline",
    ),
    "a box of another round": (COMPANY, changed("ballots.BoxOpened", "round", 2), "boxes", "round"),
    "a box sealed by a deadline it has not": (
        COMPANY,
        changed("ballots.BoxSealed", "trigger", "deadline", box="purpose.board.1"),
        "boxes",
        "trigger",
    ),
    "a selection sealed by command": (BUDGET, changed("ballots.BoxSealed", "trigger", "command"), "boxes", "trigger"),
    "a count of another round": (COMPANY, changed("chambers.ChamberCounted", "round", 2), "decisions", "round"),
    "a winner who was never named": (BUDGET, one_laureate_less, "laureates", f"laureates of {budget.MATTER}"),
    "a channel of two words": (COMPANY, changed("ballots.BallotCast", "channel", "by post"), "ballots", "channel"),
    "a review with a cost below nothing": (
        BUDGET,
        changed("proposals.ProposalReviewed", "cost", "-5", feasible=True),
        "proposals",
        "cost",
    ),
    "a member who weighs nothing": (COMPANY, member("weight", "0"), "rolls", "weight of b-01"),
    "a role that the charter does not know": (COMPANY, member("roles", ["queen"]), "rolls", "role of b-01"),
    "a unit that the charter does not know": (COMPANY, member("unit", "ZH"), "rolls", "unit of b-01"),
    "a late ballot from nobody on the roll": (
        BUDGET,
        changed("ballots.BallotArrivedLate", "voter", "ghost"),
        "ballots",
        "voter",
    ),
    "a late ballot for nothing on the ballot": (
        BUDGET,
        changed("ballots.BallotArrivedLate", "choice", ["p-999"]),
        "ballots",
        "choice",
    ),
}


@pytest.mark.parametrize(("process", "edit", "check", "field"), HISTORIES.values(), ids=HISTORIES.keys())
def test_a_history_that_the_services_never_write_is_found(
    demo: Demo, process: str, edit: Edit, check: str, field: str
) -> None:
    found = findings_of(resigned(demo.told[process].bundle, private_key(demo), edit))
    assert [each for each in found if (each.check, each.field.split("[")[0]) == (check, field)], [
        each.sentence() for each in found
    ][:5]
    assert not any(each.check in ("signatures", "root", "consistency") for each in found)
