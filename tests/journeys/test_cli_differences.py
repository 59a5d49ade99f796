"""Attributes, and sources, groups and sets of pictures compared on the command line."""

import csv

import pytest
from clidata import PICTURES
from test_cli_study import ask, study, with_maps  # noqa: F401  (fixtures)

from gazelab.cli import main
from gazelab.project import store

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def grouped(with_maps, capsys):  # noqa: F811
    """Return the project with scores, groups of participants and conditions of pictures."""
    people = with_maps.parent / "participants.tsv"
    rows = ["sub-P0\ta\t20", "sub-P1\ta\tn/a", "sub-P2\tb\t30", "sub-P3\tb\t40", "sub-P9\tb\t1"]
    people.write_text("\n".join(["participant_id\tgroup\tage", *rows]) + "\n", encoding="utf-8")
    pictures = with_maps.parent / "pictures.csv"
    rows = [f"{name},{scene}" for name, scene in zip(PICTURES, ("in", "in", "out"), strict=True)]
    pictures.write_text("\n".join(["stimulus,scene", *rows]) + "\n", encoding="utf-8")
    assert main(["attributes", "study", "participants.tsv"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("group, age: taken for 4 participants.\nLeft out, as the project does")
    assert "sub-P9" in out
    ask(capsys, "attributes", "study", "pictures.csv")
    ask(capsys, "score", "study")
    return with_maps


def test_the_blur_of_the_gold_standard_is_not_called_that_of_the_density(grouped, capsys) -> None:
    ask(capsys, "score", "study", "--metric", "cc", "ig-explained", "--sigma-px", "7")
    assert main(["differences", "study", "--pair", "centred", "centre bias"]) == 0
    out, _ = capsys.readouterr()
    sigmas_px = {row.metric: row.sigma_px for row in store.load(grouped).scores}
    assert sigmas_px["ig-explained"] != 7
    assert f"KDE gold standard: Gaussian of {sigmas_px['ig-explained']:g} pixels" in out
    assert [line for line in out.splitlines() if line.startswith("human density")] == [
        "human density: Gaussian of 7 pixels"
    ]


def test_two_sources_are_compared_by_the_scores_there_are(grouped, capsys) -> None:
    before, saved = store.load(grouped).scores, (grouped / "project.json").read_bytes()
    compare = ("differences", "study", "--pair", "centred", "centre bias")
    assert main([*compare, "--metric", "NSS", "cc"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "agreement with people: centred saliency minus centre bias" in out
    assert [line[:3] for line in out.splitlines() if line.endswith(" 3")] == ["nss", "cc "]
    assert "p: Wilcoxon signed-rank, two-sided" in out
    assert "q: p corrected for 2 comparisons (Benjamini-Hochberg)" in out
    told = ask(capsys, *compare, "--test", "permutation")
    assert len(told["differences"]) == 7
    row = next(row for row in told["differences"] if row["metric"] == "nss")
    assert row["test"] == "sign flips, two-sided, exact, all 8 arrangements"
    values = {
        s: [r.value for r in before if (r.source, r.metric) == (s, "nss")]
        for s in ("centred", "centre bias")
    }
    expected = (sum(values["centred"]) - sum(values["centre bias"])) / 3
    assert row["difference"] == pytest.approx(expected)
    assert (grouped / "project.json").read_bytes() == saved


def test_groups_and_sets_of_pictures_are_compared_and_written(grouped, capsys) -> None:
    pairs = ("--pair", "group=a", "group=b", "--pair", "scene=in", "scene=out")
    told = ask(capsys, "differences", "study", *pairs, "--metric", "nss", "cc", "--out", "found")
    about = [(row["about"], row["paired"]) for row in told["differences"]]
    assert about[:1] == [("density maps of people", True)]
    assert ("inter-observer", True) in about
    assert ("centre bias", False) in about
    assert told["notes"][0].startswith("group=a: 2 participants, ")
    folder = grouped.parent / "found"
    with open(folder / "differences.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["test"] for row in rows] == [row["test"] for row in told["differences"]]
    assert (folder / "differences_by_picture.csv").exists()
    assert (folder / "data_dictionary.json").exists()


def test_the_best_and_the_worst_pictures_are_listed(grouped, capsys) -> None:
    told = ask(capsys, "differences", "study", "--extremes", "centred", "--number", "1")
    (found,) = told["extremes"]
    scores = store.load(grouped).scores
    values = {s.stimulus: s.value for s in scores if (s.source, s.metric) == ("centred", "nss")}
    assert found["best"][0]["stimulus"] == max(values, key=values.__getitem__)
    assert found["worst"][0]["stimulus"] == min(values, key=values.__getitem__)
    assert main(["differences", "study", "--extremes", "centred"]) == 0
    assert "best and worst of 3 pictures" in capsys.readouterr().out


def test_what_there_is_to_compare_is_listed(grouped, capsys) -> None:
    told = ask(capsys, "differences", "study", "--list")
    names = [side["name"] for side in told["sides"]]
    sources = ["centred saliency", "centre bias", "inter-observer"]
    assert names == [*sources, "group=a", "group=b", "scene=in"]


def test_attributes_are_exported_and_taken_away(grouped, capsys) -> None:
    assert main(["export", "study", "results"]) == 0
    with open(grouped.parent / "results" / "participants.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {"participant": "P0", "group": "a", "age": "20"}
    assert (rows[1]["age"], len(rows)) == ("", 4)
    capsys.readouterr()
    told = ask(capsys, "attributes", "study", "--remove", "age")
    assert told["participants"]["P0"] == {"group": "a"}
    assert store.load(grouped).scores


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("differences", "study"), "What to compare is not said. Give --pair"),
        (("differences", "study", "--pair", "centred", "no"), "The project has no scores of 'no'"),
        (("differences", "study", "--pair", "centred", "group=a"), "a source and a group of"),
        (("differences", "study", "--extremes", "centred", "--number", "0"), "--number must be"),
        (("attributes", "study", "--remove", "no"), "no attribute 'no'. There are: group, age"),
        (("attributes", "study", "gaze.csv"), "cannot be the name of an attribute"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(grouped, capsys, words, sentence) -> None:
    assert main([*words]) == 1
    _, err = capsys.readouterr()
    assert err.startswith("gazelab: ")
    assert sentence in err
