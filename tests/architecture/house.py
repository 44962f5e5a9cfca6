"""The rules of the house (DESIGN §1), checked on the syntax tree of every module; each check returns its violations."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

WITH_AN_API = frozenset({"processes", "proposals", "chambers", "ballots", "audit"})
SERVICES = WITH_AN_API | {"relay"}
PURE_LIBS = frozenset({"kernel", "rules", "tally", "transparency", "replay"})
LIBS = PURE_LIBS | {"eventlog", "runtime", "testkit", "comitia"}

PURE_STDLIB = frozenset(
    {
        "__future__",
        "abc",
        "base64",
        "binascii",
        "bisect",
        "calendar",
        "collections",
        "contextlib",
        "copy",
        "csv",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "hmac",
        "io",
        "itertools",
        "json",
        "math",
        "numbers",
        "operator",
        "re",
        "string",
        "struct",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
        "urllib.parse",
        "uuid",
        "zlib",
    }
)
PURE_PACKAGES = frozenset({"pydantic", "pydantic_core", "rfc8785", "yaml", "cryptography"})
"""What pure code may use beside the standard library: computations on values (docs/decisions/0001)."""

PURE_EXCEPTIONS = {
    "libs/rules/templates/__init__.py": frozenset({"importlib.resources"}),
}
"""Templates are package data: their text is part of the code."""

IMPURE_NAMES = frozenset(
    {"now", "utcnow", "today", "uuid1", "uuid4", "urandom", "token_bytes", "generate", "fromtimestamp"}
)
IMPURE_BUILTINS = frozenset({"open", "input", "print", "eval", "exec", "__import__", "compile", "breakpoint"})
BROKER = frozenset({"nameko", "kombu", "amqp", "eventlet"})
TESTS_ONLY = frozenset(
    {"pabutools", "pymerkle", "pyrankvote", "jsonschema", "pytest", "hypothesis", "testkit", "tests", "grpc_tools"}
)
OPTIMISER = frozenset({"highspy", "numpy", "scipy"})
OPTIMISING = "services/cli/lotteries/"
COMPOSITION_ROOT = "services/cli/embedded.py"

MAX_FILE = 350
MAX_FUNCTION = 60


@dataclass(frozen=True, order=True)
class Violation:
    """Where a rule of the house is broken, and what is there."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Module:
    """A source file: its path from the root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def parts(self) -> tuple[str, ...]:
        return Path(self.path).parts

    @property
    def is_product(self) -> bool:
        return self.parts[0] in ("libs", "services") and not self.path.startswith("libs/testkit/")

    @property
    def owner(self) -> str:
        """`ballots` for services/ballots/…, `rules` for libs/rules/…"""
        return self.parts[1]

    @property
    def is_pure(self) -> bool:
        in_pure_lib = self.parts[0] == "libs" and self.owner in PURE_LIBS and self.parts[-1] != "__main__.py"
        return in_pure_lib or (self.parts[0] == "services" and self.parts[2:3] == ("domain",))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every module imported, by its full name, relative and dynamic imports resolved; with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)
            elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__", "run_module"):
                target = node.args[0] if node.args else None
                name = target.value if isinstance(target, ast.Constant) else "a name known only when it runs"
                yield node.lineno, str(name)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.parts[1 : len(self.parts) - node.level]
        return ".".join((*package, *([node.module] if node.module else [])))


def modules(root: Path) -> list[Module]:
    """Every module of the house but the generated ones."""
    found = []
    for folder in ("libs", "services", "tests", "infra"):
        for path in sorted((root / folder).rglob("*.py")):
            relative = path.relative_to(root).as_posix()
            if not relative.startswith("libs/comitia/"):
                text = path.read_text(encoding="utf-8")
                found.append(Module(relative, text, ast.parse(text)))
    return found


def pure_code_imports_only_pure_code(found: Iterable[Module]) -> list[Violation]:
    """Pure code imports the standard library without I/O, clock or randomness, declared packages, and pure code."""
    return [
        Violation(module.path, line, f"pure code imports {name}")
        for module in found
        if module.is_pure
        for line, name in module.imports()
        if not _may_be_imported_by_pure(module, name)
    ]


def pure_code_uses_no_clock_chance_or_files(found: Iterable[Module]) -> list[Violation]:
    """Time, ids and randomness come in as arguments."""
    return [
        Violation(module.path, node.lineno, f"pure code calls {_called(node)}()")
        for module in found
        if module.is_pure
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _is_impure(node)
    ]


def services_never_import_each_other(found: Iterable[Module]) -> list[Violation]:
    """Services meet in the log and over gRPC; only the embedded composition root knows them all."""
    return [
        Violation(module.path, line, f"{module.owner} imports the service {_top(name)}")
        for module in found
        if module.parts[0] == "services" and module.path != COMPOSITION_ROOT
        for line, name in module.imports()
        if _top(name) in SERVICES | {"cli"} - {module.owner} and _top(name) != module.owner
    ]


def libs_never_import_services(found: Iterable[Module]) -> list[Violation]:
    """Libs know no service."""
    return [
        Violation(module.path, line, f"a lib imports the service {_top(name)}")
        for module in found
        if module.parts[0] == "libs"
        for line, name in module.imports()
        if _top(name) in SERVICES | {"cli"}
    ]


def the_kernel_imports_no_other_lib(found: Iterable[Module]) -> list[Violation]:
    """The kernel is at the bottom."""
    return [
        Violation(module.path, line, f"the kernel imports {_top(name)}")
        for module in found
        if module.path.startswith("libs/kernel/")
        for line, name in module.imports()
        if _top(name) in LIBS - {"kernel"}
    ]


def the_broker_stays_in_workers(found: Iterable[Module]) -> list[Violation]:
    """nameko, kombu and eventlet appear only in a service's worker.py and in runtime/."""
    return [
        Violation(module.path, line, f"{_top(name)} is imported outside worker.py and runtime/")
        for module in found
        if not (module.parts[0] == "services" and module.parts[2:] == ("worker.py",))
        and not module.path.startswith(("libs/runtime/", "tests/broker/"))
        for line, name in module.imports()
        if _top(name) in BROKER
    ]


