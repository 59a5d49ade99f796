"""An export is a new folder, whole or not there, that says what is in it."""

import csv
import hashlib
import json
import math
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from gazelab.data.aoi import Aoi, rectangle
from gazelab.data.attention import Attention, Explanation
from gazelab.data.gaze import Exclusion, Origin, Scanpath
from gazelab.data.scores import Score
from gazelab.data.stimulus import Stimulus
from gazelab.errors import GazeLabError, WriteError
from gazelab.project.project import ImportRecord, Project, Settings
from gazelab.study.export import export
from gazelab.task import finish

FILES = {
    "fixations.csv",
    "events.csv",
    "exclusions.csv",
    "quality.csv",
    "recordings.csv",
    "attention_steps.csv",
    "scores.csv",
    "scores_summary.csv",
    "data_dictionary.json",
    "manifest.json",
    "README.md",
}


def scanpath(participant="=cmd()", stimulus="a.jpg", *, simulated=False) -> Scanpath:
    return Scanpath(
        participant,
        stimulus,
        x_px=np.array([10.25, -3.0, 30.0]),
        y_px=np.array([5.0, 6.0, 7.0]),
        onset_ms=np.array([0.0, 200.0, 450.0]),
        duration_ms=np.array([180.0, 220.0, 90.0]),
        exclusion=np.array([0, Exclusion.OFF_STIMULUS, 0], np.int8),
        origin=Origin("table", "f.csv", synthetic_onsets=True, simulated=simulated),
    )


def score(**changes) -> Score:
    made = Score(
        participant="all", stimulus="a.jpg", source="net", kind="saliency", step=0,
        fixations="all", metric="nss", variant="v", value=math.nan, unit="sd", n_fixations=2,
        n_excluded=1, sigma_px=math.nan, sigma_deg=math.nan, alignment="", grid="80x60",
        note="the map is constant",
    )  # fmt: skip
    return replace(made, **changes)


@pytest.fixture
def project() -> Project:
    maps = np.zeros((2, 3, 4), np.float32)
    maps[0, 1, 2] = maps[1, 0, 0] = 1
    attention = Attention("a.jpg", "net", "saliency", maps, ("1", "2"), "-note")
    return Project(
        title="Study *one*",
        stimuli=MappingProxyType({"a.jpg": Stimulus("a.jpg", "a.jpg", 80, 60, "ab" * 32)}),
        scanpaths=(scanpath(), scanpath("P2")),
        attention=MappingProxyType({attention.key: attention}),
        scores=(score(), score(metric="cc", value=-0.5, stimulus="b.jpg")),
        records=(
            ImportRecord("/home/someone/private/f.csv", "table", "cd" * 32,
                         MappingProxyType({"fixations": 6, "rows rejected": 1}), ("a note",)),
        ),
        settings=Settings(px_per_deg=24.0),
    )  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_files_are_written_and_listed_with_their_hashes(project, tmp_path) -> None:
    folder = finish(export(project, tmp_path, tmp_path / "out"))
    assert folder == tmp_path / "out"
    assert {path.name for path in folder.iterdir()} == FILES
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert {file["name"] for file in manifest["files"]} == FILES - {"manifest.json"}
    for file in manifest["files"]:
        data = (folder / file["name"]).read_bytes()
        assert file == {
            "name": file["name"],
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }


def test_areas_of_interest_are_exported_with_what_is_in_them(project, tmp_path) -> None:
    width, height = project.stimuli["a.jpg"].width_px, project.stimuli["a.jpg"].height_px
    project = project.with_aois([Aoi("a.jpg", "all", rectangle(0, 0, width, height))])
    folder = finish(export(project, tmp_path, tmp_path / "out"))
    added = {"aois.csv", "aoi_gaze.csv", "aoi_transitions.csv", "aoi_models.csv", "aoi_curves.csv"}
    assert {path.name for path in folder.iterdir()} == FILES | added
    assert {row["dwell_share"] for row in rows(folder / "aoi_gaze.csv")} == {"1.0"}
    assert {row["mass"] for row in rows(folder / "aoi_models.csv")} == {"1.0"}


def test_the_manifest_tells_what_went_in_but_not_where_it_lay(project, tmp_path) -> None:
    folder = finish(export(project, tmp_path, tmp_path / "out"))
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert manifest["simulated"] is False
    assert manifest["settings"]["sigma_px"] == 24.0
    assert manifest["counts"]["fixations"] == 6
    assert manifest["counts"]["excluded"]["off the stimulus"] == 2
    assert manifest["inputs"][0]["source"] == "f.csv"
    assert manifest["inputs"][0]["counts"]["rows rejected"] == 1
    assert manifest["libraries"]["numpy"] == np.__version__
    assert manifest["models"] == [
        {"id": "net", "weights_sha256": None, "note": "no model of this id is installed"}
    ]
    assert "someone" not in text
    assert "someone" not in (folder / "README.md").read_text(encoding="utf-8")


def test_every_fixation_is_there_with_its_flag_and_no_formula(project, tmp_path) -> None:
    folder = finish(export(project, tmp_path, tmp_path / "out"))
    found = rows(folder / "fixations.csv")
    assert len(found) == 6
    assert found[0]["participant"] == "'=cmd()"
    assert (found[1]["x_px"], found[1]["used"]) == ("-3.0", "FALSE")
    assert found[1]["exclusion"] == "off the stimulus"
    assert [row["fixation"] for row in found[:3]] == ["1", "2", "3"]
    assert found[0]["synthetic_onset"] == "TRUE"
    (excluded, _) = rows(folder / "exclusions.csv")
    assert (excluded["reason"], excluded["n_excluded"]) == ("off the stimulus", "1")


