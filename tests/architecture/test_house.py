"""The house keeps its rules; and each rule, broken on purpose in a copy, is seen to be broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture import house
from tests.architecture.house import Module, Violation

Check = Callable[[Iterable[Module]], list[Violation]]

SENTENCE = '"""A module."""\n'


@pytest.fixture(scope="module")
def whole() -> list[Module]:
    """Every module of the house, read once."""
    return house.modules(house.ROOT)


@pytest.mark.parametrize("check", house.CHECKS, ids=lambda check: check.__name__)
def test_the_house_keeps_the_rule(check: Check, whole: list[Module]) -> None:
    assert [str(violation) for violation in check(whole)] == []


def test_every_part_of_the_house_is_looked_at(whole: list[Module]) -> None:
    seen = {module.parts[:2] for module in whole}
    assert {("libs", lib) for lib in house.LIBS - {"comitia"}} <= seen
    assert {("services", service) for service in house.SERVICES | {"cli"}} <= seen
    pure = {module.parts[:3] for module in whole if module.is_pure}
    assert {("services", service, "domain") for service in house.WITH_AN_API} <= pure
    assert {module.owner for module in whole if module.is_pure and module.parts[0] == "libs"} == house.PURE_LIBS


def test_no_exception_is_kept_that_nothing_needs(whole: list[Module]) -> None:
    imported = {module.path: {name for _, name in module.imports()} for module in whole}
    unused = [
        (path, name)
        for path, names in house.PURE_EXCEPTIONS.items()
        for name in names
        if not any(one == name or one.startswith(f"{name}.") for one in imported.get(path, ()))
    ]
    assert unused == []


@pytest.mark.parametrize("service", sorted(house.WITH_AN_API))
def test_every_service_has_the_one_shape(service: str) -> None:
    shape = {"application", "projections", "reactions", "api", "wiring", "worker", "__main__"}
    if service != "audit":  # it reads every event as it is, and has none of its own
        shape |= {"domain/events", "inbox"}
    folder = house.ROOT / "services" / service
    assert {part for part in shape if not (folder / f"{part}.py").is_file()} == set()


PLANTED: list[tuple[str, Check, str, str]] = [
    (sentence, check, path, SENTENCE + code)
    for check, cases in {
        house.pure_code_imports_only_pure_code: [
            ("a file", "libs/rules/planted.py", "from pathlib import Path"),
            ("the machine", "libs/kernel/planted.py", "import os"),
            ("a clock", "services/ballots/domain/planted.py", "import time"),
            ("a dice", "libs/tally/planted.py", "import random"),
            ("a dice with another name", "libs/tally/planted.py", "import secrets as values"),
            ("an id that differs each time", "libs/kernel/planted.py", "from uuid import uuid4"),
            ("an id that differs each time, whole", "libs/kernel/planted.py", "from uuid import uuid5, uuid1"),
            ("the log", "services/ballots/domain/planted.py", "from eventlog.contract import LogRecorder"),
            ("the runtime", "libs/replay/planted.py", "import runtime.settings"),
            ("its own service's application", "services/ballots/domain/planted.py", "from ballots import application"),
            ("its own application, relatively", "services/ballots/domain/planted.py", "from ..application import x"),
            ("another service's domain", "services/ballots/domain/planted.py", "from chambers.domain import events"),
            ("a package that nobody declared", "libs/rules/planted.py", "import requests"),
            ("inside a function", "libs/rules/planted.py", "def f():\n    import socket\n    return socket"),
            ("dynamically", "libs/rules/planted.py", "import_module('os')"),
            ("a zip", "libs/transparency/bundle.py", "import zipfile"),
            ("templates read elsewhere", "libs/rules/planted.py", "from importlib.resources import files"),
        ],
        house.pure_code_uses_no_clock_chance_or_files: [
            (
                "asks the time",
                "services/ballots/domain/planted.py",
                "from datetime import datetime\nx = datetime.now()",
            ),
            ("asks the date", "libs/rules/planted.py", "import datetime\nx = datetime.date.today()"),
            ("opens a file", "libs/tally/planted.py", "x = open('x')"),
            ("makes a key", "libs/transparency/planted.py", "x = Ed25519PrivateKey.generate()"),
            ("makes an id", "libs/kernel/planted.py", "import uuid\nx = uuid.uuid4()"),
            ("prints", "libs/replay/planted.py", "print('x')"),
        ],
        house.services_never_import_each_other: [
            ("whole", "services/ballots/planted.py", "import chambers"),
            ("a part", "services/audit/planted.py", "from ballots.domain.events import BallotCast"),
            ("dynamically", "services/audit/planted.py", "importlib.import_module('ballots.wiring')"),
            ("the command line", "services/audit/planted.py", "from cli import output"),
            ("from the command line", "services/cli/planted.py", "from ballots import wiring"),
            ("only for types", "services/audit/planted.py", "if TYPE_CHECKING:\n    import ballots.domain"),
        ],
        house.libs_never_import_services: [
            ("a service", "libs/runtime/planted.py", "import ballots.wiring"),
            ("replay a service", "libs/replay/planted.py", "from processes.domain import evolve"),
            ("the test kit a service", "libs/testkit/planted.py", "from chambers import application"),
        ],
        house.the_kernel_imports_no_other_lib: [("rules", "libs/kernel/planted.py", "from rules import charter")],
        house.the_broker_stays_in_workers: [
            ("nameko in an application", "services/ballots/application2.py", "from nameko.rpc import rpc"),
            ("eventlet in the log", "libs/eventlog/planted.py", "import eventlet"),
            ("amqp in the relay", "services/relay/planted.py", "import amqp"),
            ("kombu in a worker of a worker", "services/ballots/domain/worker.py", "import kombu"),
        ],
        house.the_optimiser_stays_with_the_lotteries: [
            ("in a command", "services/cli/planted.py", "import highspy"),
            ("in a service", "services/ballots/planted.py", "def f():\n    import numpy as np\n    return np"),
        ],
        house.the_product_imports_nothing_of_the_tests: [
            ("a GPL oracle", "libs/tally/planted.py", "import pabutools.rules"),
            ("the test kit", "services/cli/planted.py", "from testkit import check_log"),
        ],
        house.only_the_command_line_prints: [("an application", "services/ballots/planted.py", "print('x')")],
        house.files_and_functions_stay_small: [
            ("351 lines", "libs/rules/planted.py", "x = 1\n" * 350),
            ("61 lines", "libs/rules/planted.py", "def f():\n" + "    x = 1\n" * 60),
        ],
        house.modules_say_what_they_are: [
            ("no sentence", "services/ballots/planted.py", "x = 1"),
        ],
    }.items()
    for sentence, path, code in cases
]


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [case[1:] for case in PLANTED],
    ids=[f"{case[1].__name__}: {case[0]}" for case in PLANTED],
)
def test_a_violation_planted_on_purpose_is_seen(tmp_path: Path, check: Check, path: str, text: str) -> None:
    planted = tmp_path / path
    planted.parent.mkdir(parents=True)
    planted.write_text(text.removeprefix(SENTENCE) if check is house.modules_say_what_they_are else text)
    (violation,) = {(violation.path) for violation in check(house.modules(tmp_path))}
    assert violation == path


ALLOWED = [
    ("services/ballots/domain/good.py", "from ballots.domain.events import BallotCast"),
    ("services/ballots/domain/good.py", "from tally.forms import BallotRules"),
    ("services/ballots/domain/good.py", "from . import events"),
    ("libs/rules/good.py", "from urllib.parse import quote\nfrom uuid import UUID, uuid5"),
    ("libs/rules/__main__.py", "import sys"),
    ("libs/rules/templates/__init__.py", "from importlib.resources import files"),
    ("services/cli/embedded.py", "import ballots.wiring"),
    ("services/ballots/worker.py", "from nameko.rpc import rpc"),
    ("libs/runtime/good.py", "import eventlet\nfrom datetime import datetime\nx = datetime.now()"),
    ("services/cli/good.py", "print('x')"),
    ("services/cli/lotteries/good.py", "import highspy"),
    ("libs/rules/good.py", "x = 1\n" * 349),
    ("libs/rules/good.py", "def f():\n" + "    x = 1\n" * 59),
]


@pytest.mark.parametrize(("path", "code"), ALLOWED)
def test_what_is_allowed_is_not_seen_as_a_violation(tmp_path: Path, path: str, code: str) -> None:
    good = tmp_path / path
    good.parent.mkdir(parents=True)
    good.write_text(SENTENCE + code)
    assert [violation for check in house.CHECKS for violation in check(house.modules(tmp_path))] == []
