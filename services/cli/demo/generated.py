"""Generates the département's budget of the demo from a seed: ideas, costs, residents and their choices. All invented."""

from __future__ import annotations

import random
from dataclasses import dataclass

IDEAS = 432
RESIDENTS = 7_400
VOTERS = 6_860
DONATION_BOXES = "p-117"

_THINGS = (
    ("Jardin partagé", "solidarité", 12_000),
    ("Abri à vélos", "mobilité", 9_000),
    ("Fontaine à eau", "jeunesse", 6_500),
    ("Sentier botanique", "environnement", 28_000),
    ("Aire de jeux inclusive", "solidarité", 62_000),
    ("Ruche pédagogique", "environnement", 7_500),
    ("Atelier de réparation", "économie", 33_000),
    ("Parcours de santé", "sport", 41_000),
    ("Bibliothèque de rue", "culture", 4_000),
    ("Scène mobile", "culture", 88_000),
    ("Ombrière de cour d'école", "jeunesse", 54_000),
    ("Passage à faune", "environnement", 120_000),
)
_PLACES = (
    "Béziers", "Lodève", "Lunel", "Sète", "Pézenas", "Agde", "Clermont-l'Hérault", "Bédarieux",
    "Ganges", "Saint-Pons-de-Thomières", "Mèze", "Castries", "Gignac", "Frontignan", "Olargues",
)  # fmt: skip


@dataclass(frozen=True)
class Idea:
    """A proposal as a resident submits it, and what the review will find."""

    proposal: str
    title: str
    summary: str
    category: str
    place: str
    partners: tuple[str, ...]
    author: str
    feasible: bool
    cost: int
    appeal: float


@dataclass(frozen=True)
class Election:
    """Everything that the seed decides."""

    seed: int
    ideas: tuple[Idea, ...]
    residents: tuple[str, ...]
    ballots: tuple[tuple[str, tuple[str, ...]], ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]
    late: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def shortlist(self) -> list[Idea]:
        return [idea for idea in self.ideas if idea.feasible]


def generate(seed: int) -> Election:
    """The same election for the same seed."""
    dice = random.Random(seed)
    ideas = tuple(_idea(dice, number) for number in range(1, IDEAS + 1))
    residents = tuple(f"r-{number:05d}" for number in range(1, RESIDENTS + 1))
    voters = dice.sample(residents, VOTERS + 12)
    feasible = [idea for idea in ideas if idea.feasible]
    names, appeal = [idea.proposal for idea in feasible], [idea.appeal for idea in feasible]
    online, late = voters[:VOTERS], voters[VOTERS:]
    return Election(
        seed=seed,
        ideas=ideas,
        residents=residents,
        ballots=tuple((voter, _choice(dice, names, appeal)) for voter in online),
        changed=tuple((voter, _choice(dice, names, appeal)) for voter in dice.sample(online, 240)),
        late=tuple((voter, _choice(dice, names, appeal)) for voter in late),
    )


def _idea(dice: random.Random, number: int) -> Idea:
    proposal = f"p-{number:03d}"
    if proposal == DONATION_BOXES:
        return Idea(
            proposal=proposal,
            title="Boîtes à dons de protections périodiques dans les collèges",
            summary="Quatre boîtes où l'on donne et prend des protections périodiques, remplies avec une association.",
            category="solidarité",
            place="Montpellier",
            partners=("Association Règles solidaires (inventée)",),
            author="r-00117",
            feasible=True,
            cost=14_800,
            appeal=9.0,
        )
    thing, category, base = dice.choice(_THINGS)
    place = dice.choice(_PLACES)
    return Idea(
        proposal=proposal,
        title=f"{thing} à {place}",
        summary=f"{thing} ouvert à tous, proposé par un habitant de {place}.",
        category=category,
        place=place,
        partners=(),
        author=f"r-{dice.randint(1, RESIDENTS):05d}",
        feasible=dice.random() < 0.42,
        cost=base * dice.randint(70, 140) // 100,
        appeal=dice.paretovariate(1.2),
    )


def _choice(dice: random.Random, names: list[str], appeal: list[float]) -> tuple[str, ...]:
    wanted = dice.choices((1, 2, 3), weights=(1, 2, 5))[0]
    chosen: dict[str, None] = {}
    while len(chosen) < wanted:
        chosen.setdefault(dice.choices(names, weights=appeal)[0])
    return tuple(chosen)
