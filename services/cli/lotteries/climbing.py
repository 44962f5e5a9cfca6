"""Panels of greater weight near known ones: one member at a time is exchanged while the quotas stay met."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cli.lotteries.problem import Composition, Problem

STARTS = 5
GAIN = 1e-9


class Climber:
    """Finds most panels that a lottery needs, a hundred times as fast as a whole-number program proves the best one."""

    def __init__(self, problem: Problem) -> None:
        groups = list(problem.groups)
        self._numbers = np.array(problem.numbers)
        self._least = np.array([group.at_least for group in groups])
        self._most = np.array([group.at_most for group in groups])
        self._member = np.zeros((len(problem.kinds), len(groups)), dtype=np.int64)
        for place, group in enumerate(groups):
            self._member[list(group.kinds), place] = 1

    def better(self, panels: Sequence[Composition], weights: Sequence[float]) -> list[Composition]:
        """What is reached from the known panels of greatest weight, heaviest first, each once."""
        worth = np.array(weights)
        known = np.array(panels)
        starts = np.argsort(-(known @ worth), kind="stable")[:STARTS]
        found = {self._climb(known[start].copy(), worth): None for start in starts}
        return sorted(found, key=lambda panel: -float(np.array(panel) @ worth))

    def _climb(self, panel: np.ndarray, worth: np.ndarray) -> Composition:
        counted = panel @ self._member
        improved = True
        while improved:
            improved = False
            for out in np.argsort(worth, kind="stable"):
                if not panel[out]:
                    continue
                after = counted - self._member[out] + self._member
                allowed = ((after >= self._least) & (after <= self._most)).all(axis=1) & (panel < self._numbers)
                gains = np.where(allowed, worth - worth[out], 0.0)
                into = int(gains.argmax())
                if gains[into] > GAIN:
                    panel[out] -= 1
                    panel[into] += 1
                    counted = after[into]
                    improved = True
        return tuple(int(number) for number in panel)
