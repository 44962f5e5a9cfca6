"""`comitia sortition`: from a pool and quotas to a lottery, its draw, its check, and who replaces whom."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import FAILED, HELD, comitia, command, written

SEED = "5f" * 32
POOL = "person,gender,quartier\n" + "".join(
    f"p{number:02},{'femme' if number % 3 else 'homme'},{'Gare' if number % 2 else 'Île-Verte'}\n"
    for number in range(12)
)
QUOTAS = (
    "category,value,at_least,at_most\ngender,femme,2,2\ngender,homme,2,2\nquartier,Gare,1,3\nquartier,Île-Verte,1,3\n"
)


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    return written(tmp_path / "pool.csv", POOL)


@pytest.fixture
def quotas(tmp_path: Path) -> Path:
    return written(tmp_path / "quotas.csv", QUOTAS)


@pytest.fixture
def lottery(tmp_path: Path, pool: Path, quotas: Path) -> Path:
    path = tmp_path / "lottery.json"
    made = comitia("sortition", "lottery", pool, quotas, "--size", 4, "--seed-from", "Saturday", "-o", path)
    assert made.status == HELD, made.err
    return path


@pytest.fixture
def drawn(tmp_path: Path, lottery: Path) -> Path:
    path = tmp_path / "draw.json"
    assert comitia("sortition", "draw", lottery, "--seed", SEED, "-o", path).status == HELD
    return path


def check(lottery: Path, *drawn: Path, **files: Path) -> Any:
    options = [part for name, path in files.items() for part in (f"--{name}", path)]
    return comitia("sortition", "verify", lottery, *drawn, *options, "--json")


def test_a_lottery_says_what_to_publish_before_the_draw(tmp_path: Path, pool: Path, quotas: Path) -> None:
    path = tmp_path / "lottery.json"
    arguments = ("sortition", "lottery", pool, quotas, "--size", 4, "--seed-from", "Saturday", "-o", path)
    lines = comitia(*arguments, "--tickets", 120).out.splitlines()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert lines[1] == (
        "chance to be drawn: least 1/4 (25.00%); greatest 1/2 (50.00%); no lottery can give everyone more than 1/4 (25.00%)"
    )
    assert lines[2] == f"SHA-256 {digest}: publish it, and what the seed will be (Saturday), before the draw"
    told = comitia(*arguments, "--tickets", 120, "--json").json
    assert (told["sha256"], told["chances"]["least"]) == (digest, "1/4"), "made again it is the same, to the byte"


def test_nothing_but_the_answer_is_printed_by_the_installed_command(tmp_path: Path, pool: Path, quotas: Path) -> None:
    path = tmp_path / "lottery.json"
    made = command("sortition", "lottery", pool, quotas, "--size", 4, "--seed-from", "Saturday", "-o", path, "--json")
    assert made.json["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_draw_is_redone_to_the_same_panel(tmp_path: Path, lottery: Path, drawn: Path) -> None:
    again = comitia("sortition", "draw", lottery, "--seed", SEED, "-o", tmp_path / "again.json", "--json")
    assert again.json == json.loads(drawn.read_bytes())
    assert len(again.json["panel"]) == 4


def test_a_true_draw_verifies(lottery: Path, drawn: Path, pool: Path, quotas: Path) -> None:
    found = check(lottery, drawn, pool=pool, quotas=quotas)
    assert (found.status, found.json["held"]) == (HELD, True)
    names = ["pool", "quotas", "panels", "shares", "lottery", "draw", "panel", "reserves"]
    assert [one["name"] for one in found.json["checks"]] == names
    said = comitia("sortition", "verify", lottery, drawn, "--pool", pool, "--quotas", quotas).out.splitlines()
    assert [line.split()[0] for line in said] == ["ok"] * 8 + ["chance", "verified:"]


def test_a_lottery_verifies_before_its_draw(lottery: Path, pool: Path, quotas: Path) -> None:
    assert [one["name"] for one in check(lottery, pool=pool, quotas=quotas).json["checks"]][-1] == "shares"


def test_a_changed_pool_is_found_with_status_1(lottery: Path, drawn: Path, pool: Path, quotas: Path) -> None:
    written(pool, POOL.replace("p01,femme", "p01,homme"))
    found = check(lottery, drawn, pool=pool, quotas=quotas)
    assert found.status == FAILED
    assert {one["name"] for one in found.json["checks"] if one["wrong"]} == {"pool", "panels"}
    said = comitia("sortition", "verify", lottery, drawn, "--pool", pool, "--quotas", quotas)
    assert "NOT VERIFIED" in said.out


def test_a_changed_member_is_found(lottery: Path, drawn: Path, pool: Path, quotas: Path) -> None:
    told = json.loads(drawn.read_bytes())
    told["panel"][0], told["reserves"][0] = told["reserves"][0], told["panel"][0]
    written(drawn, json.dumps(told, sort_keys=True, separators=(",", ":")))
    found = check(lottery, drawn, pool=pool, quotas=quotas)
    assert {one["name"]: one["wrong"] for one in found.json["checks"] if one["wrong"]} == {"panel": 1, "reserves": 1}


def test_who_leaves_is_replaced_from_the_reserves(drawn: Path, pool: Path, quotas: Path) -> None:
    told = json.loads(drawn.read_bytes())
    arguments = ("sortition", "replace", drawn, "--leaving", told["panel"][0], "--pool", pool, "--quotas", quotas)
    (found,) = comitia(*arguments, "--json").json
    assert found["leaving"] == told["panel"][0]
    assert found["taking"] in told["reserves"]
    assert comitia(*arguments).out == f"{found['leaving']}: {found['taking']} takes the seat\n"


def test_quotas_that_conflict_are_refused_with_the_least_change(tmp_path: Path, quotas: Path) -> None:
    people = ["f1,femme,Gare", "f2,femme,Gare", "h1,homme,Île-Verte", "h2,homme,Île-Verte"]
    pool = written(tmp_path / "apart.csv", "\n".join(["person,gender,quartier", *people]))
    written(quotas, QUOTAS.replace("Gare,1,3", "Gare,3,3"))
    refused = comitia(
        "sortition", "lottery", pool, quotas, "--size", 4, "--seed-from", "x", "-o", tmp_path / "l", "--json"
    )
    assert refused.error["error"] == "too_few_people"
    written(quotas, QUOTAS.replace("Gare,1,3", "Gare,0,1"))
    refused = comitia(
        "sortition", "lottery", pool, quotas, "--size", 4, "--seed-from", "x", "-o", tmp_path / "l", "--json"
    )
    assert refused.error["error"] == "too_few_within_quotas"
    written(
        quotas,
        "category,value,at_least,at_most\ngender,femme,2,2\ngender,homme,0,2\nquartier,Gare,0,1\nquartier,Île-Verte,0,4\n",
    )
    refused = comitia(
        "sortition", "lottery", pool, quotas, "--size", 3, "--seed-from", "x", "-o", tmp_path / "l", "--json"
    )
    assert refused.error["error"] == "quotas_conflict"
    change = "The least change that makes one possible: gender: femme: at_least 2 would have to be 1"
    assert change in refused.error["message"]
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize("seed", ["zz" * 32, "5f5", "5f", "", "5f" * 65])
def test_a_seed_that_is_none_is_refused(tmp_path: Path, lottery: Path, seed: str) -> None:
    refused = comitia("sortition", "draw", lottery, "--seed", seed, "-o", tmp_path / "d", "--json")
    assert refused.error["error"] in ("seed_malformed", "seed_length")


def test_a_file_of_another_kind_is_refused_with_its_name(
    tmp_path: Path, lottery: Path, pool: Path, quotas: Path
) -> None:
    refused = check(pool, pool=pool, quotas=quotas)
    assert (refused.error["error"], refused.error["details"]["file"]) == ("lottery_malformed", str(pool))
    refused = check(lottery, lottery, pool=pool, quotas=quotas)
    assert refused.error["error"] == "draw_malformed"
    refused = check(lottery, pool=quotas, quotas=quotas)
    assert refused.error["details"]["line"] == "1"


def test_without_the_optimiser_only_making_a_lottery_is_refused(
    tmp_path: Path, lottery: Path, pool: Path, quotas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("cli.lotteries")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "highspy", None)
    refused = comitia("sortition", "lottery", pool, quotas, "--size", 4, "--seed-from", "x", "-o", tmp_path / "l")
    assert refused.complaint == "making a lottery needs an optimiser: pip install 'comitia[sortition]'"
    assert comitia("sortition", "draw", lottery, "--seed", SEED, "-o", tmp_path / "d").status == HELD
    assert check(lottery, tmp_path / "d", pool=pool, quotas=quotas).status == HELD
