"""`make rules`: each rule is one module, and its first line is the rule in one sentence."""

from __future__ import annotations

import pytest

from rules.__main__ import NOT_RULES, PACKAGES, main, sentences

LISTED = dict(sentences())


def test_prints_path_and_sentence_of_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[::2] == [f"libs/{path}" for path in LISTED]
    assert [line.strip() for line in printed[1::2]] == list(LISTED.values())


@pytest.mark.parametrize("path", LISTED)
def test_the_first_line_is_one_sentence(path: str) -> None:
    sentence = LISTED[path]
    assert sentence.endswith((".", "…")), sentence
    assert 20 <= len(sentence) <= 130


def test_covers_operators_ties_and_allocations() -> None:
    wanted = {
        "rules/decision/all_of.py",
        "rules/decision/casting_vote.py",
        "rules/decision/derived_chamber.py",
        "rules/decision/quorum.py",
        "rules/decision/veto.py",
        "tally/greedy.py",
        "tally/poznan_80.py",
    }
    assert wanted <= set(LISTED)
    assert {path.split("/")[0] for path in LISTED} == set(PACKAGES)


def test_leaves_out_only_modules_that_exist_and_state_no_rule() -> None:
    every = {path for package in PACKAGES for path, _ in sentences((package,))} | NOT_RULES
    assert not NOT_RULES & set(LISTED)
    assert every == set(LISTED) | NOT_RULES


def test_a_tie_is_in_the_sentence_of_the_rules_that_settle_one() -> None:
    for name in ("casting_vote", "lot", "revote", "second_vote"):
        assert "tie" in LISTED[f"rules/decision/{name}.py"]
