"""Steps against fixation numbers on the command line."""

import csv

import pytest
from test_cli_study import ask, study, with_maps  # noqa: F401  (fixtures)

from gazelab.cli import main

pytestmark = pytest.mark.usefixtures("qapp")


def test_steps_are_compared_with_fixation_numbers(with_maps, capsys) -> None:  # noqa: F811
    saved = (with_maps / "project.json").read_bytes()
    matrix = ("score", "study", "--matrix", "centred", "--fixations", "2")
    assert main([*matrix, "--metric", "NSS", "--sigma-px", "5"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    title = "centred saliency, nss [sd], higher is better, mean over 3 pictures"
    assert f"Fixation k alone: {title}" in lines
    assert f"Fixations 1 to k: {title}" in lines
    assert "human density: Gaussian of 5 pixels" in lines
    told = ask(capsys, *matrix)
    first, people, same = told["matrix"][:3]
    assert (first["fixation"], first["step"], first["aligned"]) == (1, 1, True)
    assert people["predicted_by"] == "inter-observer"
    assert same["predicted_by"] == "inter-observer, same fixations"
    assert first["low"] <= first["mean"] <= first["high"]
    assert lines[3].split()[:2] == ["1", f"[{first['mean']:.3f}]"]
    assert (with_maps / "project.json").read_bytes() == saved


def test_every_value_is_written_to_a_new_folder(with_maps, capsys) -> None:  # noqa: F811
    told = ask(capsys, "score", "study", "--matrix", "centred", "--out", "steps")
    with open(f"{told['folder']}/matrix.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # three pictures, alone and cumulative, ten fixations, one step and twice people
    assert len(rows) == 3 * 2 * 10 * 3
    assert len(told["matrix"]) == 2 * 10 * 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--out", "steps"), "gazelab: --out needs --matrix or --conditional."),
        (("--fixations", "3"), "gazelab: --fixations needs --matrix or --conditional."),
        (("--with-first",), "gazelab: --with-first needs --conditional."),
        (("--matrix", "centred", "--with-first"), "gazelab: --with-first has no meaning with"),
        (("--matrix", "centred", "--by-step"), "gazelab: --by-step has no meaning with --matrix."),
        (("--matrix", "centred", "--fixations", "0"), "gazelab: It takes at least one fixation."),
    ],
)
def test_options_that_do_not_fit_are_refused(with_maps, capsys, words, sentence) -> None:  # noqa: F811
    assert main(["score", "study", *words]) == 1
    _, err = capsys.readouterr()
    assert err.startswith(sentence)
