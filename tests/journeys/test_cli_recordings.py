"""Recordings on the command line: import, detect, quality, exclude, export, check."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from clidata import write_maps, write_pictures
from eyelink_files import Block, Fix, write_asc

from gazelab.cli import main
from gazelab.project import store

pytestmark = pytest.mark.usefixtures("qapp")  # export draws the view

HERE, THERE, LOST = (
    "  600.0\t  500.0\t 1000.0",
    "  680.0\t  540.0\t 1100.0",
    "      .\t      .\t    0.0",
)
GAZE = (HERE,) * 500 + (THERE,) * 400 + (LOST,) * 100
FIXES = (Fix(0, 499, 600, 500), Fix(500, 899, 680, 540))
FOUND = (
    "ESACC L  1490\t1509\t20\t600.0\t500.0\t680.0\t540.0\t2.55\t310",
    "EBLINK L 1900\t1999\t100",
)
SHOWN = ((-20, "!V IMGLOAD CENTER ../pictures/cat.png 640 512"), (0, "SYNCTIME"))
AGAIN = ((-20, "!V IMGLOAD CENTER ../pictures/dog.png 640 512"), (0, "SYNCTIME"))


def write_viewer(path: Path, *, parsed: bool, gaze: tuple[str, ...] = GAZE) -> Path:
    """Write two trials, of 1,000 samples each; with what the tracker found if `parsed`.

    The picture of 160 x 120 pixels is in the middle of the screen of 1280 x 1024, so that gaze
    is at (40, 48), then at (120, 88), then lost. The saccade and the blink are in the first.
    """
    fixes = FIXES if parsed else ()
    first = Block(1000, fixes, SHOWN, gaze=gaze, extra=FOUND if parsed else ())
    second = Block(5000, fixes, AGAIN, gaze=gaze)
    return write_asc(path, first, second)


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """Return the current folder, with pictures and the files of two viewers.

    The tracker found the events of P1; the file of P2 has samples alone.
    """
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "pictures")
    (tmp_path / "asc").mkdir()
    write_viewer(tmp_path / "asc" / "P1.asc", parsed=True)
    write_viewer(tmp_path / "asc" / "P2.asc", parsed=False)
    return tmp_path


@pytest.fixture
def study(place, capsys) -> Path:
    """Return a project with both viewers."""
    assert main(["import", "study", "asc/P1.asc", "asc/P2.asc", "--images", "pictures"]) == 0
    capsys.readouterr()
    return place / "study.gazelab"


def ask(capsys, *words: str) -> dict:
    """Return what a verb says as JSON."""
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def refused(capsys, *words: str) -> str:
    """Return the sentence with which a command is refused."""
    assert main([*words, "--json"]) == 1
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert "fault in GazeLab" not in err
    return json.loads(out)["error"]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def places(found: list[dict[str, str]]) -> set[tuple[float, float]]:
    return {(round(float(row["x_px"]), 6), round(float(row["y_px"]), 6)) for row in found}


def test_import_counts_what_is_in_each_file(place, capsys) -> None:
    words = ("import", "study", "asc/P1.asc", "asc/P2.asc", "--images", "pictures")
    pictures, first, second = ask(capsys, *words)["imports"]
    lines = (place / "asc" / "P1.asc").read_text().splitlines()
    assert pictures["format"] == "images"
    assert first["format"] == second["format"] == "eyelink-asc"
    assert first["samples"] == sum(line[:1].isdigit() for line in lines) == 2000
    assert first["fixations"] == sum(line.startswith("EFIX") for line in lines) == 4
    assert (first["saccades"], first["blinks"]) == (1, 1)
    assert (first["rejected"], first["excluded"]) == ({}, {})
    assert first["contract"]["screen"]["width_px"] == 1280
    assert second["counts"]["fixations in the file"] == 0
    assert second["fixations"] == 4
    assert any("found by I-VT" in note for note in second["notes"])


def test_from_import_to_check(study, capsys) -> None:
    threshold = "velocity_threshold_deg_s=40"
    told = ask(capsys, "detect", "study", "--set", threshold, "merge_deg=0.25")
    assert told["counts"]["fixations"] == 8
    assert told["settings"]["velocity_threshold_deg_s"] == 40
    quality = ask(capsys, "quality", "study")["participants"]
    assert [row["n_samples"] for row in quality] == [2000, 2000]
    assert [row["loss_percent"] for row in quality] == [10, 10]
    words = ("--participant", "P2", "--what", "first", "--reason", "central cross")
    assert ask(capsys, "exclude", "study", *words)["rules"][0]["n_fixations"] == 2
    ask(capsys, "export", "study", "out", "--samples")
    fixations = rows(Path("out/fixations.csv"))
    assert places(fixations) == {(40, 48), (120, 88)}
    assert Counter(row["exclusion"] for row in fixations) == {"": 6, "by a rule of the study": 2}
    assert all("velocity_threshold_deg_s = 40" in row["detector_settings"] for row in fixations)
    recordings = rows(Path("out/recordings.csv"))
    samples = rows(Path("out") / recordings[0]["file"])
    assert len(samples) == int(recordings[0]["n_samples"]) == 1000
    assert Counter((s["x_px"], s["y_px"]) for s in samples) == {
        ("40.0", "48.0"): 500,
        ("120.0", "88.0"): 400,
        ("NA", "NA"): 100,
    }
    manifest = json.loads(Path("out/manifest.json").read_text("utf-8"))
    assert manifest["counts"]["samples"] == 4000
    assert manifest["counts"]["scanpaths_set_aside"] == 2
    contract = manifest["inputs"][1]["contract"]
    assert (contract["positions"], contract["origin"]) == ("screen px", "top-left")
    assert manifest["exclusion_rules"][0]["reason"] == "central cross"
    ours = {one["id"]: one for one in manifest["detectors"]}["i-vt"]
    assert ours["settings"]["velocity_threshold_deg_s"] == 40
    assert ours["settings"]["merge_deg"] == 0.25
    assert (ours["trials"], ours["found"]["fixations"]) == (4, 8)
    assert ask(capsys, "check", "study")["findings"] == []


def test_bids_out_and_in_again_is_the_same(study, capsys) -> None:
    ask(capsys, "exclude", "study", "--what", "first")
    told = ask(capsys, "export", "study", "bids", "--bids")
    assert (told["samples"], told["fixations"], told["fixations_left_out"]) == (4000, 8, 0)
    (gaze,) = Path("bids/sub-P1/beh").glob("*_physio.tsv.gz")
    lines = gzip.decompress(gaze.read_bytes()).decode().splitlines()
    assert len(lines) == 2000
    assert lines[-1].split("\t")[1:] == ["n/a", "n/a", "n/a"]
    back = ask(capsys, "import", "back", "bids", "--images", "pictures")["imports"][-1]
    assert (back["format"], back["samples"], back["fixations"]) == ("bids", 4000, 8)
    ask(capsys, "exclude", "study", "--remove", "1")
    for name in ("study", "back"):
        ask(capsys, "export", name, f"{name}-csv", "--samples")
    for table in ("fixations.csv", "samples/00001.csv", "samples/00004.csv"):
        told, again = (rows(Path(f"{name}-csv") / table) for name in ("study", "back"))
        kept = [name for name in told[0] if name not in ("detector_settings",)]
        assert [[row[name] for name in kept] for row in again] == [
            [row[name] for name in kept] for row in told
        ]


def test_fixations_without_samples_are_left_out_of_bids_and_counted(study, capsys) -> None:
    Path("more.csv").write_text("participant,stimulus,x,y,onset,duration\nP3,cat.png,5,5,0,200\n")
    ask(capsys, "import", "study", "more.csv")
    told = ask(capsys, "export", "study", "bids", "--bids")
    assert (told["trials_left_out"], told["fixations_left_out"]) == (1, 1)
    assert main(["export", "study", "bids", "--bids"]) == 0
    assert "1 trial without gaze samples, with 1 fixation," in capsys.readouterr().out


def test_other_fixations_are_set_aside_and_used_again_for_one_participant(study, capsys) -> None:
    ask(capsys, "detect", "study", "--detector", "i-dt")
    told = ask(capsys, "detect", "study", "--use", "eyelink-asc", "--participant", "P1")
    assert told["scanpaths"] == 2
    assert {(path.participant, path.origin.reader) for path in store.load(study).scanpaths} == {
        ("P1", "eyelink-asc"),
        ("P2", "i-dt"),
    }
    assert "i-vt" in refused(capsys, "detect", "study", "--use", "eyelink-asc")


def test_the_same_file_again_sets_own_fixations_aside_and_says_so(study, capsys) -> None:
    ask(capsys, "detect", "study")
    (record,) = ask(capsys, "import", "study", "asc/P1.asc")["imports"]
    assert record["counts"]["scanpaths of another reader or detector that are set aside"] == 2
    assert "scanpaths that replace earlier ones" not in record["counts"]
    assert "recordings that replace other samples" not in record["counts"]
    (record,) = ask(capsys, "import", "study", "asc/P1.asc")["imports"]
    assert record["counts"]["scanpaths that replace earlier ones"] == 2


def test_another_recording_of_the_same_name_is_not_replaced_silently(place, study, capsys) -> None:
    (place / "other").mkdir()
    write_viewer(place / "other" / "P1.asc", parsed=True, gaze=(THERE,))
    (record,) = ask(capsys, "import", "study", "other/P1.asc")["imports"]
    assert record["counts"]["recordings that replace other samples"] == 2
    assert any("--participant" in note for note in record["notes"])


def test_files_of_the_same_name_are_of_the_participants_of_their_folders(place, capsys) -> None:
    for name in ("P07", "P08"):
        (place / name).mkdir()
        write_viewer(place / name / "data.asc", parsed=True)
    told = ask(capsys, "import", "study", "P07/data.asc", "P08/data.asc", "--images", "pictures")
    assert told["now"]["participants"] == 2
    assert told["now"]["samples"] == 4000
    assert "named P08, not data" in " ".join(told["imports"][-1]["notes"])
    assert {key[0] for key in store.load(place / "study.gazelab").recordings} == {"P07", "P08"}


def test_the_participant_of_a_source_can_be_named(place, study, capsys) -> None:
    (record,) = ask(capsys, "import", "study", "asc/P1.asc", "--participant", "Ann")["imports"]
    assert "recordings that replace other samples" not in record["counts"]
    assert store.load(study).participants == ("P1", "P2", "Ann")
    Path("two.csv").write_text(
        "participant,stimulus,x,y,duration\nA,cat.png,5,5,9\nB,cat.png,5,5,9\n"
    )
    said = refused(capsys, "import", "study", "two.csv", "--participant", "Ann")
    assert "all 2 participants" in said


def test_pixels_per_degree_can_be_changed_without_a_source(place, capsys) -> None:
    Path("a.csv").write_text("participant,stimulus,x,y,duration\nA,cat.png,5,5,9\n")
    ask(capsys, "import", "study", "a.csv", "--images", "pictures", "--px-per-degree", "30")
    assert main(["import", "study", "--px-per-degree", "40"]) == 0
    assert "One degree has 40 pixels from now on; until now it was 30." in capsys.readouterr().out
    project = store.load(place / "study.gazelab")
    assert project.settings.px_per_deg == 40
    assert len(project.records) == 2
    assert "nothing to import" in refused(capsys, "import", "study")


def test_a_link_of_a_name_that_no_source_has_is_refused_and_named(place, capsys) -> None:
    words = ("import", "study", "asc/P1.asc", "--images", "pictures", "--empty-screen")
    said = refused(capsys, *words, "--link", "../pictures/cat.pgn=cat.png")
    assert "cat.pgn: no source has this name" in said
    assert "../pictures/cat.png" in said
    assert not (place / "study.gazelab").exists()
    Path("links.csv").write_text("elephant,cat.png\n")
    told = ask(capsys, *words, "--links", "links.csv")
    assert told["said"] == ["Links of names that no source has: elephant."]


def test_microsaccades_keep_the_fixations_and_the_scores(study, capsys) -> None:
    write_maps(Path("maps"))
    ask(capsys, "import", "study", "maps", "--format", "maps")
    ask(capsys, "score", "study", "--metric", "nss")
    scored = len(store.load(study).scores)
    assert main(["detect", "study", "--detector", "microsaccades"]) == 0
    assert "stay as they are" in capsys.readouterr().out
    assert len(store.load(study).scores) == scored > 0
    assert main(["detect", "study"]) == 0
    assert "scores no longer held" in capsys.readouterr().out
    assert store.load(study).scores == ()


def test_a_participant_excluded_wholly_leaves_the_others_to_score(study, capsys) -> None:
    write_maps(Path("maps"))
    ask(capsys, "import", "study", "maps", "--format", "maps")
    ask(capsys, "exclude", "study", "--participant", "P1", "--reason", "asleep")
    ask(capsys, "score", "study", "--metric", "nss")
    of_maps = [score for score in store.load(study).scores if score.source == "maps"]
    assert {(s.stimulus, s.n_fixations, s.n_excluded) for s in of_maps} == {
        ("cat.png", 2, 2),
        ("dog.png", 2, 2),
        ("pond.png", 0, 0),
    }
    ask(capsys, "exclude", "study", "--what", "all")
    assert "no fixations in use" in refused(capsys, "score", "study")


def test_what_is_said_of_the_screen_holds_and_stands_in_the_export(place, capsys) -> None:
    words = ("--screen-mm", "320x256", "--distance-mm", "573")
    record = ask(capsys, "import", "study", "asc/P2.asc", "--images", "pictures", *words)
    assert record["now"]["px_per_degree"] == pytest.approx(40.0, abs=0.01)
    assert any("not the 36" in note for note in record["imports"][-1]["notes"])
    assert "distance in mm 573" in record["imports"][-1]["contract"]["reasons"][-1]
    ask(capsys, "export", "study", "out")
    assert float(rows(Path("out/recordings.csv"))[0]["px_per_deg"]) == pytest.approx(40, abs=0.01)


def test_pixels_per_degree_that_are_said_are_those_of_detection(place, capsys) -> None:
    words = ("--images", "pictures", "--px-per-degree", "50")
    ask(capsys, "import", "study", "asc/P2.asc", *words)
    (path, _) = store.load(place / "study.gazelab").scanpaths
    assert dict(path.origin.settings)["px_per_deg"] == 50


def test_on_an_empty_screen_positions_are_those_of_the_screen(place, capsys) -> None:
    ask(capsys, "import", "study", "asc/P1.asc", "--empty-screen")
    ask(capsys, "export", "study", "out")
    assert places(rows(Path("out/fixations.csv"))) == {(600, 500), (680, 540)}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--distance-mm", "-5"], "--distance-mm must be"),
        (["--distance-mm", "nan"], "--distance-mm must be"),
        (["--px-per-degree", "inf"], "--px-per-degree must be"),
        (["--screen", "infx100"], "expected WIDTHxHEIGHT"),
        (["--screen", "1e9x1e9"], "expected WIDTHxHEIGHT"),
        (["--links", "nowhere.csv"], "There is no such file of links"),
        (["--contract", "origin=middle"], "origin cannot be 'middle'"),
        (["--link", "../pictures/cat.png=cow.png"], "no picture here"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_a_project_is_made(
    place, capsys, words: list[str], sentence: str
) -> None:
    assert sentence in refused(capsys, "import", "study", "asc/P1.asc", "--empty-screen", *words)
    assert not (place / "study.gazelab").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["detect", "study", "--participant", "P9"], "no gaze samples of P9"),
        (["detect", "study", "--set", "merge_ms=inf"], "must be at least 0 ms"),
        (["detect", "study", "--use", "i-dt"], "None are set aside"),
        (["exclude", "study", "--what", "longer", "--limit-ms", "inf"], "needs a limit"),
    ],
)
def test_what_makes_no_sense_leaves_the_project_as_it_was(
    study, capsys, words: list[str], sentence: str
) -> None:
    before = (study / store.FILE).read_bytes()
    assert sentence in refused(capsys, *words)
    assert (study / store.FILE).read_bytes() == before
    assert main(["check", "study"]) == 0
