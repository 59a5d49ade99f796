"""Bad input on the command line: one clear sentence, and nothing has changed."""

import json
from pathlib import Path

import pytest
from clidata import PICTURES, write_pictures, write_table

from gazelab.cli import main


@pytest.fixture
def place(tmp_path, monkeypatch, capsys) -> Path:
    """Return the current folder, with a good project `good` in it."""
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "pictures")
    write_table(tmp_path / "gaze.csv")
    assert main(["import", "good", "gaze.csv", "--images", "pictures"]) == 0
    capsys.readouterr()
    return tmp_path


def refused(capsys, *words: str) -> str:
    """Return the sentence with which a command is refused."""
    assert main([*words, "--json"]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("gazelab: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    sentence = err.removeprefix("gazelab: ").strip()
    assert json.loads(out) == {"error": sentence}
    return sentence


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_missing_file(place, capsys) -> None:
    assert "nowhere.csv" in refused(capsys, "import", "new", "nowhere.csv")
    assert not (place / "new.gazelab").exists()


def test_a_missing_picture_folder(place, capsys) -> None:
    said = refused(capsys, "import", "new", "gaze.csv", "--images", "nowhere")
    assert said == "nowhere: There is no such folder of pictures."


def test_no_pictures_for_the_recordings(place, capsys) -> None:
    said = refused(capsys, "import", "new", "gaze.csv")
    assert PICTURES[0] in said
    assert "Give the folder of the pictures." in said


def test_no_usable_column(place, capsys) -> None:
    (place / "odd.csv").write_text("a,b,c\n1,2,3\n4,5,6\n")
    said = refused(capsys, "import", "good", "odd.csv")
    assert said.startswith("odd.csv, line 1: No usable column for")
    assert "a, b, c" in said


def test_a_cell_that_is_no_number(place, capsys) -> None:
    text = (place / "gaze.csv").read_text().replace("P1,dog.png,", "P1,dog.png,twelve", 1)
    (place / "bad.csv").write_text(text)
    assert "bad.csv, line " in refused(capsys, "import", "good", "bad.csv")


def test_a_bad_source_behind_a_good_one_changes_nothing(place, capsys) -> None:
    before = content(place / "good.gazelab")
    (place / "more.csv").write_text("participant,stimulus,x,y,duration\nP9,cat.png,1,2,300\n")
    (place / "odd.csv").write_text("a,b\n1,2\n")
    refused(capsys, "import", "good", "more.csv", "odd.csv")
    assert content(place / "good.gazelab") == before


def test_wrong_corrections(place, capsys) -> None:
    assert "expected NAME=VALUE" in refused(
        capsys, "import", "good", "gaze.csv", "--column", "participant"
    )
    assert "no column named nix" in refused(
        capsys, "import", "good", "gaze.csv", "--column", "x=nix"
    )
    assert "no field named iris" in refused(
        capsys, "import", "good", "gaze.csv", "--column", "iris=x"
    )
    assert "no setting colour" in refused(
        capsys, "import", "good", "gaze.csv", "--table", "colour=red"
    )
    assert "base cannot be" in refused(capsys, "import", "good", "gaze.csv", "--table", "base=2")
    assert "no format named" in refused(capsys, "import", "good", "gaze.csv", "--format", "nix")
    assert "more than 0" in refused(capsys, "import", "good", "gaze.csv", "--px-per-degree", "-3")


@pytest.mark.parametrize(
    "words", [("score", "nix"), ("export", "nix", "out"), ("check", "nix"), ("open", "nix")]
)
def test_no_such_project(place, capsys, words) -> None:
    assert "there is no such project" in refused(capsys, *words)


def test_a_folder_that_is_no_project(place, capsys) -> None:
    assert "not a GazeLab project" in refused(capsys, "score", "pictures")


@pytest.mark.parametrize("verb", ["score", "check", "run"])
def test_a_damaged_project(place, capsys, verb) -> None:
    path = place / "good.gazelab" / "project.json"
    path.write_bytes(path.read_bytes()[:-20])
    more = ("--model", "sam-s") if verb == "run" else ()
    assert "project.json: the file is damaged" in refused(capsys, verb, "good", *more)


def test_unknown_model(place, capsys) -> None:
    assert "no model 'nix'" in refused(capsys, "run", "good", "--model", "nix")
    assert "no maps of 'nix'" in refused(capsys, "score", "good", "--model", "nix")
    assert "no model 'nix'" in refused(capsys, "models", "info", "nix")
    assert "Which model?" in refused(capsys, "models", "info")


def test_unknown_metric(place, capsys) -> None:
    assert "no metric 'beauty'" in refused(capsys, "score", "good", "--metric", "beauty")


def test_a_blur_that_makes_no_sense(place, capsys) -> None:
    assert "--sigma-px must be more than 0" in refused(capsys, "score", "good", "--sigma-px", "0")
    said = refused(capsys, "score", "good", "--sigma-deg", "1")
    assert said == (
        "The project does not know how many pixels are one degree. "
        "Use --sigma-px, or import with --px-per-degree."
    )


def test_a_configuration_that_is_not_there(place, capsys) -> None:
    assert "nix.toml" in refused(capsys, "train", "nix.toml")


def test_a_place_where_nothing_can_be_written(place, capsys) -> None:
    (place / "file").write_text("")
    assert "could not be made" in refused(capsys, "export", "good", "file/out")
