"""As greedy, ties as declared, among options whose score is at least the threshold (equal is enough)."""

from __future__ import annotations

from fractions import Fraction

from tally import greedy


def reaches(score: Fraction, threshold: Fraction) -> bool:
    """Whether a score is enough. An allocation by another rule that declares a threshold keeps it in the same sense."""
    return score >= threshold


steps = greedy.steps
