"""Areas of interest on the command line."""

import pytest
from clidata import PICTURES
from test_cli_study import ask, study, with_maps  # noqa: F401  (fixtures)

from gazelab.cli import main
from gazelab.project import store

pytestmark = pytest.mark.usefixtures("qapp")


def write_areas(folder, picture=PICTURES[1]):
    rows = [f"{picture},left,0,0,80,120", f"{picture},right,80,0,80,120"]
    text = "\n".join(["stimulus,aoi,x,y,width,height", *rows])
    (folder / "areas.csv").write_text(text, encoding="utf-8")


def test_people_and_models_are_measured_in_areas(with_maps, capsys) -> None:  # noqa: F811
    write_areas(with_maps.parent)
    assert main(["aoi", "study", "areas.csv"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "People, mean over trials" in out
    assert "Final maps, mean over pictures" in out
    told = ask(capsys, "aoi", "study", "areas.csv", "--out", "areas")
    shares = {row["aoi"]: row["dwell_share"] for row in told["people"]}
    assert sum(shares.values()) == pytest.approx(1)
    assert {(row["n"], row["n_empty"]) for row in told["people"]} == {(4, 0)}
    masses = {row["aoi"]: row["mass"] for row in told["models"]}
    assert masses["left"] == pytest.approx(0.5, abs=0.01)
    assert "Areas as objects that final maps segment, mean over pictures" in out
    for row in told["models"]:
        assert row["n_curves"] == 1
        assert 0 < row["f_adaptive"] <= row["f_max"] <= 1
        assert 0 < row["mae"] < 1
    assert told["folder"] == "areas"


def test_areas_are_stored_and_then_need_no_table(with_maps, capsys) -> None:  # noqa: F811
    write_areas(with_maps.parent)
    given = ask(capsys, "aoi", "study", "areas.csv", "--load")
    assert [aoi.name for aoi in store.load(with_maps).aois] == ["left", "right"]
    assert ask(capsys, "aoi", "study") == given
    # what is written is read again as it was
    ask(capsys, "aoi", "study", "--out", "areas")
    assert ask(capsys, "aoi", "study", "areas/aois.csv") == given


def test_without_areas_the_way_to_them_is_told(study, capsys) -> None:  # noqa: F811
    assert main(["aoi", "study"]) == 1
    assert "There are no areas of interest. Draw them" in capsys.readouterr().err
    assert main(["aoi", "study", "--load"]) == 1
    assert "--load needs a table" in capsys.readouterr().err


def test_an_area_on_no_picture_of_the_study_is_refused(study, capsys) -> None:  # noqa: F811
    write_areas(study.parent, "nix.png")
    assert main(["aoi", "study", "areas.csv"]) == 1
    assert "The project has no stimulus 'nix.png'" in capsys.readouterr().err
