"""Each template decides either side of each of its boundaries, and on it."""

from __future__ import annotations

import pytest

from tests.rules.template_rows import CANTONS, HALF, WHOLE, Row, both, counted, referendum, swiss, vote

ASSEMBLY = ("assembly-resolution",)
NORDIC = (
    ("se-board", None),
    ("dk-board", None),
    ("no-board", "resolution"),
    ("no-board", "change"),
    ("no-board", "assembly-resolution"),
    ("fi-board", None),
)

A_TIE_REJECTS = ("dk-board",)
A_THIRD = (("se-board", None), ("no-board", "change"))

BOUNDARIES: dict[str, Row] = {
    "firm: both chambers adopt": ("bicameral-firm", "government", both((7, 5), (13, 12)), "adopted"),
    "firm: half of the board blocks": ("bicameral-firm", "government", both((6, 6), (13, 12)), "rejected"),
    "firm: half of the workers blocks": ("bicameral-firm", "government", both((7, 5), (12, 12)), "rejected"),
    "firm: the workers refuse": ("bicameral-firm", "government", both((12, 0), (12, 13)), "rejected"),
    "firm: the board refuses": ("bicameral-firm", "government", both((5, 7), (25, 0)), "rejected"),
    "firm: workers against management do not bind": (
        "bicameral-firm",
        "management",
        both((7, 5), (0, 25)),
        "adopted",
    ),
    "firm: workers for management do not bind": ("bicameral-firm", "management", both((6, 6), (25, 0)), "rejected"),
    "firm: the workers kept silent": ("bicameral-firm", "management", vote("board", 7, 5), "adopted"),
    "cse: an opinion never decides": ("fr-cse-avis", "opinion", vote("cse", 9, 0), "advised"),
    "cse: silence is an opinion": ("fr-cse-avis", "opinion-with-expert", (), "advised"),
    "pacte: more than half of those present": ("fr-pacte-board", None, vote("board", 4, 3, 1), "adopted"),
    "pacte: an abstention weighs against": (
        "fr-pacte-board",
        None,
        (*vote("board", 4, 3), "board abstain 1"),
        "rejected",
    ),
    "pacte: half of the members are a quorum": ("fr-pacte-board", None, vote("board", 4, 0, 4), "adopted"),
    "pacte: fewer than half are not": ("fr-pacte-board", None, vote("board", 4, 0, 5), "inquorate"),
    "pacte: the chair breaks a tie": (
        "fr-pacte-board",
        None,
        ("board chair yes 1", "board ana yes 1", "board bo no 1", "board cy no 1"),
        "adopted",
    ),
    "pacte: a tie without its chair": ("fr-pacte-board", None, vote("board", 4, 4), "tied"),
    "mitbestg: more yes than no": ("de-mitbestg", "resolution", vote("board", 5, 4), "adopted"),
    "mitbestg: more no than yes": ("de-mitbestg", "resolution", vote("board", 4, 5), "rejected"),
    "mitbestg: eight of sixteen seats are a quorum": ("de-mitbestg", "resolution", vote("board", 8, 0), "adopted"),
    "mitbestg: seven of sixteen seats are not": ("de-mitbestg", "resolution", vote("board", 7, 0), "inquorate"),
    "mitbestg: a tie is voted on again": ("de-mitbestg", "resolution", vote("board", 8, 8), "tied"),
    "mitbestg: two thirds of sixteen are eleven": (
        "de-mitbestg",
        "election-of-the-chair",
        vote("board", 11, 5),
        "adopted",
    ),
    "mitbestg: with ten the shareholders elect the chair": (
        "de-mitbestg",
        "election-of-the-chair",
        (*vote("board", 10, 6), *vote("shareholders-bench", 5, 3)),
        "adopted",
    ),
    "mitbestg: with ten the workers elect the deputy": (
        "de-mitbestg",
        "election-of-the-deputy",
        (*vote("board", 10, 6), *vote("workers-bench", 4, 4)),
        "rejected",
    ),
    "mitbestg: managers need two thirds at first": ("de-mitbestg", "managing-board", vote("board", 11, 5), "adopted"),
    "mitbestg: all ten present are no two thirds of sixteen seats": (
        "de-mitbestg",
        "election-of-the-chair",
        (*vote("board", 10, 0, 6), *vote("shareholders-bench", 0, 8)),
        "rejected",
    ),
    "mitbestg: half of the shareholders' votes cast elect no chair": (
        "de-mitbestg",
        "election-of-the-chair",
        (*vote("board", 10, 6), *vote("shareholders-bench", 4, 4)),
        "rejected",
    ),
    "mitbestg: more than half of the workers' votes cast elect the deputy": (
        "de-mitbestg",
        "election-of-the-deputy",
        (*vote("board", 10, 6), *vote("workers-bench", 4, 3, 1)),
        "adopted",
    ),
    "mitbestg: with ten a second ballot on managers is awaited": (
        "de-mitbestg",
        "managing-board",
        (*vote("board", 10, 6), "committee yes 3", "committee no 1"),
        "pending",
    ),
    "montan: more yes than no": ("de-montan", "resolution", vote("board", 4, 3), "adopted"),
    "montan: six of eleven are a quorum": ("de-montan", "resolution", vote("board", 6, 0), "adopted"),
    "montan: five of eleven are not": ("de-montan", "resolution", vote("board", 5, 0), "inquorate"),
    "montan: the neutral member, six of ten and three of each": (
        "de-montan",
        "neutral-member",
        (*vote("others", 6, 4), *vote("shareholders-bench", 3, 2), *vote("workers-bench", 3, 2)),
        "adopted",
    ),
    "montan: five of ten are no majority": (
        "de-montan",
        "neutral-member",
        (*vote("others", 5, 4), *vote("shareholders-bench", 3, 2), *vote("workers-bench", 3, 2)),
        "rejected",
    ),
    "montan: two of a bench are too few": (
        "de-montan",
        "neutral-member",
        (*vote("others", 7, 3), *vote("shareholders-bench", 5, 0), *vote("workers-bench", 2, 3)),
        "rejected",
    ),
    "montan: two of five workers do not stop the director": (
        "de-montan",
        "labour-director",
        (*vote("board", 9, 2), *vote("workers-bench", 3, 2)),
        "adopted",
    ),
    "montan: three of five workers do": (
        "de-montan",
        "labour-director",
        (*vote("board", 8, 3), *vote("workers-bench", 2, 3)),
        "rejected",
    ),
    "montan: half of the votes cast": ("de-montan", "resolution", vote("board", 4, 4), "rejected"),
    "montan: five of five workers do": (
        "de-montan",
        "labour-director",
        (*vote("board", 6, 5), *vote("workers-bench", 0, 5)),
        "rejected",
    ),
    "montan: half of the board appoints no director": (
        "de-montan",
        "labour-director",
        (*vote("board", 5, 5), *vote("workers-bench", 5, 0)),
        "rejected",
    ),
    "montan: three of each bench are enough": (
        "de-montan",
        "neutral-member",
        (*vote("others", 6, 4), *vote("shareholders-bench", 2, 3), *vote("workers-bench", 4, 1)),
        "rejected",
    ),
    "drittelbg: more yes than no": ("de-drittelbg", None, vote("board", 2, 1), "adopted"),
    "drittelbg: three of five, half of which would be less": ("de-drittelbg", None, vote("board", 3, 0, 2), "adopted"),
    "drittelbg: four of seven are a quorum": ("de-drittelbg", None, vote("board", 4, 0, 3), "adopted"),
    "drittelbg: three of six are a quorum": ("de-drittelbg", None, vote("board", 3, 0, 3), "adopted"),
    "drittelbg: three of seven are not": ("de-drittelbg", None, vote("board", 3, 0, 4), "inquorate"),
    "drittelbg: two of three are not, for three are needed": (
        "de-drittelbg",
        None,
        vote("board", 2, 0, 1),
        "inquorate",
    ),
    "drittelbg: a tie rejects": ("de-drittelbg", None, vote("board", 3, 3), "rejected"),
    **{
        f"{name}: {matter or 'resolution'}, {told}": (name, matter, rows, expected)
        for name, matter in NORDIC
        for told, rows, expected in (
            ("more than half of those present", vote("board", 4, 3), "adopted"),
            ("half of those present", (*vote("board", 4, 3), "board abstain 1"), "rejected"),
            ("half present is no quorum", vote("board", 4, 0, 4), "inquorate"),
            ("more than half present is", vote("board", 5, 0, 4), "adopted"),
            ("the chair breaks a tie", ("board chair no 1", "board ana yes 1"), "rejected"),
            ("a tie without its chair", vote("board", 3, 3), "rejected" if name in A_TIE_REJECTS else "tied"),
        )
        for rows in [tuple(row.replace("board", "corporate-assembly") for row in rows) if matter in ASSEMBLY else rows]
    },
    **{
        f"{name}: {told}": (name, matter, rows, expected)
        for name, matter in A_THIRD
        for told, rows, expected in (
            ("more than a third of the whole board", vote("board", 4, 3, 4), "adopted"),
            ("a third of the whole board", vote("board", 4, 3, 5), "rejected"),
            ("the chair and more than a third", ("board chair yes 1", *vote("board", 4, 4, 3)), "adopted"),
            ("the chair and a third", ("board chair yes 1", *vote("board", 4, 4, 4)), "rejected"),
            ("too few for either", vote("board", 1, 0, 5), "inquorate"),
        )
    },
    "dk-board: the chair has one vote": ("dk-board", None, ("board chair yes 1", "board ana no 1"), "rejected"),
    "no-board: a third of the whole board where nothing changes": (
        "no-board",
        "resolution",
        vote("board", 4, 3, 5),
        "adopted",
    ),
    "tribunes: nobody objects": ("plebeian-veto", None, vote("assembly", 2, 1), "adopted"),
    "tribunes: one of ten objects": (
        "plebeian-veto",
        None,
        (*vote("assembly", 99, 1), *vote("tribunes", 0, 1, 9)),
        "rejected",
    ),
    "tribunes: all look on": (
        "plebeian-veto",
        None,
        (*vote("assembly", 2, 1), *vote("tribunes", 5, 0, 5)),
        "adopted",
    ),
    "tribunes: nothing to object to": ("plebeian-veto", None, vote("assembly", 1, 1), "rejected"),
    "congress: two thirds of each house": (
        "us-veto-override",
        None,
        (*vote("house", 290, 145), *vote("senate", 66, 33)),
        "adopted",
    ),
    "congress: one short in the house": ("us-veto-override", None, vote("house", 289, 146), "rejected"),
    "congress: one short in the senate": (
        "us-veto-override",
        None,
        (*vote("house", 290, 145), *vote("senate", 66, 34)),
        "rejected",
    ),
    "congress: half of the senate is no quorum": (
        "us-veto-override",
        None,
        (*vote("house", 290, 145), *vote("senate", 50, 0, 50)),
        "inquorate",
    ),
    "congress: half of the house is no quorum": ("us-veto-override", None, vote("house", 217, 0, 218), "inquorate"),
    "congress: more than half of the house is a quorum": (
        "us-veto-override",
        None,
        (*vote("house", 218, 0, 217), *vote("senate", 51, 0, 49)),
        "adopted",
    ),
    "congress: exactly two thirds of the senate": (
        "us-veto-override",
        None,
        (*vote("house", 200, 100, 135), *vote("senate", 60, 30, 10)),
        "adopted",
    ),
    "congress: two thirds of those voting, and not of all": (
        "us-veto-override",
        None,
        (*vote("house", 200, 100, 135), *vote("senate", 34, 17, 49)),
        "adopted",
    ),
    "australia: the electors and four states": ("au-s128", None, referendum(4, 101, 100), "adopted"),
    "australia: the electors and three states": ("au-s128", None, referendum(3, 101, 100), "rejected"),
    "australia: four states and half of the electors": ("au-s128", None, referendum(4, 100, 100), "rejected"),
    "australia: five states and less than half of the electors": ("au-s128", None, referendum(5, 99, 100), "rejected"),
    "pacte: exactly half of those present": (
        "fr-pacte-board",
        None,
        (*vote("board", 3, 2), "board abstain 1"),
        "rejected",
    ),
    "firm: half of the votes cast in each": ("bicameral-firm", "government", both((6, 6), (12, 12)), "rejected"),
    "cse: an opinion with experts at both levels": (
        "fr-cse-avis",
        "opinion-with-experts-at-both-levels",
        vote("cse", 4, 5),
        "advised",
    ),
    "circle: nobody objects": ("sociocracy-consent", None, (), "adopted"),
    "circle: an objection waits for its test": ("sociocracy-consent", None, vote("circle", 5, 1), "pending"),
    "holacracy: an objection waits for its test": ("holacracy-governance", None, vote("circle", 5, 1), "pending"),
    "swiss: twelve cantons and the people": (
        "ch-double-majority",
        None,
        swiss("people", WHOLE[:12], people=900),
        "adopted",
    ),
    "swiss: eleven and a half cantons are a tie": (
        "ch-double-majority",
        None,
        swiss("people", [*WHOLE[:11], HALF[0]], people=900),
        "rejected",
    ),
    "swiss: eleven cantons and two halves are twelve": (
        "ch-double-majority",
        None,
        swiss("people", [*WHOLE[:11], *HALF[:2]], people=900),
        "adopted",
    ),
    "swiss: all cantons but half of the people": (
        "ch-double-majority",
        None,
        ("people ZH yes 1", "people ZH no 26", *(f"people {code} yes 1" for code in CANTONS if code != "ZH")),
        "rejected",
    ),
}


@pytest.mark.parametrize("row", BOUNDARIES.values(), ids=BOUNDARIES)
def test_a_template_decides(row: Row) -> None:
    name, matter, rows, expected = row
    assert counted(name, matter, *rows)["outcome"] == expected


def test_a_tie_of_the_cantons_is_told() -> None:
    found = counted("ch-double-majority", None, *swiss("people", [*WHOLE[:11], HALF[0]], people=900))
    cantons = found["chambers"]["cantons"]
    assert (cantons["yes"], cantons["no"], cantons["base"]) == ("23/2", "23/2", "23")
    assert "tie_rejects" in [reason["rule"] for reason in found["reasons"]]
