"""Replays each motion: who was asked and what they said, then derives the decision again by the charter's rule."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

from kernel.instants import add_duration, parse_instant, show_instant
from kernel.records import Record
from replay.answers import Asked, Motion, chamber_counts, derived_counts, tested_by
from replay.boxes import Box, BoxesFold
from replay.findings import MISSING, Findings
from replay.processes import ProcessFold
from replay.rolls import Electorate, RollsFold
from rules.charter import Charter
from rules.decisions import Decision, Outcome, Status, advice_rules, evaluate, opinion, silence
from tally.lots import draw_lot

KINDS = {"vote": "vote", "advice": "advice", "objections": "objection_window"}
"""The kinds of question in the log, as the rules name them."""

PATIENCE = timedelta(minutes=1)
"""The services read the clock before they append: what they write may be recorded so much later (docs/decisions/0043)."""


class MotionsFold:
    """All motions of the process."""

    def __init__(self, findings: Findings, process: ProcessFold, rolls: RollsFold, boxes: BoxesFold) -> None:
        self.findings = findings
        self.process = process
        self.rolls = rolls
        self.boxes = boxes
        self.motions: dict[str, Motion] = {}
        self.handlers = {
            "chambers.MotionProposed": self.proposed,
            "chambers.MotionWithdrawn": self.withdrawn,
            "chambers.ChamberAsked": self.asked,
            "chambers.ChamberCounted": self.counted,
            "chambers.AdviceGiven": self.advised,
            "chambers.AdviceLapsed": self.lapsed,
            "chambers.CastingVoteGiven": self.casting,
            "chambers.LotDrawn": self.lot_drawn,
            "chambers.ObjectionRaised": self.objected,
            "chambers.ObjectionTested": self.tested,
            "chambers.ObjectionWindowClosed": self.window_closed,
            "chambers.OptionChosen": self.chosen,
            "chambers.MotionDecided": self.decided,
        }

    def state(self) -> dict[str, Any]:
        return {name: motion.state() for name, motion in self.motions.items()}

    def proposed(self, record: Record, data: dict[str, Any]) -> None:
        self.findings.count("decisions")
        self.process.require("decisions", record, "move")
        name = data["motion"]
        if name in self.motions:
            self.findings.add("decisions", record.process_index, "motion", "a new id", name)
        charter = self.process.charter
        matter = charter.matter(data["matter"]) if charter else None
        if matter is None or matter.decision is None:
            self.findings.add("decisions", record.process_index, "matter", "one decided by motion", data["matter"])
        self.motions[name] = Motion(data)

    def withdrawn(self, record: Record, data: dict[str, Any]) -> None:
        self.process.require("decisions", record, "move")
        motion = self._live(record, data, "proposed", "asked")
        if motion is not None:
            motion.status = "withdrawn"
            boxes = (each["box"] for each in motion.asked if each["box"] is not None)
            self.boxes.moot.update(dict.fromkeys(boxes, "motion withdrawn"))

    def _live(self, record: Record, data: dict[str, Any], *before: str) -> Motion | None:
        """The motion an event is about, when it may still happen to it."""
        self.findings.count("decisions")
        motion = self.motions.get(data["motion"])
        status = motion.status if motion else "unknown"
        if status not in before:
            self.findings.add("decisions", record.process_index, "status before", " or ".join(before), status)
        return motion

    def _standing(self, motion: Motion) -> tuple[Charter, Decision, Outcome] | None:
        charter = self.process.charter
        matter = charter.matter(motion.matter) if charter else None
        if charter is None or matter is None or matter.decision is None:
            return None
        return (
            charter,
            matter.decision,
            evaluate(matter.decision, motion.evidence(charter, matter.decision, self.rolls)),
        )

    def asked(self, record: Record, data: dict[str, Any]) -> None:
        motion = self._live(record, data, "proposed", "asked")
        if motion is None:
            return
        standing = self._standing(motion)
        motion.asked.append({name: data.get(name) for name in ("chamber", "kind", "round", "box", "deadline")})
        motion.status = "asked"
        if data["box"] is not None:
            told = {name: data[name] for name in ("chamber", "motion", "round", "deadline")}
            self.boxes.asked[data["box"]] = {"matter": motion.matter, **told}
        if standing is None:
            return
        charter, _, outcome = standing
        wanted = {}
        for ask in outcome.asks:
            root = charter.root_chamber(ask.chamber)
            wanted[(root.name if root else ask.chamber, ask.kind, ask.round)] = ask
        key = (data["chamber"], KINDS.get(data["kind"], ""), data["round"])
        if key not in wanted:
            known = "; ".join(f"{chamber}: {kind} {round_}" for chamber, kind, round_ in wanted) or "nothing"
            self.findings.add("decisions", record.process_index, "asked", known, f"{key[0]}: {key[1]} {key[2]}")
            return
        self._check_tester(record, motion, data)
        self._check_objectors(record, motion, data)
        self._check_deadline(record, wanted[key].deadline, data["deadline"])

    def _check_deadline(self, record: Record, time: str | None, deadline: str | None) -> None:
        """The time that the charter gives, from when it is asked; see `PATIENCE`."""
        latest = add_duration(parse_instant(record.recorded_at), time) if time else None
        if latest is None or deadline is None:
            self.findings.compare("decisions", record.process_index, "deadline", time, deadline)
        elif not show_instant(latest - PATIENCE) <= deadline <= show_instant(latest):
            self.findings.add("decisions", record.process_index, "deadline", show_instant(latest), deadline)

    def _check_objectors(self, record: Record, motion: Motion, data: dict[str, Any]) -> None:
        """Who may object is on the roll of the chamber that is asked."""
        frozen = self.rolls.chambers.get(f"{motion.name}.{data['chamber']}.objections", data["chamber"])
        if data["kind"] == "objections":
            self.findings.compare("decisions", record.process_index, "roll.chamber", data["chamber"], frozen)

    def _check_tester(self, record: Record, motion: Motion, data: dict[str, Any]) -> None:
        """Objections are asked for only where somebody holds the role that tests them."""
        charter = self.process.charter
        matter = charter.matter(motion.matter) if charter else None
        if data["kind"] != "objections" or matter is None or matter.decision is None:
            return
        held = {role for _, _, roles in motion.eligible(self.rolls, data["chamber"]).values() for role in roles}
        role = tested_by(matter.decision, data["chamber"])[0]
        if role is not None and role not in held:
            self.findings.add("decisions", record.process_index, "tester", f"somebody who is {role}", MISSING)

    def _question(self, record: Record, motion: Motion, data: dict[str, Any], kind: str) -> Asked | None:
        """The question that an answer is to, by its box or its chamber; a finding when it was never asked."""
        for asked in reversed(motion.asked):
            same = asked["box"] == data["box"] if "box" in data else asked["chamber"] == data["chamber"]
            if same and asked["kind"] == kind:
                return asked
        self.findings.add("decisions", record.process_index, "question", f"{kind} asked before", MISSING)
        return None

    def _tallied(self, record: Record, data: dict[str, Any]) -> Box | None:
        box = self.boxes.boxes.get(data["box"])
        if box is None or box.count is None:
            self.findings.add("decisions", record.process_index, "box", f"{data['box']} tallied before", MISSING)
            return None
        return box

    def counted(self, record: Record, data: dict[str, Any]) -> None:
        motion = self._live(record, data, "asked")
        box = self._tallied(record, data)
        question = self._question(record, motion, data, "vote") if motion else None
        if motion is None or box is None or question is None:
            return
        self.findings.compare("decisions", record.process_index, "round", question["round"], data["round"])
        frozen = self.rolls.electorates.get(data["box"])
        charter = self.process.charter
        chamber = charter.chamber(data["chamber"]) if charter else None
        if charter is not None and chamber is not None and chamber.derived is not None:
            counts, units = derived_counts(charter, chamber, box.count or {})
        else:
            counts, units = chamber_counts(charter, data["chamber"], box.count or {}, frozen), None
        found = {"counts": data["counts"], "units": data["units"]}
        expected = {"counts": counts.to_json(), "units": units}
        self.findings.expect("decisions", record.process_index, "", expected, found)
        motion.counted.append({"chamber": data["chamber"], "round": data["round"], **found})

    def advised(self, record: Record, data: dict[str, Any]) -> None:
        motion = self._live(record, data, "asked")
        box = self._tallied(record, data)
        if motion is None or box is None or self._question(record, motion, data, "advice") is None:
            return
        standing = self._standing(motion)
        rule = advice_rules(standing[1]).get(data["chamber"]) if standing else None
        if rule is not None:
            frozen = self.rolls.electorates.get(data["box"])
            counts = chamber_counts(self.process.charter, data["chamber"], box.count or {}, frozen)
            expected = opinion(rule, counts).opinion.value
            self.findings.expect("decisions", record.process_index, "opinion", expected, data["opinion"])
        self._hear(record, motion, data["chamber"], data["opinion"], silent=False)

    def lapsed(self, record: Record, data: dict[str, Any]) -> None:
        motion = self._live(record, data, "asked")
        question = self._question(record, motion, data, "advice") if motion else None
        if motion is None or question is None:
            return
        index = record.process_index
        self.boxes.moot[question["box"]] = "advice lapsed"
        self.findings.compare("decisions", index, "deadline", question["deadline"], data["deadline"])
        if record.recorded_at < data["deadline"]:
            self.findings.add("decisions", index, "lapsed", f"not before {data['deadline']}", record.recorded_at)
        standing = self._standing(motion)
        rule = advice_rules(standing[1]).get(data["chamber"]) if standing else None
        if rule is not None:
            self.findings.expect("decisions", index, "meaning", silence(rule).opinion.value, data["meaning"])
        self._hear(record, motion, data["chamber"], data["meaning"], silent=True)

    def _hear(self, record: Record, motion: Motion, chamber: str, said: str, *, silent: bool) -> None:
        if chamber in motion.advice:
            before = motion.advice[chamber]["opinion"]
            self.findings.add("decisions", record.process_index, "advice", f"one of {chamber}, {before}", "another")
        motion.advice[chamber] = {"opinion": said, "silent": silent}

    def casting(self, record: Record, data: dict[str, Any]) -> None:
        motion = self._live(record, data, "asked")
        standing = self._standing(motion) if motion else None
        if motion is None or standing is None:
            return
        charter, _, outcome = standing
        wanted = [ask for ask in outcome.asks if ask.kind == "casting_vote" and ask.chamber == data["chamber"]]
        expected = {"role": wanted[0].role, "round": wanted[0].round} if wanted else MISSING
        found = {"role": data["role"], "round": data["round"]}
        self.findings.expect("decisions", record.process_index, "casting vote", expected, found)
        box = motion.box_of(charter, data["chamber"], data["round"])
        _, electorate = self.rolls.electorates.get(box or "", ({}, {}))
        self._require_holder(record, electorate, data["role"], "member", data["member"])
        motion.casting.append({name: data[name] for name in ("chamber", "role", "member", "choice", "round")})

    def _require_holder(self, record: Record, electorate: Electorate, role: str, field: str, member: str) -> None:
        _, _, roles = electorate.get(member, (Fraction(0), None, frozenset()))
        if role not in roles:
            self.findings.add("decisions", record.process_index, field, f"who is {role}", member)

    def lot_drawn(self, record: Record, data: dict[str, Any]) -> None:
        """A lot that a tie asked for: drawn again from the root at the seal of the tied box (RFC 3797)."""
        motion = self._live(record, data, "asked")
        standing = self._standing(motion) if motion else None
        if motion is None or standing is None:
            return
        charter, _, outcome = standing
        index, chamber = record.process_index, data["chamber"]
        wanted = next((ask for ask in outcome.asks if (ask.kind, ask.chamber) == ("lot", chamber)), None)
        box = motion.box_of(charter, chamber, wanted.round) if wanted else None
        expected = {"round": wanted.round, "box": box} if wanted else MISSING
        self.findings.expect("decisions", index, "lot", expected, {"round": data["round"], "box": data["box"]})
        sealed = self.boxes.boxes.get(box or "")
        seed = sealed.seal_root if sealed else None
        if seed is not None:
            number = 1 + sum(each["seed"] == seed.hex() for each in motion.lots.values())
            lot = draw_lot(seed, number, ("yes", "no"))
            drawn = {"seed": lot.seed, "lot": lot.to_json(), "outcome": lot.order[0]}
            found = {name: data[name] for name in drawn}
            self.findings.expect("draws", index, "", drawn, found)
        motion.lots[chamber] = {name: data[name] for name in ("round", "box", "seed", "lot", "outcome")}

    def objected(self, record: Record, data: dict[str, Any]) -> None:
        motion = self._live(record, data, "asked")
        question = self._question(record, motion, data, "objections") if motion else None
        if motion is None or question is None:
            return
        chamber, member = data["chamber"], data["member"]
        if chamber in motion.closed:
            self.findings.add("decisions", record.process_index, "window", "open", "closed")
        self._check_in_time(record, question["deadline"])
        if member not in motion.eligible(self.rolls, chamber):
            self.findings.add("decisions", record.process_index, "member", f"someone of {chamber}", member)
        if any((each["chamber"], each["member"]) == (chamber, member) for each in motion.objections):
            self.findings.add("decisions", record.process_index, "member", "one objection each", f"{member} again")
        motion.objections.append({name: data[name] for name in ("chamber", "member", "reason")})

    def _check_in_time(self, record: Record, deadline: str | None) -> None:
        if deadline is not None and record.recorded_at > show_instant(parse_instant(deadline) + PATIENCE):
            self.findings.add("decisions", record.process_index, "in time", f"by {deadline}", record.recorded_at)

    def tested(self, record: Record, data: dict[str, Any]) -> None:
        """Once, by the holder of the declared role, against every criterion; it stands when it meets them all."""
        motion = self._live(record, data, "asked")
        standing = self._standing(motion) if motion else None
        if motion is None or standing is None:
            return
        index, chamber = record.process_index, data["chamber"]
        wanted = next(
            (ask for ask in standing[2].asks if (ask.kind, ask.chamber) == ("test_objections", chamber)), None
        )
        self.findings.expect("decisions", index, "role", wanted.role if wanted else MISSING, data["role"])
        self._require_holder(record, motion.eligible(self.rolls, chamber), data["role"], "tester", data["tester"])
        declared = list(tested_by(standing[1], chamber)[1])
        found = [each["criterion"] for each in data["criteria"]]
        self.findings.compare("decisions", index, "criteria", declared, found)
        stands = all(each["met"] is True for each in data["criteria"])
        self.findings.compare("decisions", index, "stands", stands, data["stands"])
        objection = motion.objection(chamber, data["member"])
        if objection is None or "tested" in objection:
            said = "tested before" if objection else MISSING
            self.findings.add("decisions", index, "member", "an objection that is not tested yet", said)
        if objection is not None:
            objection["tested"] = {name: data[name] for name in ("role", "tester", "criteria", "reason", "stands")}

    def window_closed(self, record: Record, data: dict[str, Any]) -> None:
        motion = self._live(record, data, "asked")
        question = self._question(record, motion, data, "objections") if motion else None
        if motion is None or question is None:
            return
        self.findings.compare("decisions", record.process_index, "deadline", question["deadline"], data["deadline"])
        if record.recorded_at < data["deadline"]:
            self.findings.add("decisions", record.process_index, "closed", data["deadline"], record.recorded_at)
        motion.closed.add(data["chamber"])

    def chosen(self, record: Record, data: dict[str, Any]) -> None:
        """The option that the decision takes; histories from before this event have none."""
        motion = self._live(record, data, "proposed", "asked")
        standing = self._standing(motion) if motion else None
        if motion is None or standing is None:
            return
        outcome = standing[2]
        expected = outcome.choice if outcome.status is Status.ADOPTED else None
        self.findings.expect("decisions", record.process_index, "option", expected or MISSING, data["option"])
        motion.choice = data["option"]

    def decided(self, record: Record, data: dict[str, Any]) -> None:
        motion = self._live(record, data, "proposed", "asked")
        if motion is None:
            return
        standing = self._standing(motion)
        if standing is not None:
            told = standing[2].to_json()
            expected = {name: told[name] for name in ("outcome", "reasons", "chambers")}
            expected["matter"] = motion.told["matter"]
            found = {name: data.get(name) for name in expected}
            self.findings.expect("decisions", record.process_index, "", expected, found)
            if standing[2].status is Status.PENDING:
                self.findings.add("decisions", record.process_index, "outcome", Status.PENDING.value, data["outcome"])
        motion.status, motion.outcome, motion.reasons = "decided", data["outcome"], data["reasons"]
        motion.charter = self.process.charter

    def charter_of(self, motion: Motion) -> Charter | None:
        """The charter that decided a motion; of one that is not decided yet, the one in force."""
        return motion.charter or self.process.charter
