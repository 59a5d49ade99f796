"""Planted damages are found, each by its kind."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from projects import example

from gazelab.data.aoi import Aoi, rectangle
from gazelab.data.exclusion import ExclusionRule
from gazelab.data.gaze import Exclusion, Origin
from gazelab.data.image import opencv
from gazelab.data.recording import Events, Recording
from gazelab.errors import ProjectError
from gazelab.project import store
from gazelab.project.arrays import ARRAYS
from gazelab.project.check import Report, check
from gazelab.project.project import Project
from gazelab.storage import sha256_of
from gazelab.task import finish


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project folder beside its only picture."""
    opencv().imwrite(str(tmp_path / "a.png"), np.zeros((6, 8, 3), np.uint8))
    return tmp_path / "p.gazelab"


def whole(folder: Path) -> Project:
    """Return the example with the right hash of its picture."""
    project = example()
    stimulus = replace(project.stimuli["a.png"], sha256=sha256_of(folder.parent / "a.png"))
    times = np.arange(40.0)
    lost = np.where(times > 30, np.nan, times)
    recording = Recording("P1", "a.png", times, lost, lost, pupil=times)
    return replace(
        project,
        stimuli={"a.png": stimulus},
        recordings={recording.key: recording},
        events=(events("saccade", times[:2]), events("blink", times[:1])),
        set_aside=(replace(project.scanpaths[0], origin=Origin("i-vt")),),
        rules=(ExclusionRule("P3", reason="left early"),),
        aois=(Aoi("a.png", "box", rectangle(1, 1, 4, 3)),),
    )


def events(kind: str, onset_ms: np.ndarray) -> Events:
    sizes = onset_ms if kind == "saccade" else None
    return Events("P1", "a.png", kind, onset_ms, onset_ms + 9, "1", sizes, sizes)


def checked(project: Project, folder: Path) -> Report:
    store.save(project, folder)
    return finish(check(folder))


def test_a_whole_project_has_no_findings(folder: Path) -> None:
    report = checked(whole(folder), folder)
    assert report.findings == ()
    assert report.counts == {
        "stimuli": 1,
        "recordings": 1,
        "samples": 40,
        "scanpaths": 2,
        "fixations": 12,
        "scanpaths set aside": 1,
        "saccades": 2,
        "blinks": 1,
        "microsaccades": 0,
        "maps": 1,
        "scores": 1,
        "rules": 1,
        "areas of interest": 1,
        "array files": 8,
    }


def picture_gone(picture: Path) -> None:
    picture.unlink()


def picture_swapped(picture: Path) -> None:
    opencv().imwrite(str(picture), np.ones((6, 8, 3), np.uint8))


@pytest.mark.parametrize(
    ("damage", "kind"), [(picture_gone, "missing picture"), (picture_swapped, "changed picture")]
)
def test_damaged_pictures(folder: Path, damage: Callable[[Path], None], kind: str) -> None:
    project = whole(folder)
    damage(folder.parent / "a.png")
    assert checked(project, folder).by_kind == {kind: 1}


def test_a_picture_that_is_none(folder: Path) -> None:
    (folder.parent / "a.png").write_bytes(b"no picture")
    assert checked(whole(folder), folder).by_kind == {"unreadable picture": 1}


def _scanpaths(project: Project, **parts: object) -> Project:
    first, second = project.scanpaths
    return replace(project, scanpaths=(replace(first, **parts), second))  # type: ignore[arg-type]


def _recordings(project: Project, **parts: object) -> Project:
    (item,) = project.recordings.values()
    new = replace(item, **parts)  # type: ignore[arg-type]
    return replace(project, recordings={new.key: new})


def _events(project: Project, **parts: object) -> Project:
    first, second = project.events
    return replace(project, events=(replace(first, **parts), second))  # type: ignore[arg-type]


def _aside(project: Project, **parts: object) -> Project:
    (path,) = project.set_aside
    return replace(project, set_aside=(replace(path, **parts),))  # type: ignore[arg-type]


def _maps(project: Project, **parts: object) -> Project:
    (item,) = project.attention.values()
    new = replace(item, **parts)  # type: ignore[arg-type]
    return replace(project, attention={new.key: new})


