"""Imports: what is taken, what is left out, and that every number is accounted for."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from gazelab.data.contract import Contract
from gazelab.data.gaze import Exclusion
from gazelab.data.geometry import Screen
from gazelab.data.image import opencv
from gazelab.errors import GazeLabError, ReadError, SettingsError
from gazelab.io.reading import ReadSettings
from gazelab.project import store
from gazelab.project.project import Addition, Project
from gazelab.study.importing import ImportPlan, Source, describe, import_files
from gazelab.study.matching import Pictures
from gazelab.study.placing import Links
from gazelab.task import finish

HEADER = "participant,stimulus,x,y,duration\n"


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Return a folder with a.png (8 x 6 pixels), B.PNG and set/c.png."""
    for number, name in enumerate(("a.png", "B.PNG", "set/c.png")):
        write_picture(tmp_path / "images" / name, number)
    return tmp_path / "images"


def write_picture(path: Path, value: int, rows: int = 6, columns: int = 8) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((rows, columns, 3), (value, 0, 255), np.uint8)
    path.write_bytes(opencv().imencode(".png", pixels)[1].tobytes())


def write_table(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text(header + "\n".join(rows) + "\n")
    return path


def imported(project: Project = Project(), **plan: object) -> Addition:  # noqa: B008
    folder = plan.pop("project_folder", Path("/none/p.gazelab"))
    settings = ReadSettings(plan.pop("mapping", None))
    form = plan.pop("format", None)
    contract = plan.pop("contract", None)
    sources = tuple(Source(path, form, settings, contract) for path in plan.pop("sources", ()))
    return finish(import_files(ImportPlan(sources, folder, **plan), project))  # type: ignore[arg-type]


def test_a_table_with_its_pictures(tmp_path: Path, images: Path) -> None:
    table = write_table(
        tmp_path / "t.csv",
        "P1,a.png,1,2,200",
        "P1,a.png,8,2,300",
        "P1,a.png,.,2,300",
        "P1,a.png,1,5.9,.",
        "P2,C:\\exp\\b.jpg,1,2,200",
        "P2,c,1,2,200",
        "P2,,1,2,200",
        "P2,dog.png,1,2,200",
    )
    folder = tmp_path / "p.gazelab"
    addition = imported(sources=(table,), images=images, project_folder=folder)
    assert [s.id for s in addition.stimuli] == ["B.PNG", "a.png", "set/c.png"]
    assert [s.path for s in addition.stimuli] == [
        "../images/B.PNG",
        "../images/a.png",
        "../images/set/c.png",
    ]
    assert [path.key[:2] for path in addition.scanpaths] == [
        ("P1", "a.png"),
        ("P2", "B.PNG"),
        ("P2", "set/c.png"),
    ]
    assert addition.scanpaths[0].exclusion.tolist() == [
        Exclusion.NONE,
        Exclusion.OFF_STIMULUS,
        Exclusion.NO_POSITION,
        Exclusion.NO_DURATION,
    ]
    _, record = addition.records
    assert record.counts == {
        "participants": 2,
        "scanpaths": 3,
        "fixations": 6,
        "trials rejected: no picture": 1,
        "names without a picture": 1,
        "excluded: off the stimulus": 1,
        "excluded: no position": 1,
        "excluded: no duration": 1,
        "rows read": 8,
        "fixations in the file": 8,
        "rows rejected: no stimulus": 1,
    }
    assert "No picture, or more than one, for: dog.png." in record.notes
    assert any("synthesised" in note for note in record.notes)
    lines = describe(record)
    assert lines[0] == "t.csv (table)"
    assert "  1 excluded: off the stimulus" in lines
    assert lines[-1].startswith("  No picture")


def test_pictures_alone_then_a_table(tmp_path: Path, images: Path) -> None:
    first = imported(sources=(images,), format="images")
    assert [record.reader for record in first.records] == ["images"]
    assert first.records[0].counts == {"stimuli": 3}
    table = write_table(tmp_path / "t.csv", "P1,a.png,1,2,200")
    second = imported(Project().with_addition(first), sources=(table,))
    assert len(second.scanpaths) == 1
    assert second.stimuli == ()


def test_without_any_picture_nothing_is_imported(tmp_path: Path, images: Path) -> None:
    table = write_table(tmp_path / "t.csv", "P1,dog.png,1,2,200")
    with pytest.raises(ReadError, match=r"the name in it, dog\.png.*Give the folder"):
        imported(sources=(table,))
    with pytest.raises(ReadError, match="right ones"):
        imported(sources=(table,), images=images)


def test_maps_are_matched_by_their_stem(tmp_path: Path, images: Path) -> None:
    maps = tmp_path / "model"
    maps.mkdir()
    for name, shape in (("a", (3, 4)), ("b", (3, 3)), ("dog", (3, 4))):
        np.save(maps / f"{name}.npy", np.ones(shape))
    addition = imported(sources=(maps,), images=images)
    assert [item.key for item in addition.attention] == [
        ("a.png", "model", "saliency"),
        ("B.PNG", "model", "saliency"),
    ]
    record = addition.records[1]
    assert record.counts["maps"] == 2
    assert record.counts["maps rejected: no picture"] == 1
    assert record.counts["maps of another shape than their picture"] == 1
    assert any("ratio" in note and "b.npy" in note for note in record.notes)


def test_two_maps_of_one_picture_are_not_mixed_up(tmp_path: Path, images: Path) -> None:
    maps = tmp_path / "model"
    maps.mkdir()
    np.save(maps / "a.npy", np.ones((3, 4)))
    np.save(maps / "a.png", np.zeros((3, 4)))
    addition = imported(sources=(maps,), images=images)
    assert len(addition.attention) == 1
    assert addition.records[1].counts["maps rejected: a second one for the picture"] == 1


def test_normalised_positions_and_y_from_below(tmp_path: Path, images: Path) -> None:
    rows = ("P1,a,0.25,0.75,200", "P1,a,0.5,0.5,200")
    table = write_table(tmp_path / "t.csv", *rows)
    (path,) = imported(sources=(table,), images=images).scanpaths
    assert path.x_px.tolist() == [2.0, 4.0]
    assert path.y_px.tolist() == [4.5, 3.0]
    contract = Contract("stimulus fraction", origin="bottom-left")
    (path,) = imported(sources=(table,), images=images, contract=contract).scanpaths
    assert path.y_px.tolist() == [1.5, 3.0]


def test_another_picture_of_the_same_name_is_refused(tmp_path: Path, images: Path) -> None:
    project = Project().with_addition(imported(images=images))
    write_picture(tmp_path / "other" / "a.png", 99)
    with pytest.raises(ReadError, match=r"another picture named a\.png"):
        imported(project, images=tmp_path / "other")


def test_pictures_that_moved_are_found_again(tmp_path: Path, images: Path) -> None:
    folder = tmp_path / "p.gazelab"
    project = Project().with_addition(imported(images=images, project_folder=folder))
    images.rename(tmp_path / "moved")
    again = imported(project, images=tmp_path / "moved", project_folder=folder)
    stimulus = project.with_addition(again).stimuli["a.png"]
    assert store.image_path(folder, stimulus).exists()


def test_names_that_fit_several_pictures_fit_none(tmp_path: Path, images: Path) -> None:
    write_picture(images / "other" / "a.png", 50)
    pictures = Pictures(imported(images=images).stimuli)
    assert pictures.named("other/a.png").id == "other/a.png"  # type: ignore[union-attr]
    assert pictures.named("a.png").id == "a.png"  # type: ignore[union-attr]
    assert pictures.named("a") is None
    assert pictures.named("b").id == "B.PNG"  # type: ignore[union-attr]
    assert pictures.named("") is None


def test_fixations_mostly_off_their_picture_are_remarked(tmp_path: Path, images: Path) -> None:
    table = write_table(tmp_path / "t.csv", "P1,a,700,500,200", "P1,a,1,1,200")
    record = imported(sources=(table,), images=images).records[1]
    assert any("Fixations on the stimulus: 50 %" in note for note in record.notes)


def test_a_second_import_of_the_same_says_that_it_replaces(tmp_path: Path, images: Path) -> None:
    table = write_table(tmp_path / "t.csv", "P1,a,1,1,200")
    first = imported(sources=(table,), images=images)
    again = imported(Project().with_addition(first), sources=(table,))
    assert again.records[0].counts["scanpaths that replace earlier ones"] == 1
    twice = imported(sources=(table, table), images=images)
    assert twice.records[2].counts["scanpaths that replace earlier ones"] == 1


def test_the_geometry_of_the_project_is_kept_unless_a_person_says_another(
    tmp_path: Path, images: Path
) -> None:
    table = write_table(tmp_path / "t.csv", "P1,a,1,1,200")
    first = imported(sources=(table,), images=images, px_per_deg=24.0)
    project = Project().with_addition(first)
    assert project.settings.px_per_deg == 24.0
    assert math.isnan(imported(sources=(table,), images=images).px_per_deg)
    screen = Screen(80, 60, 80, 60, 30 / math.radians(1))
    of_source = imported(project, sources=(table,), contract=Contract(screen=screen))
    assert any("24" in note and "keeps" in note for note in of_source.records[0].notes)
    assert project.with_addition(of_source).settings.px_per_deg == 24.0
    said = imported(project, sources=(table,), px_per_deg=32.0)
    assert any("24" in note and "32 from now on" in note for note in said.records[0].notes)
    assert project.with_addition(said).settings.px_per_deg == 32.0


def test_counts_of_one_are_told_in_the_singular(tmp_path: Path, images: Path) -> None:
    table = write_table(tmp_path / "t.csv", "P1,a.png,1,2,200", "P1,dog.png,1,2,200")
    text = "\n".join(describe(imported(sources=(table,), images=images).records[-1]))
    for line in ("1 participant", "1 scanpath", "1 fixation", "1 trial rejected: no picture"):
        assert f"  {line}\n" in text
    assert "3 stimuli" in "\n".join(describe(imported(images=images).records[0]))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({}, "nothing to import"),
        ({"sources": (Path("none.csv"),)}, "no such file"),
        ({"images": Path("none")}, "no such folder"),
        ({"sources": (Path(__file__),), "format": "excel"}, "no format named excel"),
        ({"sources": (Path(__file__),), "format": "osie"}, "No variable `fixations`"),
    ],
)
def test_a_plan_that_cannot_work_is_one_sentence(plan: dict[str, object], message: str) -> None:
    with pytest.raises((ReadError, SettingsError), match=message):
        imported(**plan)


