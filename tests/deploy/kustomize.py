"""Puts the Kubernetes objects of a kustomization together, for what our kustomizations use and nothing else.

By hand, its objects were compared with `kubectl kustomize` (kustomize 5.5): the same but for the hash at the end of a
generated ConfigMap's name.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]

_KNOWN = frozenset(
    {
        "apiVersion",
        "kind",
        "namespace",
        "namePrefix",
        "labels",
        "resources",
        "images",
        "patches",
        "configMapGenerator",
    }
)


def render(folder: Path) -> list[Object]:
    """The objects, with all that the kustomization says done to them. Raises for what is not understood here."""
    told = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    if unknown := set(told) - _KNOWN:
        raise NotImplementedError(f"{folder}: {', '.join(sorted(unknown))} in a kustomization")
    objects = [one for name in told.get("resources", ()) for one in _read(folder / name)]
    objects += [_generated(folder, one) for one in told.get("configMapGenerator", ())]
    for patch in told.get("patches", ()):
        _patch(folder, patch, objects)
    for labels in told.get("labels", ()):
        for each in objects:
            _label(each, labels)
    for each in objects:
        _rename(each, told.get("namePrefix", ""))
        if "namespace" in told and each["kind"] != "Namespace":
            each["metadata"]["namespace"] = told["namespace"]
    for image in told.get("images", ()):
        _image(objects, image)
    return objects


def _read(path: Path) -> list[Object]:
    if path.is_dir():
        return render(path)
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


def _generated(folder: Path, told: Any) -> Object:
    data = {name: (folder / name).read_text(encoding="utf-8") for name in told["files"]}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": told["name"]}, "data": data}


def _patch(folder: Path, told: Any, objects: list[Object]) -> None:
    """Values replaced in all objects of a kind (JSON 6902), or one object with more of its maps (strategic merge)."""
    if "path" in told:
        for change in _read(folder / told["path"]):
            (aim,) = (each for each in objects if _name(each) == _name(change))
            _merge(aim, change)
        return
    for each in objects:
        if each["kind"] == told["target"]["kind"]:
            for step in yaml.safe_load(told["patch"]):
                _replace(each, step)


def _name(each: Object) -> tuple[str, str]:
    return each["kind"], each["metadata"]["name"]


def _merge(into: Object, change: Object) -> None:
    for key, value in change.items():
        if isinstance(value, dict):
            _merge(into.setdefault(key, {}), value)
        elif isinstance(value, list):
            raise NotImplementedError(f"a list in a patch: {key}")
        else:
            into[key] = value


def _replace(each: Any, step: Any) -> None:
    *way, last = [int(part) if part.isdigit() else part for part in step["path"].lstrip("/").split("/")]
    for part in way:
        each = each[part]
    if step["op"] != "replace" or last not in each:
        raise NotImplementedError(f"{step['op']} of {step['path']}")
    each[last] = step["value"]


def _label(each: Object, told: Any) -> None:
    pairs = told["pairs"]
    _add(each["metadata"], "labels", pairs)
    spec = each.get("spec") or {}
    if "template" in spec and (told.get("includeTemplates") or told.get("includeSelectors")):
        for made in (spec["template"], *spec.get("volumeClaimTemplates", ())):
            _add(made.setdefault("metadata", {}), "labels", pairs)
    if not told.get("includeSelectors"):
        return
    if each["kind"] == "Service":
        spec["selector"] = {**(spec.get("selector") or {}), **pairs}
    elif "selector" in spec:
        _add(spec["selector"], "matchLabels", pairs)
    for spread in spec.get("template", {}).get("spec", {}).get("topologySpreadConstraints", ()):
        _add(spread["labelSelector"], "matchLabels", pairs)


def _add(holder: Object, key: str, pairs: Object) -> None:
    holder[key] = {**(holder.get(key) or {}), **copy.deepcopy(pairs)}


def _rename(each: Object, prefix: str) -> None:
    each["metadata"]["name"] = prefix + each["metadata"]["name"]
    if prefix and each["kind"] == "HorizontalPodAutoscaler":
        each["spec"]["scaleTargetRef"]["name"] = prefix + each["spec"]["scaleTargetRef"]["name"]


def _image(objects: list[Object], told: Any) -> None:
    def change(container: Object) -> None:
        if container["image"].partition(":")[0] == told["name"]:
            tag = told.get("newTag")
            container["image"] = told.get("newName", told["name"]) + (f":{tag}" if tag else "")

    each_container(objects, change)


def each_container(objects: list[Object], do: Callable[[Object], None]) -> None:
    """Every container of every pod that the objects make."""
    for one in objects:
        for container in one.get("spec", {}).get("template", {}).get("spec", {}).get("containers", ()):
            do(container)
