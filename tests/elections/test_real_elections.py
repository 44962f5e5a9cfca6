"""Real elections of people counted again: Glasgow's stages to five decimals, Edinburgh's winners, Minneapolis's rounds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from tally import blt, ranked_csv
from tally.ballot_file import BallotFile
from tally.election import Election, ElectionRules, SeedNeeded, elect
from testkit.shared import shared_data

GLASGOW = "glasgow_2017_ward_2_newlands_auldburn.blt"
EDINBURGH = ("edinburgh_2017_ward_4.blt", "edinburgh_2017_ward_12.blt", "edinburgh_2017_ward_17.blt")
MINNEAPOLIS = "minneapolis_2017_mayor_ballots.csv"
WRITE_INS = {"Undeclared Write-ins": "UWI"}
"""What the tabulator's report calls the ballots' `UWI`."""


@cache
def source(name: str) -> BallotFile:
    text = shared_data("stv", name).read_text(encoding="utf-8")
    found = (ranked_csv if name.endswith(".csv") else blt).parse(text)
    assert isinstance(found, BallotFile), found
    return found


def counted(name: str, method: str, seats: int | None = None) -> Election:
    """A file counted without a seed: none of these elections needed a lot."""
    file = source(name)
    found = elect(ElectionRules(method=method, seats=seats or file.seats or 1), file.options, file.groups)
    assert not isinstance(found, SeedNeeded)
    return found


def winners(name: str, method: str) -> list[str]:
    return [source(name).names[each] for each in counted(name, method).elected]


AMOUNTS = re.compile(r"^(.*?)\s{2,}.*?(-?[\d,]+\.\d{5})\s+([\d,]+\.\d{5})(\s+Elected)?\s*$")


def official_stages() -> list[dict[str, Any]]:
    """The returning officer's report: of each stage its title, and of each row what moved, the votes and `Elected`.

    A name stands before its row's numbers, or at the start of the next line where the party's name is broken.
    """
    text = shared_data("stv", "glasgow_2017_ward_2_official_stages.txt").read_text(encoding="utf-8")
    stages = []
    for part in re.split(r"^Stage \d+$", text, flags=re.MULTILINE)[1:]:
        lines = [line for line in part.splitlines() if line.strip()]
        rows: dict[str, tuple[str, str, bool]] = {}
        for place, line in enumerate(lines):
            found = AMOUNTS.match(line)
            if found is None:
                continue
            name, elected = found[1].strip(), bool(found[4])
            if not line[:1].strip():
                name = re.split(r"\s{2,}", lines[place + 1])[0]
                elected = elected or lines[place + 1].rstrip().endswith("Elected")
            rows[name] = (found[2].replace(",", ""), found[3].replace(",", ""), elected)
        title = next((line.strip() for line in lines if re.match(r"(Surplus|Exclusion) of", line)), "")
        stages.append({"title": title, "rows": rows})
    return stages


def test_glasgows_stages_are_the_returning_officers_to_five_decimals() -> None:
    election = counted(GLASGOW, "stv-scottish")
    names = {option: name.rsplit(" ", 1)[0] for option, name in source(GLASGOW).names.items()}
    stages, rounds = official_stages(), election.to_json()["rounds"]
    assert (len(stages), election.to_json()["quota"], len(rounds)) == (7, "1816", 7)
    compared = 0
    moved: dict[str, str] = dict.fromkeys(names, "0.00000")
    lost = "0.00000"
    for stage, each in zip(stages, rounds, strict=True):
        for option, name in names.items():
            expected = (moved[option], each["tally"][option], option in each["elected"])
            assert stage["rows"][name] == expected, (stage["title"], name)
            compared += 1
        assert stage["rows"]["Non-transferable votes"] == (lost, each["exhausted"], False)
        compared += 1
        moved, lost, title = following(each, names)
        later = stages[rounds.index(each) + 1]["title"] if each["transfers"] else ""
        assert later == title
    assert compared == 7 * 8
    assert [names[option] for option in election.elected] == ["Josephine DOCHERTY", "Stephen CURRAN", "Kyle THORNTON"]


def following(each: dict[str, Any], names: dict[str, str]) -> tuple[dict[str, str], str, str]:
    """What a round's transfer moves, as the report of the next stage has it, and that stage's title."""
    if not each["transfers"]:
        return {}, "", ""
    (transfer,) = each["transfers"]
    (source_,) = transfer["from"]
    moved = dict.fromkeys(names, "0.00000") | transfer["votes"]
    surplus = str(Decimal(each["tally"][source_]) - 1816)
    moved[source_] = "-" + (each["tally"][source_] if each["eliminated"] else surplus)
    return moved, transfer["exhausted"], f"{'Exclusion' if each['eliminated'] else 'Surplus'} of {names[source_]}"


def test_edinburghs_winners_are_those_declared() -> None:
    declared = json.loads(shared_data("stv", "expected_winners.json").read_text(encoding="utf-8"))
    found = {name: sorted(winners(name, "stv-scottish"), key=str.casefold) for name in EDINBURGH}
    expected = {name: sorted(declared[name], key=str.casefold) for name in EDINBURGH}
    assert found == expected
    assert [len(each) for each in found.values()] == [4, 4, 4]


@pytest.mark.parametrize("name", [*EDINBURGH, GLASGOW])
def test_meek_elects_the_same_in_these_wards(name: str) -> None:
    assert set(winners(name, "stv-meek")) == set(winners(name, "stv-scottish"))


def expected_rounds() -> list[dict[str, Any]]:
    text = shared_data("stv", "minneapolis_2017_mayor_expected_rounds.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["results"]
    return found


def test_minneapolis_is_the_tabulators_count_round_by_round() -> None:
    election, names = counted(MINNEAPOLIS, "irv-minneapolis"), source(MINNEAPOLIS).names
    rounds, expected = election.to_json()["rounds"], expected_rounds()
    assert len(rounds) == len(expected) == 6
    tallies = transfers = inactive = 0
    for each, official in zip(rounds, expected, strict=True):
        tally = {WRITE_INS.get(name, name): votes for name, votes in official["tally"].items()}
        assert {names[option]: votes for option, votes in each["tally"].items()} == tally
        tallies += len(tally)
        assert each["quota"] == official["threshold"]
        out = official["inactiveBallots"]
        assert (each["exhausted"], each["skipped"]) == (out["exhaustedChoices"], out["skippedRankings"])
        assert (out["overvotes"], out["repeatedRankings"]) == ("0", "0")
        inactive += 2
        moved = {names[each_["from"][0]]: told(each_, names) for each_ in each["transfers"]}
        gone = [one for one in official["tallyResults"] if "eliminated" in one]
        assert moved == {WRITE_INS.get(one["eliminated"], one["eliminated"]): one["transfers"] for one in gone}
        assert [names[option] for option in each["eliminated"]] == list(moved)
        transfers += len(moved)
        won = [one["elected"] for one in official["tallyResults"] if "elected" in one]
        assert [names[option] for option in each["elected"]] == won
    assert (tallies, transfers, inactive) == (19 + 18 + 5 + 4 + 3 + 2, 1 + 13 + 1 + 1 + 1, 12)
    assert [names[option] for option in election.elected] == ["Jacob Frey"]


def told(transfer: dict[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """A transfer as the tabulator writes it: whoever receives nothing is left out."""
    nobody = {} if transfer["exhausted"] == "0" else {"exhausted": transfer["exhausted"]}
    return {names[option]: votes for option, votes in transfer["votes"].items()} | nobody


def test_every_ballot_of_minneapolis_is_somewhere_in_every_round() -> None:
    election, file = counted(MINNEAPOLIS, "irv-minneapolis"), source(MINNEAPOLIS)
    total = sum(file.groups.values())
    assert total == 105928
    for each in election.rounds:
        assert sum(each.tally.values()) + each.exhausted + (each.skipped or 0) + election.blank == total
