"""A graded ballot gives an option a grade of the charter's scale, whose grades are named once, best first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from kernel.refusal import Refused
from tally.choices import listed, refused, short

MAX_GRADES = 100

Grade: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,80}$", strip_whitespace=False)]
"""A grade's name as voters read it, such as `Très bien`: one line of 1 to 80 characters."""


def check_grades(pairs: Iterable[tuple[str, object]], scale: Sequence[str]) -> dict[str, str] | Refused:
    """The grade of each option; refused when one is no grade of the scale."""
    given: dict[str, str] = {}
    for option, grade in pairs:
        if not isinstance(grade, str) or grade not in scale:
            say = "give grades of this ballot's scale"
            return refused("unknown_grade", say, option=option, grade=short(grade), scale=listed(scale))
        given[option] = grade
    return given


def scale_problems(scale: Sequence[str]) -> Iterator[str]:
    """What is wrong with a scale."""
    twice = sorted({grade for grade in scale if scale.count(grade) > 1})
    if twice:
        yield f"each grade is named once; found {', '.join(twice)} again"
    spaced = [grade for grade in scale if grade != grade.strip()]
    if spaced:
        yield f"a grade has no space at its ends; found {spaced[0]!r}"
