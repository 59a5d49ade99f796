"""Data quality and exclusions on the command line, from the recordings to the export."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from clidata import write_pictures, write_table

from gazelab.cli import main
from gazelab.data.recording import Recording
from gazelab.project import store
from gazelab.project.project import Addition

pytestmark = pytest.mark.usefixtures("qapp")  # export draws the view


@pytest.fixture
def study(tmp_path, monkeypatch, capsys) -> Path:
    """Return a project with fixations of four and samples of one, in the current folder."""
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "pictures")
    write_table(tmp_path / "gaze.csv")
    assert main(["import", "study", "gaze.csv", "--images", "pictures"]) == 0
    folder = tmp_path / "study.gazelab"
    times = np.arange(500.0) * 4
    places = np.where(times < 100, np.nan, 60.0)
    recording = Recording("P1", "cat.png", times, places, places, rate_hz=250.0, px_per_deg=20.0)
    store.save(store.load(folder).with_addition(Addition(recordings=(recording,))), folder)
    capsys.readouterr()
    return folder


def ask(capsys, *words: str) -> dict:
    """Return what a verb says as JSON."""
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_quality_is_told_by_participant_with_a_sentence(study, capsys) -> None:
    assert main(["quality", "study"]) == 0
    out = capsys.readouterr().out
    head, _, *rows = out.splitlines()
    assert "loss %" in head
    assert [row.split()[0] for row in rows[:4]] == ["P0", "P1", "P2", "P3"]
    assert rows[1].split()[1:4] == ["3", "500", "5.0"]
    assert "Gaze was recorded at 250 Hz" in out
    assert "Of 72 fixations, 2 (2.8 %) were excluded" in out


def test_quality_of_each_trial_and_as_json(study, capsys) -> None:
    assert main(["quality", "study", "--trials"]) == 0
    assert len([line for line in capsys.readouterr().out.splitlines() if "cat.png" in line]) == 4
    told = ask(capsys, "quality", "study")
    assert len(told["trials"]) == 12
    by_name = {row["participant"]: row for row in told["participants"]}
    assert by_name["P1"]["loss_percent"] == 5
    assert by_name["P0"]["loss_percent"] is None
    assert by_name["P0"]["n_excluded"] == 2


def test_an_exclusion_is_made_counted_exported_and_taken_back(study, capsys) -> None:
    words = ("--participant", "P1", "--what", "shorter", "--limit-ms", "225", "--reason", "noise")
    assert main(["exclude", "study", *words]) == 0
    out = capsys.readouterr().out
    assert "Rule 1: fixations shorter than 225 ms of participant P1 (9 now)" in out
    assert "Reason: noise. Since 20" in out
    told = ask(capsys, "exclude", "study", "--list")
    assert told["excluded"]["by a rule of the study"] == 9
    assert told["rules"][0]["n_fixations"] == 9
    assert main(["score", "study"]) == 0
    capsys.readouterr()
    assert sum(s.n_excluded for s in store.load(study).scores if s.metric == "nss") >= 11
    assert ask(capsys, "export", "study", "out", "--samples")["files"]
    with open("out/exclusions.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["rule"] == "1"]
    assert sum(int(row["n_excluded"]) for row in rows) == 9
    assert {row["why"] for row in rows} == {"noise"}
    assert Path("out/samples/00001.csv").is_file()
    assert main(["exclude", "study", "--remove", "1"]) == 0
    out = capsys.readouterr().out
    assert "scores no longer held" in out
    assert store.load(study).rules == ()
    assert ask(capsys, "exclude", "study")["excluded"]["by a rule of the study"] == 0
    assert main(["check", "study"]) == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--participant", "P9"], "There is no participant 'P9'"),
        (["--stimulus", "cow.png"], "There is no stimulus 'cow.png'"),
        (["--what", "shorter"], "needs a limit in ms"),
        (["--remove", "1"], "There is no rule 1"),
        (["--remove", "0"], "There is no rule 0"),
        (["--reason", "just so"], "What is to be excluded is not said"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_changes_nothing(
    study, capsys, words: list[str], sentence: str
) -> None:
    before = (study / store.FILE).read_bytes()
    assert main(["exclude", "study", *words]) == 1
    assert sentence in capsys.readouterr().err
    assert (study / store.FILE).read_bytes() == before


def test_excluding_everyone_leaves_nothing_to_score_with_a_reason(study, capsys) -> None:
    assert main(["exclude", "study", "--what", "all", "--reason", "pilot"]) == 0
    assert main(["score", "study"]) == 1
    assert "no fixations in use" in capsys.readouterr().err
    assert main(["quality", "study"]) == 0
