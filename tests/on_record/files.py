"""Files that are damaged, widened, drawn from or checked, and what is said of each.

The rows are those of tests/tally; here the whole sentence is on record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kernel.refusal import Refused
from tally import blt, ranked_csv
from tally.ballot_file import as_grades, seed_of
from tally.pabulib import Recount, official, parse, read, recount
from tally.pabulib_import import EQUAL_SHARES, election
from tally.sortition import draw, read_drawn, read_lottery
from tally.sortition_check import chances, check_panel, replacement
from tally.sortition_csv import read_pool, read_quotas
from tests.on_record.counts import in_full
from tests.on_record.record import Record, Rows, Saying, in_words
from tests.tally import (
    test_ballot_files,
    test_pabulib_import,
    test_pabulib_refusals,
    test_sortition,
    test_sortition_csv,
)


def told(found: object) -> list[str]:
    """A refusal in words; a recount as it is written; anything else as Python shows it."""
    if isinstance(found, Refused):
        return in_words(found)
    if isinstance(found, Recount):
        return in_full(found.to_json())
    return repr(found).splitlines()


def of(ask: Callable[..., object], *given: object) -> Saying:
    return lambda: told(ask(*given))


def rows(test: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The name and the values of each row of a parametrised test."""
    (mark,) = (mark for mark in test.pytestmark if mark.name == "parametrize")
    return ((each.id, each.values) for each in mark.args[1])


def pabulib() -> Rows:
    tests = test_pabulib_refusals
    for name, (text, put, instead_of, *_) in rows(tests.test_refuses_a_damaged_file_saying_where_and_what):
        yield f"pabulib, {name}", of(parse, text.replace(instead_of, put, 1))
    for cut in ("PROJECTS", "VOTES", "voter_id"):
        yield f"pabulib, the end before {cut}", of(parse, tests.GOOD[: tests.GOOD.index(cut)])
    yield "pabulib, nothing", of(parse, "")
    yield "pabulib, bytes that are not UTF-8", of(read, tests.GOOD.encode().replace(b"blue", b"bl\xfce"))
    for name, (in_meta, rule, tie_break, *_) in rows(tests.test_refuses_a_recount_that_cannot_be_made):
        file = parse(tests.GOOD.replace("rule;greedy", f"rule;{in_meta}"))
        yield f"pabulib, {name}", of(recount, file, rule, tie_break)
    good, unnamed = tests.GOOD, tests.GOOD.replace("budget;1000\n", "")
    odd = {
        "no budget at all": unnamed,
        "a section after the last": f"{good}PROJECTS\n",
        "a header of one column": good.replace("voter_id;vote;age", "voter_id"),
        "a comma in one of two columns": good.replace("voter_id;vote;age", "voter_id;vo,te"),
        "found as long as is shown": good.replace("p2;500;", f"p2;{'x' * 60};"),
        "found longer than is shown": good.replace("p2;500;", f"p2;{'x' * 61};"),
        "as many places as can be": good.replace("max_length;2", "max_length;65535"),
        "one more": good.replace("max_length;2", "max_length;65536"),
        "votes of a project that are no number": good.replace("p1;600;3", "p1;600;three"),
        "scores of a project that are no number": good.replace("cost;votes", "cost;score").replace(
            "p1;600;3", "p1;600;x"
        ),
        "a line end in a name": good.replace('"A bench; blue"', '"A\r\nbench"'),
        "old line ends": good.replace("\n", "\r"),
        "spaces at the end": f"{good} ; ; \n",
    }
    for name, text in odd.items():
        yield f"pabulib, {name}", of(parse, text)
    yield "pabulib, a first line that is not UTF-8", of(read, b"\n\xff")
    named = good.replace("cost;votes;name", "cost;votes;category").replace("p3;400.0;1;C", "p3;400.0;1;")
    yield "pabulib, as it is read", of(parse, good)
    yield "pabulib, points as they are read", of(parse, tests.POINTS)
    yield "pabulib, categories as they are read", of(parse, named)
    for name, text in (("approval", good), ("points", tests.POINTS), ("ordinal", tests.ORDINAL)):
        yield f"pabulib, {name}, recounted", of(recount, parse(text))
        for rule in ("equalshares/add1-comparison", "equalshares/greedy", "phragmen", "greedy-exclusive"):
            yield (
                f"pabulib, {name}, recounted by {rule}",
                of(recount, parse(text.replace("rule;greedy", f"rule;{rule}"))),
            )
    tied = good.replace("v4;p2;33", "v4;p1;33")
    for ties in (["lot"], ["more_votes_elsewhere", "lot"], ["higher_cost", "lot"]):
        yield f"pabulib, a tie by {ties[0]}", of(recount, parse(tied), None, ties)
        points = tests.POINTS.replace("v4;p2;2", "v4;p3,p2;2,2")
        shared = tied.replace("rule;greedy", "rule;equalshares/greedy").replace("p2;500", "p2;400")
        yield f"pabulib, a tie of shares by {ties[0]}", of(recount, parse(shared), None, ties)
        yield f"pabulib, a tie of points by {ties[0]}", of(recount, parse(points), None, ties)
    threshold = good.replace("rule;greedy", "rule;greedy-threshold\nmin_project_score_threshold;1.5")
    yield "pabulib, a threshold, recounted", of(recount, parse(threshold))
    yield "pabulib, no official winners", of(recount, parse(good.replace(";selected", ";elected")))


