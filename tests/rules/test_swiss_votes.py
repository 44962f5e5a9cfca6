"""Twenty real Swiss votes, decided from the cantons' own counts: outcome, people and cantons equal the official ones."""

from __future__ import annotations

import csv
from itertools import groupby

import pytest

from kernel.numbers import parse_exact, show
from kernel.refusal import Refused
from rules.charter import Charter, parse_charter
from rules.counts import decide_counts
from testkit.shared import shared_data
from tests.rules.building import template

VOTES = 20
FIRST_WITH_JURA = "1979-01-01"
IN_THE_SOURCE = {"246": {"people_yes": ("542744", "542745")}}
"""In 1975 the published yes of the people is one more than the sum of the cantons' published yes; nothing hangs on it."""


def official() -> list[list[dict[str, str]]]:
    """The rows of each vote, one for each canton."""
    text = shared_data("swissvotes", "cantons.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return [list(vote) for _, vote in groupby(rows, key=lambda row: row["vote"])]


def charter_of(vote: list[dict[str, str]]) -> Charter:
    """The template, with the cantons there were: the canton of Jura was founded in 1979."""
    charter = template("ch-double-majority")
    if vote[0]["date"] >= FIRST_WITH_JURA:
        return charter
    data = charter.to_json()
    data["chambers"][1]["units"] = [unit for unit in data["chambers"][1]["units"] if unit["code"] != "JU"]
    earlier = parse_charter(data)
    assert isinstance(earlier, Charter), earlier
    return earlier


def counts_of(vote: list[dict[str, str]]) -> str:
    rows = [f"people,{row['canton']},{word},{row[word]}" for row in vote for word in ("yes", "no")]
    return "\n".join(["chamber,voter,option,count", *rows])


def differences(vote: list[dict[str, str]]) -> dict[str, tuple[str, str]]:
    """Field → (counted, official) where people, cantons or outcome are not the official ones."""
    found = decide_counts(charter_of(vote), counts_of(vote))
    assert not isinstance(found, Refused), found
    first, chambers = vote[0], found["chambers"]
    needs_cantons = first["double_majority_required"] == "1"
    counted = {
        f"{chamber}_{word}": show(parse_exact(chambers[chamber][word]))
        for chamber in ("people", "cantons")
        for word in ("yes", "no")
    }
    counted["accepted"] = "1" if (found if needs_cantons else chambers["people"])["outcome"] == "adopted" else "0"
    official_ones = {field: show(parse_exact(first[field])) for field in counted}
    return {field: (counted[field], told) for field, told in official_ones.items() if counted[field] != told}


def test_every_vote_equals_its_official_result() -> None:
    compared = official()
    differing = {vote[0]["vote"]: differences(vote) for vote in compared if differences(vote)}
    assert len(compared) == VOTES
    assert differing == IN_THE_SOURCE


def test_the_one_difference_is_in_the_published_figures_themselves() -> None:
    summed = sum(int(row["yes"]) for row in one("246"))
    assert (summed, one("246")[0]["people_yes"]) == (542744, "542745")


def one(number: str) -> list[dict[str, str]]:
    return next(vote for vote in official() if vote[0]["vote"] == number)


def test_the_cantons_were_tied_in_1975_and_the_people_were_not() -> None:
    found = decide_counts(charter_of(one("246")), counts_of(one("246")))
    assert not isinstance(found, Refused), found
    assert found["chambers"]["people"]["outcome"] == "adopted"
    cantons = found["chambers"]["cantons"]
    assert (cantons["yes"], cantons["no"], cantons["base"], found["outcome"]) == ("11", "11", "22", "rejected")
    assert "tie_rejects" in [reason["rule"] for reason in found["reasons"]]


@pytest.mark.parametrize("number", ["246", "636"])
def test_a_canton_turned_round_no_longer_equals_the_official_result(number: str) -> None:
    vote = [dict(row) for row in one(number)]
    before = differences(vote)
    vote[0]["yes"], vote[0]["no"] = vote[0]["no"], vote[0]["yes"]
    assert {"people_no", "cantons_yes", "cantons_no"} <= set(differences(vote)) - set(before)


def test_responsible_business_in_2020() -> None:
    found = decide_counts(template("ch-double-majority"), counts_of(one("636")))
    assert not isinstance(found, Refused), found
    people, cantons = (found["chambers"][name] for name in ("people", "cantons"))
    assert (people["yes"], people["no"], people["outcome"]) == ("1299129", "1261680", "adopted")
    assert (cantons["yes"], cantons["no"], cantons["outcome"]) == ("17/2", "29/2", "rejected")
    assert found["outcome"] == "rejected"
