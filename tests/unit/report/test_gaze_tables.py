"""What was recorded and found reaches an export, with who found it and what is excluded."""

import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from gazelab.data.contract import Contract
from gazelab.data.exclusion import ExclusionRule
from gazelab.data.gaze import Origin, Scanpath
from gazelab.data.geometry import Screen
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.project.project import ImportRecord, Project
from gazelab.report.exclusions import exclusion_sentence
from gazelab.report.readme import contract_line
from gazelab.study.export import export
from gazelab.task import finish

DETECTED = Origin("i-vt", settings=(("velocity_deg_s", 30.0), ("minimum_ms", 60.0)))
SHORT = ExclusionRule("P1", what="shorter", limit_ms=50.0, reason="=too short", since="2026-01-02")
PATH = Scanpath(
    "P1",
    "a.png",
    np.array([10.0, 20.0, 500.0, 40.0]),
    np.array([10.0, 20.0, 30.0, 40.0]),
    np.array([0.0, 100.0, 300.0, 500.0]),
    np.array([40.0, 80.0, 40.0, 30.0]),
    np.zeros(4, np.int8),
    origin=DETECTED,
)
CONTRACT = Contract("screen px", "centre", screen=Screen(1280, 1024, 380, 300, 670), zero="first")


@pytest.fixture
def project() -> Project:
    times = np.arange(100.0) * 4
    lost = np.where(times == 8, np.nan, 50.0)
    recording = Recording(
        "P1", "a.png", times, lost, lost, rate_hz=250.0, eye="left", px_per_deg=25.0, clock_ms=4e6
    )
    saccades = Events(
        "P1",
        "a.png",
        "saccade",
        np.array([40.0, 180.0]),
        np.array([30.0, 25.0]),
        "1",
        np.array([4.5, np.nan]),
        np.array([200.0, np.nan]),
        DETECTED,
    )
    blinks = Events("P1", "a.png", "blink", np.array([400.0]), np.array([90.0]))
    project = Project(
        stimuli=MappingProxyType({"a.png": Stimulus("a.png", "a.png", 100, 100, "")}),
        recordings=MappingProxyType(
            {recording.key: recording, ("P2", "a.png", "1"): replace(recording, participant="P2")}
        ),
        scanpaths=(PATH, replace(PATH, participant="P2", origin=Origin("table"))),
        events=(saccades, blinks),
        records=(ImportRecord("a.asc", "eyelink-asc", "", {}, contract=CONTRACT),),
    )
    return project.with_rules([ExclusionRule("P2", reason="left early"), SHORT])


@pytest.fixture
def exported(project: Project, tmp_path: Path) -> Path:
    return finish(export(project, tmp_path, tmp_path / "out"))


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_events_are_there_with_who_found_them(exported: Path) -> None:
    one, two, blink = rows(exported / "events.csv")
    assert (one["kind"], one["event"], one["onset_ms"], one["amplitude_deg"]) == (
        "saccade",
        "1",
        "40.0",
        "4.5",
    )
    assert one["detector_settings"] == "velocity_deg_s = 30; minimum_ms = 60"
    assert (two["event"], two["amplitude_deg"], two["peak_velocity_deg_s"]) == ("2", "NA", "NA")
    assert (blink["kind"], blink["event"], blink["amplitude_deg"]) == ("blink", "1", "NA")
    assert (blink["reader"], blink["detector_settings"]) == ("unknown", "")


def test_each_fixation_says_who_found_it_and_how(exported: Path) -> None:
    found = rows(exported / "fixations.csv")
    assert [row["reader"] for row in found] == ["i-vt"] * 4 + ["table"] * 4
    assert {row["detector_settings"] for row in found[4:]} == {""}
    assert [row["exclusion"] for row in found[:4]] == [
        "by a rule of the study",
        "",
        "off the stimulus",
        "by a rule of the study",
    ]


def test_exclusions_add_up_and_name_the_rule_its_reason_and_its_date(exported: Path) -> None:
    off, short, *others = rows(exported / "exclusions.csv")
    assert (off["reason"], off["rule"], off["n_excluded"]) == ("off the stimulus", "", "1")
    assert (short["rule"], short["n_excluded"], short["n_fixations"]) == ("2", "2", "4")
    assert short["what"] == "fixations shorter than 50 ms"
    assert (short["why"], short["since"]) == ("'=too short", "2026-01-02")
    assert [(row["rule"], row["n_excluded"]) for row in others] == [("", "1"), ("1", "3")]
    unused = [row for row in rows(exported / "fixations.csv") if row["used"] == "FALSE"]
    total = sum(int(row["n_excluded"]) for row in (off, short, *others))
    assert total == len(unused) == 7


def test_the_quality_of_each_trial_is_there(exported: Path) -> None:
    one, two = rows(exported / "quality.csv")
    assert (one["participant"], two["participant"]) == ("P1", "P2")
    assert (one["n_samples"], float(one["loss_percent"])) == ("100", 1.0)
    assert (one["rate_hz"], one["n_gaps"], one["off_of"]) == ("250.0", "1", "samples")
    assert (one["accuracy_deg"], float(one["std_deg"])) == ("NA", 0.0)
    assert (one["n_fixations"], one["n_excluded"], two["n_excluded"]) == ("4", "3", "4")


