"""English, of ballots and counts: how one is filled in, and how money or seats follow."""

from __future__ import annotations

from rules.explaining.language import Phrases

COUNTING: Phrases = {
    "form.yes_no_abstain": "On the ballot, a voter says yes or no, abstains, or leaves it blank.",
    "form.choose_one": "On the ballot, a voter chooses one option.",
    "form.approval": "On the ballot, a voter names the options to support.",
    "form.points": "On the ballot, a voter gives points to options.",
    "form.ranking": "On the ballot, a voter ranks options, best first.",
    "form.grades": "On the ballot, a voter gives each option a grade.",
    "form.quadratic": "On the ballot, a voter buys votes for options with credits.",
    "score.choose_one": "An option's score is the number of its votes.",
    "score.approval": "An option's score is the number of its votes.",
    "score.points": "An option's score is the sum of its points.",
    "score.ranking": "An option's score is the sum of what its places are worth.",
    "score.quadratic": "An option's score is the number of its votes.",
    "grades": ("The grade is {grades}.", "The {n} grades are, best first, {grades}."),
    "grades.all": "A ballot grades every option, or is blank.",
    "grades.some": "An option that a ballot does not grade has its worst grade.",
    "credits": (
        "A voter has {n} credit; so many votes for an option cost that number times itself.",
        "A voter has {n} credits; so many votes for an option cost that number times itself.",
    ),
    "credits.for": "Votes are given for options, never against.",
    "credits.against": "Votes may also be given against an option, at the same price, and are taken off its score.",
    "order.submitted": "Options are listed in the order in which they were handed in.",
    "order.lot": "Options are listed in an order drawn by a lot that anyone can redo.",
    "choose.at_least": ("A ballot names at least {n} option.", "A ballot names at least {n} options."),
    "choose.exactly": ("A ballot names exactly {n} option.", "A ballot names exactly {n} options."),
    "choose.between": ("A ballot names {least} to {n} option.", "A ballot names {least} to {n} options."),
    "blank_allowed": "It may be left blank.",
    "points.exactly": ("Exactly {n} point is given out.", "Exactly {n} points are given out."),
    "points.at_most": ("At most {n} point is given out.", "At most {n} points are given out."),
    "points.option": (
        "No option gets more than {n} point from a ballot.",
        "No option gets more than {n} points from a ballot.",
    ),
    "places.borda": "A place is worth the number of options, less the places before it.",
    "places.max": (
        "The first place is worth {n} point.",
        "The first place is worth {n} points, each further place one less.",
    ),
    "places.declared": (
        "The one place is worth {worth} points.",
        "The {n} places are worth, best first, {worth} points.",
    ),
    "budget_limit": "The options on a ballot may together cost no more than the budget.",
    "revisable": "A voter may change the ballot until the box is sealed.",
    "not_revisable": "A ballot once cast cannot be changed.",
    "secrecy.open": "Ballots are declared open: each is recorded under an id known to be its voter's.",
    "secrecy.pseudonymous": "Ballots are declared pseudonymous: each is recorded under its voter's pseudonym.",
    "budget": ("{n} {currency} is shared out.", "{n} {currency} are shared out."),
    "rule.greedy": "Options are taken from the highest score down; one that costs more than is left is skipped.",
    "rule.greedy-no-skip": "Options are taken from the highest score down, up to the first that costs more than is left.",
    "rule.greedy-threshold": (
        "Among the options that reach the threshold, they are taken from the highest score down; one that costs more "
        "than is left is skipped."
    ),
    "rule.poznan-80": (
        "Options are taken from the highest score down, up to the first that costs more than is left; that one is still "
        "taken if at least 80 % of its cost is left."
    ),
    "rule.greedy-exclusive": (
        "Options are taken from the highest score down; one that costs more than is left is skipped, and of options in one "
        "group, which exclude each other, only the first taken is paid for."
    ),
    "rule.equal-shares": (
        "By the Method of Equal Shares: every vote has an equal share of the money, an option is paid for by its own "
        "supporters in equal parts as far as their shares reach, and the one that costs them least for its use comes first."
    ),
    "rule.phragmen": (
        "By Phragmén's sequential method: all voters earn money at one pace, and an option is paid for as soon as its "
        "supporters together have what it costs; the first that is more than what is left ends it."
    ),
    "utility.cost": "What a supported option is worth to a voter is what it costs.",
    "utility.cardinality": "Every supported option is worth the same to a voter, whatever it costs.",
    "completion.none": "Money that this leaves is not spent.",
    "completion.add1": (
        "As long as the budget is kept, the count is repeated with {step} {currency} more for each vote; the last that keeps "
        "it counts."
    ),
    "completion.add1u": (
        "As long as the budget is kept, the count is repeated with {step} {currency} more for each vote; the last that keeps "
        "it counts, and what is still left goes to the highest scores that fit."
    ),
    "completion.greedy": "What is left goes to the highest scores that fit.",
    "comparison.satisfaction": (
        "The result is compared with taking the highest scores that fit: if the voters who support more of that set are more "
        "than those who support more of this one, it is taken instead."
    ),
    "comparison.exclusion": (
        "The result is compared with taking the highest scores that fit: if the voters who support something of that set alone "
        "are more than those who do of this one alone, it is taken instead."
    ),
    "envelopes": (
        "Of this, {n} district has its own envelope, for its own options:",
        "Of this, {n} districts have their own envelopes, each for its own options:",
    ),
    "envelope": "{district}: {budget} {currency}.",
    "left.kept": "The rest is for city-wide options; what a district leaves is not spent.",
    "left.city_wide": "The rest, with what the districts leave, is for city-wide options.",
    "left.all": "The rest is for city-wide options; what all envelopes leave is then for any option that is not paid for yet.",
    "election": ("{n} seat is filled.", "{n} seats are filled."),
    "method.stv-scottish": (
        "By single transferable vote, Scottish rules: who reaches the quota (the votes divided by one more than the seats, "
        "whole part, plus one) is elected and passes on what is beyond it, cut to five decimals; otherwise the lowest is "
        "eliminated."
    ),
    "method.stv-meek": (
        "By single transferable vote, Meek's method: each elected option keeps of every vote the share that it needs for the "
        "quota, the rest passes on; otherwise the lowest is eliminated."
    ),
    "method.irv": (
        "By instant runoff: the option with the fewest first places is eliminated and its ballots pass on, until one has more "
        "than half of those still counting."
    ),
    "method.irv-minneapolis": (
        "By instant runoff, Minneapolis's rules: undeclared write-ins are eliminated first, then all together that cannot "
        "win, until one has more than half of the ballots still counting."
    ),
    "method.schulze": (
        "By Schulze's method: every two options are compared by how many rank one above the other, and the strongest chain of "
        "such wins decides between them."
    ),
    "method.majority-judgment": (
        "By majority judgment: the option with the best median grade is elected; equal ones are compared grade by grade, "
        "outwards from the median."
    ),
    "method.borda": "By Borda's method: each place gives points, and the options with the most points are elected.",
    "election.precision": (
        "Votes are reckoned to {n} decimal, and a round is repeated until its surplus is below {omega}.",
        "Votes are reckoned to {n} decimals, and a round is repeated until its surplus is below {omega}.",
    ),
    "election.ties": "Equal options are told apart {steps}.",
    "threshold": "An option needs a score of at least {n}; one that nobody chose gets nothing.",
    "threshold.none": "There is no threshold, but an option that nobody chose gets nothing.",
    "breaks": "Equal scores are told apart {steps}.",
    "breaks.then": "; then ",
    "break.more_votes_elsewhere": "by the greater number of voters behind the option",
    "break.lower_cost": "by the lower cost",
    "break.higher_cost": "by the higher cost",
    "break.earlier_submission": "by the earlier submission",
    "break.previous_stage": "by the votes at the last stage before at which they were not equal",
    "break.lot": "by a lot that anyone can redo",
}
