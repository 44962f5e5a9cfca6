"""Mutation testing of the pure rules: every small change to `libs/rules` and `libs/tally` must make a test fail.

`python -m infra.local.mutate ['tally.lots.*' …]` runs mutmut on a copy under .mutation/ (it wants the sources in `src`) with
the tests of TESTS that are not slow; with --again, on survivors that nothing explains, and with the slow ones too.
It ends with status 1 if a mutant survives that no file of tests/mutation explains. Results are kept in .mutation/: what was
tried and did not change is not tried again otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".mutation"
EQUIVALENT = ROOT / "tests" / "mutation"
SHARED = ROOT.parent / "shared" / "data"
LIBS = ("kernel", "rules", "tally", "testkit")
TESTS = ("rules", "tally", "on_record", "elections/test_election_oracles.py")
SCHEMA = Path("docs/charter.schema.json")
KILLED = {1, 3}
NOT_TRIED = {None, 2}
UNTESTED = {5, 33}
SURVIVED = 0
MEMORY = 3 << 30
"""Bytes of address space for mutmut and each mutant: one that collects for ever ends before the machine does."""

PYPROJECT = """[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/rules/*", "src/tally/*"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = SELECTED
also_copy = ["docs"]
use_git_change_detection = false
track_dependencies = false
timeout_constant = 3.0
timeout_multiplier = 3.0

[tool.pytest.ini_options]
pythonpath = ["src", "."]
addopts = "--strict-markers --import-mode=importlib -p no:pytest_nameko -p no:xdist"
markers = ["slow: for survivors only"]
"""

FAST, ALL = '["-m", "not slow", "tests"]', '["tests"]'

CONFTEST = '''"""Laws are tried on the same examples in every run; a call of a changed function takes several frames."""

import sys

from hypothesis import HealthCheck, settings

settings.register_profile(
    "mutate", max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile("mutate")
sys.setrecursionlimit(10_000)
'''


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change to one function: its name as mutmut gives it, the file, mutmut's status code, the lines before and after."""

    name: str
    path: str
    code: int | None
    change: str

    @property
    def survived(self) -> bool:
        return self.code == SURVIVED or self.code in UNTESTED


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare the copy, run mutmut in it, print the score of each module and every survivor."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.mutate")
    parser.add_argument("patterns", nargs="*", default=["*"], help="which mutants not tried yet: 'tally.lots.*' (all)")
    parser.add_argument("--again", action="store_true", help="try those that survived again, after a change to tests")
    parser.add_argument("--report", action="store_true", help="show the results of the last run, run nothing")
    asked = parser.parse_args(arguments)
    if not asked.report:
        run(asked.patterns, again=asked.again)
    return report(sorted(mutants(), key=lambda mutant: (mutant.path, mutant.name)))


def run(patterns: Sequence[str], *, again: bool) -> None:
    """Let mutmut try what matches; what a change of the sources made new is found out by mutmut when all are asked for."""
    known = list(mutants())
    prepare(ALL if again else FAST)
    names = list(patterns)
    if patterns == ["*"] and not again:
        names = []
    elif known:
        due = open_ones(known) if again else [mutant for mutant in known if mutant.code in NOT_TRIED]
        names = [each.name for each in due if any(fnmatch(each.name, pattern) for pattern in patterns)]
        if not names:
            return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    subprocess.run(command, cwd=WORK, env=environment(), check=True)


def prepare(selected: str) -> None:
    """Bring .mutation/ up to date; files that did not change keep their times, and so their results.

    Which tests reach which function is found out anew: what mutmut remembers does not know functions that are new.
    """
    for lib in LIBS:
        copy(ROOT / "libs" / lib, WORK / "src" / lib)
    shutil.rmtree(WORK / "mutants" / "tests", ignore_errors=True)
    (WORK / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    for tests in TESTS:
        copy(ROOT / "tests" / tests, WORK / "tests" / tests)
    (WORK / SCHEMA).parent.mkdir(exist_ok=True)
    shutil.copy(ROOT / SCHEMA, WORK / SCHEMA)
    (WORK / "pyproject.toml").write_text(PYPROJECT.replace("SELECTED", selected), encoding="utf-8")
    (WORK / "tests" / "conftest.py").write_text(CONFTEST, encoding="utf-8")


def copy(source: Path, target: Path) -> None:
    """The file, or the folder as it is now, without what was deleted from it; mutmut's own copy forgets data files it has."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        return
    for stale in (WORK / "mutants" / target.relative_to(WORK)).rglob("*.yaml"):
        stale.unlink()
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def environment() -> dict[str, str]:
    """This process's, with the real elections where tests look for them."""
    return {"COMITIA_SHARED_DATA": str(SHARED), **os.environ}


def mutants() -> Iterator[Mutant]:
    """Every mutant of the last run; the change is read for those that lived."""
    folder = WORK / "mutants"
    if not folder.is_dir():
        return
    os.chdir(WORK)
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    for meta in sorted(folder.rglob("*.py.meta")):
        path = str(meta.relative_to(folder)).removesuffix(".meta")
        for name, code in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            lived = code == SURVIVED or code in UNTESTED
            diff = get_diff_for_mutant(name, path=path) if lived else ""
            changed = [line for line in diff.splitlines()[2:] if line[:1] in "+-"]
            yield Mutant(name, path.removeprefix("src/"), code, "\n".join(" ".join(line.split()) for line in changed))


def explained() -> set[tuple[str, str]]:
    """(module, change) of every mutant that is equivalent to the original, or whose difference nobody promised."""
    files = sorted(EQUIVALENT.glob("*.yaml"))
    entries = [entry for file in files for entry in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return {(entry["module"], "\n".join(map(str, entry["change"]))) for entry in entries}


def open_ones(found: Iterable[Mutant]) -> list[Mutant]:
    """Those that survived, and that nothing explains."""
    known = explained()
    return [mutant for mutant in found if mutant.survived and (mutant.path, mutant.change) not in known]


def report(found: Sequence[Mutant]) -> int:
    """A table of modules, then the survivors that nothing explains; status 1 if there is one."""
    left_open = open_ones(found)
    out = ["| module | mutants | killed | equivalent | survived |", "|---|---:|---:|---:|---:|"]
    by_path = Counter(mutant.path for mutant in found)
    for path in [*by_path, "all"]:
        of_path = [mutant for mutant in found if path in (mutant.path, "all")]
        lived = sum(mutant.survived for mutant in of_path)
        left = sum(path in (mutant.path, "all") for mutant in left_open)
        untried = sum(mutant.code in NOT_TRIED for mutant in of_path)
        told = f", {untried} not tried" if untried else ""
        killed = len(of_path) - lived - untried
        out.append(f"| `{path}` | {len(of_path)}{told} | {killed} | {lived - left} | {left} |")
    for mutant in left_open:
        out.append(f"\n{mutant.path}: {mutant.name} ({'no test runs it' if mutant.code in UNTESTED else 'survived'})")
        out.append(mutant.change)
    sys.stdout.write("\n".join(out) + "\n")
    return 1 if left_open else 0


if __name__ == "__main__":
    sys.exit(main())
