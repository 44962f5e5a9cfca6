"""A count sheet is possible when so many valid ballots, each within its form's limits, can add up to its totals."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from kernel.refusal import Refused
from tally import quadratic
from tally.choices import refused
from tally.counting import Sheet
from tally.forms import SCORED_VOTES, BallotRules, Form, Number, Option, PointsUse
from tally.points import FINEST


def check_sheet(rules: BallotRules, options: Mapping[str, Option], sheet: Sheet) -> Refused | None:
    """Whether so many voters can have cast these totals under these rules; the first total that cannot be is named.

    Of graded ballots there are no totals: they are counted whole.
    """
    if rules.form is Form.GRADES:
        return whole_ballots_needed()
    known = SCORED_VOTES if rules.form is Form.YES_NO_ABSTAIN else options
    if sheet.valid < 0:
        say = f"blank and invalid ballots are at most the {sheet.voters} voters"
        return refused("sheet_voters", say, voters=sheet.voters, blank=sheet.blank, invalid=sheet.invalid)
    single, low, high = _bounds(rules, len(options), sheet.valid)
    in_points = rules.form in (Form.POINTS, Form.RANKING)
    for option, total in sheet.totals.items():
        if option not in known:
            return refused("unknown_option", "give totals only for this ballot's options", option=option)
        least = -single if rules.votes_against else 0
        if total < least or total > single:
            say = f"a total is from {least} to {single}, for {sheet.valid} valid ballots"
            return refused("sheet_total", say, option=option, total=total, maximum=single)
        if (FINEST if in_points else 1) % total.denominator:
            say = "points have at most six decimals" if in_points else "votes are whole numbers"
            return refused("sheet_total", say, option=option, total=total, maximum=single)
    return _check_sum(sum(sheet.totals.values(), Fraction(0)), low, high, sheet.valid)


def whole_ballots_needed() -> Refused:
    """The refusal of a count sheet where totals per option do not say enough."""
    say = "this box is counted from whole ballots, and a sheet gives only totals; cast each ballot"
    return Refused("whole_ballots_needed", say=say)


def _check_sum(total: Fraction, low: Number, high: Number, valid: int) -> Refused | None:
    if low <= total <= high:
        return None
    expected = f"exactly {high}" if low == high else f"at least {low} and at most {high}"
    say = f"the totals of {valid} valid ballots add up to {expected}"
    return refused("sheet_sum", say, total=total, minimum=low, maximum=high, valid=valid)


def _bounds(rules: BallotRules, options: int, valid: int) -> tuple[Number, Number, Number]:
    """The greatest total of one option, and the least and greatest sum of all totals, that `valid` ballots can give."""
    most = options if rules.most is None else min(rules.most, options)
    if rules.form is Form.YES_NO_ABSTAIN or rules.form is Form.CHOOSE_ONE:
        return valid, valid, valid
    least = max(rules.min, 1)
    if rules.form is Form.RANKING:
        places = rules.place_points(options)
        return valid * max(places, default=0), valid * sum(places[:least]), valid * sum(places[:most])
    if rules.form is Form.APPROVAL:
        return valid, valid * least, valid * most
    if rules.form is Form.QUADRATIC:
        credits = rules.credits or 0
        in_all = quadratic.most_in_all(credits, most)
        return (
            valid * quadratic.most_for_one(credits, least),
            valid * (-in_all if rules.votes_against else least),
            valid * in_all,
        )
    total, single = rules.total_points, rules.option_points
    limits = [limit for limit in (total, None if single is None else most * single) if limit is not None]
    high = min(limits)
    low = high if rules.points_use is PointsUse.EXACTLY else 0
    return valid * (high if single is None else min(single, high)), valid * low, valid * high
