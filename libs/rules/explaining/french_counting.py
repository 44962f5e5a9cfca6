"""Le français des bulletins et du dépouillement : comment l'argent ou les sièges suivent les voix."""

from __future__ import annotations

from rules.explaining.language import Phrases

COUNTING: Phrases = {
    "form.yes_no_abstain": "Sur le bulletin, l'électeur dit oui ou non, s'abstient, ou vote blanc.",
    "form.choose_one": "Sur le bulletin, l'électeur choisit une option.",
    "form.approval": "Sur le bulletin, l'électeur nomme les options qu'il soutient.",
    "form.points": "Sur le bulletin, l'électeur donne des points à des options.",
    "form.ranking": "Sur le bulletin, l'électeur classe des options, la meilleure en tête.",
    "form.grades": "Sur le bulletin, l'électeur donne une mention à chaque option.",
    "form.quadratic": "Sur le bulletin, l'électeur achète des voix pour des options avec des crédits.",
    "score.choose_one": "Le score d'une option est le nombre de ses voix.",
    "score.approval": "Le score d'une option est le nombre de ses voix.",
    "score.points": "Le score d'une option est la somme de ses points.",
    "score.ranking": "Le score d'une option est la somme de ce que valent ses rangs.",
    "score.quadratic": "Le score d'une option est le nombre de ses voix.",
    "grades": ("La mention est {grades}.", "Les {n} mentions sont, de la meilleure à la pire, {grades}."),
    "grades.all": "Un bulletin donne une mention à chaque option, ou reste blanc.",
    "grades.some": "Une option à laquelle un bulletin ne donne pas de mention y reçoit la pire.",
    "credits": (
        "L'électeur dispose de {n} crédit ; un nombre de voix pour une option coûte ce nombre multiplié par lui-même.",
        "L'électeur dispose de {n} crédits ; un nombre de voix pour une option coûte ce nombre multiplié par lui-même.",
    ),
    "credits.for": "Les voix se donnent pour des options, jamais contre.",
    "credits.against": (
        "Des voix peuvent aussi être données contre une option, au même prix ; elles se retranchent de son score."
    ),
    "order.submitted": "Les options sont présentées dans l'ordre de leur dépôt.",
    "order.lot": "Les options sont présentées dans un ordre tiré au sort, que chacun peut refaire.",
    "choose.at_least": ("Un bulletin nomme au moins {n} option.", "Un bulletin nomme au moins {n} options."),
    "choose.exactly": ("Un bulletin nomme exactement {n} option.", "Un bulletin nomme exactement {n} options."),
    "choose.between": ("Un bulletin nomme de {least} à {n} option.", "Un bulletin nomme de {least} à {n} options."),
    "blank_allowed": "Il peut être laissé blanc.",
    "points.exactly": ("Exactement {n} point est distribué.", "Exactement {n} points sont distribués."),
    "points.at_most": ("Au plus {n} point est distribué.", "Au plus {n} points sont distribués."),
    "points.option": (
        "Aucune option ne reçoit plus de {n} point par bulletin.",
        "Aucune option ne reçoit plus de {n} points par bulletin.",
    ),
    "places.borda": "Un rang vaut le nombre d'options, moins le nombre de rangs qui le précèdent.",
    "places.max": (
        "Le premier rang vaut {n} point.",
        "Le premier rang vaut {n} points, et chaque rang suivant un de moins.",
    ),
    "places.declared": (
        "L'unique rang ({n}) vaut {worth} points.",
        "Les {n} rangs valent, du meilleur au dernier, {worth} points.",
    ),
    "budget_limit": "Les options d'un bulletin ne peuvent, ensemble, coûter plus que le budget.",
    "revisable": "L'électeur peut changer son bulletin jusqu'au scellement de l'urne.",
    "not_revisable": "Un bulletin déposé ne peut plus être changé.",
    "secrecy.open": "Le scrutin est déclaré public : chaque bulletin est enregistré sous un identifiant connu.",
    "secrecy.pseudonymous": (
        "Le scrutin est déclaré pseudonyme : chaque bulletin est enregistré sous le pseudonyme de son électeur."
    ),
    "budget": ("{n} {currency} est à répartir.", "{n} {currency} sont à répartir."),
    "rule.greedy": (
        "Les options sont retenues par score décroissant ; celle qui coûte plus que ce qui reste est sautée."
    ),
    "rule.greedy-no-skip": (
        "Les options sont retenues par score décroissant, jusqu'à la première qui coûte plus que ce qui reste."
    ),
    "rule.greedy-threshold": (
        "Parmi les options qui atteignent le seuil, elles sont retenues par score décroissant ; celle qui coûte plus que "
        "ce qui reste est sautée."
    ),
    "rule.poznan-80": (
        "Les options sont retenues par score décroissant, jusqu'à la première qui coûte plus que ce qui reste ; celle-ci "
        "est encore retenue s'il reste au moins 80 % de son coût."
    ),
    "rule.greedy-exclusive": (
        "Les options sont retenues par score décroissant ; celle qui coûte plus que ce qui reste est sautée, et parmi "
        "celles d'un même groupe, qui s'excluent, seule la première retenue est financée."
    ),
    "rule.equal-shares": (
        "Par la méthode des parts égales : chaque voix dispose d'une part égale de l'argent, une option est payée par ceux "
        "qui la soutiennent, à parts égales tant que leurs parts le permettent, et celle qui leur coûte le moins pour "
        "son utilité passe la première."
    ),
    "rule.phragmen": (
        "Par la méthode séquentielle de Phragmén : tous les électeurs gagnent de l'argent au même rythme, et une option est "
        "payée dès que ceux qui la soutiennent réunissent son coût ; la première qui dépasse ce qui reste y met fin."
    ),
    "utility.cost": "Une option soutenue vaut pour un électeur ce qu'elle coûte.",
    "utility.cardinality": "Toutes les options soutenues se valent pour un électeur, quel que soit leur coût.",
    "completion.none": "L'argent que cela laisse n'est pas dépensé.",
    "completion.add1": (
        "Tant que le budget est respecté, le calcul est refait avec {step} {currency} de plus pour chaque voix ; le dernier "
        "qui le respecte compte."
    ),
    "completion.add1u": (
        "Tant que le budget est respecté, le calcul est refait avec {step} {currency} de plus pour chaque voix ; le dernier "
        "qui le respecte compte, et ce qui reste encore va aux plus hauts scores qui y tiennent."
    ),
    "completion.greedy": "Ce qui reste va aux plus hauts scores qui y tiennent.",
    "comparison.satisfaction": (
        "Le résultat est comparé à la liste des plus hauts scores qui tiennent dans le budget : si les électeurs qui soutiennent "
        "davantage cette liste sont plus nombreux que ceux qui soutiennent davantage ce résultat, c'est elle qui est retenue."
    ),
    "comparison.exclusion": (
        "Le résultat est comparé à la liste des plus hauts scores qui tiennent dans le budget : si les électeurs dont seule "
        "cette liste contient une option soutenue sont plus nombreux que ceux dont seul ce résultat en contient une, c'est "
        "elle qui est retenue."
    ),
    "envelopes": (
        "De cette somme, {n} secteur a son enveloppe, pour ses propres options :",
        "De cette somme, {n} secteurs ont leur enveloppe, chacun pour ses propres options :",
    ),
    "envelope": "{district} : {budget} {currency}.",
    "left.kept": "Le reste va aux options de tout le territoire ; ce qu'un secteur laisse n'est pas dépensé.",
    "left.city_wide": "Le reste, avec ce que laissent les secteurs, va aux options de tout le territoire.",
    "left.all": (
        "Le reste va aux options de tout le territoire ; ce que laissent toutes les enveloppes va ensuite à toute option qui "
        "n'est pas encore financée."
    ),
    "election": ("{n} siège est à pourvoir.", "{n} sièges sont à pourvoir."),
    "method.stv-scottish": (
        "Au vote unique transférable, règles écossaises : qui atteint le quota (les voix divisées par le nombre de sièges plus "
        "un, partie entière, plus un) est élu et transmet ce qui le dépasse, tronqué à cinq décimales ; sinon le dernier est "
        "éliminé."
    ),
    "method.stv-meek": (
        "Au vote unique transférable, méthode de Meek : chaque élu garde de chaque voix la part qu'il lui faut pour le "
        "quota, le reste est transmis ; sinon le dernier est éliminé."
    ),
    "method.irv": (
        "Au vote alternatif : l'option qui a le moins de premiers rangs est éliminée et ses bulletins sont transmis, jusqu'à "
        "ce que l'une ait plus de la moitié de ceux qui comptent encore."
    ),
    "method.irv-minneapolis": (
        "Au vote alternatif, règles de Minneapolis : les noms ajoutés et non déclarés sont éliminés d'abord, puis ensemble "
        "tous ceux qui ne peuvent gagner, jusqu'à ce que l'un ait plus de la moitié des bulletins qui comptent encore."
    ),
    "method.schulze": (
        "Par la méthode de Schulze : les options sont comparées deux à deux d'après le nombre de ceux qui classent l'une "
        "devant l'autre, et la plus forte chaîne de telles victoires les départage."
    ),
    "method.majority-judgment": (
        "Au jugement majoritaire : l'option qui a la meilleure mention médiane est élue ; celles qui sont à égalité sont "
        "comparées mention par mention, en s'écartant de la médiane."
    ),
    "method.borda": "Par la méthode de Borda : chaque rang donne des points, et les options qui en ont le plus sont élues.",
    "election.precision": (
        "Les voix sont calculées à {n} décimale, un tour étant repris jusqu'à ce que son excédent soit sous {omega}.",
        "Les voix sont calculées à {n} décimales, un tour étant repris jusqu'à ce que son excédent soit sous {omega}.",
    ),
    "election.ties": "À égalité, les options sont départagées {steps}.",
    "threshold": "Il faut à une option un score d'au moins {n} ; celle que personne n'a choisie ne reçoit rien.",
    "threshold.none": "Il n'y a pas de seuil, mais une option que personne n'a choisie ne reçoit rien.",
    "breaks": "À score égal, les options sont départagées {steps}.",
    "breaks.then": " ; puis ",
    "break.more_votes_elsewhere": "par le plus grand nombre d'électeurs qui soutiennent l'option",
    "break.lower_cost": "par le coût le plus bas",
    "break.higher_cost": "par le coût le plus élevé",
    "break.earlier_submission": "par l'ancienneté du dépôt",
    "break.previous_stage": "par les voix au dernier stade antérieur où elles n'étaient pas égales",
    "break.lot": "par un tirage au sort que chacun peut refaire",
}
