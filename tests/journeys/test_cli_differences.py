"""Sources of scores compared on the command line."""

import pytest
from test_cli_study import ask, study, with_maps  # noqa: F401  (fixtures)

from gazelab.cli import main
from gazelab.project import store

pytestmark = pytest.mark.usefixtures("qapp")


def test_two_sources_are_compared_by_the_scores_there_are(with_maps, capsys) -> None:  # noqa: F811
    ask(capsys, "score", "study")
    before, saved = store.load(with_maps).scores, (with_maps / "project.json").read_bytes()
    compare = ("score", "study", "--compare", "centred", "centre bias")
    assert main([*compare, "--metric", "NSS", "cc"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "centred saliency minus centre bias, over the same pictures" in out
    assert [line[:3] for line in out.splitlines() if line.endswith(" 3")] == ["nss", "cc "]
    assert "q: p corrected for 2 comparisons (Benjamini-Hochberg)" in out
    told = ask(capsys, *compare)
    assert len(told["differences"]) == 7
    row = next(row for row in told["differences"] if row["metric"] == "nss")
    values = {
        s: [r.value for r in before if (r.source, r.metric) == (s, "nss")]
        for s in ("centred", "centre bias")
    }
    expected = (sum(values["centred"]) - sum(values["centre bias"])) / 3
    assert row["difference"] == pytest.approx(expected)
    assert (with_maps / "project.json").read_bytes() == saved


def test_how_to_score_is_not_said_to_a_comparison(with_maps, capsys) -> None:  # noqa: F811
    assert main(["score", "study", "--compare", "a", "b", "--by-step"]) == 1
    _, err = capsys.readouterr()
    assert err.startswith("gazelab: --by-step says how to score")
    assert main(["score", "study", "--compare", "centred", "centre bias"]) == 1
    _, err = capsys.readouterr()
    assert "The project has no scores of 'centred'. `gazelab score` makes them." in err
