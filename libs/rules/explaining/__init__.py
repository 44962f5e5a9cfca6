"""What a charter means, said sentence by sentence in a language from one table of phrases each."""

from __future__ import annotations

from rules.explaining.english import ENGLISH
from rules.explaining.french import FRENCH
from rules.explaining.language import Language, Line
from rules.explaining.whole import explain

__all__ = ["LANGUAGES", "Language", "Line", "explain"]

LANGUAGES = {language.code: language for language in (ENGLISH, FRENCH)}
"""By ISO 639-1 code."""
