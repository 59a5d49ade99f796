"""The attention gradient of people on the command line."""

import csv
import json
from pathlib import Path

import pytest
from test_cli_study import ask, study, with_maps  # noqa: F401  (fixtures)

from gazelab.cli import main
from gazelab.gaze.gradient import FALLOFFS
from gazelab.project import store

pytestmark = pytest.mark.usefixtures("qapp")
SOURCE = "people: gradient, gaussian 1 deg, tau 500 ms"


@pytest.fixture
def scaled(with_maps, capsys):  # noqa: F811
    assert main(["import", "study", "--px-per-degree", "20"]) == 0
    capsys.readouterr()
    return with_maps


def test_maps_of_people_are_stored_scored_and_exported_beside_models(scaled, capsys) -> None:
    assert main(["gradient", "study"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert f"{SOURCE}: 12 maps of 3 pictures" in out
    assert "exp(-e^2 / 2w^2) at e deg from a fixation, w = 1 deg" in out
    assert "50 % of the mass within 1.1" in out
    assert (SOURCE, "attention") in store.load(scaled).sources
    assert main(["score", "study", "--metric", "nss", "--by-step"]) == 0
    assert f"{SOURCE}: no model; made of fixations that it is scored against" in (
        capsys.readouterr().out
    )
    assert main(["export", "study", "out"]) == 0
    with open("out/attention_steps.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["model"] == SOURCE]
    assert len(rows) == 12
    assert "made of fixations" in rows[0]["note"]
    manifest = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    (known,) = [model for model in manifest["models"] if model["id"] == SOURCE]
    assert known["note"] == "made of fixations of this project"
    capsys.readouterr()
    assert main(["check", "study"]) == 0


def test_by_fixation_and_for_one_participant(scaled, capsys) -> None:
    told = ask(capsys, "gradient", "study", "--kernel", "acuity", "--by-fixation", "--rho", "0.8")
    assert told["source"] == "people: gradient, acuity 2.3 deg, rho 0.8"
    assert told["maps"] == 3 * 6
    assert 0 < told["range_50_deg"] < told["range_90_deg"] < told["field_deg"]
    told = ask(capsys, "gradient", "study", "--participant", "P1", "--steps", "2")
    assert (told["source"], told["maps"]) == (SOURCE.replace("gradient", "gradient of P1"), 6)


def test_maps_are_dropped_when_fixations_are_excluded_and_that_is_said(scaled, capsys) -> None:
    assert main(["gradient", "study"]) == 0
    assert main(["exclude", "study", "--participant", "P1", "--reason", "asleep"]) == 0
    assert "maps of people no longer held and were dropped" in capsys.readouterr().out
    assert (SOURCE, "attention") not in store.load(scaled).sources
    assert main(["gradient", "study"]) == 0
    assert main(["import", "study", "gaze.csv"]) == 0
    assert "maps of people no longer held and were dropped" in capsys.readouterr().out
    assert main(["import", "study", "gaze.csv"]) == 0
    assert "maps of people" not in capsys.readouterr().out


@pytest.mark.parametrize("falloff", FALLOFFS, ids=lambda falloff: falloff.id)
def test_each_kernel_can_be_asked_for(scaled, capsys, falloff) -> None:
    told = ask(capsys, "gradient", "study", "--kernel", falloff.id)
    assert (told["kernel"], told["width_deg"]) == (falloff.id, falloff.width_deg)


def test_without_pixels_per_degree_it_is_refused_with_what_to_do(study, capsys) -> None:  # noqa: F811
    assert main(["gradient", "study"]) == 1
    err = capsys.readouterr().err
    assert "does not know how many pixels are one degree" in err
    assert "--px-per-degree" in err


@pytest.mark.parametrize("words", [("--rho", "0.5"), ("--by-fixation", "--tau-ms", "9")])
def test_settings_that_do_not_go_together_are_refused(scaled, capsys, words) -> None:
    assert main(["gradient", "study", *words]) == 1
    assert words[-2] in capsys.readouterr().err


def test_steps_are_compared_with_the_gradient_after_each_fixation(scaled, capsys) -> None:
    saved = (scaled / "project.json").read_bytes()
    words = ("score", "study", "--matrix", "centred", "--gradient", "acuity", "--rho", "0.25")
    assert main([*words, "--fixations", "2"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].startswith(
        "Attention gradient of people after fixation k: centred saliency, cc, higher is better"
    )
    assert "w = 2.3 deg, 20 pixels in one; 0.25 of it is left one fixation later" in out
    assert "effective range: 50 % of the mass within " in out
    assert "human density" not in lines
    told = ask(capsys, *words, "--fixations", "2", "--metric", "kl", "--out", "after")
    assert (told["gradient"]["kernel"], told["gradient"]["width_deg"]) == ("acuity", 2.3)
    assert (len(told["matrix"]), told["sigma_px"]) == (2 * 3, None)
    with open(f"{told['folder']}/matrix.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["fixations"], row["kernel"], row["rho"]) for row in rows} == {
        ("gradient", "acuity", "0.25")
    }
    assert (scaled / "project.json").read_bytes() == saved


def test_the_gradient_is_scored_by_the_fixation_that_follows(scaled, capsys) -> None:
    words = ("score", "study", "--conditional", "centred", "--gradient", "gaussian")
    assert main([*words, "--width-deg", "2", "--metric", "nss"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    source = "people: own gradient, gaussian 2 deg, rho 0.5"
    assert f"{source} attention, given the fixations before; alignment: after the " in out
    assert "effective range: 50 % of the mass within 2.28 deg" in out
    told = ask(capsys, *words, "--fixations", "1")
    assert {one["source"] for one in told["conditional"]} == {
        "centred", "people: own gradient, gaussian 1 deg, rho 0.5"
    }  # fmt: skip
    assert told["gradient"]["px_per_deg"] == 20


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--gradient", "gaussian"), "--gradient needs --matrix or --conditional."),
        (("--matrix", "centred", "--rho", "0.5"), "--rho needs --gradient."),
        (("--matrix", "centred", "--gradient", "gaussian", "--rho", "2"), "What is left after a"),
        (("--matrix", "centred", "--gradient", "gaussian", "--metric", "auc"), "'auc' is for fix"),
        (
            ("--matrix", "centred", "--gradient", "gaussian", "--sigma-px", "9"),
            "--sigma-px has no meaning with --gradient.",
        ),
    ],
)
def test_settings_of_the_gradient_that_do_not_fit_are_refused(
    scaled, capsys, words, sentence
) -> None:
    assert main(["score", "study", *words]) == 1
    assert capsys.readouterr().err.startswith(f"gazelab: {sentence}")