def test_undefined_scores_are_na_with_their_reason(project, tmp_path) -> None:
    folder = finish(export(project, tmp_path, tmp_path / "out"))
    undefined, defined = rows(folder / "scores.csv")
    assert (undefined["value"], undefined["note"]) == ("NA", "the map is constant")
    assert (defined["value"], defined["sigma_px"]) == ("-0.5", "NA")
    summary = {row["metric"]: row for row in rows(folder / "scores_summary.csv")}
    assert (summary["nss"]["mean"], summary["nss"]["n_undefined"]) == ("NA", "1")
    assert summary["cc"]["mean"] == "-0.5"


def test_steps_of_attention(project, tmp_path) -> None:
    folder = finish(export(project, tmp_path, tmp_path / "out"))
    one, two = rows(folder / "attention_steps.csv")
    assert (one["step"], one["js_divergence_bit"], one["grid"]) == ("1", "NA", "4x3")
    assert (float(one["peak_x_px"]), float(one["peak_y_px"])) == (50, 30)
    assert float(two["js_divergence_bit"]) == pytest.approx(1)
    assert one["note"] == "'-note"


def test_method_class_and_layer_stand_in_columns_of_their_own(project, tmp_path) -> None:
    maps = np.array([[[-1.0, 2.0]]], np.float32)
    explained = [
        Attention(
            name,
            "cam: Grad-CAM, predicted class, layer head",
            "evidence",
            maps,
            ("1",),
            explanation=Explanation("grad-cam", "predicted", "head", class_, "cam"),
        )
        for name, class_ in (("a.jpg", "cat"), ("b.jpg", "dog"))
    ]
    made = [score(source=explained[0].source, kind="evidence", stimulus="b.jpg", value=1.0)]
    project = project.with_attention(explained).with_scores([*project.scores, *made])
    folder = finish(export(project, tmp_path, tmp_path / "out"))
    columns = ("method", "class", "layer")
    *_, of_a, of_b = rows(folder / "attention_steps.csv")
    assert [of_a[name] for name in columns] == ["grad-cam", "cat", "head"]
    assert [of_b[name] for name in columns] == ["grad-cam", "dog", "head"]
    assert (of_a["peak_x_px"], of_a["entropy_bit"]) == ("60.0", "0.0")  # of the positive part
    first, *_, last = rows(folder / "scores.csv")
    assert [last[name] for name in columns] == ["grad-cam", "dog", "head"]
    assert [first[name] for name in columns] == ["", "", ""]
    last = rows(folder / "scores_summary.csv")[-1]
    assert [last[name] for name in columns] == ["grad-cam", "predicted", "head"]
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert [model["id"] for model in manifest["models"]] == ["net", "cam"]
    assert manifest["models"][1]["weights_sha256"]
    assert manifest["maps"][1] == {
        "source": explained[0].source,
        "kind": "evidence",
        "model": "cam",
        "method": "grad-cam",
        "class": "predicted",
        "layer": "head",
    }


def test_every_column_is_in_the_dictionary(project, tmp_path) -> None:
    folder = finish(export(project, tmp_path, tmp_path / "out"))
    dictionary = json.loads((folder / "data_dictionary.json").read_bytes())
    for path in folder.glob("*.csv"):
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        columns = dictionary["files"][path.name]["columns"]
        assert list(columns) == header
        assert all(column["meaning"] and column["type"] for column in columns.values())
    assert set(dictionary["metrics"]) == {"nss", "cc"}


def test_nothing_is_overwritten(project, tmp_path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    assert finish(export(project, tmp_path, tmp_path / "out")) == tmp_path / "out-2"
    assert finish(export(project, tmp_path, tmp_path / "out")) == tmp_path / "out-3"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_two_exports_have_the_same_tables(project, tmp_path) -> None:
    one, two = (finish(export(project, tmp_path, tmp_path / "out")) for _ in range(2))
    for name in FILES - {"manifest.json"}:
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_wherever_it_is_stopped_nothing_remains(project, tmp_path) -> None:
    for stop in range(1, 13):
        task = export(project, tmp_path, tmp_path / "out")
        for _ in range(stop):
            next(task)
        task.close()
        assert not (tmp_path / "out").exists()


def test_nothing_remains_after_a_failure(project, tmp_path) -> None:
    def fail(*_):
        raise WriteError("no space")

    with pytest.raises(GazeLabError, match="no space"):
        finish(export(project, tmp_path, tmp_path / "out", figures=fail))
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(project, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="could not be made"):
        finish(export(project, tmp_path, tmp_path / "file" / "out"))


def test_pictures_are_listed_with_the_rest(project, tmp_path) -> None:
    def draw(what, folder, outdir):
        assert (what, folder) == (project, tmp_path)
        (outdir / "view.png").write_bytes(b"png")

    folder = finish(export(project, tmp_path, tmp_path / "out", figures=draw))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert "view.png" in {file["name"] for file in manifest["files"]}
    assert "`view.png`" in (folder / "README.md").read_text(encoding="utf-8")


def test_made_up_data_are_called_so_everywhere(project, tmp_path) -> None:
    project = replace(project, scanpaths=(scanpath(simulated=True),))
    folder = finish(export(project, tmp_path, tmp_path / "out"))
    assert json.loads((folder / "manifest.json").read_bytes())["simulated"] is True
    assert "**Simulated.**" in (folder / "README.md").read_text(encoding="utf-8")
    assert {row["simulated"] for row in rows(folder / "fixations.csv")} == {"TRUE"}


def test_an_empty_project_gives_headers_alone(tmp_path) -> None:
    folder = finish(export(Project(), tmp_path, tmp_path / "out"))
    assert all(not rows(path) for path in folder.glob("*.csv"))
    assert "Nothing was imported." in (folder / "README.md").read_text(encoding="utf-8")