def test_an_error_in_the_second_source_changes_nothing(tmp_path: Path, images: Path) -> None:
    good = write_table(tmp_path / "good.csv", "P1,a,1,1,200")
    bad = write_table(tmp_path / "bad.csv", "P1,a,1;5,1,200", "P1,a,1,1,200")
    folder = tmp_path / "p.gazelab"
    project = store.create(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(GazeLabError, match=r"bad\.csv, line 2"):
        imported(project, sources=(good, bad), images=images, project_folder=folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_closing_the_task_cancels_it(tmp_path: Path, images: Path) -> None:
    task = import_files(ImportPlan((), tmp_path / "p.gazelab", images=images), Project())
    assert next(task).total == 3
    task.close()
    with pytest.raises(StopIteration):
        next(task)


@pytest.mark.skipif(sys.platform == "win32", reason="measures memory with resource")
def test_the_real_data_set(shared_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "osie.gazelab"
    osie = shared_data / "osie"
    addition = imported(
        sources=(osie / "fixations.mat",), images=osie / "stimuli", project_folder=folder
    )
    project = store.create(folder).with_addition(addition)
    assert len(project.stimuli) == 500
    assert len(project.scanpaths) == 7500
    assert project.settings.px_per_deg == 24.0
    assert all((path.exclusion == 0).all() for path in project.scanpaths)
    assert project.participants[0] == "01"
    assert project.participants[-1] == "15"
    store.save(project, folder)
    again = store.load(folder)
    assert [path.key for path in again.scanpaths] == [path.key for path in project.scanpaths]
    assert store.image_path(folder, again.stimuli["1001.jpg"]).samefile(
        osie / "stimuli" / "1001.jpg"
    )


def test_samples_without_fixations_get_some_and_it_is_said(tmp_path: Path) -> None:
    rows = [f"{4 * k},{20 if k < 100 else 60},30" for k in range(200)]
    table = tmp_path / "gaze.csv"
    table.write_text("\n".join(["t_ms,x,y", *rows]) + "\n")
    contract = Contract("screen px", screen=Screen(100, 60, 500, 300, 600))
    plan = {"sources": (table,), "contract": contract, "links": Links({}, others_empty=True)}
    addition = imported(**plan)
    (recording,) = addition.recordings
    (path,) = addition.scanpaths
    assert len(recording) == 200
    assert path.origin.reader == "i-vt"
    assert path.x_px.tolist() == pytest.approx([20.0, 60.0])
    assert any("found by I-VT" in note for note in addition.records[0].notes)
    (screen,) = addition.stimuli
    assert not screen.has_picture
    assert screen.shape == (60, 100)


def test_without_pixels_per_degree_no_fixations_are_made_up(tmp_path: Path) -> None:
    table = tmp_path / "gaze.csv"
    table.write_text("\n".join(["t_ms,x,y", *(f"{4 * k},20,30" for k in range(50))]) + "\n")
    contract = Contract("screen px", screen=Screen(100, 60))
    plan = {"sources": (table,), "contract": contract, "links": Links({}, others_empty=True)}
    addition = imported(**plan)
    assert len(addition.recordings) == 1
    assert addition.scanpaths == ()
    assert any("none were looked for" in note for note in addition.records[0].notes)
    (path,) = imported(**plan, px_per_deg=1.2).scanpaths
    assert len(path) == 1
