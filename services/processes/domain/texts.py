"""What may be written in a field: how long and on how many lines; nothing is cut or mended silently."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_ONE_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_PROSE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _title(text: str) -> str:
    if not text.strip() or len(text) > 500 or _ONE_LINE.search(text):
        raise ValueError("one line of 1 to 500 characters is expected")
    return text


def _reason(text: str) -> str:
    if not text.strip() or len(text) > 2_000 or _PROSE.search(text):
        raise ValueError("text of 1 to 2000 characters is expected")
    return text


Title = Annotated[str, AfterValidator(_title)]
Reason = Annotated[str, AfterValidator(_reason)]
