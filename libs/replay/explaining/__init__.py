"""Why a project won or not, and why a motion was adopted or not: told from the log, each fact with its events."""

from __future__ import annotations

from kernel.refusal import Kind, Refused
from replay.explaining.facts import LANGUAGES, Explained, Fact
from replay.explaining.motions import explain_motion
from replay.explaining.projects import explain_project
from replay.explaining.story import Story, read_story

__all__ = ["LANGUAGES", "Explained", "Fact", "Story", "explain", "explain_motion", "explain_project", "read_story"]

NEAREST = 5


def explain(story: Story, name: str) -> Explained | Refused:
    """Why the project or the motion of this name came out as it did; `unknown_subject` names those like it."""
    if name in story.replay.proposals.proposals:
        return explain_project(story, name)
    if name in story.replay.motions.motions:
        return explain_motion(story, name)
    known = [*story.replay.motions.motions, *story.replay.proposals.proposals]
    alike = [each for each in known if each.startswith(name) or name in each] or known
    told = ", ".join(alike[:NEAREST]) + (f" and {len(alike) - NEAREST} more" if len(alike) > NEAREST else "")
    say = f"there is no project and no motion of this name; there are {told}" if known else "nothing is decided here"
    return Refused("unknown_subject", kind=Kind.NOT_FOUND, say=say, name=name[:128])
