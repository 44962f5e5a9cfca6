"""`comitia charter new`: asks what it was not told, again where an answer is none, and never for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from rules.charter import Charter, load_charter
from tests.cli.running import HELD, WRONG, Said, comitia


def new(*arguments: object, lines: str | bytes = "") -> Said:
    """The command with these lines on standard input."""
    words = ["charter", "new", *map(str, arguments)]
    result = CliRunner().invoke(app, words, input=lines, catch_exceptions=False)
    return Said(result.exit_code, result.stdout, result.stderr)


def charter_in(text: str) -> Charter:
    charter = load_charter(text)
    assert isinstance(charter, Charter), charter
    return charter


def test_writes_a_charter_from_options_alone() -> None:
    said = new("--yes", "--kind", "budget", "--title", "Budget de Sète", "--budget", "1 800 000")
    assert (said.status, said.err) == (HELD, "")
    charter = charter_in(said.out)
    assert (charter.name, charter.title) == ("budget-de-sete", "Budget de Sète")
    allocation = charter.matters[0].allocation
    assert allocation is not None
    assert allocation.budget == 1_800_000


def test_lines_of_input_answer_the_questions_in_order_and_an_empty_one_takes_the_default() -> None:
    lines = "two-chambers\nGouvernement\n\nLe conseil\nLa chambre du travail\nabsolute\nhalf\nchair\n2026-05-01\n2026-05-31\n"
    charter = charter_in(new(lines=lines).out)
    assert [chamber.title for chamber in charter.chambers] == ["Le conseil", "La chambre du travail"]
    assert str(charter.phases[0].closes) == "2026-05-31"


def test_an_option_is_not_asked_again() -> None:
    said = new("--kind", "consent", "--deadline", "14 days", lines="Le cercle\n")
    assert "window: P14D" in said.out
    assert charter_in(said.out).title == "Le cercle"


def test_writes_a_file_that_check_accepts_and_no_second_time(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    arguments = ("--yes", "--kind", "election", "--title", "Délégués", "-o", file)
    said = new(*arguments)
    assert said.out == f"{file}: a valid charter; `comitia charter explain {file}` says what it means\n"
    assert comitia("charter", "check", file).status == HELD
    assert new(*arguments, "--json").error["error"] == "file_exists"


def test_tells_programs_the_charter_as_the_log_would_hold_it() -> None:
    found = new("--yes", "--kind", "motion", "--title", "Vote", "--json").json
    assert charter_in(found["yaml"]).to_json() == found["charter"]


def test_a_wrong_answer_is_asked_again_and_the_third_ends_it() -> None:
    good = new("--title", "Vote", "--yes", lines="nonsense\nmotion\n")
    assert good.status == HELD
    assert "found: nonsense" in good.err
    assert charter_in(good.out).matters[0].name == "motion"
    bad = new("--title", "Vote", "--yes", lines="a\nb\nc\nmotion\n")
    assert (bad.status, bad.out) == (WRONG, "")
    assert bad.err.splitlines()[-1].startswith("error: no answer after 3 attempts: What is decided?")


@pytest.mark.parametrize(
    ("arguments", "lines", "reason"),
    [
        pytest.param(("--kind", "war"), "", "wrong_answer", id="a wrong option"),
        pytest.param(("--kind", "motion"), "", "answer_missing", id="no title anywhere"),
        pytest.param((), "", "answer_missing", id="no input at all"),
        pytest.param(
            ("--yes", "--kind", "motion", "--title", "t", "--budget", "5"), "", "not_asked", id="what is not asked"
        ),
        pytest.param(("--kind", "motion", "--yes", "--title", "\x1b[2J"), "", "wrong_answer", id="control characters"),
        pytest.param(("--kind", "motion", "--yes", "--title", "x" * 501), "", "wrong_answer", id="a title without end"),
        pytest.param(("--kind", "motion"), b"\xff\xfe\n", "not_utf8", id="bytes that are no text"),
        pytest.param(
            ("--yes", "--kind", "motion", "--title", "t", "--opens", "2026-05-02", "--closes", "2026-05-01"),
            "",
            "wrong_answer",
            id="it would close before it opens",
        ),
    ],
)
def test_ends_with_status_2_where_there_is_no_answer(
    arguments: tuple[str, ...], lines: str | bytes, reason: str
) -> None:
    assert new(*arguments, "--json", lines=lines).error["error"] == reason


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    said = new("--yes", "--kind", "motion", "--title", "t", "-o", tmp_path / "no" / "mine.yaml")
    assert said.complaint.startswith(str(tmp_path / "no" / "mine.yaml"))
