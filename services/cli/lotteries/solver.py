"""Linear and whole-number programs, solved by HiGHS: the only module that imports it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import highspy
import numpy as np

from cli.lotteries.problem import Composition, Problem

OPTIONS: Mapping[str, bool | int | float] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-9,
}
"""One thread and one seed: the same problem gives the same lottery."""

OPTIMAL = highspy.HighsModelStatus.kOptimal
INFEASIBLE = highspy.HighsModelStatus.kInfeasible
WHOLE = highspy.HighsVarType.kInteger


@contextmanager
def _no_greeting() -> Iterator[None]:
    """HiGHS greets on the process's standard output when its first model is made, before it can be told not to."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _model() -> highspy.Highs:
    with _no_greeting():
        model = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in OPTIONS.items():
        model.setOptionValue(name, value)
    return model


def _row(model: highspy.Highs, low: float, high: float, terms: Mapping[int, float]) -> None:
    places, factors = np.array(list(terms), dtype=np.int32), np.array(list(terms.values()), dtype=np.float64)
    model.addRow(low, high, len(terms), places, factors)


class Panels:
    """All panels that meet the quotas, searched for the one of greatest weight."""

    def __init__(self, problem: Problem) -> None:
        self._count = len(problem.kinds)
        self._model = _model()
        for number in problem.numbers:
            self._model.addVariable(0, number, type=WHOLE)
        _row(self._model, problem.size, problem.size, dict.fromkeys(range(self._count), 1.0))
        for group in problem.groups:
            _row(self._model, group.at_least, group.at_most, dict.fromkeys(group.kinds, 1.0))
        self._model.changeObjectiveSense(highspy.ObjSense.kMaximize)

    def best(self, weights: Sequence[float]) -> Composition | None:
        """A panel whose people weigh most together; None when no panel meets the quotas."""
        self._model.changeColsCost(
            self._count, np.arange(self._count, dtype=np.int32), np.array(weights, dtype=np.float64)
        )
        self._model.run()
        status = self._model.getModelStatus()
        if status == INFEASIBLE:
            return None
        if status != OPTIMAL:
            raise RuntimeError(f"HiGHS found no best panel: {status}")
        return tuple(round(value) for value in self._model.getSolution().col_value)


@dataclass(frozen=True, slots=True)
class Level:
    """A solved level: the least chance, each panel's probability, what each kind's chance and the total are worth."""

    least: float
    probabilities: tuple[float, ...]
    worth: tuple[float, ...]
    worth_of_all: float


class Shares:
    """Probabilities over the panels known so far: raises the least chance of every kind whose chance is not settled."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers
        self._columns = 0
        self._model = _model()
        self._model.setOptionValue("simplex_strategy", 4)
        self._model.addVariable(0, 1, obj=-1)
        _row(self._model, 1, 1, {})
        for _ in numbers:
            _row(self._model, 0, highspy.kHighsInf, {0: -1.0})

    def add(self, panel: Composition) -> None:
        """One more panel to share among."""
        places = [0] + [kind + 1 for kind, number in enumerate(panel) if number]
        chances = [1.0] + [number / self._numbers[kind] for kind, number in enumerate(panel) if number]
        self._model.addCol(
            0, 0, highspy.kHighsInf, len(places), np.array(places, dtype=np.int32), np.array(chances, dtype=np.float64)
        )
        self._columns += 1

    def settle(self, kind: int, chance: float) -> None:
        """From now on this kind has at least this chance, and the least chance is that of the others."""
        self._model.changeCoeff(kind + 1, 0, 0.0)
        self._model.changeRowBounds(kind + 1, chance, highspy.kHighsInf)

    def solve(self) -> Level:
        """The best shares of the panels known."""
        self._model.run()
        if self._model.getModelStatus() != OPTIMAL:
            raise RuntimeError(f"HiGHS found no best shares: {self._model.getModelStatus()}")
        solution = self._model.getSolution()
        values, duals = list(solution.col_value), list(solution.row_dual)
        return Level(values[0], tuple(values[1:]), tuple(duals[1:]), duals[0])


@dataclass(frozen=True, slots=True)
class Change:
    """What would have to change in one quota."""

    name: str
    limit: str
    declared: int
    needed: int


def least_changes(problem: Problem) -> list[Change]:
    """The fewest seats by which quotas would have to give way for a panel to exist, and which ones: they conflict."""
    model = _model()
    for number in problem.numbers:
        model.addVariable(0, number, type=WHOLE)
    _row(model, problem.size, problem.size, dict.fromkeys(range(len(problem.kinds)), 1.0))
    place = len(problem.kinds)
    for group in problem.groups:
        model.addVariable(0, group.at_least, obj=1, type=WHOLE)
        model.addVariable(0, problem.size, obj=1, type=WHOLE)
        counted = dict.fromkeys(group.kinds, 1.0)
        _row(model, group.at_least, highspy.kHighsInf, {**counted, place: 1.0})
        _row(model, -highspy.kHighsInf, group.at_most, {**counted, place + 1: -1.0})
        place += 2
    model.run()
    if model.getModelStatus() != OPTIMAL:
        raise RuntimeError(f"HiGHS found no least change: {model.getModelStatus()}")
    values = [round(value) for value in model.getSolution().col_value][len(problem.kinds) :]
    changes = []
    for (group, quota), lower, higher in zip(problem.groups.items(), values[::2], values[1::2], strict=True):
        if lower:
            changes.append(Change(quota.name, "at_least", group.at_least, group.at_least - lower))
        if higher:
            changes.append(Change(quota.name, "at_most", group.at_most, group.at_most + higher))
    return changes
