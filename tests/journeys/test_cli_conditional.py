"""Fixations scored one by one on the command line."""

import pytest
from test_cli_study import ask, study, with_maps  # noqa: F401

from gazelab.cli import main


def test_fixations_are_scored_given_those_before(with_maps, capsys) -> None:  # noqa: F811
    saved = (with_maps / "project.json").read_bytes()
    assert main(["score", "study", "--conditional", "centred", "--metric", "nss"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    title = "centred saliency, given the fixations before; alignment: one map; mean over 3 pictures"
    assert title in lines
    told = ask(capsys, "score", "study", "--conditional", "centred", "--fixations", "2")
    everything, first, second = told["conditional"][:3]
    assert [one["fixation"] for one in (everything, first, second)] == [0, 1, 2]
    assert first["mean"] is None
    assert lines[lines.index(title) + 3].split()[:2] == ["all", f"{everything['mean']:.3f}"]
    ask(capsys, "score", "study", "--conditional", "centred", "--out", "one-by-one")
    assert (with_maps / "project.json").read_bytes() == saved


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--by-step",), "gazelab: --by-step has no meaning with --conditional."),
        (("--metric", "cc"), "gazelab: Single fixations are scored by metrics that have a value"),
    ],
)
def test_options_that_do_not_fit_are_refused(with_maps, capsys, words, sentence) -> None:  # noqa: F811
    assert main(["score", "study", "--conditional", "centred", *words]) == 1
    _, err = capsys.readouterr()
    assert err.startswith(sentence)
