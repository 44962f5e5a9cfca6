"""Files that are damaged, widened, drawn from or checked, and what is said of each: `python -m tests.tally.files_in_full`.

The rows are those of the tests beside this; here the whole sentence is on record, to be read again when it is written.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.refusal import Refused
from tally import blt, ranked_csv
from tally.pabulib import Recount, parse, read, recount
from tally.pabulib_import import election
from tally.sortition import draw, read_drawn, read_lottery
from tally.sortition_check import check_panel, replacement
from tally.sortition_csv import read_pool, read_quotas
from tests.tally import (
    test_ballot_files,
    test_pabulib_import,
    test_pabulib_refusals,
    test_sortition,
    test_sortition_csv,
)
from tests.tally.counts_in_full import in_full

WRITTEN = Path(__file__).with_name("files_in_full.txt")

Saying = Callable[[], list[str]]
Rows = Iterator[tuple[str, Saying]]


def told(found: object) -> list[str]:
    """A refusal in words; a recount as it is written; anything else as Python shows it."""
    if isinstance(found, Refused):
        return [f"{found.reason} ({found.kind.value}): {found.sentence()}"]
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
    for name, text in (("approval", tests.GOOD), ("points", tests.POINTS), ("ordinal", tests.ORDINAL)):
        yield f"pabulib, {name}, recounted", of(recount, parse(text))


def imported() -> Rows:
    tests = test_pabulib_import
    for name, (meta, votes, columns, _) in rows(tests.test_widens_a_limit_that_the_ballots_do_not_keep_and_says_so):
        yield f"import, {name}", of(election, tests.file(meta, votes, columns=columns))
    for meta, vote, columns, _ in tests.CANONICAL:
        yield f"import, {meta['vote_type']}", of(election, tests.file(meta, [vote], columns=columns))
    named = tests.file({"vote_type": "approval", "unit": "Poznań", "currency": "PLN"}, ["p1"])
    yield "import, another rule and tie-break", of(election, named, "greedy-no-skip", ["lower_cost"])


def ballots() -> Rows:
    tests = test_ballot_files
    for name, (new, old, *_) in rows(tests.test_refuses_a_damaged_blt_file):
        yield f"BLT, {name}", of(blt.parse, tests.GOOD.replace(old, new, 1))
    yield "BLT, the end among the ballots", of(blt.parse, "2 1\n3 1 2 0\n")
    yield "BLT, nothing", of(blt.parse, "")
    yield "BLT, as it is read", of(blt.parse, tests.GOOD)
    for name, (text, old, new, *_) in rows(tests.test_refuses_a_damaged_csv_file):
        yield f"ranked CSV, {name}", of(ranked_csv.parse, text.replace(old, new, 1))
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
    yield "quotas, as they are", of(read_quotas, tests.QUOTAS.replace("\n", "\r").replace("0,3", "3,65536"))
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
    yield "draw, a seed too short", of(draw, tests.FAIR, bytes(15))
    yield "draw, a seed too long", of(draw, tests.FAIR, bytes(65))
    yield "draw, as it is written", of(tests.drawn(tests.FAIR).to_bytes)
    yield "lottery, as it is written", of(tests.FAIR.to_bytes)
    yield "lottery, an unknown field", of(read_lottery, tests.FAIR.to_bytes().replace(b'"kind"', b'"kind_"'))
    yield "draw, an unknown field", of(read_drawn, tests.drawn(tests.FAIR).to_bytes().replace(b'"kind"', b'"kind_"'))


SAID: Mapping[str, Saying] = dict([*pabulib(), *imported(), *ballots(), *pools(), *panels()])


def text() -> str:
    """All of them."""
    lines = {name: "\n".join(f"    {line}" for line in say()) for name, say in SAID.items()}
    return "\n\n".join(f"{name}\n{written}" for name, written in lines.items()) + "\n"


if __name__ == "__main__":
    sys.exit(WRITTEN.write_text(text(), encoding="utf-8") and 0)
