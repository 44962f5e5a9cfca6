"""English: one phrase for everything that a charter may say."""

from __future__ import annotations

from rules.explaining.english_counting import COUNTING
from rules.explaining.language import Language, Phrases

PHRASES: Phrases = {
    **COUNTING,
    # words
    "quoted": "“{text}”",
    "list.and": "{first} and {last}",
    "more_than": "more than {share}",
    "at_least": "at least {share}",
    "share.1/2": "half",
    "share.1/3": "one third",
    "share.2/3": "two thirds",
    "share.1/4": "one quarter",
    "share.3/4": "three quarters",
    "share.2/5": "two fifths",
    "share.3/5": "three fifths",
    "share.percent": "{percent} %",
    "share.ratio": "{ratio}",
    "day": "{day} {month} {year}",
    "day.first": "1",
    "month.1": "January",
    "month.2": "February",
    "month.3": "March",
    "month.4": "April",
    "month.5": "May",
    "month.6": "June",
    "month.7": "July",
    "month.8": "August",
    "month.9": "September",
    "month.10": "October",
    "month.11": "November",
    "month.12": "December",
    "duration.months": ("{n} month", "{n} months"),
    "duration.days": ("{n} day", "{n} days"),
    "duration.hours": ("{n} hour", "{n} hours"),
    "duration.minutes": ("{n} minute", "{n} minutes"),
    "duration.seconds": ("{n} second", "{n} seconds"),
    # the charter
    "charter": "{title}: what the charter {name} means (charter format {format}).",
    "summary": "In its own words: {text}",
    "source.read": "Source, read by the author of the charter: {cite}",
    "source.recalled": "Source, recalled and still to be checked: {cite}",
    # phases
    "phases": ("The process has {n} phase.", "The process has {n} phases, one open at a time."),
    "phase": "Phase {name}: {title}.",
    "opens.command.first": "It opens first, when the organiser says so.",
    "opens.command.later": "It opens when the organiser says so, once its turn has come.",
    "opens.date.first": "It opens first, by itself as {day} begins (UTC) and not before.",
    "opens.date.later": "It opens by itself as {day} begins (UTC) and not before, once its turn has come.",
    "closes.command": "It closes when the organiser says so.",
    "closes.date": "It closes by itself as {day} ends (UTC) and not before.",
    "next": "Phase {phase} follows.",
    "last": "It is the last.",
    "allows": "While it is open, {actions}.",
    "allows.nothing": "While it is open, nothing may be done.",
    "allows.enrol": "members may be entered on the rolls",
    "allows.submit": "proposals may be handed in",
    "allows.revise": "proposals may be revised",
    "allows.withdraw": "proposals may be withdrawn",
    "allows.review": "proposals are reviewed and their costs estimated",
    "allows.shortlist": "the shortlist is made and published",
    "allows.move": "motions may be proposed and put to the vote",
    "allows.vote": "votes are cast",
    "allows.deliver": "what was promised is delivered and followed up",
    "votes": "As it opens, the ballot box on {matter} opens; as it closes, that box is sealed and counted.",
    # chambers
    "chambers": ("One chamber votes.", "There are {n} chambers."),
    "chamber": "Chamber {name}: {title}.",
    "electors.enrolled": "Its members are entered on a roll, each with one vote unless the roll gives another weight.",
    "electors.counted": "Its electors are on no roll here: they are known only by signed count sheets.",
    "electorate": ("There is {n} of them.", "There are {n} of them."),
    "derived": (
        "It has no ballots of its own: its {n} unit (weight {weight}) votes as its own electors in {source} did: yes if "
        "they cast more yes than no, no if they cast fewer, {equality} if as many.",
        "It has no ballots of its own: each of its {n} units (weight {weight} in all) votes as its own electors in "
        "{source} did: yes if they cast more yes than no, no if they cast fewer, {equality} if as many.",
    ),
    "equality.no": "no",
    "equality.yes": "yes",
    "colleges.scaled": (
        "Its units are colleges with fixed shares: the votes of each are scaled so that they make up its votes below, whatever "
        "its turnout; one where nobody votes adds nothing."
    ),
    "delegation.proxies": (
        "A member may give another member a proxy, which counts if its holder votes; nobody holds more than {n} proxy.",
        "A member may give another member a proxy, which counts if its holder votes; nobody holds more than {n} proxies.",
    ),
    "delegation.liquid": (
        "A member may delegate to another member, who may delegate further: the delegation is followed to the first who has "
        "voted."
    ),
    "delegation.personal": (
        "Whoever votes in person is not represented, and may take a delegation back until then; each is counted with their own "
        "weight, as their delegate voted."
    ),
    "roles": ("A member may hold the role {roles}.", "Members may hold the roles {roles}."),
    "units.counted": (
        "Its ballots are counted in {n} unit: {units}.",
        "Its ballots are counted apart in {n} units: {units}.",
    ),
    "votes.each": ("{n} vote", "{n} votes"),
    "units.weight": ("{n} unit with {votes}: {units}.", "{n} units with {votes} each: {units}."),
    "seats": "Its seats: {rules}.",
    "seats.and": "; ",
    "seats.exactly": ("exactly {n} member", "exactly {n} members"),
    "seats.at_least": ("at least {n} member", "at least {n} members"),
    "seats.at_most": ("at most {n} member", "at most {n} members"),
    "seats.odd": "an odd number of members",
    "seats.free": "no rule",
    "seats.staff": ("The charter is written for {n} employee.", "The charter is written for {n} employees."),
    "role.exactly": "exactly {n} with the role {role}",
    "role.at_least": "at least {n} with the role {role}",
    "role.at_most": "at most {n} with the role {role}",
    "role_share.exactly": "those with the role {role} are exactly {share} of {of}",
    "role_share.at_least": "those with the role {role} are at least {share} of {of}",
    "role_share.at_most": "those with the role {role} are at most {share} of {of}",
    "share_of.members": "all members",
    "share_of.role": "the number of those with the role {role}",
    "scale.staff": "Its seats follow the number of employees, which this charter gives as {n}:",
    "scale.members": "Its seats follow the number of its members:",
    "scale.role": "Its seats follow the number of those with the role {role}:",
    "step.up_to": "up to {n}: {rules}.",
    "step.above": "above {n}: {rules}.",
    "step.always": "whatever the number: {rules}.",
    # matters
    "matters": ("One kind of question is decided.", "{n} kinds of question are decided."),
    "matters.none": "No question is put to a vote.",
    "matter.motion": "Matter {name} (decided by motions): {title}.",
    "matter.selection": "Matter {name} (a choice among proposals): {title}.",
    "selection": "Members of the chamber {chamber} choose among the proposals on the published shortlist.",
    # decisions
    "adopted.motion": "A motion of {matter} is adopted",
    "adopted.part": "{number}. Adopted",
    "adopted.option": "Version {option}: adopted",
    "on.motion": "On a motion of {matter}, the chamber",
    "on.part": "{number}. The chamber",
    "on.option": "Version {option}: the chamber",
    "vote": "{adopted} when, in the chamber {chamber}, {majority}.",
    "majority.share": "the votes in favour are {amount} {of}",
    "majority.votes": ("there is at least {n} vote in favour", "there are at least {n} votes in favour"),
    "majority.simple": "{clause}: a simple majority",
    "majority.absolute": "{clause}: an absolute majority",
    "of.expressed": "of the votes for and against (abstentions are left out)",
    "of.present": "of all who vote, abstentions included",
    "of.members": "of all members, whether they vote or not",
    "units_of.expressed": "of the votes of its units that voted",
    "units_of.present": "of the votes of its units that voted",
    "units_of.members": "of the votes of all its units",
    "two_votes": "The holder of the role {role} has two votes in this ballot.",
    "quorum": (
        "Quorum: {rules}, {counted}, must have voted (to abstain is to vote); otherwise nothing is decided, "
        "whatever the votes."
    ),
    "quorum.second_call": (
        "Quorum: {rules}, {counted}, must have voted (to abstain is to vote); otherwise the chamber is called a second time, "
        "and it is then enough that {again}, {counted_again}, have voted."
    ),
    "quorum.share": "{amount} of the members",
    "quorum.seats": ("at least {n} member", "at least {n} members"),
    "quorum.weight": "counted by the weight of their votes",
    "quorum.heads": "counted by heads",
    "blank.present": "Blank and invalid ballots count as present, but neither for nor against.",
    "blank.absent": "Blank and invalid ballots count as if their voters were absent.",
    "blank.expressed": "Blank and invalid ballots are added to the votes for and against, so they count against.",
    "tie": "On a tie (as many votes for as against), {steps}.",
    "tie.then": "; if it is still tied, ",
    "tie.never": "Equal votes for and against are no tie under this rule: those in favour are enough or they are not.",
    "tie.open": "the motion is not adopted and stays tied",
    "tie.reject": "the motion is rejected",
    "tie.revote": "the ballot is repeated, and only the repeated one counts",
    "tie.lot": "a lot that anyone can redo decides",
    "tie.casting_vote": "the holder of the role {role} decides by a casting vote (no deputy inherits it)",
    "tie.second_vote": (
        "the ballot is repeated unless it already was, and if it is tied again the holder of the role {role} (never a "
        "deputy) has two votes in that repeated ballot"
    ),
    "all_of": "{adopted} when every part below adopts, each counted alone; a refusal by any one of them rejects:",
    "any_of": "{adopted} when at least one part below adopts, each counted alone; only the refusal of all rejects:",
    "at_least.of": (
        "{adopted} when at least {n} of the {parts} parts below adopts, each counted alone:",
        "{adopted} when at least {n} of the {parts} parts below adopt, each counted alone:",
    ),
    "sequence": (
        "{adopted} when every step below adopts, in this order; the first that does not ends it, and those after it are "
        "not asked (an opinion never ends it):"
    ),
    "advice": "{on} {chamber} is asked for its opinion; it has {deadline} to give it, and its opinion never binds.",
    "advice.positive": "The opinion is positive when {majority}; otherwise it is negative.",
    "advice.inquorate": "Without a quorum it is as if no opinion were given.",
    "silence.negative": "If it says nothing in time, its silence counts as a negative opinion.",
    "silence.positive": "If it says nothing in time, its silence counts as a positive opinion.",
    "silence.none": "If it says nothing in time, its silence counts as no opinion.",
    "veto": "{adopted} when the part below adopts and the chamber {chamber} does not stop it by objecting:",
    "veto.window": "Once it is adopted, objections may be raised for {window}; {enough} stop it for good.",
    "veto.members": ("objections by at least {n} member", "objections by at least {n} members"),
    "veto.share": "objections by {amount} of the weight of all who may object",
    "override": "{adopted} when part 1 below adopts; if that refuses or is tied, part 2 is asked and may adopt all the same:",
    "tie_break": "{adopted} in one of two versions, {first} or {second}, each decided alone as below; both are asked at once:",
    "tie_break.question": (
        "If both are adopted, the chamber {chambers} says which one is preferred: a yes prefers {first}, a no prefers "
        "{second}.",
        "If both are adopted, the chambers {chambers} say which one they prefer: a yes prefers {first}, a no prefers "
        "{second}; what all of them prefer is taken.",
    ),
    "tie_break.disagree": (
        "If they disagree, each version's shares of the yes and no votes in each chamber are added, and the larger sum "
        "is taken; equal sums leave it tied."
    ),
    "consent": "{adopted} when objections have been open to the chamber {chamber} for {window} and none stands.",
    "consent.untested": "Every objection stands.",
    "consent.tested": (
        "An objection stands only if the holder of the role {role} finds that it meets this criterion, and says so on the "
        "record:",
        "An objection stands only if the holder of the role {role} finds that it meets all {n} criteria, and says so on "
        "the record:",
    ),
    # amendment
    "amendment": "While the process runs, only these parts of the charter may be changed:",
    "amendment.none": "While the process runs, nothing in the charter may be changed.",
    "amendment.path": "{path}: {meaning}.",
    "amendment.field": "{field} of {owner}",
    "amendment.below": "everything under {field} of {owner}",
    "amendment.everything": "everything in {owner}",
    "amendment.whole": "the charter",
    "amendment.phases.any": "any phase",
    "amendment.phases.one": "the phase {name}",
    "amendment.chambers.any": "any chamber",
    "amendment.chambers.one": "the chamber {name}",
    "amendment.matters.any": "any matter",
    "amendment.matters.one": "the matter {name}",
}

ENGLISH = Language(
    code="en",
    phrases=PHRASES,
    thousands=",",
    point=".",
    is_one=lambda n: n == 1,
    contract=lambda text: text,
)
