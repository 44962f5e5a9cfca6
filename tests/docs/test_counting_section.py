"""What auditors read about `comitia count` is what it does: methods, fields of the JSON, the file shown."""

from __future__ import annotations

import re
from pathlib import Path

from tally.election import Method
from tests.cli.running import comitia, written
from tests.docs.test_reference import first_column, page, section

SECTION = section(page("auditors.md"), "## Counting an election again")
BLT = "2 1\n-2\n3 1 2 0\n2 2 0\n0\nAna\nBo\n"


def test_every_method_has_its_row() -> None:
    assert first_column(SECTION) == list(Method)


def test_the_file_of_grades_that_is_shown_can_be_counted(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```text\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
    found = comitia("count", written(tmp_path / "grades.csv", shown), "--method", "majority-judgment", "--json").json
    assert (found["elected"], found["scale"]) == (["Ana"], ["excellent", "good", "fair", "poor"])
    assert found["merits"]["Cé"]["grades"] == {"excellent": "0", "good": "0", "fair": "7", "poor": "12"}


def test_every_field_of_the_json_is_told(tmp_path: Path) -> None:
    told = {*re.findall(r"`(\w+)`", SECTION), "round"}
    for method in Method:
        found = comitia("count", written(tmp_path / "a.blt", BLT), "--method", method, "--json").json
        fields = {*found, *found["rounds"][0], *(field for each in found["rounds"][0]["transfers"] for field in each)}
        assert fields - told == set(), method
