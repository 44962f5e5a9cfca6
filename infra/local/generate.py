"""Generates libs/comitia from proto/: messages, type stubs and gRPC stubs, in packages that can be imported."""

from __future__ import annotations

import argparse
import filecmp
import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
GENERATED = ROOT / "libs" / "comitia"


def sources() -> list[Path]:
    """Every contract, in one order on every machine."""
    return sorted(PROTO.rglob("*.proto"))


def generate(target: Path) -> None:
    """Write the packages under `target`, the folder `comitia`; raises `SystemExit` when protoc refuses."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        arguments = [
            "protoc",
            f"--proto_path={PROTO}",
            f"--proto_path={files('grpc_tools') / '_proto'}",
            f"--python_out={out}",
            f"--pyi_out={out}",
            f"--grpc_python_out={out}",
            *(str(path.relative_to(PROTO)) for path in sources()),
        ]
        if protoc.main(arguments) != 0:
            raise SystemExit("protoc refused the contracts; see above")
        package = out / "comitia"
        for folder in (package, *(path for path in package.rglob("*") if path.is_dir())):
            (folder / "__init__.py").write_text('"""Generated from proto/ by `make proto`; do not edit."""\n')
        _replace(package, target)


def _replace(package: Path, target: Path) -> None:
    """Write only what differs and drop what is no longer generated: running programs see no half-written tree."""
    wanted = {path.relative_to(package) for path in package.rglob("*") if path.is_file()}
    for relative in sorted(wanted):
        source, destination = package / relative, target / relative
        if not destination.is_file() or source.read_bytes() != destination.read_bytes():
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, destination)
    for path in sorted(target.rglob("*"), reverse=True):
        if "__pycache__" in path.parts:
            continue
        if path.is_file() and path.relative_to(target) not in wanted:
            path.unlink()


def differences(left: Path, right: Path) -> list[str]:
    """Files that are in one tree only, or differ; empty when the trees are equal."""
    names = {
        path.relative_to(tree).as_posix()
        for tree in (left, right)
        for path in tree.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return sorted(name for name in names if not _same(left / name, right / name))


def _same(left: Path, right: Path) -> bool:
    return left.is_file() and right.is_file() and filecmp.cmp(left, right, shallow=False)


def main() -> int:
    """`generate.py` writes; `generate.py --check` compares and exits 1 naming the files that differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is committed instead of writing")
    if not parser.parse_args().check:
        generate(GENERATED)
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "comitia"
        generate(fresh)
        different = differences(fresh, GENERATED)
    for name in different:
        sys.stderr.write(f"libs/comitia/{name} is not what proto/ generates: run `make proto`\n")
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
