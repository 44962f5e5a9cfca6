"""A first charter from a few answers: the questions, what each takes for an answer, and the YAML with its comments."""

from __future__ import annotations

from rules.drafting.questions import QUESTIONS, Answers, Question
from rules.drafting.writing import draft

__all__ = ["QUESTIONS", "Answers", "Question", "draft"]