NAN = np.array([0, 200, np.nan, 600, 800, 1000])
BACK = np.array([0.0, 200, 100, 600, 800, 1000])


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda p: _scanpaths(p, stimulus="b.png"), {"scanpath without stimulus"}),
        (lambda p: _scanpaths(p, participant="P2"), {"repeated scanpath"}),
        (lambda p: _scanpaths(p, onset_ms=NAN), {"undefined time"}),
        (lambda p: _scanpaths(p, onset_ms=BACK), {"times out of order"}),
        (lambda p: _scanpaths(p, x_px=np.arange(6.0) + 5), {"unflagged fixation"}),
        (lambda p: _scanpaths(p, duration_ms=NAN), {"unflagged fixation"}),
        (lambda p: _scanpaths(p, exclusion=np.full(6, 99, np.int8)), {"unknown exclusion"}),
        (lambda p: _recordings(p, stimulus="b.png"), {"recording without stimulus"}),
        (lambda p: _recordings(p, t_ms=np.arange(40.0)[::-1]), {"times out of order"}),
        (lambda p: _recordings(p, t_ms=np.full(40, np.inf)), {"undefined time"}),
        (lambda p: _recordings(p, eye="third"), {"unknown eye"}),
        (lambda p: _events(p, stimulus="b.png"), {"events without stimulus"}),
        (lambda p: _events(p, kind="nod"), {"unknown kind of event"}),
        (lambda p: _events(p, kind="blink"), {"repeated events"}),
        (lambda p: _events(p, onset_ms=np.array([5.0, 2.0])), {"times out of order"}),
        (lambda p: _events(p, onset_ms=np.array([5.0, np.nan])), {"undefined time"}),
        (lambda p: _events(p, duration_ms=np.array([5.0, -1.0])), {"negative duration"}),
        (lambda p: _aside(p, stimulus="b.png"), {"scanpath without stimulus"}),
        (lambda p: _aside(p, onset_ms=BACK), {"times out of order"}),
        (lambda p: replace(p, set_aside=2 * p.set_aside), {"repeated scanpath set aside"}),
        (lambda p: replace(p, rules=(ExclusionRule("P1"),)), {"rule not applied"}),
        (
            lambda p: _scanpaths(p, exclusion=np.full(6, Exclusion.BY_RULE, np.int8)),
            {"rule not applied"},
        ),
        (lambda p: _maps(p, stimulus="b.png"), {"map without stimulus"}),
        (lambda p: _maps(p, kind="dream"), {"unknown kind of map"}),
        (lambda p: _maps(p, maps=np.full((2, 3, 4), np.nan, np.float32)), {"undefined map"}),
        (lambda p: _maps(p, maps=np.full((2, 3, 4), -1, np.float32)), {"undefined map"}),
        (lambda p: _maps(p, maps=np.full((2, 3, 4), -1, np.float32), kind="evidence"), set()),
        (
            lambda p: replace(p, scores=(replace(p.scores[0], stimulus="b.png"),)),
            {"score without stimulus"},
        ),
        (
            lambda p: p.with_aois(replace(aoi, stimulus="b.png") for aoi in p.aois),
            {"area without stimulus"},
        ),
        (lambda p: p.with_aois(2 * p.aois), {"repeated area"}),
        (
            lambda p: replace(p, stimuli={"a.png": replace(p.stimuli["a.png"], width_px=9)}),
            {"wrong size"},
        ),
    ],
)
def test_planted_damages(
    folder: Path, change: Callable[[Project], Project], kinds: set[str]
) -> None:
    assert set(checked(change(whole(folder)), folder).by_kind) == kinds


def test_a_flagged_fixation_is_no_finding(folder: Path) -> None:
    flags = np.zeros(6, np.int8)
    flags[3:] = Exclusion.OFF_STIMULUS
    project = _scanpaths(whole(folder), x_px=np.arange(6.0) + 5, exclusion=flags)
    assert checked(project, folder).findings == ()


def test_rules_that_are_applied_are_no_finding(folder: Path) -> None:
    project = whole(folder).with_rules([ExclusionRule("P1"), ExclusionRule(what="first")])
    assert sum(int((~path.used).sum()) for path in project.scanpaths) == 7
    assert checked(project, folder).findings == ()


def test_a_rule_that_cannot_be_understood_hides_nothing_else(folder: Path) -> None:
    store.save(whole(folder), folder)
    file = folder / store.FILE
    file.write_text(file.read_text("utf-8").replace('"all"', '"some"'), "utf-8")
    (folder.parent / "a.png").unlink()
    assert {"unusable rule", "missing picture"} <= set(finish(check(folder)).by_kind)


def test_an_area_without_extent_is_found_and_stops_nothing_but_opening(folder: Path) -> None:
    store.save(whole(folder), folder)
    file = folder / store.FILE
    content = json.loads(file.read_bytes())
    content["aois"][0]["corners_px"] = [[1, 1], [2, 1], [3, 1]]
    file.write_text(json.dumps(content), "utf-8")
    assert finish(check(folder)).by_kind == {"unusable area": 1}
    with pytest.raises(ProjectError, match="no width or no height"):
        store.load(folder)


@pytest.mark.parametrize("stem", ["fixations", "index", "maps", "scores", "samples", "events"])
def test_damaged_arrays_hide_nothing_else(folder: Path, stem: str) -> None:
    store.save(whole(folder), folder)
    (folder.parent / "a.png").unlink()
    path = next((folder / ARRAYS).glob(f"{stem}-*"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 64
    path.write_bytes(bytes(data))
    kinds = set(finish(check(folder)).by_kind)
    assert {"missing picture", "damaged array"} <= kinds
    path.unlink()
    assert {"missing picture", "missing array"} <= set(finish(check(folder)).by_kind)


def test_without_a_project_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="not a GazeLab project"):
        finish(check(tmp_path))