def imported() -> Rows:
    tests = test_pabulib_import
    for name, (meta, votes, columns, _) in rows(tests.test_widens_a_limit_that_the_ballots_do_not_keep_and_says_so):
        yield f"import, {name}", of(election, tests.file(meta, votes, columns=columns))
    for meta, vote, columns, _ in tests.CANONICAL:
        yield f"import, {meta['vote_type']}", of(election, tests.file(meta, [vote], columns=columns))
    metas: dict[str, dict[str, str]] = {
        "no votes, choose-1": {"vote_type": "choose-1"},
        "no votes, approval": {"vote_type": "approval", "max_length": "0", "min_length": "5", "max_sum_cost": "1000"},
        "no votes, no length": {"vote_type": "approval", "max_length": "0", "min_length": "0", "max_sum_cost": "5"},
        "no votes, choose-1 or nothing": {"vote_type": "choose-1", "min_length": "0"},
        "no votes, points": {"vote_type": "cumulative", "max_points": "0"},
    }
    for name, meta in metas.items():
        yield f"import, {name}", of(election, tests.file(meta, [], columns=";points"))
    points = {"vote_type": "cumulative", "min_length": "1", "max_length": "2", "max_points": "5"}
    yield "import, points with lengths", of(election, tests.file(points, ["p1,p2;0.5,0.25"], columns=";points"))
    two = {**points, "min_length": "2"}
    yield "import, points for two at least", of(election, tests.file(two, ["p1,p2;1,2"], columns=";points"))
    yield "import, a blank ballot of points", of(election, tests.file(points, ["p1,p2;1,2", ";"], columns=";points"))
    titles = {"unit": "Ville", "subunit": "Nord", "instance": "2024"}
    yield "import, titles", of(election, tests.file({"vote_type": "approval", **titles}, ["p1"]))
    yield (
        "import, a description",
        of(election, tests.file({"vote_type": "approval", "description": "D", **titles}, ["p1"])),
    )
    eighty = {"vote_type": "approval", "rule": "greedy-custom", "comment": "#1: 80 % of the cost"}
    yield "import, eighty percent in a comment", of(election, tests.file(eighty, ["p1"]))
    for rule in (*EQUAL_SHARES, "greedy-exclusive"):
        yield f"import, {rule}", of(election, tests.file({"vote_type": "approval", "rule": rule}, ["p1"]))
    yield (
        "import, official winners of Poznań by greedy",
        of(official, tests.file({"vote_type": "approval", "unit": "Poznań"}, ["p1"])),
    )
    named = tests.file({"vote_type": "approval", "unit": "Poznań", "currency": "PLN"}, ["p1"])
    yield "import, another rule and tie-break", of(election, named, "greedy-no-skip", ["lower_cost"])