def the_optimiser_stays_with_the_lotteries(found: Iterable[Module]) -> list[Violation]:
    """Floating-point optimisation only makes lotteries, which exact code checks (docs/decisions/0030)."""
    return [
        Violation(module.path, line, f"{_top(name)} is imported outside {OPTIMISING}")
        for module in found
        if module.is_product and not module.path.startswith(OPTIMISING)
        for line, name in module.imports()
        if _top(name) in OPTIMISER
    ]


def the_product_imports_nothing_of_the_tests(found: Iterable[Module]) -> list[Violation]:
    """Test tools and oracles (some of them GPL) are never imported by the product."""
    return [
        Violation(module.path, line, f"the product imports {_top(name)}")
        for module in found
        if module.is_product
        for line, name in module.imports()
        if _top(name) in TESTS_ONLY
    ]


def only_the_command_line_prints(found: Iterable[Module]) -> list[Violation]:
    """print() belongs to cli/ and to __main__.py."""
    return [
        Violation(module.path, node.lineno, "print() outside cli/ and __main__.py")
        for module in found
        if module.is_product and module.owner != "cli" and module.parts[-1] != "__main__.py"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def files_and_functions_stay_small(found: Iterable[Module]) -> list[Violation]:
    """Small enough to hold in the head."""
    too_long = []
    for module in found:
        lines = len(module.text.splitlines())
        if lines > MAX_FILE:
            too_long.append(Violation(module.path, 1, f"{lines} lines, at most {MAX_FILE}"))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION:
                    what = f"{node.name} has {length} lines, at most {MAX_FUNCTION}"
                    too_long.append(Violation(module.path, node.lineno, what))
    return too_long


def modules_say_what_they_are(found: Iterable[Module]) -> list[Violation]:
    """The first line of a module is one sentence."""
    return [
        Violation(module.path, 1, "the first line is no sentence that says what this module is")
        for module in found
        if not (ast.get_docstring(module.tree) or "").partition("\n")[0].endswith((".", "…", "`", "?"))
    ]


CHECKS = (
    pure_code_imports_only_pure_code,
    pure_code_uses_no_clock_chance_or_files,
    services_never_import_each_other,
    libs_never_import_services,
    the_kernel_imports_no_other_lib,
    the_broker_stays_in_workers,
    the_optimiser_stays_with_the_lotteries,
    the_product_imports_nothing_of_the_tests,
    only_the_command_line_prints,
    files_and_functions_stay_small,
    modules_say_what_they_are,
)


def _may_be_imported_by_pure(module: Module, name: str) -> bool:
    allowed = PURE_STDLIB | PURE_PACKAGES | PURE_LIBS | PURE_EXCEPTIONS.get(module.path, frozenset())
    if module.parts[0] == "services":
        allowed |= {f"{module.owner}.domain"}
    pieces = name.split(".")
    if pieces[0] == "uuid" and pieces[-1] in IMPURE_NAMES:
        return False
    return any(".".join(pieces[:length]) in allowed for length in range(1, len(pieces) + 1))


def _is_impure(node: ast.Call) -> bool:
    if isinstance(node.func, ast.Name):
        return node.func.id in IMPURE_BUILTINS | IMPURE_NAMES
    return isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_NAMES


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _top(name: str) -> str:
    return name.partition(".")[0]
