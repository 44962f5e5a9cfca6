"""English: one phrase for every fact of an explanation."""

from __future__ import annotations

from rules.explaining.language import Phrases

PHRASES: Phrases = {
    "event": "[event {events}]",
    "events": "[events {events}]",
    "more": ("{n} more", "{n} more"),
    "head.project": "Project {name}, {title}: {outcome}.",
    "head.motion": "Motion {name}, {title}: {outcome}.",
    "outcome.won": "it won",
    "outcome.lost": "it did not win",
    "outcome.open": "nothing is decided yet",
    "outcome.adopted": "adopted",
    "outcome.rejected": "rejected",
    "outcome.tied": "tied, so not adopted",
    "outcome.inquorate": "not decided, for want of a quorum",
    "outcome.advised": "an opinion was given",
    "outcome.withdrawn": "withdrawn",
    # projects
    "project.submitted": "It was handed in by {author}.",
    "project.revised": "It was revised.",
    "project.withdrawn": "It was withdrawn.",
    "project.declined": "It was reviewed by {service} and found not feasible: {reasons}",
    "project.feasible": "It was reviewed by {service} and found feasible.",
    "project.costed": "It was reviewed by {service}, found feasible, and estimated to cost {cost}.",
    "project.shortlisted": "It was put on the shortlist.",
    "project.never_voted": "So it was never put to the vote.",
    "project.no_shortlist": "No shortlist has been published yet.",
    "project.not_shortlisted": "It was not on the shortlist that was published, so it was not put to the vote.",
    "project.not_open": "The shortlist is published; the ballot box is not open yet.",
    "project.box": ("It was put to the vote alone.", "It was put to the vote among {n} options."),
    "project.not_counted": "The ballots are not counted yet.",
    "project.votes": (
        "It got {n} vote with {voters} voters in all: rank {rank} of {options} options.",
        "It got {n} votes with {voters} voters in all: rank {rank} of {options} options.",
    ),
    "project.points": (
        "It got {n} point with {voters} voters in all: rank {rank} of {options} options.",
        "It got {n} points with {voters} voters in all: rank {rank} of {options} options.",
    ),
    "project.tie": "It was equal with {others}, at {score}; told apart {by}, it came {place} of {tied}.",
    "project.lot": (
        "It was equal with {others}, at {score}; told apart {by}, drawn from the log's root at the seal, it came {place} "
        "of {tied}."
    ),
    "project.fits": (
        "When its turn came, {remaining} {currency} of {budget} were left, and it costs {cost} {currency}: it was paid for."
    ),
    "project.reserve": (
        "When its turn came, {remaining} {currency} of {budget} were left, and it costs {cost} {currency}: enough of its "
        "cost was left, so it was paid for."
    ),
    "project.lacked": (
        "When its turn came, {remaining} {currency} of {budget} were left, and it costs {cost} {currency}: it lacked "
        "{lacked} {currency}."
    ),
    "project.bought": "It costs {cost} {currency} and was paid for; the log says: “{why}”.",
    "project.passed_over": "It costs {cost} {currency} and was not paid for; the log says: “{why}”.",
    "project.supporters": "Its supporters had {money} {currency} left together: {lacked} {currency} too few.",
    "project.nobody": "Nobody chose it, so it was not considered.",
    "project.threshold": "It needed a score of {threshold} and got {score}: it lacked {lacked}.",
    "project.stopped": "Its turn never came: the money ended at {last}.",
    "project.more_votes": (
        "With {n} more vote ({score} in all), all else being equal, it would have won.",
        "With {n} more votes ({score} in all), all else being equal, it would have won.",
    ),
    "project.more_votes_instead": (
        "With {n} more vote ({score} in all), all else being equal, it would have won in the place of {instead}.",
        "With {n} more votes ({score} in all), all else being equal, it would have won in the place of {instead}.",
    ),
    "project.more_points": (
        "With {n} more point ({score} in all), all else being equal, it would have won.",
        "With {n} more points ({score} in all), all else being equal, it would have won.",
    ),
    "project.more_points_instead": (
        "With {n} more point ({score} in all), all else being equal, it would have won in the place of {instead}.",
        "With {n} more points ({score} in all), all else being equal, it would have won in the place of {instead}.",
    ),
    "elected.first": ("At first it had {n} vote.", "At first it had {n} votes."),
    "elected.no_votes": "It had no votes in any round.",
    "elected.eliminated": (
        "With {n} vote in round {round}, it was eliminated.",
        "With {n} votes in round {round}, it was eliminated.",
    ),
    "elected.eliminated_together": (
        "With {n} vote in round {round}, it was eliminated together with {others}.",
        "With {n} votes in round {round}, it was eliminated together with {others}.",
    ),
    "elected.elected": (
        "With {n} vote in round {round}, it was elected.",
        "With {n} votes in round {round}, it was elected.",
    ),
    "elected.quota": (
        "With {n} vote in round {round}, it was elected (the quota was {quota}).",
        "With {n} votes in round {round}, it was elected (the quota was {quota}).",
    ),
    "elected.left": (
        "In the last round, {round}, it had {n} vote and was not elected.",
        "In the last round, {round}, it had {n} votes and was not elected.",
    ),
    "elected.place": "It came {place} of {options} in the order.",
    "elected.merit": "Its majority grade is {grade}; {above} grades are better than that and {below} worse.",
    "elected.beaten": "Compared with each other option, it comes behind {by}.",
    "elected.unbeaten": "Compared with each other option, it comes behind none.",
    "elected.points": ("It got {n} point.", "It got {n} points."),
    "elected.seat": (
        "It took the one seat there is.",
        "It took seat {place} of {n}.",
    ),
    "elected.others": ("The seat went to {others}.", "The {n} seats went to {others}."),
    "project.laureate": "It was named laureate number {rank}.",
    "project.planned": "Its delivery was planned.",
    "project.delivered": "It was delivered.",
    # motions
    "motion.proposed": "It was proposed by {mover}, as a motion of {matter}.",
    "motion.withdrawn": "It was withdrawn.",
    "motion.asked.vote": "The chamber {chamber} was asked to vote (ballot {round}).",
    "motion.asked.advice": "The chamber {chamber} was asked for its opinion.",
    "motion.asked.objections": "The members of {chamber} were asked for objections.",
    "motion.counted": "The chamber {chamber} voted: {yes} for, {no} against, {abstain} abstaining.",
    "motion.advised": "The chamber {chamber} gave its opinion: {opinion}.",
    "motion.silent": "The chamber {chamber} kept silent until its deadline: its opinion counts as {opinion}.",
    "opinion.positive": "positive",
    "opinion.negative": "negative",
    "opinion.none": "none",
    "motion.casting": "{member}, who holds the role {role}, gave the casting vote: {choice}.",
    "choice.yes": "yes",
    "choice.no": "no",
    "choice.abstain": "abstains",
    "motion.objection": "{member} of {chamber} objected: {reason}",
    "motion.stands": (
        "{tester}, who holds the role {role}, found that the objection of {member} meets {met} of {criteria} criteria: it "
        "stands."
    ),
    "motion.does_not_stand": (
        "{tester}, who holds the role {role}, found that the objection of {member} meets {met} of {criteria} criteria: it does "
        "not stand."
    ),
    "motion.lot": "The tie of {chamber} was broken by a lot that anyone can redo, from the log's root at the seal: {choice}.",
    "motion.chosen": "Of the two options, {option} was taken.",
    "motion.window_closed": "The time for objections of {chamber} ended.",
    "motion.decided": "It was decided: {outcome}. For these reasons:",
    "strictly": "more than",
    "not_strictly": "at least",
    "majority.yes": "enough",
    "majority.no": "not enough",
    "quorum.yes": "met",
    "quorum.no": "not met",
    "veto.yes": "it is stopped",
    "veto.no": "it is not stopped",
    "reason.majority": (
        "In {chamber}, {yes} for, {no} against, {abstain} abstaining: {strict} {needed} of {base} had to be for it, so that "
        "is {verdict}."
    ),
    "reason.quorum": (
        "In {chamber}, {present} of {members} were present, and {strict} {needed} had to be: the quorum was {verdict}."
    ),
    "reason.tie": "In {chamber}, {yes} for and {no} against are a tie.",
    "reason.tie_rejects": "In {chamber}, a tie rejects.",
    "reason.all_of": "All {needed} parts had to adopt it, and {adopted} did.",
    "reason.any_of": "One part had to adopt it at least ({needed}), and {adopted} did.",
    "reason.at_least": "At least {needed} parts had to adopt it, and {adopted} did.",
    "reason.veto": "Objections of {chamber} weigh {objections}, with {needed} as the limit: {verdict}.",
    "reason.consent": "In {chamber}, {standing} of {objections} objections stand.",
    "reason.other": "The log says: “{text}”.",
    "motion.lacked": (
        "Had {n} of the {no} votes against in {chamber} been for it, all else being equal, it would have been adopted.",
        "Had {n} of the {no} votes against in {chamber} been for it, all else being equal, it would have been adopted.",
    ),
    "motion.lacked_together": "No chamber alone could have had it adopted by voting otherwise.",
}
