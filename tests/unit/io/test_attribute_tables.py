import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.attributes import Attributes
from gazelab.errors import ReadError
from gazelab.io.attributes import PARTICIPANTS, STIMULI, read_attributes


def read(tmp_path, text):
    path = tmp_path / "people.tsv"
    path.write_text(text, encoding="utf-8")
    return read_attributes(path)


def test_participants_of_bids(tmp_path):
    of, found = read(
        tmp_path, "participant_id\tage\tgroup\nsub-01\t24\tcontrol\nsub-02\tn/a\tx y\n"
    )
    assert of == PARTICIPANTS
    assert found.names == ("age", "group")
    assert found.rows == {"sub-01": ("24", "control"), "sub-02": ("", "x y")}


def test_pictures_may_stand_in_any_column(tmp_path):
    of, found = read(tmp_path, "Condition;Stimulus\nsocial;a.jpg\nobject;b.jpg\n")
    assert of == STIMULI
    assert found.of("b.jpg") == {"Condition": "object"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,group\nP1,a\nP2,b\n", "No column says of whom"),
        ("participant,stimulus\nP1,a\nP2,b\n", "'stimulus' cannot be the name of an attribute"),
        ("participant,group\nP1,a\nP1,b\n", "line 3: P1 is there twice"),
        ("participant,group\nP1,a\n,b\n", "line 3: The participant is missing"),
        ("participant,x\nP1,a\nP2,b,c\nP3,a\nP4,a\nP5,a\nP6,a\n", "line 3: 3 cells"),
        ("nothing", "no table with names of columns"),
    ],
)
def test_what_is_no_table_of_attributes_is_refused(tmp_path, text, sentence):
    with pytest.raises(ReadError, match=sentence):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ReadError, match="no such file"):
        read_attributes(tmp_path / "no.tsv")


WORDS = st.sampled_from("abc")
TABLES = st.builds(
    lambda names, who: Attributes(
        tuple(names), {one: tuple(f"{one}{name}" for name in names) for one in who}
    ),
    st.lists(WORDS, unique=True, min_size=1),
    st.lists(st.sampled_from("PQR"), unique=True),
)


@given(TABLES, TABLES)
def test_an_update_wins_and_forgets_nothing_else(old, new):
    both = old.updated(new)
    for who in "PQR":
        assert both.of(who) == old.of(who) | new.of(who)


@given(TABLES)
def test_counts_are_those_of_who_has_a_value(table):
    for name in table.names:
        for value, count in table.counts(name).items():
            assert len(table.having(name, value)) == count
    assert table.only(()).rows == {}
    assert table.value("nobody", "nothing") == ""
