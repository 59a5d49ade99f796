"""A study on the command line: import, run, score, export, check."""

import csv
import io
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from clidata import PICTURES, write_maps, write_model, write_pictures, write_table

from gazelab.cli import main
from gazelab.nets.card import cards
from gazelab.project import store
from gazelab.task import Step

pytestmark = pytest.mark.usefixtures("qapp")  # export draws the view


@pytest.fixture
def study(tmp_path, monkeypatch, capsys) -> Path:
    """Return a project with recordings, in the current folder."""
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "pictures")
    write_table(tmp_path / "gaze.csv")
    assert main(["import", "study", "gaze.csv", "--images", "pictures"]) == 0
    capsys.readouterr()
    return tmp_path / "study.gazelab"


@pytest.fixture
def with_maps(study, capsys) -> Path:
    """Return the project with a set of ready-made maps too."""
    write_maps(study.parent / "centred")
    assert main(["import", "study", "centred", "--format", "maps"]) == 0
    capsys.readouterr()
    return study


def ask(capsys, *words: str) -> dict:
    """Return what a verb says as JSON."""
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_import_tells_what_was_read_and_excluded(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "pictures")
    write_table(tmp_path / "gaze.csv")
    assert main(["import", "study.gazelab", "gaze.csv", "--images", "pictures"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "72 fixations" in out
    assert "1 excluded: off the stimulus" in out
    assert "1 excluded: no duration" in out
    assert store.is_project(tmp_path / "study.gazelab")


def test_columns_can_be_named(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "pictures")
    write_table(tmp_path / "gaze.csv", "who,what,across,downwards,began,took")
    assert main(["import", "s", "gaze.csv", "--images", "pictures"]) == 1
    assert "No usable column for" in capsys.readouterr().err
    named = ["participant=who", "stimulus=what", "x=across", "y=downwards", "onset=began",
             "duration=took"]  # fmt: skip
    made = ask(capsys, "import", "s", "gaze.csv", "--images", "pictures", "--px-per-degree", "30",
               "--column", *named)  # fmt: skip
    assert made["now"]["fixations"] == 72
    assert made["now"]["px_per_degree"] == 30


def test_settings_of_a_table_can_be_given(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "pictures")
    write_table(tmp_path / "gaze.csv")
    ask(capsys, "import", "zero", "gaze.csv", "--images", "pictures")
    ask(capsys, "import", "one", "gaze.csv", "--images", "pictures", "--table", "base=1")
    zero, one = (store.load(tmp_path / f"{name}.gazelab") for name in ("zero", "one"))
    assert (zero.scanpaths[0].x_px - one.scanpaths[0].x_px == 1).all()


def test_a_second_import_extends_the_project(with_maps, capsys) -> None:
    project = store.load(with_maps)
    assert len(project.scanpaths) == 12
    assert {source for _, source, _ in project.attention} == {"centred"}
    assert len(project.records) == 3


def test_score_prints_means_with_baselines_variants_and_directions(with_maps, capsys) -> None:
    assert main(["score", "study"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "NSS ↑" in out
    assert "KL ↓ [nat]: sum-normalised" in out
    lines = {line.split("  ")[0]: line for line in out.splitlines()}
    assert {"centred", "centre bias", "inter-observer"} <= set(lines)
    assert " 3 " in lines["centred"]


def test_scores_as_json_are_those_that_were_saved(with_maps, capsys) -> None:
    told = ask(capsys, "score", "study", "--metric", "NSS", "cc", "--sigma-px", "12")
    assert {row["metric"] for row in told["summary"]} == {"nss", "cc"}
    assert {row["source"] for row in told["summary"]} == {
        "centred",
        "centre bias",
        "inter-observer",
    }
    assert (told["sigma_px"], told["sigma_deg"], told["simulated"]) == (12, None, False)
    scores = store.load(with_maps).scores
    mean = sum(s.value for s in scores if (s.source, s.metric) == ("centred", "nss")) / 3
    row = next(r for r in told["summary"] if (r["source"], r["metric"]) == ("centred", "nss"))
    assert row["mean"] == pytest.approx(mean)
    assert row["direction"] == "higher"


def test_baselines_are_scored_on_request_and_told(with_maps, capsys) -> None:
    words = ("score", "study", "--baseline", "gold-standard", "grid-ceiling", "--metric", "nss")
    assert main([*words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    chosen = next(line for line in out.splitlines() if line.startswith("KDE gold standard chosen"))
    assert chosen.startswith("KDE gold standard chosen: sigma ")
    assert "human density and grid ceiling " in out
    told = ask(capsys, *words)
    assert chosen.endswith(told["gold_standard"])
    assert {row["source"] for row in told["summary"]} > {"KDE gold standard", "human density"}
    folder = Path(ask(capsys, "export", "study", "out")["folder"])
    baselines = json.loads((folder / "manifest.json").read_bytes())["baselines"]
    assert {one["source"]: one.get("chosen") for one in baselines}["KDE gold standard"] == (
        told["gold_standard"]
    )
    described = json.loads((folder / "data_dictionary.json").read_bytes())["baselines"]
    assert described.keys() == {one["source"] for one in baselines}
    assert main(["score", "study", "--baseline", "ceiling"]) == 1
    assert "There is no baseline 'ceiling'. Known: centre-bias, " in capsys.readouterr().err


def test_a_mean_that_zeros_decide_is_marked(with_maps, capsys) -> None:
    project = store.load(with_maps)
    maps = [replace(a, maps=np.maximum(a.maps - 150, 0)) for a in project.attention.values()]
    store.save(project.with_attention(maps), with_maps)
    assert main(["score", "study", "--metric", "nss", "kl", "kl-mixed"]) == 0
    out, _ = capsys.readouterr()
    marked = [line for line in out.splitlines() if "decided by zeros" in line]
    assert marked == [
        "centred, kl: decided by zeros on 3 pictures, where more than 1 % of the fixations lie "
        "where the map is 0"
    ]


def test_undefined_values_are_counted(with_maps, capsys) -> None:
    project = store.load(with_maps)
    kept = tuple(path for path in project.scanpaths if path.stimulus != PICTURES[0])
    store.save(replace(project, scanpaths=kept), with_maps)
    assert main(["score", "study", "--model", "centred", "--metric", "nss"]) == 0
    out, _ = capsys.readouterr()
    line = next(line for line in out.splitlines() if line.startswith("centred"))
    assert line.endswith(" *1")
    assert "*n: undefined on n pictures" in out


def test_export_writes_a_new_folder_each_time(with_maps, capsys) -> None:
    ask(capsys, "score", "study")
    one = ask(capsys, "export", "study", "out")
    two = ask(capsys, "export", "study", "out")
    assert (one["folder"], two["folder"]) == ("out", "out-2")
    assert {"scores.csv", "manifest.json", "README.md"} <= set(one["files"])
    with open(Path("out") / "scores.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["model"] for row in rows} == {"centred", "centre bias", "inter-observer"}


def test_export_has_the_view_as_pictures(with_maps, capsys) -> None:
    told = ask(capsys, "export", "study", "out")
    assert told["figures_left_out"] is None
    assert {"view.png", "view.svg"} <= set(told["files"])


def test_pictures_that_cannot_be_drawn_do_not_cost_the_tables(
    with_maps, capsys, monkeypatch
) -> None:
    monkeypatch.setitem(sys.modules, "gazelab.app.figures", None)
    assert main(["export", "study", "out"]) == 0
    out, err = capsys.readouterr()
    assert "The pictures were left out" in out
    assert err == ""
    assert (Path("out") / "manifest.json").is_file()


def test_a_whole_project_passes_the_check_and_a_damaged_one_does_not(study, capsys) -> None:
    assert ask(capsys, "check", "study")["findings"] == []
    (study.parent / "pictures" / PICTURES[1]).unlink()
    assert main(["check", "study", "--json"]) == 1
    out, err = capsys.readouterr()
    (finding,) = json.loads(out)["findings"]
    assert PICTURES[1] in finding["message"]
    assert err.count("\n") == 1
    assert "1 thing wrong" in err


def test_attention_methods_stand_side_by_side_and_are_scored(study, capsys) -> None:
    told = ask(capsys, "run", "study", "--model", "cam", "--method", "cam", "grad-cam", "eigen-cam",
               "--class", "dalmatian", "--layer", "stage 6", "--stimuli", "cat*")  # fmt: skip
    sources = [
        "cam: CAM, class dalmatian",
        "cam: Grad-CAM, class dalmatian, layer stage 6",
        "cam: Eigen-CAM, layer stage 6",
    ]
    assert told["sources"] == sources
    ask(capsys, "run", "study", "--model", "cam", "--method", "cam", "--class", "dalmatian",
        "--signed", "--stimuli", "cat*")  # fmt: skip
    kinds = {(source, kind) for _, source, kind in store.load(study).attention}
    assert kinds == {(source, "attention") for source in sources} | {(sources[0], "evidence")}
    scored = ask(capsys, "score", "study", "--model", "cam: *", "--metric", "auc")
    assert [row["source"] for row in scored["summary"]][:3] == sources
    assert ask(capsys, "check", "study")["findings"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--class", "dalmatian"], "--class needs --method"),
        (["--layer", "head", "--signed"], "--layer, --signed needs --method"),
        (["--method", "cam", "--class", "dalmation"], "Close to it: dalmatian"),
        (["--method", "smooth"], "grad-cam++"),
        (["--steps", "3"], "always takes 1 step"),
        (["--method", "grad-cam", "--layer", "7"], "stage 7"),
    ],
)
def test_a_method_that_cannot_be_is_refused_with_what_can(study, capsys, words, said) -> None:
    assert main(["run", "study", "--model", "cam", *words]) == 1
    assert said in capsys.readouterr().err
    assert not store.load(study).attention


def test_a_classifier_tells_its_methods_and_layers(capsys) -> None:
    told = ask(capsys, "models", "info", "cam")
    assert [method["id"] for method in told["methods"]][:2] == ["cam", "grad-cam"]
    assert told["model"]["layers"][-1]["name"] == "head"
    assert main(["models", "info", "cam"]) == 0
    out, _ = capsys.readouterr()
    assert "head (10x10)" in out and "  layer-cam: As HiResCAM" in out
    assert ask(capsys, "models", "info", "sam-s")["methods"] == []


def test_models_are_listed_and_verified(capsys) -> None:
    told = ask(capsys, "models")
    assert [model["id"] for model in told["models"]] == [card.id for card in cards()]


def test_downloads_are_listed_with_size_address_and_terms(capsys) -> None:
    told = ask(capsys, "models", "download")
    assert [model["id"] for model in told["models"]] == ["alexnet", "vgg16", "resnet50",
                                                         "mobilenet-v2"]  # fmt: skip
    assert main(["models", "download"]) == 0
    out, _ = capsys.readouterr()
    assert "553 MB" in out and "https://download.pytorch.org/models/vgg16-397923af.pth" in out
    assert "BSD-3-Clause" in out and "ImageNet" in out


class Terminal(io.StringIO):
    """Standard input of a person."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def downloads(monkeypatch) -> list[str]:
    """Return the ids of what is downloaded, in place of downloading it."""
    from gazelab.study import download

    found: list[str] = []

    def arrive(wanted):
        found.append(wanted.id)
        yield Step(0)
        return next(card for card in cards() if card.id == "cam")

    monkeypatch.setattr(download, "download", arrive)
    return found


@pytest.mark.parametrize(("answer", "agreed"), [("y\n", True), ("\n", False), ("", False)])
def test_nothing_is_downloaded_before_a_person_agrees(
    capsys, monkeypatch, downloads, answer: str, agreed: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert main(["models", "download", "resnet50"]) == 0
    out, err = capsys.readouterr()
    assert downloads == (["resnet50"] if agreed else [])
    assert ("is installed in" in out) == agreed
    assert "102 MB from https://download.pytorch.org/models/resnet50-0676ba61.pth" in err
    assert "BSD-3-Clause" in err


def test_a_script_must_say_yes(capsys, monkeypatch, downloads) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert main(["models", "download", "resnet50"]) == 1
    assert "Say --yes" in capsys.readouterr().err
    assert downloads == []
    assert main(["models", "download", "resnet50", "--yes"]) == 0
    assert downloads == ["resnet50"]


@pytest.fixture(scope="module")
def tiny_once(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_model(folder)
    return folder


@pytest.fixture
def tiny(tiny_once, tmp_path, monkeypatch) -> Path:
    """Return the folder of a small model that the user has, `tiny`."""
    monkeypatch.setattr("gazelab.paths.user_models", lambda: tmp_path / "models")
    return shutil.copytree(tiny_once, tmp_path / "models" / "tiny")


def test_the_whole_path_with_a_model(study, tiny, capsys) -> None:
    ran = ask(capsys, "run", "study", "--model", "tiny", "--device", "cpu", "--stimuli", "[cd]*")
    assert (ran["stimuli"], ran["device"], ran["skipped"]) == (2, "cpu", [])
    assert ran["maps"] == ["3 attention", "3 saliency"]
    told = ask(capsys, "score", "study", "--model", "tiny", "--by-step", "--metric", "nss")
    steps = {row["step"] for row in told["summary"] if row["source"] == "tiny"}
    assert steps == {0, 1, 2, 3}
    ask(capsys, "export", "study", "out")
    with open(Path("out") / "attention_steps.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["model"], row["kind"]) for row in rows} == {
        ("tiny", "saliency"),
        ("tiny", "attention"),
    }
    assert len(rows) == 12
    (model,) = json.loads((Path("out") / "manifest.json").read_bytes())["models"]
    card = json.loads((tiny / "card.json").read_bytes())
    assert model["weights_sha256"] == card["weights"]["sha256"]
    assert ask(capsys, "check", "study")["findings"] == []


def test_scores_by_step_are_a_table_of_their_own(study, tiny, capsys) -> None:
    ask(capsys, "run", "study", "--model", "tiny", "--device", "cpu")
    assert main(["score", "study", "--by-step", "--metric", "nss", "kl"]) == 0
    table = capsys.readouterr().out.partition("By step")[2].splitlines()
    assert table[1].split() == ["source", "maps", "fixations", "step", "pictures", "NSS", "↑",
                                "KL", "↓"]  # fmt: skip
    rows = [line.split() for line in table if line.startswith("tiny")]
    assert [row[2:4] for row in rows] == [
        [fixations, str(step)] for fixations in ("all", "aligned") for step in (1, 2, 3)
    ]


def test_a_picture_that_is_gone_is_left_out_with_the_reason(study, tiny, capsys) -> None:
    (study.parent / "pictures" / PICTURES[1]).unlink()
    ran = ask(capsys, "run", "study", "--model", "tiny", "--device", "cpu")
    assert ran["stimuli"] == 2
    assert [item["stimulus"] for item in ran["skipped"]] == [PICTURES[1]]
    assert PICTURES[1] in ran["skipped"][0]["reason"]


def test_a_model_without_any_picture_is_an_error(study, tiny, capsys) -> None:
    for name in PICTURES:
        (study.parent / "pictures" / name).unlink()
    assert main(["run", "study", "--model", "tiny", "--device", "cpu"]) == 1
    assert "No picture could be used" in capsys.readouterr().err


def test_a_model_explains_itself(tiny, capsys) -> None:
    assert main(["models", "info", "tiny"]) == 0
    text = capsys.readouterr().out
    assert json.loads((tiny / "card.json").read_bytes())["weights"]["sha256"] in text
    assert "3 steps" in text


def test_weights_that_were_changed_are_noticed(study, tiny, capsys) -> None:
    assert ask(capsys, "models", "verify", "tiny")["verified"] == ["tiny"]
    path = tiny / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-7] ^= 1
    path.write_bytes(data)
    assert main(["models", "verify", "tiny"]) == 1
    err = capsys.readouterr().err
    assert "not the weights of the card" in err
    assert err.count("\n") == 1
    assert main(["run", "study", "--model", "tiny", "--device", "cpu"]) == 1
    assert "not the weights of the card" in capsys.readouterr().err
    assert not store.load(study).attention


def test_stopping_a_run_changes_nothing(study, tiny, capsys, monkeypatch) -> None:
    before = (study / "project.json").read_bytes()

    def stop(self, step) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gazelab.cli.output.Progress.__call__", stop)
    assert main(["run", "study", "--model", "tiny", "--device", "cpu"]) == 130
    assert capsys.readouterr().err == "gazelab: Stopped; nothing was changed.\n"
    assert (study / "project.json").read_bytes() == before


def test_the_maps_of_a_source_are_removed_with_their_scores(with_maps, capsys) -> None:
    ask(capsys, "score", "study", "--metric", "nss")
    before = store.load(with_maps)
    told = ask(capsys, "remove", "study", "cent*d")
    assert (told["removed"], told["maps"]) == (["centred"], 3)
    after = store.load(with_maps)
    assert not after.attention
    assert told["scores"] == len(before.scores) - len(after.scores) > 0
    assert {score.source for score in after.scores} == {"centre bias", "inter-observer"}
    assert (after.stimuli.keys(), len(after.scanpaths)) == (
        before.stimuli.keys(),
        len(before.scanpaths),
    )
    assert main(["remove", "study", "centred"]) == 1
    assert "The project has no maps of 'centred'." in capsys.readouterr().err
