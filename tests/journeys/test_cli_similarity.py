"""Scanpaths compared on the command line."""

import csv
from pathlib import Path

import numpy as np
import pytest
from clidata import PICTURES
from test_cli_study import ask, study  # noqa: F401  (a fixture)

from gazelab.cli import main
from gazelab.data.attention import Attention
from gazelab.project import store

pytestmark = pytest.mark.usefixtures("qapp")


def test_people_are_compared_beside_chance(study, capsys) -> None:  # noqa: F811
    assert main(["similarity", "study", "--measure", "scanmatch", "DTW"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "People with one another (chance on 3 stimuli)" in out
    line = next(line for line in out.splitlines() if line.startswith("dtw"))
    # 4 viewers, 3 pictures
    assert line.endswith(" 18")
    assert " px " in line
    assert " less " in line
    assert "chance: the first scanpath with one of somebody else on another stimulus" in out


def test_steps_of_models_are_compared_too_and_all_is_written(study, capsys) -> None:  # noqa: F811
    project = store.load(study)
    maps = np.random.default_rng(0).random((4, 6, 8), np.float32)
    seer = [Attention(name, "seer", "attention", maps, tuple("1234")) for name in PICTURES]
    store.save(project.with_attention(seer), study)
    told = ask(capsys, "similarity", "study", "--measure", "multimatch", "--out", "alike")
    rows = {(row["who"], row["measure"]): row for row in told["summary"]}
    assert len(rows) == 2 * 10
    assert rows["people", "multimatch-position"]["n_pairs"] == 18
    assert rows["seer", "multimatch-position"]["n_pairs"] == 12
    assert rows["seer", "multimatch-duration"]["mean"] is None
    assert rows["seer", "multimatch-duration"]["n_undefined"] == 12
    assert told["folder"] == "alike"
    with open(Path("alike") / "similarity.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == (18 + 12) * 10
    notes = {row["note"] for row in table if row["first"] == "seer" and row["value"] == "NA"}
    assert notes == {"fixations without durations"}


def test_what_cannot_be_compared_is_said_in_one_sentence(study, capsys) -> None:  # noqa: F811
    assert main(["similarity", "study", "--measure", "beauty"]) == 1
    _, err = capsys.readouterr()
    assert err.startswith("gazelab: There is no measure 'beauty'. Known: multimatch-shape")


def test_participants_are_clustered_on_the_pictures_that_are_named(
    study,  # noqa: F811
    capsys,
) -> None:
    named = ("similarity", "study", "--measure", "dtw", "corm", "--stimulus", *PICTURES[:2])
    told = ask(capsys, *named, "--cluster", "complete", "--out", "alike")
    assert told["summary"][0]["n_pairs"] == 12
    by_dtw, by_corm = told["clusters"]
    assert len(set(by_dtw["order"])) == 4
    assert by_dtw["linkage"] == "complete"
    assert 0 < by_dtw["cophenetic"] <= 1
    assert by_corm["reason"] == "neither end of the measure means more alike"
    with open(Path("alike") / "similarity_order.csv", encoding="utf-8", newline="") as file:
        order = [row["participant"] for row in csv.DictReader(file) if row["measure"] == "dtw"]
    assert order == by_dtw["order"]
    assert main([*named, "--cluster"]) == 0
    out, _ = capsys.readouterr()
    assert "Participants, clustered by their mean similarities (average linkage)" in out