def ballots() -> Rows:
    tests = test_ballot_files
    for name, (new, old, *_) in rows(tests.test_refuses_a_damaged_blt_file):
        yield f"BLT, {name}", of(blt.parse, tests.GOOD.replace(old, new, 1))
    yield "BLT, the end among the ballots", of(blt.parse, "2 1\n3 1 2 0\n")
    yield "BLT, nothing", of(blt.parse, "")
    yield "BLT, the end among the names", of(blt.parse, '2 1\n3 1 2 0\n0\n"Ana"\n')
    longest = "n" * 200
    odd = {
        "withdrawals on two lines": '3 1\n-1\n-2\n3 3 0\n0\n"A"\n"B"\n"C"\n',
        "a remark in the header": '2 1 # two for a seat\n3 1 2 0\n0\n"A"\n"B"\n',
        "one candidate": '1 1\n3 1 0\n0\n"A"\n',
        "no candidate": "0 1\n0\n",
        "as many candidates as can be": "1000 1\n0\n",
        "one candidate more": "1001 1\n0\n",
        "as many seats as can be": '1 1000\n3 1 0\n0\n"A"\n',
        "one seat more": "1 1001\n",
        "a name as long as can be": f'1 1\n3 1 0\n0\n"{longest}"\n',
        "a name one longer": f'1 1\n3 1 0\n0\n"{longest}n"\n',
        "found as long as is shown": f"{'x' * 60}\n",
    }
    for name, text in odd.items():
        yield f"BLT, {name}", of(blt.parse, text)
    yield "BLT, its seed", of(lambda: seed_of(tests.good(tests.GOOD)).hex())
    yield "ranked CSV, its seed", of(lambda: seed_of(tests.read(tests.RANKED)).hex())
    yield "graded CSV, its seed", of(lambda: seed_of(tests.read(tests.GRADED)).hex())
    yield "BLT, as it is read", of(blt.parse, tests.GOOD)
    for name, (text, old, new, *_) in rows(tests.test_refuses_a_damaged_csv_file):
        yield f"ranked CSV, {name}", of(ranked_csv.parse, text.replace(old, new, 1))
    twice = tests.RANKED + "4,Bo,,\n" + "5,,Bo,\n" + "6,Bo,,\n"
    yield "ranked CSV, the same ranks twice", of(ranked_csv.parse, twice)
    yield "ranked CSV, grades of what comes to the same", of(lambda: as_grades(tests.read(twice)))
    yield "ranked CSV, grades stay", of(lambda: as_grades(tests.read(tests.GRADED)) == tests.read(tests.GRADED))
    grades = ",".join(f"g{number}" for number in range(100))
    odd = {
        "ranks left empty in two ways": f"{tests.RANKED}7,undervote,Bo,\n",
        "old line ends": tests.RANKED.replace("\n", "\r"),
        "a byte-order mark": f"\ufeff{tests.RANKED}",
        "a line end in a name": tests.RANKED.replace('"Roe, Ana"', '"Roe,\r\nAna"'),
        "an empty row first": f"\n{tests.RANKED}",
        "a name twice is one name": tests.RANKED.replace("2,,Bo,", "2,Bo,Bo,"),
        "grades twice": f"{tests.GRADED}2,good,\n",
        "grades, one candidate": "scale,a,b\ncount,Ana\n2,a\n",
        "grades, another header": tests.GRADED.replace("count,Ana", "votes,Ana"),
        "grades, no ballots": tests.GRADED.replace("2,good,", "0,good,"),
        "grades, an empty one": "scale,a,,b\ncount,Ana\n2,a\n",
        "grades, as many as can be": f"scale,{grades}\ncount,Ana\n2,g1\n",
        "grades, one more": f"scale,{grades},more\ncount,Ana\n2,g1\n",
    }
    for name, text in odd.items():
        yield f"ranked CSV, {name}", of(ranked_csv.parse, text)
    crowd = ",".join(f"n{number}" for number in range(1001))
    yield "ranked CSV, too many candidates to grade", of(ranked_csv.parse, f"scale,a,b\ncount,{crowd}\n")
    for name, text in (("nothing", ""), ("no ballots", "count,rank1\n"), ("a scale alone", "scale,a,b\n")):
        yield f"ranked CSV, {name}", of(ranked_csv.parse, text)
    yield "ranked CSV, ranks as they are read", of(ranked_csv.parse, tests.RANKED)
    yield "ranked CSV, grades as they are read", of(ranked_csv.parse, tests.GRADED)


