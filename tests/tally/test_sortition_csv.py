"""Pools and quotas as CSV: read whatever the order, refused with line, column, what was found and what was expected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.refusal import Refused
from tally.sortition import Pool, Quota
from tally.sortition_csv import read_pool, read_quotas

QUOTAS = (
    "category,value,at_least,at_most\ngender,femme,1,2\ngender,homme,1,2\nquartier,Île-Verte,0,3\nquartier,Gare,0,3\n"
)
POOL = "person,gender,quartier\np1,femme,Gare\np2,homme,Île-Verte\n"


def quotas_of(text: str = QUOTAS) -> tuple[Quota, ...]:
    found = read_quotas(text)
    assert not isinstance(found, Refused), found
    return found


def pool_of(text: str = POOL) -> Pool:
    found = read_pool(text, quotas_of())
    assert isinstance(found, Pool), found
    return found


def test_reads_quotas_in_order_of_category_and_value() -> None:
    assert [(quota.name, quota.at_least, quota.at_most) for quota in quotas_of()] == [
        ("gender: femme", 1, 2),
        ("gender: homme", 1, 2),
        ("quartier: Gare", 0, 3),
        ("quartier: Île-Verte", 0, 3),
    ]


def test_reads_people_in_order_with_their_values() -> None:
    found = pool_of()
    assert found.categories == ("gender", "quartier")
    assert dict(found.people) == {"p1": ("femme", "Gare"), "p2": ("homme", "Île-Verte")}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("person,gender,quartier\np2,homme,Île-Verte\np1,femme,Gare\n", id="lines in another order"),
        pytest.param("quartier,person,gender\nGare,p1,femme\nÎle-Verte,p2,homme\n", id="columns in another order"),
        pytest.param("\ufeff" + POOL.replace("\n", "\r\n"), id="as a spreadsheet writes it"),
        pytest.param(POOL.replace(",", " , ") + "\n,,\n", id="with spaces and empty lines"),
        pytest.param(POOL.replace("p1,femme", '"p1","femme"').rstrip("\n"), id="quoted, without a last line end"),
    ],
)
def test_the_same_people_have_the_same_digest(text: str) -> None:
    assert pool_of(text).digest() == pool_of().digest()


def test_another_value_gives_another_digest() -> None:
    assert pool_of(POOL.replace("p1,femme", "p1,homme")).digest() != pool_of().digest()


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        pytest.param("", 1, "category", id="nothing"),
        pytest.param("category;value;at_least;at_most\n", 1, "category", id="semicolons"),
        pytest.param("category,value,at_least\n", 1, "at_most", id="a column missing"),
        pytest.param("category,value,at_least,at_most,note\na,b,0,1,x\n", 1, "", id="a column too many"),
        pytest.param("category,value,at_least,at_most,at_most\na,b,0,1,1\n", 1, "", id="a column twice"),
        pytest.param("category,value,at_least,at_most\n", 2, "", id="no quota"),
        pytest.param(QUOTAS + "gender,femme,0,1\n", 6, "value", id="a value twice"),
        pytest.param(QUOTAS.replace("femme,1,2", "femme,3,2"), 2, "at_most", id="at most less than at least"),
        pytest.param(QUOTAS.replace("femme,1,2", "femme,-1,2"), 2, "at_least", id="a negative number"),
        pytest.param(QUOTAS.replace("femme,1,2", "femme,1.0,2"), 2, "at_least", id="a decimal"),
        pytest.param(QUOTAS.replace("femme,1,2", "femme,01,2"), 2, "at_least", id="a number spelled otherwise"),
        pytest.param(QUOTAS.replace("femme,1,2", "femme,١,2"), 2, "at_least", id="digits of another script"),
        pytest.param(QUOTAS.replace("femme,1,2", "femme,1,65537"), 2, "at_most", id="one more than a pool can have"),
        pytest.param(QUOTAS.replace("femme,1,2", "femme,1,"), 2, "at_most", id="no number"),
        pytest.param(QUOTAS.replace("femme,1,2", ",1,2"), 2, "value", id="no value"),
        pytest.param(QUOTAS.replace("gender,femme", "person,femme"), 2, "category", id="people as a category"),
        pytest.param(QUOTAS.replace("femme,1,2", "femme,1"), 2, "", id="a field missing"),
        pytest.param(QUOTAS.replace("femme,1", '"fem"me,1'), 2, "", id="quotes in the middle"),
        pytest.param(QUOTAS.replace("femme", "fem\x1bme"), 2, "value", id="a control character"),
        pytest.param(QUOTAS.replace("femme", "f" * 129), 2, "value", id="a value too long"),
        pytest.param(QUOTAS + "".join(f"c,v{number},0,1\n" for number in range(997)), 1002, "", id="1,001 quotas"),
    ],
)
def test_quotas_out_of_form_are_refused_where_they_are(text: str, line: int, column: str) -> None:
    found = read_quotas(text)
    assert isinstance(found, Refused)
    assert (found.reason, found.details["line"], found.details["column"]) == ("file_malformed", line, column)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        pytest.param("", 1, "person", id="nothing"),
        pytest.param("person,gender\np1,femme\n", 1, "quartier", id="a category missing"),
        pytest.param("person,gender,quartier,email\np1,femme,Gare,a@b.fr\n", 1, "email", id="contact data"),
        pytest.param("person,gender,quartier,quartier\np1,femme,Gare,Gare\n", 1, "", id="a column twice"),
        pytest.param("person,gender,quartier\n", 2, "person", id="nobody"),
        pytest.param(POOL + "p1,homme,Gare\n", 4, "person", id="a person twice"),
        pytest.param(POOL + ",homme,Gare\n", 4, "person", id="no pseudonym"),
        pytest.param(POOL + "Ana Roux,homme,Gare\n", 4, "person", id="a name and not a pseudonym"),
        pytest.param(POOL + "p" * 129 + ",homme,Gare\n", 4, "person", id="a pseudonym too long"),
        pytest.param(POOL + "p3,Femme,Gare\n", 4, "gender", id="a value that no quota lists"),
        pytest.param(POOL + "p3,,Gare\n", 4, "gender", id="no value"),
        pytest.param(POOL + "p3,femme\n", 4, "", id="a field missing"),
        pytest.param(POOL + 'p3,"femme,Gare\n', 4, "", id="quotes that never close"),
    ],
)
def test_a_pool_out_of_form_is_refused_where_it_is(text: str, line: int, column: str) -> None:
    found = read_pool(text, quotas_of())
    assert isinstance(found, Refused)
    assert (found.reason, found.details["line"], found.details["column"]) == ("file_malformed", line, column)


def test_contact_data_is_refused_with_what_to_do() -> None:
    found = read_pool("person,gender,quartier,email\np1,femme,Gare,a@b.fr\n", quotas_of())
    assert isinstance(found, Refused)
    assert found.details["expected"] == "only person,gender,quartier: the pool is published, and the draw needs no more"


@pytest.mark.slow
def test_a_pool_has_at_most_as_many_people_as_can_be_put_in_order() -> None:
    lines = [f"p{number},femme,Gare" for number in range(65_537)]
    assert len(pool_of("\n".join(["person,gender,quartier", *lines[:-1]])).people) == 65_536
    found = read_pool("\n".join(["person,gender,quartier", *lines]), quotas_of())
    assert isinstance(found, Refused)
    expected = {"column": "person", "found": "more than 65536 people", "expected": "at most 65536"}
    assert found.details == {"line": 65_538, **expected}


@pytest.mark.parametrize(("length", "taken"), [(len(QUOTAS), True), (len(QUOTAS) - 1, False)])
def test_a_file_has_at_most_so_many_characters(monkeypatch: pytest.MonkeyPatch, length: int, taken: bool) -> None:
    monkeypatch.setattr("tally.sortition_csv.MAX_CHARACTERS", length)
    found = read_quotas(QUOTAS)
    expected = {"found": f"{len(QUOTAS)} characters", "expected": f"at most {length} characters"}
    refused = isinstance(found, Refused) and found.details == {"line": 1, "column": "", **expected}
    assert refused is not taken
    assert isinstance(found, tuple) is taken


@given(st.text(alphabet='person,gendrqutiae\n"\r\t\x00 01;é', max_size=200), st.booleans())
def test_whatever_the_text_it_is_read_or_refused(tail: str, headed: bool) -> None:
    text = ("category,value,at_least,at_most\n" if headed else "") + tail
    assert isinstance(read_quotas(text), tuple | Refused)
    assert isinstance(read_pool(("person,gender,quartier\n" if headed else "") + tail, quotas_of()), Pool | Refused)
