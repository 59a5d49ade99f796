"""Attributes of a table find the participants and pictures they are about."""

from dataclasses import replace

import numpy as np
import pytest

from gazelab.data.gaze import Scanpath
from gazelab.data.recording import Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import ReadError
from gazelab.project.project import Project
from gazelab.study.attributes import describe, read_for, with_taken, without_attribute
from gazelab.study.bids import export_bids
from gazelab.task import finish

NOTHING = np.empty(0)


def scanpath(who):
    return Scanpath(who, "a", *[NOTHING] * 4, NOTHING.astype(np.int8))


@pytest.fixture
def project():
    stimuli = {name: Stimulus(name, "", 8, 6, "") for name in ("a", "b")}
    return replace(
        Project(), stimuli=stimuli, scanpaths=tuple(map(scanpath, ("01", "Ann", "sub-3")))
    )


def table(tmp_path, *rows):
    path = tmp_path / "table.tsv"
    path.write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")
    return path


def test_participants_are_known_by_label_and_by_the_name_in_the_source(project, tmp_path):
    rows = [("sub-01", "n/a", "x"), ("sub-2", "Ann", "y"), ("sub-3", "n/a", "z"), ("sub-4", "", "")]
    path = table(tmp_path, ("participant_id", "source_name", "group"), *rows)
    taken = read_for(project, path)
    assert taken.attributes.names == ("group",)
    assert taken.attributes.rows == {"01": ("x",), "Ann": ("y",), "sub-3": ("z",)}
    assert (taken.left_out, taken.lacking) == (("sub-4",), ())
    assert describe(taken) == [
        "group: taken for 3 participants.",
        "Left out, as the project does not have them: sub-4.",
    ]


def test_a_newer_table_replaces_its_own_columns_alone(project, tmp_path):
    old = table(tmp_path, ("stimulus", "scene", "size"), ("a", "in", "big"), ("b", "out", "big"))
    project = with_taken(project, read_for(project, old))
    new = table(tmp_path, ("stimulus", "scene"), ("a", "out"), ("c", "in"))
    taken = read_for(project, new)
    assert taken.lacking == ("b",)
    project = with_taken(project, taken)
    assert project.stimulus_attributes.of("a") == {"scene": "out", "size": "big"}
    assert project.stimulus_attributes.of("b") == {"scene": "out", "size": "big"}
    assert without_attribute(project, "size").stimulus_attributes.of("a") == {"scene": "out"}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            (("X", "1"), ("Y", "2")),
            "It names X, Y; the project has 01, Ann",
        ),
        ((("01", "1"), ("sub-01", "2")), "Several rows tell of 01"),
    ],
)
def test_a_table_that_tells_of_nobody_or_twice_of_one_is_refused(project, tmp_path, rows, sentence):
    with pytest.raises(ReadError, match=sentence):
        read_for(project, table(tmp_path, ("participant", "group"), *rows))


def test_bids_takes_the_attributes_and_gives_them_back(project, tmp_path):
    known = table(tmp_path, ("participant", "group"), ("01", "x"), ("Ann", "n/a"))
    times = np.arange(5.0)
    recordings = [Recording(who, "a", times, times, times) for who in ("01", "Ann")]
    project = replace(project, recordings={one.key: one for one in recordings})
    project = with_taken(project, read_for(project, known))
    written = finish(export_bids(project, tmp_path / "bids")) / "participants.tsv"
    assert written.read_text(encoding="utf-8").splitlines() == [
        "participant_id\tsource_name\tgroup",
        "sub-01\t01\tx",
        "sub-Ann\tAnn\tn/a",
    ]
    again = read_for(project, written).attributes
    assert again.rows == project.participant_attributes.rows
