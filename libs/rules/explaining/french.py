"""Le français : une tournure pour tout ce qu'une charte peut dire."""

from __future__ import annotations

import re

from rules.explaining.french_counting import COUNTING
from rules.explaining.language import Language, Phrases

NARROW, WIDE = "\u202f", "\u00a0"
"""Les espaces insécables : fine dans les nombres et devant ; ! ? %, pleine devant : et dans les guillemets."""


def _spaced(phrase: str) -> str:
    """La tournure avec ses espaces insécables, que l'on n'écrit pas à la main."""
    phrase = re.sub(r" ([;!?%])", NARROW + r"\1", phrase)
    return re.sub(r" ([:»])", WIDE + r"\1", phrase).replace("« ", f"«{WIDE}")


def spaced_phrases(written: Phrases) -> Phrases:
    """Toutes les tournures, avec leurs espaces insécables."""
    return {
        key: _spaced(phrase) if isinstance(phrase, str) else (_spaced(phrase[0]), _spaced(phrase[1]))
        for key, phrase in written.items()
    }


PHRASES = spaced_phrases(
    {
        **COUNTING,
        # les mots
        "quoted": "« {text} »",
        "list.and": "{first} et {last}",
        "more_than": "plus de {share}",
        "at_least": "au moins {share}",
        "share.1/2": "la moitié",
        "share.1/3": "le tiers",
        "share.2/3": "les deux tiers",
        "share.1/4": "le quart",
        "share.3/4": "les trois quarts",
        "share.2/5": "les deux cinquièmes",
        "share.3/5": "les trois cinquièmes",
        "share.percent": "{percent} %",
        "share.ratio": "les {ratio}",
        "day": "{day} {month} {year}",
        "day.first": "1er",
        "month.1": "janvier",
        "month.2": "février",
        "month.3": "mars",
        "month.4": "avril",
        "month.5": "mai",
        "month.6": "juin",
        "month.7": "juillet",
        "month.8": "août",
        "month.9": "septembre",
        "month.10": "octobre",
        "month.11": "novembre",
        "month.12": "décembre",
        "duration.months": ("{n} mois", "{n} mois"),
        "duration.days": ("{n} jour", "{n} jours"),
        "duration.hours": ("{n} heure", "{n} heures"),
        "duration.minutes": ("{n} minute", "{n} minutes"),
        "duration.seconds": ("{n} seconde", "{n} secondes"),
        # la charte
        "charter": "{title} : ce que dit la charte {name} (format de charte {format}).",
        "summary": "Selon ses propres termes : {text}",
        "source.read": "Source, lue par l'auteur de la charte : {cite}",
        "source.recalled": "Source citée de mémoire, encore à vérifier : {cite}",
        # les phases
        "phases": ("La procédure compte {n} phase.", "La procédure compte {n} phases, ouvertes l'une après l'autre."),
        "phase": "Phase {name} : {title}.",
        "opens.command.first": "Elle s'ouvre la première, sur décision de l'organisateur.",
        "opens.command.later": "Elle s'ouvre sur décision de l'organisateur, lorsque vient son tour.",
        "opens.date.first": "Elle s'ouvre la première, d'elle-même, au début du {day} (UTC) et pas avant.",
        "opens.date.later": "Elle s'ouvre d'elle-même au début du {day} (UTC) et pas avant, lorsque vient son tour.",
        "closes.command": "Elle se clôt sur décision de l'organisateur.",
        "closes.date": "Elle se clôt d'elle-même à la fin du {day} (UTC) et pas avant.",
        "next": "La phase {phase} lui succède.",
        "last": "C'est la dernière.",
        "allows": "Tant qu'elle est ouverte, {actions}.",
        "allows.nothing": "Tant qu'elle est ouverte, rien n'est permis.",
        "allows.enrol": "des membres peuvent être inscrits sur les listes",
        "allows.submit": "des propositions peuvent être déposées",
        "allows.revise": "des propositions peuvent être modifiées",
        "allows.withdraw": "des propositions peuvent être retirées",
        "allows.review": "les propositions sont instruites et chiffrées",
        "allows.shortlist": "la liste des propositions soumises au vote est arrêtée et publiée",
        "allows.move": "des motions peuvent être déposées et mises aux voix",
        "allows.vote": "on vote",
        "allows.deliver": "ce qui a été promis est réalisé et suivi",
        "votes": "À son ouverture, l'urne du scrutin {matter} est ouverte ; à sa clôture, elle est scellée, puis dépouillée.",
        # les chambres
        "chambers": ("Une chambre vote.", "Il y a {n} chambres."),
        "chamber": "Chambre {name} : {title}.",
        "electors.enrolled": "Ses membres sont inscrits sur une liste, chacun avec une voix, sauf autre poids qui y est porté.",
        "electors.counted": (
            "Ses électeurs ne sont inscrits sur aucune liste ici : on ne les connaît que par des feuilles de dépouillement "
            "signées."
        ),
        "electorate": ("Il y en a {n}.", "Il y en a {n}."),
        "derived": (
            "Elle n'a pas de bulletins propres : son unique unité ({n} unité, poids {weight}) vote comme ses propres électeurs "
            "dans la chambre {source} : oui s'il y a plus de oui que de non, non s'il y en a moins, {equality} à égalité.",
            "Elle n'a pas de bulletins propres : chacune de ses {n} unités (poids total : {weight}) vote comme ses propres "
            "électeurs dans la chambre {source} : oui s'il y a plus de oui que de non, non s'il y en a moins, {equality} à "
            "égalité.",
        ),
        "equality.no": "non",
        "equality.yes": "oui",
        "colleges.scaled": (
            "Ses unités sont des collèges à part fixe : les voix de chacun sont rapportées au nombre de voix indiqué ci-dessous, "
            "quelle que soit la participation ; un collège où personne ne vote n'apporte rien."
        ),
        "delegation.proxies": (
            "Un membre peut donner procuration à un autre, qui la porte s'il vote ; nul n'en détient plus de {n}.",
            "Un membre peut donner procuration à un autre, qui la porte s'il vote ; nul n'en détient plus de {n}.",
        ),
        "delegation.liquid": (
            "Un membre peut déléguer sa voix à un autre, qui peut la déléguer à son tour : la délégation est suivie "
            "jusqu'au premier qui a voté."
        ),
        "delegation.personal": (
            "Qui vote en personne n'est pas représenté, et peut jusque-là retirer sa délégation ; chacun compte avec son propre "
            "poids, comme son délégué a voté."
        ),
        "roles": ("Un membre peut y tenir le rôle {roles}.", "Les membres peuvent y tenir les rôles {roles}."),
        "units.counted": (
            "Ses bulletins sont dépouillés dans {n} unité : {units}.",
            "Ses bulletins sont dépouillés séparément dans {n} unités : {units}.",
        ),
        "votes.each": ("{n} voix", "{n} voix"),
        "units.weight": ("{n} unité ayant {votes} : {units}.", "{n} unités ayant chacune {votes} : {units}."),
        "seats": "Ses sièges : {rules}.",
        "seats.and": " ; ",
        "seats.exactly": ("exactement {n} membre", "exactement {n} membres"),
        "seats.at_least": ("au moins {n} membre", "au moins {n} membres"),
        "seats.at_most": ("au plus {n} membre", "au plus {n} membres"),
        "seats.odd": "un nombre impair de membres",
        "seats.free": "aucune règle",
        "seats.staff": ("La charte est écrite pour {n} salarié.", "La charte est écrite pour {n} salariés."),
        "role.exactly": "exactement {n} dans le rôle {role}",
        "role.at_least": "au moins {n} dans le rôle {role}",
        "role.at_most": "au plus {n} dans le rôle {role}",
        "role_share.exactly": "ceux qui tiennent le rôle {role} représentent exactement {share} {of}",
        "role_share.at_least": "ceux qui tiennent le rôle {role} représentent au moins {share} {of}",
        "role_share.at_most": "ceux qui tiennent le rôle {role} représentent au plus {share} {of}",
        "share_of.members": "de l'ensemble des membres",
        "share_of.role": "du nombre de ceux qui tiennent le rôle {role}",
        "scale.staff": "Ses sièges dépendent du nombre de salariés, que cette charte fixe à {n} :",
        "scale.members": "Ses sièges dépendent du nombre de ses membres :",
        "scale.role": "Ses sièges dépendent du nombre de ceux qui tiennent le rôle {role} :",
        "step.up_to": "jusqu'à {n} : {rules}.",
        "step.above": "au-delà de {n} : {rules}.",
        "step.always": "quel que soit ce nombre : {rules}.",
        # les questions
        "matters": ("Une sorte de question est tranchée.", "{n} sortes de questions sont tranchées."),
        "matters.none": "Aucune question n'est mise aux voix.",
        "matter.motion": "Question {name} (tranchée par des motions) : {title}.",
        "matter.selection": "Question {name} (un choix parmi des propositions) : {title}.",
        "selection": "Les membres de la chambre {chamber} choisissent parmi les propositions de la liste publiée.",
        # les décisions
        "adopted.motion": "Une motion {matter} est adoptée",
        "adopted.part": "{number}. Adoptée",
        "adopted.option": "Version {option} : adoptée",
        "on.motion": "Sur une motion {matter}, la chambre",
        "on.part": "{number}. La chambre",
        "on.option": "Version {option} : la chambre",
        "vote": "{adopted} lorsque, dans la chambre {chamber}, {majority}.",
        "majority.share": "les voix pour représentent {amount} {of}",
        "majority.votes": ("il y a au moins {n} voix pour", "il y a au moins {n} voix pour"),
        "majority.simple": "{clause} : c'est la majorité absolue des suffrages exprimés",
        "majority.absolute": "{clause} : c'est la majorité absolue des membres",
        "of.expressed": "des suffrages exprimés (pour et contre, sans les abstentions)",
        "of.present": "de tous ceux qui votent, abstentions comprises",
        "of.members": "de l'ensemble des membres, qu'ils votent ou non",
        "units_of.expressed": "des voix de ses unités qui ont voté",
        "units_of.present": "des voix de ses unités qui ont voté",
        "units_of.members": "des voix de toutes ses unités",
        "two_votes": "La personne titulaire du rôle {role} dispose de deux voix dans ce scrutin.",
        "quorum": (
            "Quorum : {rules}, {counted}, doivent avoir voté (s'abstenir, c'est voter) ; sinon rien n'est décidé, quelles "
            "que soient les voix."
        ),
        "quorum.second_call": (
            "Quorum : {rules}, {counted}, doivent avoir voté (s'abstenir, c'est voter) ; sinon la chambre est convoquée une "
            "seconde fois, et il suffit alors que {again}, {counted_again}, aient voté."
        ),
        "quorum.share": "{amount} des membres",
        "quorum.seats": ("au moins {n} membre", "au moins {n} membres"),
        "quorum.weight": "comptés d'après le poids de leurs voix",
        "quorum.heads": "comptés par tête",
        "blank.present": "Les bulletins blancs et nuls comptent comme présents, mais ni pour ni contre.",
        "blank.absent": "Les bulletins blancs et nuls comptent comme si leurs électeurs étaient absents.",
        "blank.expressed": "Les bulletins blancs et nuls s'ajoutent aux suffrages exprimés : ils pèsent donc contre.",
        "tie": "En cas de partage des voix (autant de voix pour que contre), {steps}.",
        "tie.then": " ; si le partage demeure, ",
        "tie.never": (
            "Un nombre égal de voix pour et contre n'est pas un partage selon cette règle : les voix pour suffisent, ou ne "
            "suffisent pas."
        ),
        "tie.open": "la motion n'est pas adoptée et reste partagée",
        "tie.reject": "la motion est rejetée",
        "tie.revote": "on procède à un nouveau scrutin, qui seul compte",
        "tie.lot": "un tirage au sort que chacun peut refaire décide",
        "tie.casting_vote": "la personne titulaire du rôle {role} a voix prépondérante (aucun suppléant n'en hérite)",
        "tie.second_vote": (
            "on procède à un nouveau scrutin, s'il n'a déjà eu lieu, et en cas de nouveau partage la personne titulaire du rôle "
            "{role} (jamais un suppléant) y dispose de deux voix"
        ),
        "all_of": (
            "{adopted} lorsque chacune des parties ci-dessous l'adopte, comptée seule ; le refus d'une seule suffit à la "
            "rejeter :"
        ),
        "any_of": (
            "{adopted} lorsque l'une au moins des parties ci-dessous l'adopte, comptée seule ; seul le refus de toutes la "
            "rejette :"
        ),
        "at_least.of": (
            "{adopted} lorsqu'au moins {n} des {parts} parties ci-dessous l'adopte, chacune comptée seule :",
            "{adopted} lorsqu'au moins {n} des {parts} parties ci-dessous l'adoptent, chacune comptée seule :",
        ),
        "sequence": (
            "{adopted} lorsque chacune des étapes ci-dessous l'adopte, dans cet ordre ; la première qui ne l'adopte pas met "
            "fin à la procédure, et les suivantes ne sont pas consultées (un avis n'y met jamais fin) :"
        ),
        "advice": "{on} {chamber} est saisie pour avis ; elle a {deadline} pour le rendre, et son avis ne lie pas.",
        "advice.positive": "L'avis est favorable lorsque {majority} ; sinon il est défavorable.",
        "advice.inquorate": "Faute de quorum, il est réputé n'y avoir aucun avis.",
        "silence.negative": "À défaut d'avis dans ce délai, son silence vaut avis défavorable.",
        "silence.positive": "À défaut d'avis dans ce délai, son silence vaut avis favorable.",
        "silence.none": "À défaut d'avis dans ce délai, son silence vaut absence d'avis.",
        "veto": (
            "{adopted} lorsque la partie ci-dessous l'adopte et que la chambre {chamber} ne l'arrête pas par ses objections :"
        ),
        "veto.window": (
            "Une fois adoptée, elle peut faire l'objet d'objections pendant {window} ; {enough} l'arrêtent définitivement."
        ),
        "veto.members": ("les objections d'au moins {n} membre", "les objections d'au moins {n} membres"),
        "veto.share": "les objections représentant {amount} du poids de tous ceux qui peuvent objecter",
        "override": (
            "{adopted} lorsque la partie 1 ci-dessous l'adopte ; si celle-ci refuse ou si les voix y sont partagées, la "
            "partie 2 est consultée et peut l'adopter quand même :"
        ),
        "tie_break": (
            "{adopted} dans l'une de deux versions, {first} ou {second}, chacune décidée seule comme ci-dessous ; les deux "
            "sont mises aux voix en même temps :"
        ),
        "tie_break.question": (
            "Si les deux sont adoptées, la chambre {chambers} dit laquelle elle préfère : un oui préfère {first}, un non "
            "préfère {second}.",
            "Si les deux sont adoptées, les chambres {chambers} disent laquelle elles préfèrent : un oui préfère {first}, un "
            "non préfère {second} ; celle que toutes préfèrent est retenue.",
        ),
        "tie_break.disagree": (
            "En cas de désaccord, on additionne pour chaque version ses parts des oui et des non dans chaque chambre, et la "
            "plus grande somme l'emporte ; à sommes égales, le partage demeure."
        ),
        "consent": (
            "{adopted} lorsque la chambre {chamber} a pu soulever des objections pendant {window} et qu'aucune n'est retenue."
        ),
        "consent.untested": "Toute objection est retenue.",
        "consent.tested": (
            "Une objection n'est retenue que si la personne titulaire du rôle {role} constate, au procès-verbal, qu'elle remplit "
            "ce critère :",
            "Une objection n'est retenue que si la personne titulaire du rôle {role} constate, au procès-verbal, qu'elle remplit "
            "l'ensemble des {n} critères :",
        ),
        # les modifications
        "amendment": "Pendant la procédure, seules ces parties de la charte peuvent être modifiées :",
        "amendment.none": "Pendant la procédure, rien dans la charte ne peut être modifié.",
        "amendment.path": "{path} : {meaning}.",
        "amendment.field": "{field} de {owner}",
        "amendment.below": "tout ce qui est sous {field} de {owner}",
        "amendment.everything": "tout ce qui est dans {owner}",
        "amendment.whole": "la charte",
        "amendment.phases.any": "toute phase",
        "amendment.phases.one": "la phase {name}",
        "amendment.chambers.any": "toute chambre",
        "amendment.chambers.one": "la chambre {name}",
        "amendment.matters.any": "toute question",
        "amendment.matters.one": "la question {name}",
    }
)


def _contracted(text: str) -> str:
    """« de le » se dit « du », « de les » se dit « des »."""
    return text.replace(" de le ", " du ").replace(" de les ", " des ")


FRENCH = Language(
    code="fr",
    phrases=PHRASES,
    thousands=NARROW,
    point=",",
    is_one=lambda n: -2 < n < 2,
    contract=_contracted,
)
