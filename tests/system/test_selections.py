"""Each way to choose among proposals, held whole: counted by the engine, verified from the bundle, and cheats named."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from audit.keys import load_or_create
from cli.client import Client, CommandRefused
from cli.embedded import Engine
from comitia.ballots.v1 import ballots_pb2
from comitia.proposals.v1 import proposals_pb2
from kernel.records import Record
from replay.findings import Finding
from replay.verify import Report, verify
from tally.lots import draw_lot
from testkit.check_log import check_log
from tests.system.selecting import MATTER, Selection, ballot, bundle, hold, winners
from tests.system.tampering import records_of, resigned, with_payload

pytestmark = pytest.mark.slow

FREE = {"cost": "0"}
PEOPLE = {"Ana": FREE, "Bo": FREE, "Chi": FREE}
SCALE = ["Très bien", "Bien", "À rejeter"]

SELECTIONS = [
    Selection(
        "stv",
        {"form": "ranking"},
        {"election": {"method": "stv-scottish", "seats": 2}},
        PEOPLE,
        [["Ana", "Chi"]] * 5 + [["Bo"]] * 3 + [["Bo", "Chi"]],
        ["Ana", "Bo"],
        revised={8: ["Chi"]},
    ),
    Selection(
        "judgment",
        {"form": "grades", "grades": SCALE, "grade_all": True},
        {"election": {"method": "majority-judgment", "seats": 1}},
        {"parc": FREE, "piste": FREE},
        [{"parc": "Très bien", "piste": "Bien"}] * 3 + [{"parc": "À rejeter", "piste": "Bien"}] * 2,
        ["parc"],
    ),
    Selection(
        "schulze",
        {"form": "ranking"},
        {"election": {"method": "schulze"}},
        {"a": FREE, "b": FREE, "c": FREE},
        [["a", "b", "c"]] * 3 + [["b", "c", "a"]] * 2 + [["c", "a", "b"]] * 2,
        ["a"],
    ),
    Selection(
        "weighted",
        {"form": "ranking", "order": "lot"},
        {"election": {"method": "borda", "seats": 1, "tie_break": ["lower_cost"]}},
        {"a": {"cost": "2"}, "b": {"cost": "1"}},
        [["a", "b"], ["b", "a"], ["b", "a"]],
        ["b"],
        weights=["1", "1/2", "1/2"],
    ),
    Selection(
        "quadratic",
        {"form": "quadratic", "credits": 9, "votes_against": True},
        {"allocation": {"rule": "greedy", "budget": "100"}},
        {"well": {"cost": "60"}, "bench": {"cost": "50"}, "lamp": {"cost": "40"}},
        [{"well": "3"}, {"bench": "2", "lamp": "2", "well": "-1"}, {"well": "2"}],
        ["well", "lamp"],
        revised={0: {"well": "3"}},
    ),
    Selection(
        "equal-shares",
        {"form": "approval"},
        {
            "allocation": {
                "rule": "equal-shares",
                "budget": "100",
                "utility": "cost",
                "completion": "add1",
                "tie_break": ["earlier_submission"],
            }
        },
        {"pool": {"cost": "70"}, "park": {"cost": "40"}, "bench": {"cost": "30"}, "path": {"cost": "30"}},
        [["pool"]] * 2 + [["park"]] + [["park", "bench"]] + [["path"], ["path"]],
        ["park", "path"],
    ),
    Selection(
        "envelopes",
        {"form": "approval"},
        {"allocation": {"rule": "greedy", "budget": "100", "envelopes": {"districts": {"north": "40", "south": "30"}}}},
        {
            "school": {"cost": "40", "district": "north"},
            "pond": {"cost": "30", "district": "north"},
            "swing": {"cost": "30", "district": "south"},
            "tram": {"cost": "30"},
        },
        [["school", "pond"], ["school", "swing"], ["school", "tram"], ["swing"], ["pond", "tram"]],
        ["school", "swing", "tram"],
    ),
    Selection(
        "exclusive",
        {"form": "points", "points": "5"},
        {"allocation": {"rule": "greedy-exclusive", "budget": "100"}},
        {
            "square-lime": {"cost": "40", "group": "square"},
            "square-oak": {"cost": "30", "group": "square"},
            "well": {"cost": "50"},
        },
        [{"square-lime": "5"}, {"square-oak": "3", "well": "1"}, {"well": "1"}],
        ["square-lime", "well"],
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Held:
    """An engine in which every selection was held: their tallies and bundles."""

    engine: Engine
    client: Client
    tallies: dict[str, dict[str, Any]]
    bundles: dict[str, Path]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder = tmp_path_factory.mktemp("selections")
    with Engine(folder) as engine, Client(engine.address) as client:
        tallies = {each.name: hold(client, each) for each in SELECTIONS}
        bundles = {each.name: bundle(client, each, folder) for each in SELECTIONS}
        yield Held(engine, client, tallies, bundles)
        check_log(engine.context.log)


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda each: each.name)
def test_it_is_won_as_the_charters_method_says_and_the_bundle_verifies(held: Held, selection: Selection) -> None:
    assert winners(held.tallies[selection.name]) == list(selection.won)
    report = verify(io.BytesIO(held.bundles[selection.name].read_bytes()))
    assert isinstance(report, Report)
    assert report.held, [finding.sentence() for check in report.checks for finding in check.findings]
    counts = {check.name: check.count for check in report.checks}
    assert (counts["tallies"], counts["laureates"]) == (1, len(selection.won))
    ranks = [
        held.client.ask(
            held.client.proposals.GetProposal,
            proposals_pb2.GetProposalRequest(process_id=selection.name, proposal=name),
        ).proposal.rank
        for name in selection.won
    ]
    assert ranks == list(range(1, len(ranks) + 1))


def test_the_count_keeps_the_whole_record_of_an_election(held: Held) -> None:
    count = held.tallies["stv"]["count"]
    assert (count["voters"], count["election"]["quota"]) == (9, "4")
    assert count["election"]["rounds"][1]["tally"]["Chi"] == "2.00000"
    assert held.tallies["judgment"]["count"]["grades"]["parc"] == {"Très bien": "3", "Bien": "0", "À rejeter": "2"}
    assert held.tallies["quadratic"]["count"]["scores"] == {"bench": "2", "lamp": "2", "well": "4"}


def test_the_order_on_the_ballot_is_the_one_that_anyone_can_draw_again(held: Held) -> None:
    box = held.client.ask(held.client.ballots.GetBox, ballots_pb2.GetBoxRequest(process_id="weighted", box=MATTER)).box
    drawn = draw_lot(bytes.fromhex(box.order_seed), 1, ("a", "b")).order
    assert [option.option for option in box.options] == list(drawn)


@pytest.mark.parametrize(
    ("name", "choice", "reason"),
    [
        pytest.param("judgment", {"parc": "Bon", "piste": "Bien"}, "unknown_grade", id="a grade of another scale"),
        pytest.param("judgment", {"parc": "Bien"}, "too_few_options", id="an option without a grade"),
        pytest.param("quadratic", {"well": "3", "lamp": "1"}, "over_credits", id="ten credits of nine"),
        pytest.param("stv", ["Ana", "Ana"], "option_twice", id="one person ranked twice"),
    ],
)
def test_a_ballot_that_breaks_the_forms_rules_is_refused(held: Held, name: str, choice: Any, reason: str) -> None:
    selection = next(each for each in SELECTIONS if each.name == name)
    with pytest.raises(CommandRefused) as refused:
        held.client.do(held.client.ballots.CastBallot, ballot(selection, 0, choice))
    assert refused.value.reason == reason


def test_grades_in_a_box_of_rankings_are_of_the_wrong_form(held: Held) -> None:
    request = ballot(SELECTIONS[1], 0, {"parc": "Bien", "piste": "Bien"})
    request.process_id = "stv"
    with pytest.raises(CommandRefused) as refused:
        held.client.do(held.client.ballots.CastBallot, request)
    assert refused.value.reason == "wrong_form"


def test_a_box_that_counts_whole_ballots_takes_no_paper_station(held: Held) -> None:
    request = ballots_pb2.RegisterStationRequest(process_id="stv", box=MATTER, station="hall", key=bytes(32))
    with pytest.raises(CommandRefused) as refused:
        held.client.do(held.client.ballots.RegisterStation, request)
    assert refused.value.reason == "whole_ballots_needed"


def _swap(values: list[Any]) -> None:
    values[0], values[1] = values[1], values[0]


def _round(data: dict[str, Any]) -> None:
    data["count"]["election"]["rounds"][1]["tally"]["Chi"] = "3.00000"


def _less_paid(data: dict[str, Any]) -> None:
    data["allocation"]["record"]["rounds"][0]["price"] = "19"


TALLIED, OPENED = "ballots.BoxTallied", "ballots.BoxOpened"
CHEATS = {
    "a changed round": ("stv", TALLIED, _round, "tallies", "count.election.rounds[1].tally.Chi"),
    "another elected": (
        "stv", TALLIED, lambda data: _swap(data["count"]["election"]["elected"]), "tallies", "count.election.elected[0]",
    ),
    "a grade more": (
        "judgment", TALLIED, lambda data: data["count"]["grades"]["piste"].update({"Bien": "6"}), "tallies",
        "count.grades.piste.Bien",
    ),
    "another winner of a quadratic vote": (
        "quadratic", TALLIED, lambda data: _swap(data["allocation"]["winners"]), "tallies", "allocation.winners[0]",
    ),
    "a payment less": (
        "equal-shares", TALLIED, _less_paid, "tallies", "allocation.record.rounds[0].price",
    ),
    "another envelope": (
        "envelopes", TALLIED, lambda data: _swap(data["allocation"]["envelopes"]), "tallies", "allocation.envelopes[0].district",
    ),
    "another group": (
        "exclusive", OPENED, lambda data: data["options"][0].update(group="other"), "boxes", "options[0].group",
    ),
    "another order of options": ("weighted", OPENED, lambda data: _swap(data["options"]), "boxes", "options[0].option"),
    "another seed of the order": (
        "weighted", OPENED, lambda data: data.update(order_seed="00" * 32), "draws", "order_seed",
    ),
    "another method": (
        "schulze", OPENED, lambda data: data["election"].update(method="borda"), "boxes", "election.method",
    ),
    "a ballot over its credits": (
        "quadratic", "ballots.BallotCast", lambda data: data.update(choice={"well": "9"}), "ballots", "choice",
    ),
    "a district that no review gave": (
        "quadratic", "proposals.ShortlistPublished", lambda data: data["options"][0].update(district="north"),
        "proposals", "options[0].district",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "type_", "change", "check", "field"), CHEATS.values(), ids=CHEATS.keys())
def test_an_operator_who_signs_a_rewritten_selection_is_caught(
    held: Held, name: str, type_: str, change: Callable[[dict[str, Any]], None], check: str, field: str
) -> None:
    path = held.bundles[name]
    at = next(index for index, record in enumerate(records_of(path)) if record.type == type_)
    key = load_or_create(held.engine.settings.data_dir / "audit.key")
    data = resigned(path, key, lambda records: [*records[:at], with_payload(records[at], change), *records[at + 1 :]])
    found = [finding for finding in _findings(data) if (finding.check, finding.field) == (check, field)]
    assert [finding.index for finding in found][:1] == [at], [each.sentence() for each in _findings(data)][:5]
    assert found[0].expected != found[0].found


def _findings(data: bytes) -> list[Finding]:
    report = verify(io.BytesIO(data))
    assert isinstance(report, Report), report
    assert not report.held
    return [finding for check in report.checks for finding in check.findings]


def test_a_district_without_an_envelope_is_found_in_a_rewritten_history(
    held: Held,
) -> None:
    key = load_or_create(held.engine.settings.data_dir / "audit.key")
    reviewed = "proposals.ProposalReviewed"

    def moved(records: list[Record]) -> list[Record]:
        return [
            with_payload(each, lambda data: data.update(district="west")) if each.type == reviewed else each
            for each in records
        ]

    found = {
        (each.check, each.field, each.found) for each in _findings(resigned(held.bundles["envelopes"], key, moved))
    }
    assert ("proposals", "district", "west") in found


def as_schema(number: int) -> Callable[[list[Record]], list[Record]]:
    """Every record of a newer schema said to be of another; where no lot is drawn, nothing follows from its leaf."""
    return lambda records: [replace(each, schema=number) if each.schema > 1 else each for each in records]


def test_a_bundle_of_before_schema_2_still_verifies(held: Held) -> None:
    key = load_or_create(held.engine.settings.data_dir / "audit.key")
    report = verify(io.BytesIO(resigned(held.bundles["schulze"], key, as_schema(1))))
    assert isinstance(report, Report)
    assert report.held, [finding.sentence() for check in report.checks for finding in check.findings]


def test_a_bundle_of_a_schema_nobody_knows_is_named_by_event(held: Held) -> None:
    key = load_or_create(held.engine.settings.data_dir / "audit.key")
    found = _findings(resigned(held.bundles["schulze"], key, as_schema(4)))
    assert {(each.check, each.field, each.expected, each.found) for each in found} == {
        ("indexes", "schema", "from 1 to 2", "4"),
        ("indexes", "schema", "from 1 to 3", "4"),
    }


def test_districts_and_groups_stand_in_the_log_only_where_they_were_given(held: Held) -> None:
    with zipfile.ZipFile(held.bundles["stv"]) as archive:
        lines = [json.loads(line) for line in archive.read("records.jsonl").splitlines()]
    schemas = {line["type"]: line["schema"] for line in lines}
    assert (schemas["ballots.BoxOpened"], schemas["proposals.ShortlistPublished"]) == (3, 2)
    assert any('"district"' in record.payload.decode() for record in records_of(held.bundles["envelopes"]))
    assert not any('"district"' in line["payload"] for line in lines)
