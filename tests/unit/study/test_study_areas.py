import csv
from dataclasses import replace

import numpy as np
import pytest
from test_similarity import peaks_at, project  # noqa: F401  (a fixture)

from gazelab.data.aoi import Aoi
from gazelab.data.gaze import Exclusion, Origin
from gazelab.errors import SettingsError
from gazelab.metrics.resample import to_grid
from gazelab.metrics.segmentation import NO_CURVE, Segmenting, largest_f
from gazelab.report.area_summary import summarise_areas
from gazelab.report.areas import area_tables
from gazelab.report.tables import csv_of
from gazelab.study.areas import copied, measure_areas, with_areas_of, write_areas
from gazelab.task import finish

LEFT = Aoi("a", "left", np.array([(0, 0), (40, 0), (40, 60), (0, 60.0)]))
RIGHT = Aoi("a", "right", np.array([(40, 0), (80, 0), (80, 60), (40, 60.0)]))


def test_each_trial_is_measured_in_each_area(project):  # noqa: F811
    areas = finish(measure_areas(project, [LEFT, RIGHT]))
    assert len(areas.gaze) == 4 * 2
    for path in project.scanpaths_of("a"):
        rows = {row.aoi: row.found for row in areas.gaze if row.key == path.key}
        assert rows["left"].n_fixations == np.count_nonzero(path.x_px < 40)
        assert rows["left"].dwell_share + rows["right"].dwell_share == pytest.approx(1)
        assert sum(areas.moves[path.key].values()) == len(path) - 1


def test_excluded_fixations_take_no_part(project):  # noqa: F811
    paths = [
        replace(path, exclusion=np.full(len(path), Exclusion.BY_RULE, np.int8))
        for path in project.scanpaths
    ]
    areas = finish(measure_areas(replace(project, scanpaths=tuple(paths)), [LEFT]))
    assert {row.found.n_fixations for row in areas.gaze} == {0}


def test_maps_are_measured_at_each_step_and_the_first_inside_is_told(project):  # noqa: F811
    # the peaks of "seer" are at x 5, 75, 25
    areas = finish(measure_areas(project, [LEFT, RIGHT]))
    seer = {(row.aoi, row.step): row for row in areas.maps if row.source == "seer"}
    assert [seer["left", step].found.hit for step in range(4)] == [1, 1, 0, 1]
    assert {row.first_step for key, row in seer.items() if key[0] == "left"} == {1}
    assert {row.first_step for key, row in seer.items() if key[0] == "right"} == {2}
    still = [row for row in areas.maps if row.source == "still"]
    assert [row.step for row in still] == [0, 0]
    assert all(np.isnan(row.first_step) for row in still)


def test_final_maps_segment_areas_and_the_curve_is_written(project, tmp_path):  # noqa: F811
    areas = finish(measure_areas(project, [LEFT, RIGHT]))
    (seer,) = (m for m in project.attention.values() if (m.stimulus, m.source) == ("a", "seer"))
    for aoi in (LEFT, RIGHT):
        pixels = aoi.pixels(project.stimuli["a"].shape)
        segmenting = Segmenting(to_grid(seer.final, pixels.shape))
        rows = [m for m in areas.maps if (m.source, m.aoi) == ("seer", aoi.name)]
        assert rows[0].found.f_adaptive == segmenting.adaptive_f(pixels)
        assert rows[0].found.mae == segmenting.error(pixels)
        assert all(row.found.curve is NO_CURVE for row in rows[1:])
        summary = summarise_areas(areas).sources[aoi.name, "seer", "attention"]
        curve = segmenting.curve(pixels)
        assert (summary.n_curves, summary.f_max) == (1, largest_f(curve))
        folder = finish(write_areas(areas, tmp_path / aoi.name))
        with open(folder / "aoi_curves.csv", encoding="utf-8", newline="") as file:
            rows = [r for r in csv.DictReader(file) if (r["model"], r["aoi"]) == ("seer", aoi.name)]
        assert [float(row["recall"]) for row in rows] == curve.recall.tolist()
        assert max(float(row["f_measure"]) for row in rows) == summary.f_max
        assert (rows[0]["threshold"], rows[-1]["threshold"]) == ("0.0", "1.0")


def test_an_area_on_a_stimulus_that_is_not_there_is_refused(project):  # noqa: F811
    with pytest.raises(SettingsError, match="no stimulus 'nix' for the area 'left'"):
        next(measure_areas(project, [replace(LEFT, stimulus="nix")]))


def test_areas_of_the_project_are_measured_where_no_others_are_given(project):  # noqa: F811
    kept = project.with_aois([LEFT, RIGHT])
    own, named = finish(measure_areas(kept)), finish(measure_areas(project, [LEFT, RIGHT]))
    tables = zip(area_tables(own), area_tables(named), strict=True)
    assert all(csv_of(one) == csv_of(other) for one, other in tables)
    with pytest.raises(SettingsError, match="There are no areas of interest"):
        next(measure_areas(project))


def test_loaded_areas_replace_all_on_their_stimuli_and_no_others(project):  # noqa: F811
    other = Aoi("b", "left", LEFT.corners_px)
    loaded = with_areas_of(project.with_aois([LEFT, other]), [RIGHT])
    assert loaded.aois == (other, RIGHT)
    named_otherwise = with_areas_of(project, [replace(LEFT, stimulus="C:\\pictures\\A.jpg")])
    assert [aoi.key for aoi in named_otherwise.aois] == [("a", "left")]
    with pytest.raises(SettingsError, match="'left' of a is there twice"):
        with_areas_of(project, [LEFT, replace(LEFT, stimulus="a.jpg")])
    with pytest.raises(SettingsError, match="no stimulus 'nix'"):
        with_areas_of(project, [replace(LEFT, stimulus="nix")])


def test_areas_are_copied_to_stimuli_of_the_same_size_alone(project):  # noqa: F811
    alike = replace(project.stimuli["a"], id="c")
    project = replace(project, stimuli={**project.stimuli, "c": alike})
    old = Aoi("c", "left", RIGHT.corners_px)
    copy, left_out = copied(project.with_aois([LEFT, old]), [LEFT])
    assert left_out == 1  # b has another size
    assert [aoi.key for aoi in copy.aois] == [("a", "left"), ("c", "left")]
    assert np.array_equal(copy.aois[1].corners_px, LEFT.corners_px)


def test_tables_say_what_was_assumed(project, tmp_path):  # noqa: F811
    made_up = [
        replace(path, origin=Origin("table", synthetic_onsets=True)) for path in project.scanpaths
    ]
    project = replace(project, scanpaths=tuple(made_up))
    nowhere = replace(LEFT, name="nowhere", corners_px=LEFT.corners_px - 500)
    areas = finish(measure_areas(project, [LEFT, nowhere]))
    folder = finish(write_areas(areas, tmp_path / "out"))
    with open(folder / "aoi_gaze.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["aoi"] == "nowhere")
    assert (row["n_fixations"], row["dwell_ms"], row["first_ms"]) == ("0", "0.0", "NA")
    assert row["note"] == "never fixated; onsets are running sums of durations"
    assert {path.name for path in folder.iterdir()} == {
        "aoi_curves.csv",
        "aoi_gaze.csv",
        "aoi_models.csv",
        "aoi_transitions.csv",
        "aois.csv",
        "data_dictionary.json",
    }
