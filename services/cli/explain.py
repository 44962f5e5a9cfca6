"""`comitia explain`: why a project did or did not win, why a motion was or was not adopted, from the log alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from cli.bundles import fetch_bundle
from cli.connect import DEFAULT_DATA, Data, Json, Server, connected
from cli.output import print_json, progress, say, unreadable, wrong
from kernel.refusal import Kind, Refused
from replay.explaining import LANGUAGES, Story, explain, read_story
from transparency.bundle import open_bundle

Where = Annotated[
    str, typer.Argument(metavar="PROCESS", help="A bundle's file, or a process's id (with --server or --data).")
]
Name = Annotated[str, typer.Argument(metavar="PROJECT", help="A project's or a motion's name.")]
Lang = Annotated[str, typer.Option("--lang", metavar="LANG", help=f"The language: {', '.join(LANGUAGES)}.")]


def story_of(process: str, server: str | None, data: Path, *, as_json: bool) -> Story:
    """A process read from a bundle, or from a server's bundle of it; else the end with status 2."""
    with _bundle_of(process, server, data, as_json=as_json) as path, progress() as bar:
        task = bar.add_task("read", total=None)
        try:
            with path.open("rb") as source:
                bundle = open_bundle(source)
                if isinstance(bundle, Refused):
                    wrong(bundle, file=path, as_json=as_json)
                story = read_story(bundle, lambda done, size: bar.update(task, completed=done, total=size))
        except OSError as error:
            unreadable(path, error, as_json=as_json)
    if isinstance(story, Refused):
        wrong(story, file=path, as_json=as_json)
    return story


@contextmanager
def _bundle_of(process: str, server: str | None, data: Path, *, as_json: bool) -> Iterator[Path]:
    """The bundle named, or one fetched into a folder that is gone afterwards."""
    named = Path(process)
    if named.is_file():
        yield named
        return
    if named.suffix:
        missing = Refused("no_bundle", kind=Kind.NOT_FOUND, say="there is no such bundle")
        wrong(missing, file=named, as_json=as_json)
    with tempfile.TemporaryDirectory(prefix="comitia-") as folder:
        path = Path(folder) / "process.comitia"
        with connected(server, data, as_json=as_json) as client:
            fetch_bundle(client, process, path)
        yield path


def explain_(
    process: Where,
    name: Name,
    lang: Lang = "en",
    server: Server = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Say why a project did or did not win (or why a motion was or was not adopted), citing the events of the log.

    The log is replayed but not verified: `comitia verify` does that.
    """
    language = LANGUAGES.get(lang)
    if language is None:
        said = f"no language {lang}; there are {', '.join(LANGUAGES)}"
        wrong(Refused("unknown_language", kind=Kind.NOT_FOUND, say=said), as_json=as_json)
    story = story_of(process, server, data, as_json=as_json)
    found = explain(story, name)
    if isinstance(found, Refused):
        wrong(found, as_json=as_json)
    if as_json:
        print_json({"process": story.process_id, "events": story.size, **found.to_json(language), **doubts(story)})
        return
    say(found.head(language))
    for fact in found.facts:
        say(f"  {fact.sentence(language)}")
    warn(story)


def doubts(story: Story) -> dict[str, int]:
    """How many things in the log are wrong, by the replay alone."""
    return {"differences": story.differences}


def warn(story: Story) -> None:
    """Say so when the replay found something wrong."""
    if story.differences:
        say(f"the replay found {story.differences:,} differences in this log: see `comitia verify`")