def test_samples_are_written_when_they_are_asked_for(project: Project, tmp_path: Path) -> None:
    plain = finish(export(project, tmp_path, tmp_path / "plain"))
    assert not (plain / "samples").exists()
    assert {row["file"] for row in rows(plain / "recordings.csv")} == {""}
    full = finish(export(project, tmp_path, tmp_path / "full", samples=True))
    one, two = rows(full / "recordings.csv")
    assert (one["eye"], one["px_per_deg"], one["clock_ms"]) == ("left", "25.0", "4000000.0")
    for row in (one, two):
        samples = rows(full / row["file"])
        assert len(samples) == int(row["n_samples"]) == 100
        assert samples[1] == {"t_ms": "4.0", "x_px": "50.0", "y_px": "50.0", "pupil": "NA"}
        assert (samples[2]["t_ms"], samples[2]["x_px"]) == ("8.0", "NA")
    manifest = json.loads((full / "manifest.json").read_bytes())
    assert one["file"] in {file["name"] for file in manifest["files"]}
    dictionary = json.loads((full / "data_dictionary.json").read_bytes())
    assert list(dictionary["files"]["samples/*.csv"]["columns"]) == [
        "t_ms",
        "x_px",
        "y_px",
        "pupil",
    ]
    assert "samples/" in (full / "README.md").read_text("utf-8")


def test_writing_samples_can_be_stopped_and_leaves_nothing(
    project: Project, tmp_path: Path
) -> None:
    task = export(project, tmp_path, tmp_path / "out", samples=True)
    next(step for step in task if "samples" in step.note)
    task.close()
    assert not (tmp_path / "out").exists()


def test_the_manifest_has_the_contract_the_rules_and_the_detectors(exported: Path) -> None:
    manifest = json.loads((exported / "manifest.json").read_bytes())
    contract = manifest["inputs"][0]["contract"]
    assert (contract["positions"], contract["origin"], contract["zero"]) == (
        "screen px",
        "centre",
        "first",
    )
    assert contract["screen"]["distance_mm"] == 670
    everyone, short = manifest["exclusion_rules"]
    assert (everyone["participant"], everyone["limit_ms"]) == ("P2", None)
    assert (short["what"], short["limit_ms"], short["n_fixations"]) == ("shorter", 50.0, 2)
    ours = {one["id"]: one for one in manifest["detectors"]}["i-vt"]
    assert (ours["settings"], ours["trials"]) == (dict(DETECTED.settings), 1)
    assert ours["found"]["fixations"] == 4
    assert manifest["counts"]["samples"] == 200
    assert manifest["counts"]["events"] == {"saccades": 2, "blinks": 1, "microsaccades": 0}
    assert manifest["counts"]["excluded"]["by a rule of the study"] == 5


def test_the_readme_tells_the_same_to_people(exported: Path) -> None:
    text = (exported / "README.md").read_text("utf-8").replace("\\", "")
    assert "positions are screen px from the middle" in text
    assert "screen 1280 x 1024 px, 380 x 300 mm, 670 mm from the eyes" in text
    assert "Rule 2: fixations shorter than 50 ms of participant P1 (2 now)" in text
    assert "left early" in text
    assert "found by i-vt: velocity_deg_s = 30" in text
    assert "## Data quality" in text


def test_a_contract_that_says_little_is_told_without_gaps() -> None:
    line = contract_line(Contract("stimulus fraction"))
    assert line == (
        "Contract: positions are stimulus fraction from the upper left corner, "
        "times are in ms from the onset of the picture."
    )


def test_the_sentence_on_exclusions(project: Project) -> None:
    sentence = exclusion_sentence(project)
    assert "Of 8 fixations, 7 (87.5 %) were excluded" in sentence
    assert "2 off the stimulus, 5 by a rule of the study" in sentence
    assert "fixations shorter than 50 ms of participant P1" in sentence
    assert exclusion_sentence(Project()) == ""
    kept = replace(project, scanpaths=(PATH,), rules=())
    assert exclusion_sentence(kept) == "None of the 4 fixations was excluded."


def test_what_is_unknown_is_na_in_every_number_of_quality(project: Project, tmp_path: Path) -> None:
    alone = replace(project, recordings=MappingProxyType({}), events=())
    folder = finish(export(alone, tmp_path, tmp_path / "out"))
    one = rows(folder / "quality.csv")[0]
    assert (one["n_samples"], one["off_of"]) == ("0", "fixations")
    assert math.isclose(float(one["off_stimulus_percent"]), 25.0)
    unknown = (
        "loss_percent",
        "rate_hz",
        "effective_rate_hz",
        "n_gaps",
        "longest_gap_ms",
        "std_deg",
    )
    assert {one[name] for name in unknown} == {"NA"}