def pools() -> Rows:
    tests = test_sortition_csv
    for name, (text, *_) in rows(tests.test_quotas_out_of_form_are_refused_where_they_are):
        yield f"quotas, {name}", of(read_quotas, text)
    yield "quotas, found at length", of(read_quotas, f"{'c' * 121}\n")
    yield "quotas, found at full length", of(read_quotas, f"{'c' * 120}\n")
    yield (
        "quotas, as they are",
        of(read_quotas, tests.QUOTAS.replace("\n", "\r").replace("0,3", "3,65536").replace("1,2", "2,2")),
    )
    full = "category,value,at_least,at_most\n" + "".join(f"c,v{number},0,1\n" for number in range(1000))
    yield "quotas, as many as can be", lambda: [str(len(tests.quotas_of(full)))]
    yield (
        "quotas, a fault after Windows' line ends",
        of(read_quotas, tests.QUOTAS.replace("homme,1", "homme,x").replace("\n", "\r\n")),
    )
    for name, (text, *_) in rows(tests.test_a_pool_out_of_form_is_refused_where_it_is):
        yield f"pool, {name}", of(read_pool, text, tests.quotas_of())
    many = "category,value,at_least,at_most\n" + "".join(f"c,v{number},0,1\n" for number in range(30))
    yield "pool, a value that thirty quotas do not list", of(read_pool, "person,c\np1,v\n", tests.quotas_of(many))
    yield "pool, as it is", of(read_pool, tests.POOL, tests.quotas_of())


def panels() -> Rows:
    tests = test_sortition
    for name, (fixed, _) in rows(tests.test_a_lottery_made_otherwise_is_found):
        yield f"lottery, {name}", of(check_panel, fixed, tests.POOL, tests.QUOTAS, tests.drawn(fixed))
    many = tests.lottery("m1 m2 m3 w1 w2 w3 s1 s2", "m1 m2 m3 w1 w2 w3 s1 s2", "t1 t2 t3 t4 t5 t6", size=8)
    yield "lottery, long lists", of(check_panel, many, tests.POOL, tests.QUOTAS)
    for name, (fields, _) in rows(tests.test_a_draw_made_otherwise_is_found):
        found = tests.changed(tests.drawn(tests.FAIR), **fields)
        yield f"draw, {name}", of(check_panel, tests.FAIR, tests.POOL, tests.QUOTAS, found)
    for name, (leaving, reserves, _) in rows(tests.test_a_seat_goes_to_the_first_reserve_with_whom_the_quotas_are_met):
        yield (
            f"replacement, {name}",
            of(replacement, tests.POOL, tests.QUOTAS, ["m1", "w1"], reserves.split(), leaving.split()),
        )
    shared = tests.lottery("m1 w1", "m1 w2 * 2", "m2 w1")
    yield "lottery, chances of who is on two panels", of(chances, shared, tests.POOL, tests.QUOTAS)
    yield "draw, a seed too short", of(draw, tests.FAIR, bytes(15))
    yield "draw, a seed too long", of(draw, tests.FAIR, bytes(65))
    yield "draw, as it is written", of(tests.drawn(tests.FAIR).to_bytes)
    yield "lottery, as it is written", of(tests.FAIR.to_bytes)
    yield "lottery, an unknown field", of(read_lottery, tests.FAIR.to_bytes().replace(b'"kind"', b'"kind_"'))
    yield "draw, an unknown field", of(read_drawn, tests.drawn(tests.FAIR).to_bytes().replace(b'"kind"', b'"kind_"'))


RECORD = Record(__file__, dict([*pabulib(), *imported(), *ballots(), *pools(), *panels()]))
