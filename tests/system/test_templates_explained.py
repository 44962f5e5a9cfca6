"""Templates held whole are explained whole: each motion's outcome with its steps and reasons, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.client import Client
from cli.embedded import Engine
from kernel.refusal import Refused
from replay.explaining import LANGUAGES, explain
from tests.system.sittings import Clock, House, Sitting
from tests.system.test_every_template import STORIES
from tests.system.test_explained import explained, story_of

pytestmark = pytest.mark.slow

NAMES = (
    "ch-initiative-counterproposal",
    "de-mitbestg",
    "fr-cse-avis",
    "holacracy-governance",
    "plebeian-veto",
    "se-board",
)
"""Those whose motions are decided in the most different ways."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    clock = Clock()
    folder = tmp_path_factory.mktemp("explained")
    with Engine(folder, clock=clock, timers_every=0.05) as engine, Client(engine.address) as client:
        yield House(engine, client, clock)


@pytest.mark.parametrize("name", NAMES)
def test_every_motion_of_a_template_is_explained(house: House, name: str, tmp_path: Path) -> None:
    held = Sitting.of(house, name)
    expected = STORIES[name](held)
    assert held.verified(tmp_path).held
    story = story_of(next(tmp_path.glob("*.comitia")))
    for motion in expected:
        found = explained(story, motion)
        decided = [event.data for event in story.motions[motion] if event.type == "chambers.MotionDecided"]
        reasons = [fact for fact in found.facts if fact.what.startswith("reason.")]
        assert found.outcome == (decided[0]["outcome"] if decided else "open")
        assert len(reasons) == (len(decided[0]["reasons"]) if decided else 0)
        told = [len({fact.sentence(language) for language in LANGUAGES.values()}) for fact in found.facts]
        assert set(told) == {2}
    assert isinstance(explain(story, "no such motion"), Refused)
