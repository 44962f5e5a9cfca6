"""A tie that a project was in: with whom, what told them apart, and which place that gave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kernel.numbers import parse_exact
from replay.explaining.facts import Fact
from replay.explaining.story import Story


def tie_facts(story: Story, name: str, box: str, ties: Sequence[dict[str, Any]]) -> Iterator[Fact]:
    """A lot is drawn from the log's root at the seal, so that event is cited too."""
    tallied = story.of_box(box, "BoxTallied")
    for tie in ties:
        if name not in tie["options"]:
            continue
        drawn = tie["lot"] is not None
        events = (*story.of_box(box, "BoxSealed"), *tallied) if drawn else tallied
        numbers = {"score": parse_exact(tie["score"]), "place": tie["order"].index(name) + 1, "tied": len(tie["order"])}
        others = tuple(option for option in tie["order"] if option != name)
        what = "project.lot" if drawn else "project.tie"
        yield Fact(what, events, numbers, names={"others": others}, phrases={"by": f"break.{tie['broken_by']}"})
