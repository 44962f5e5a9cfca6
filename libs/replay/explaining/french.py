"""Le français : une tournure pour chaque fait d'une explication."""

from __future__ import annotations

from rules.explaining.french import spaced_phrases

PHRASES = spaced_phrases(
    {
        "event": "[événement {events}]",
        "events": "[événements {events}]",
        "more": ("{n} autre", "{n} autres"),
        "head.project": "Projet {name}, {title} : {outcome}.",
        "head.motion": "Motion {name}, {title} : {outcome}.",
        "outcome.won": "il est retenu",
        "outcome.lost": "il n'est pas retenu",
        "outcome.open": "rien n'est encore décidé",
        "outcome.adopted": "adoptée",
        "outcome.rejected": "rejetée",
        "outcome.tied": "voix partagées, donc non adoptée",
        "outcome.inquorate": "non décidée, faute de quorum",
        "outcome.advised": "un avis a été rendu",
        "outcome.withdrawn": "retirée",
        # les projets
        "project.submitted": "Il a été déposé par {author}.",
        "project.revised": "Il a été modifié.",
        "project.withdrawn": "Il a été retiré.",
        "project.declined": "Instruit par {service}, il a été jugé irréalisable : {reasons}",
        "project.feasible": "Instruit par {service}, il a été jugé réalisable.",
        "project.costed": "Instruit par {service}, il a été jugé réalisable et son coût estimé à {cost}.",
        "project.shortlisted": "Il a été porté sur la liste des projets soumis au vote.",
        "project.never_voted": "Il n'a donc jamais été soumis au vote.",
        "project.no_shortlist": "Aucune liste de projets soumis au vote n'est encore publiée.",
        "project.not_shortlisted": "Il ne figurait pas sur la liste publiée, il n'a donc pas été soumis au vote.",
        "project.not_open": "La liste est publiée ; l'urne n'est pas encore ouverte.",
        "project.box": ("Il a été seul soumis au vote.", "Il a été soumis au vote parmi {n} options."),
        "project.not_counted": "Les bulletins ne sont pas encore dépouillés.",
        "project.votes": (
            "Il a obtenu {n} voix, pour {voters} votants en tout : rang {rank} sur {options} options.",
            "Il a obtenu {n} voix, pour {voters} votants en tout : rang {rank} sur {options} options.",
        ),
        "project.points": (
            "Il a obtenu {n} point, pour {voters} votants en tout : rang {rank} sur {options} options.",
            "Il a obtenu {n} points, pour {voters} votants en tout : rang {rank} sur {options} options.",
        ),
        "project.tie": "À égalité avec {others}, à {score}, il a été départagé {by} : place {place} sur {tied}.",
        "project.lot": (
            "À égalité avec {others}, à {score}, il a été départagé {by}, à partir de la racine du journal au scellement : "
            "place {place} sur {tied}."
        ),
        "project.fits": (
            "Quand vint son tour, il restait {remaining} {currency} sur {budget}, et il coûte {cost} {currency} : il est "
            "financé."
        ),
        "project.reserve": (
            "Quand vint son tour, il restait {remaining} {currency} sur {budget}, et il coûte {cost} {currency} : il restait "
            "une part suffisante de son coût, il est financé."
        ),
        "project.lacked": (
            "Quand vint son tour, il restait {remaining} {currency} sur {budget}, et il coûte {cost} {currency} : il lui "
            "manquait {lacked} {currency}."
        ),
        "project.bought": "Il coûte {cost} {currency} et il est financé ; le journal dit : « {why} ».",
        "project.passed_over": "Il coûte {cost} {currency} et il n'est pas financé ; le journal dit : « {why} ».",
        "project.supporters": (
            "À ceux qui le soutiennent, il restait ensemble {money} {currency} : il manquait {lacked} {currency}."
        ),
        "project.nobody": "Personne ne l'a choisi : il n'a pas été examiné.",
        "project.threshold": "Il lui fallait un score de {threshold} et il a obtenu {score} : il lui manquait {lacked}.",
        "project.stopped": "Son tour n'est jamais venu : l'argent s'est arrêté à {last}.",
        "project.more_votes": (
            "Avec {n} voix de plus ({score} en tout), toutes choses égales par ailleurs, il aurait été retenu.",
            "Avec {n} voix de plus ({score} en tout), toutes choses égales par ailleurs, il aurait été retenu.",
        ),
        "project.more_votes_instead": (
            "Avec {n} voix de plus ({score} en tout), toutes choses égales par ailleurs, il aurait été retenu à la place de "
            "{instead}.",
            "Avec {n} voix de plus ({score} en tout), toutes choses égales par ailleurs, il aurait été retenu à la place de "
            "{instead}.",
        ),
        "project.more_points": (
            "Avec {n} point de plus ({score} en tout), toutes choses égales par ailleurs, il aurait été retenu.",
            "Avec {n} points de plus ({score} en tout), toutes choses égales par ailleurs, il aurait été retenu.",
        ),
        "project.more_points_instead": (
            "Avec {n} point de plus ({score} en tout), toutes choses égales par ailleurs, il aurait été retenu à la place de "
            "{instead}.",
            "Avec {n} points de plus ({score} en tout), toutes choses égales par ailleurs, il aurait été retenu à la place de "
            "{instead}.",
        ),
        "elected.first": ("Au départ, il avait {n} voix.", "Au départ, il avait {n} voix."),
        "elected.no_votes": "Il n'a eu de voix à aucun tour.",
        "elected.eliminated": (
            "Avec {n} voix au tour {round}, il a été éliminé.",
            "Avec {n} voix au tour {round}, il a été éliminé.",
        ),
        "elected.eliminated_together": (
            "Avec {n} voix au tour {round}, il a été éliminé en même temps que {others}.",
            "Avec {n} voix au tour {round}, il a été éliminé en même temps que {others}.",
        ),
        "elected.elected": (
            "Avec {n} voix au tour {round}, il a été élu.",
            "Avec {n} voix au tour {round}, il a été élu.",
        ),
        "elected.quota": (
            "Avec {n} voix au tour {round}, il a été élu (le quota était de {quota}).",
            "Avec {n} voix au tour {round}, il a été élu (le quota était de {quota}).",
        ),
        "elected.left": (
            "Au dernier tour, {round}, il avait {n} voix et n'a pas été élu.",
            "Au dernier tour, {round}, il avait {n} voix et n'a pas été élu.",
        ),
        "elected.place": "Dans le classement, il tient la place {place} sur {options}.",
        "elected.merit": (
            "Sa mention majoritaire est {grade} ; mentions meilleures : {above}, mentions moins bonnes : {below}."
        ),
        "elected.beaten": "Comparé à chacune des autres options, il vient après {by}.",
        "elected.unbeaten": "Comparé à chacune des autres options, il ne vient après aucune.",
        "elected.points": ("Il a obtenu {n} point.", "Il a obtenu {n} points."),
        "elected.seat": ("Il a obtenu l'unique siège.", "Il a obtenu le siège {place} sur {n}."),
        "elected.others": ("Le siège est allé à {others}.", "Les {n} sièges sont allés à {others}."),
        "project.laureate": "Il a été nommé lauréat, au rang {rank}.",
        "project.planned": "Sa réalisation a été planifiée.",
        "project.delivered": "Il a été réalisé.",
        # les motions
        "motion.proposed": "Elle a été déposée par {mover}, comme motion {matter}.",
        "motion.withdrawn": "Elle a été retirée.",
        "motion.asked.vote": "La chambre {chamber} a été appelée à voter (scrutin {round}).",
        "motion.asked.advice": "La chambre {chamber} a été saisie pour avis.",
        "motion.asked.objections": "Les membres de {chamber} ont été invités à faire part de leurs objections.",
        "motion.counted": "La chambre {chamber} a voté : {yes} pour, {no} contre, {abstain} en abstention.",
        "motion.advised": "La chambre {chamber} a rendu son avis : {opinion}.",
        "motion.silent": "La chambre {chamber} a gardé le silence jusqu'à l'échéance : son avis est réputé {opinion}.",
        "opinion.positive": "favorable",
        "opinion.negative": "défavorable",
        "opinion.none": "absent",
        "motion.casting": "{member}, titulaire du rôle {role}, a donné sa voix prépondérante : {choice}.",
        "choice.yes": "oui",
        "choice.no": "non",
        "choice.abstain": "abstention",
        "motion.objection": "{member}, de {chamber}, a fait objection : {reason}",
        "motion.stands": (
            "{tester}, titulaire du rôle {role}, a constaté que l'objection de {member} remplit {met} critères sur {criteria} : "
            "elle est retenue."
        ),
        "motion.does_not_stand": (
            "{tester}, titulaire du rôle {role}, a constaté que l'objection de {member} remplit {met} critères sur {criteria} : "
            "elle n'est pas retenue."
        ),
        "motion.lot": (
            "Le partage des voix de {chamber} a été tranché par un tirage au sort que chacun peut refaire, à partir de la racine "
            "du journal au scellement : {choice}."
        ),
        "motion.chosen": "Des deux versions, {option} est retenue.",
        "motion.window_closed": "Le délai d'objection de {chamber} est écoulé.",
        "motion.decided": "Décision : {outcome}. En voici les motifs :",
        "strictly": "plus de",
        "not_strictly": "au moins",
        "majority.yes": "suffit",
        "majority.no": "ne suffit pas",
        "quorum.yes": "est atteint",
        "quorum.no": "n'est pas atteint",
        "veto.yes": "la motion est arrêtée",
        "veto.no": "la motion n'est pas arrêtée",
        "reason.majority": (
            "Dans {chamber}, {yes} pour, {no} contre, {abstain} en abstention : il fallait {strict} {needed} voix pour, sur "
            "{base}, cela {verdict}."
        ),
        "reason.quorum": (
            "Dans {chamber}, {present} présents sur {members}, et il en fallait {strict} {needed} : le quorum {verdict}."
        ),
        "reason.tie": "Dans {chamber}, {yes} voix pour et {no} contre : il y a partage.",
        "reason.tie_rejects": "Dans {chamber}, le partage des voix vaut rejet.",
        "reason.all_of": "Toutes les parties ({needed}) devaient l'adopter ; nombre de parties qui l'ont fait : {adopted}.",
        "reason.any_of": "Une partie au moins ({needed}) devait l'adopter ; nombre de parties qui l'ont fait : {adopted}.",
        "reason.at_least": "Au moins {needed} parties devaient l'adopter ; nombre de parties qui l'ont fait : {adopted}.",
        "reason.veto": "Les objections de {chamber} pèsent {objections}, pour une limite de {needed} : {verdict}.",
        "reason.consent": "Dans {chamber}, objections retenues : {standing} sur {objections}.",
        "reason.other": "Le journal dit : « {text} ».",
        "motion.lacked": (
            "Si {n} des {no} voix contre dans {chamber} avait été pour, toutes choses égales par ailleurs, elle aurait été "
            "adoptée.",
            "Si {n} des {no} voix contre dans {chamber} avaient été pour, toutes choses égales par ailleurs, elle aurait été "
            "adoptée.",
        ),
        "motion.lacked_together": "Aucune chambre, à elle seule, n'aurait pu la faire adopter en votant autrement.",
    }
)
