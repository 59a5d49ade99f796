"""EyeLink recordings in a project: from pixels of the screen to pixels of each picture."""

import json
from pathlib import Path

import numpy as np
import pytest
from eyelink_files import Block, Fix, write_asc
from hypothesis import given
from hypothesis import strategies as st

from gazelab.cli import main
from gazelab.data.gaze import Exclusion
from gazelab.data.image import opencv
from gazelab.data.stimulus import Stimulus
from gazelab.io.reading import Placement
from gazelab.project import store
from gazelab.project.project import Addition, Project
from gazelab.study.importing import ImportPlan, Source, describe, import_files
from gazelab.task import finish

WIDTH_PX, HEIGHT_PX = 400, 200
FIXES = (Fix(10, 109, 640, 512), Fix(150, 349, 450, 420), Fix(400, 499, 100, 100))


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Return a folder with a.png and b.png of 400 x 200 pixels."""
    folder = tmp_path / "images"
    folder.mkdir()
    for value, name in enumerate(("a.png", "b.png")):
        pixels = np.full((HEIGHT_PX, WIDTH_PX, 3), value, np.uint8)
        (folder / name).write_bytes(opencv().imencode(".png", pixels)[1].tobytes())
    return folder


def imported(source: Path, images: Path) -> Addition:
    plan = ImportPlan((Source(source),), source.parent / "p.gazelab", images=images)
    return finish(import_files(plan, Project()))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("CENTER ../a.png 640 512", [(200, 100), (10, 8), (-340, -312)]),
        ("CENTER ../a.png 640 512 800 400", [(200, 100), (105, 54), (-70, -106)]),
        ("TOP_LEFT ../a.png 440 412", [(200, 100), (10, 8), (-340, -312)]),
        ("TOP_LEFT ../a.png 440 412 200 200", [(400, 100), (20, 8), (-680, -312)]),
        ("FILL ../a.png", [(200, 100), (140.625, 82.03125), (31.25, 19.53125)]),
        ("../a.png", [(200, 100), (10, 8), (-340, -312)]),
    ],
)
def test_positions_are_pixels_of_the_picture(
    text: str, places: list[tuple[float, float]], tmp_path: Path, images: Path
) -> None:
    block = Block(5000, FIXES, during=((20, f"!V IMGLOAD {text}"),))
    addition = imported(write_asc(tmp_path / "s1.asc", block), images)
    (scanpath,) = addition.scanpaths
    assert scanpath.stimulus == "a.png"
    assert list(zip(scanpath.x_px, scanpath.y_px, strict=True)) == places
    off = [not (0 <= x < WIDTH_PX and 0 <= y < HEIGHT_PX) for x, y in places]
    assert (scanpath.exclusion == Exclusion.OFF_STIMULUS).tolist() == off


def test_the_place_is_that_of_the_trial_when_a_trial_before_has_no_picture(
    tmp_path: Path, images: Path
) -> None:
    names = ("CENTER missing.png 0 0", "TOP_LEFT a.png 440 412", "TOP_LEFT b.png 441 412")
    blocks = [Block(5000, FIXES, during=((20, f"!V IMGLOAD {name}"),)) for name in names]
    addition = imported(write_asc(tmp_path / "s1.asc", *blocks), images)
    assert [(s.stimulus, s.x_px[0]) for s in addition.scanpaths] == [("a.png", 200), ("b.png", 199)]
    record = addition.records[-1]
    assert record.counts["trials rejected: no picture"] == 1
    assert record.counts["fixations in the file"] == 9
    assert record.counts["fixations"] == 6
    assert any("3,000 samples in the file" in line for line in describe(record))


@given(
    x_px=st.floats(-2000, 2000),
    place_px=st.floats(-500, 2000),
    size_px=st.none() | st.tuples(st.floats(1, 4000), st.floats(1, 4000)),
    centred=st.booleans(),
)
def test_the_corners_and_the_middle_of_a_picture_are_where_they_are_put(
    x_px: float, place_px: float, size_px: tuple[float, float] | None, centred: bool
) -> None:
    stimulus = Stimulus("a.png", "a.png", 300, 200, "")
    width_px, height_px = size_px or (300, 200)
    placement = Placement(x_px, place_px, centred, size_px)
    left_px = x_px - centred * width_px / 2
    top_px = place_px - centred * height_px / 2
    shares = np.array([0.0, 0.5, 1.0])
    found = placement.on_picture(left_px + shares * width_px, top_px + shares * height_px, stimulus)
    np.testing.assert_allclose(found, [300 * shares, 200 * shares], atol=1e-6)


def test_the_command_line_imports_a_recording(
    tmp_path: Path, images: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = Block(5000, FIXES, during=((20, "!V IMGLOAD CENTER a.png 640 512"),))
    source = write_asc(tmp_path / "s1.asc", block)
    project = tmp_path / "p.gazelab"
    assert main(["import", str(project), str(source), "--images", str(images), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["imports"][-1]
    assert told["format"] == "eyelink-asc"
    assert told["counts"]["samples in the file"] == 1000
    assert told["counts"]["excluded: off the stimulus"] == 1
    (scanpath,) = store.load(project).scanpaths
    assert scanpath.key == ("s1", "a.png", "1")
    assert scanpath.x_px.tolist() == [200, 10, -340]


def test_the_command_line_takes_a_column_for_a_report(
    tmp_path: Path, images: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "fix.xls"
    names = "RECORDING_SESSION_LABEL TRIAL_INDEX CURRENT_FIX_X CURRENT_FIX_Y CURRENT_FIX_DURATION"
    header = [*names.split(), "condition"]
    report.write_text("\t".join(header) + "\ns1\t1\t50\t60\t200\ta\ns1\t1\t51\t61\t250\ta\n")
    words = ["import", str(tmp_path / "p.gazelab"), str(report), "--images", str(images)]
    assert main(words) != 0
    assert "No usable column for stimulus" in capsys.readouterr().err
    assert main([*words, "--column", "stimulus=condition"]) == 0
    assert store.load(tmp_path / "p.gazelab").scanpaths[0].key == ("s1", "a.png", "1")


def test_a_binary_recording_is_refused_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    source = tmp_path / "s1.edf"
    source.write_bytes(b"SR_RESEARCH_1000FILE" + bytes(100))
    assert main(["import", str(tmp_path / "p.gazelab"), str(source)]) != 0
    assert "edf2asc" in capsys.readouterr().err
    assert not (tmp_path / "p.gazelab").exists()
