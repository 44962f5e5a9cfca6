"""Where settings are told: variables `COMITIA_…`, a YAML file, files that hold a secret. A name that is none is an error."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, SecretStr

from runtime.listening import CannotStart

PREFIX = "COMITIA_"
FILE = "settings_file"
OF_A_SECRET = "_file"
"""`COMITIA_DATABASE_FILE` (or `database_file` in the settings file) names a file that holds what `database` is set to."""

_SERVICES = ("PROCESSES_", "PROPOSALS_", "CHAMBERS_", "BALLOTS_", "AUDIT_", "RELAY_")
_CLIENTS = frozenset({"SERVER", "TOKEN", "TOKEN_FILE", "CA", "CLIENT_CERT", "CLIENT_KEY", "SHARED_DATA"})
_TESTS = "TEST_"
_KUBERNETES = re.compile(r".*_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)")
"""Kubernetes tells each container of every service of its namespace in variables of these names."""


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def secrets_of(model: type[BaseModel]) -> frozenset[str]:
    """The settings whose values are never shown."""
    return frozenset(name for name, field in model.model_fields.items() if _mentions_a_secret(field.annotation))


def _mentions_a_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_mentions_a_secret(part) for part in get_args(annotation))


def names_of(model: type[BaseModel]) -> frozenset[str]:
    """Everything that may be set, in the spelling of the settings file."""
    return frozenset(model.model_fields) | {name + OF_A_SECRET for name in secrets_of(model)}


def told(model: type[BaseModel]) -> dict[str, Any]:
    """What is set; the environment overrules the file. Raises `CannotStart` naming what is no setting, or cannot be read."""
    environment = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and value and not _is_anothers(name.removeprefix(PREFIX), model)
    }
    file = environment.pop(FILE, None)
    _refuse_unknown(environment, names_of(model) | {FILE}, variable)
    from_file = {} if file is None else _read(Path(file), model)
    return {**_with_secrets(from_file, model), **_with_secrets(environment, model)}


def _is_anothers(name: str, model: type[BaseModel]) -> bool:
    """Whether a variable is meant for another program: a client, a test, Kubernetes, or another service."""
    if name in _CLIENTS or name.startswith(_TESTS) or _KUBERNETES.fullmatch(name):
        return True
    own = {field.upper() for field in model.model_fields}
    return any(name.startswith(prefix) and not any(field.startswith(prefix) for field in own) for prefix in _SERVICES)


def _refuse_unknown(
    names: Iterable[str], known: Iterable[str], shown: Callable[[str], str] = str, where: str = ""
) -> None:
    """`shown` spells a setting's name as it would be written `where` these were found."""
    spelled = sorted(map(shown, known))
    for name in map(shown, names):
        if name not in spelled:
            close = get_close_matches(name, spelled, n=1, cutoff=0.75)
            hint = f"did you mean {close[0]}?" if close else "`python -m SERVICE settings` lists them all"
            raise CannotStart(f"{where}{name} is no setting: {hint}")


def _read(path: Path, model: type[BaseModel]) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"{variable(FILE)}: cannot read {path}: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise CannotStart(f"{variable(FILE)}: {path} is no YAML{where}: {getattr(error, 'problem', '')}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise CannotStart(f"{variable(FILE)}: {path} must hold lines such as `listen: 0.0.0.0:7400`")
    _refuse_unknown(found, names_of(model), where=f"{path}: ")
    return found


def _with_secrets(layer: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """What was told in one place, with what the files named there hold."""
    values = dict(layer)
    for name in secrets_of(model) & {each.removesuffix(OF_A_SECRET) for each in layer if each.endswith(OF_A_SECRET)}:
        path = Path(str(values.pop(name + OF_A_SECRET)))
        if name in values:
            raise CannotStart(f"{variable(name)} and {variable(name + OF_A_SECRET)} are both set: set one of them")
        try:
            values[name] = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CannotStart(f"{variable(name + OF_A_SECRET)}: cannot read {path}: {error}") from error
    return values
