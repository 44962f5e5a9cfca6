"""Charters to start from (`comitia charter list`): each names its sources, and whether they were read or recalled."""

from __future__ import annotations

from importlib.resources import files

_SUFFIX = ".yaml"


def names() -> tuple[str, ...]:
    """The names of all templates, sorted."""
    found = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def text(name: str) -> str:
    """The YAML of a template; raises `KeyError` for a name that is not in `names()`."""
    if name not in names():
        raise KeyError(name)
    return files(__name__).joinpath(name + _SUFFIX).read_text(encoding="utf-8")
