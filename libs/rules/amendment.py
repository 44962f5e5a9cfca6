"""A charter may be amended only where it says so: every changed path matches one of its globs; name and format never change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kernel.refusal import Refused

if TYPE_CHECKING:
    from rules.charter import Charter

NEVER = ("/comitia", "/name")
ANY_PART, ANY_DEPTH = "*", "**"


def amendment_changes(old: Charter, new: Charter) -> list[str]:
    """The paths that differ, in order: `/phases/vote/closes`.

    Items of a list are known by their `name` or `code`; `~` and `/` in one are written `~0` and `~1` (RFC 6901). A list
    whose items stand in another order differs at the list itself.
    """
    return sorted(_changes("", old.to_json(), new.to_json()))


def check_amendment(old: Charter, new: Charter) -> tuple[str, ...] | Refused:
    """The changed paths when `old` allows every one of them; else `amendment_not_allowed`, naming those it does not."""
    changed = tuple(amendment_changes(old, new))
    if not changed:
        return Refused("amendment_changes_nothing", say="send a charter that differs from the one in force")
    globs = old.amendment.allows if old.amendment is not None else ()
    refused = [path for path in changed if path in NEVER or not any(_matches(glob, path) for glob in globs)]
    if not refused:
        return changed
    allowed = ", ".join(globs) or "nothing: the charter declares no amendment"
    say = "change only what the charter in force allows to be amended"
    return Refused("amendment_not_allowed", say=say, paths=", ".join(refused), allowed=allowed)


def _changes(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _member(f"{path}/{_escaped(key)}", key, old, new)
    elif isinstance(old, list) and isinstance(new, list) and old != new:
        yield from _list_changes(path, old, new)
    elif old != new:
        yield path


def _member(path: str, key: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    if key in old and key in new:
        yield from _changes(path, old[key], new[key])
    else:
        yield path


def _list_changes(path: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    before, after = _by_id(old), _by_id(new)
    if before is None or after is None:
        yield path
        return
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield path
    yield from _changes(path, before, after)


def _by_id(items: Sequence[Any]) -> dict[str, Any] | None:
    for field in ("name", "code"):
        if all(isinstance(item, dict) and isinstance(item.get(field), str) for item in items):
            return {item[field]: item for item in items}
    return None


def _matches(glob: str, path: str) -> bool:
    return _match(glob.split("/")[1:], path.split("/")[1:])


def _match(glob: Sequence[str], path: Sequence[str]) -> bool:
    """Each `*` stands for one part of the path; a last `**` for one part or more."""
    if list(glob[-1:]) == [ANY_DEPTH]:
        head = len(glob) - 1
        return len(path) > head and _match(glob[:-1], path[:head])
    pairs = zip(glob, path, strict=False)
    return len(glob) == len(path) and all(part in (ANY_PART, found) for part, found in pairs)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
