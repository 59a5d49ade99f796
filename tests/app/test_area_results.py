"""Tables of areas say of how many trials or pictures each number is, and in what unit."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt

from gazelab.app.aois.results import (
    by_participant,
    segmentation,
    side_by_side,
    transition_matrix,
)
from gazelab.app.aois.results_model import ResultsModel
from gazelab.data.aoi import Aoi, rectangle
from gazelab.metrics.areas import AoiAttention, AoiGaze
from gazelab.metrics.segmentation import Curve, largest_f
from gazelab.report.area_summary import summarise_areas
from gazelab.report.areas import AreaRow, Areas, MapRow

NAN = math.nan
LOOKED = AoiGaze(3, 2, 900.0, 0.5, 400.0, 2.0)
NEVER = AoiGaze(0, 0, 0.0, 0.0, NAN, NAN)


def gaze(who: str, stimulus: str, aoi: str, found: AoiGaze, n_used: int = 6) -> AreaRow:
    return AreaRow((who, stimulus, "1"), aoi, found, n_used, 1, 0.25)


def peak(stimulus: str, step: int, hit: float, first: float = NAN) -> MapRow:
    found = AoiAttention(0.2, 0.1, 2.0, hit)
    return MapRow(stimulus, "sam-s", "saliency", "face", step, found, first)


def areas(*maps: MapRow) -> Areas:
    box = rectangle(0, 0, 9, 9)
    return Areas(
        (Aoi("a", "face", box), Aoi("b", "face", box), Aoi("b", "hand", box)),
        (
            gaze("p", "a", "face", LOOKED),
            gaze("q", "a", "face", NEVER),
            gaze("p", "b", "face", NEVER),
            gaze("p", "b", "hand", LOOKED),
            gaze("q", "b", "face", AoiGaze(0, 0, 0.0, NAN, NAN, NAN), 0),
            gaze("q", "b", "hand", AoiGaze(0, 0, 0.0, NAN, NAN, NAN), 0),
        ),
        maps,
        {
            ("p", "a", "1"): Counter({("face", "face"): 3, ("face", ""): 1}),
            ("p", "b", "1"): Counter({("", "hand"): 5}),
        },
    )


def test_people_and_models_stand_side_by_side_with_their_n() -> None:
    maps = (peak("a", 0, 1, 2), peak("a", 1, 0, 2), peak("a", 2, 1, 2), peak("b", 0, 0))
    shown = side_by_side(summarise_areas(areas(*maps)))
    assert [(line.aoi, line.cells[1].text) for line in shown.lines] == [
        ("face", "People"),
        ("face", "sam-s saliency"),
        ("hand", "People"),
    ]
    people, model, _ = ([cell.text for cell in line.cells[2:]] for line in shown.lines)
    # n, share, of picture, reached, first inside, first fixation, dwell, fixations, visits
    assert people == [
        "3 trials",
        "16.7",
        "25.0",
        "33.3",
        "2.00 (1)",
        "400 (1)",
        "300",
        "1.00",
        "0.67",
    ]
    assert model == ["2 pictures", "20.0", "10.0", "50.0", "2.00 (1)", "–", "–", "–", "–"]
    assert len(shown.titles) == 2 + len(people)
    for words in ("3 trials of 2 participants on 2 pictures", "18 fixations", "4 are excluded",
                  "Left out: 1 trial without"):  # fmt: skip
        assert words in shown.caption


def test_one_picture_has_its_areas_and_trials_alone() -> None:
    shown = side_by_side(summarise_areas(areas(), "a"))
    assert [line.aoi for line in shown.lines] == ["face"]
    assert shown.lines[0].cells[2].text == "2 trials"
    assert "2 trials of 2 participants on 1 picture," in shown.caption
    assert "Models" not in shown.caption


def test_what_nobody_reached_is_na_and_not_0() -> None:
    face = Aoi("a", "face", rectangle(0, 0, 9, 9))
    shown = side_by_side(summarise_areas(Areas((face,), (gaze("p", "a", "face", NEVER),))))
    assert [cell.text for cell in shown.lines[0].cells[6:8]] == ["NA (0)", "NA (0)"]


def test_each_participant_has_a_row_for_each_area() -> None:
    shown = by_participant(summarise_areas(areas()))
    found = [(line.participant, line.aoi, line.cells[2].text) for line in shown.lines]
    assert found == [
        ("p", "face", "2 trials"),
        ("q", "face", "1 trial"),
        ("p", "hand", "1 trial"),
        ("q", "hand", "0 trials"),
    ]
    assert all(len(line.cells) == len(shown.titles) for line in shown.lines)


def test_the_transition_matrix_has_counts_and_shares_of_its_rows() -> None:
    shown = transition_matrix(summarise_areas(areas()))
    assert shown.labels == ("from face", "from hand", "from elsewhere")
    assert [title for title, _ in shown.titles] == ["to face", "to hand", "to elsewhere"]
    texts = [[cell.text for cell in line.cells] for line in shown.lines]
    face_on_a_hand_on_b = replace(areas(), aois=areas().aois[::2])
    apart = transition_matrix(summarise_areas(face_on_a_hand_on_b))
    assert [cell.text for cell in apart.lines[0].cells] == ["3 (75%)", "–", "1 (25%)"]
    assert texts == [["3 (75%)", "0", "1 (25%)"], ["0", "0", "0"], ["0", "5 (100%)", "0"]]
    assert shown.lines[0].cells[0].heat == pytest.approx(0.75)
    assert math.isnan(shown.lines[1].cells[0].heat)
    assert "9 transitions in 3 trials" in shown.caption


def test_rows_are_sorted_by_numbers_and_not_by_their_texts() -> None:
    model = ResultsModel()
    model.show_table(side_by_side(summarise_areas(areas(peak("a", 0, 1)))))
    column = 2  # 3 trials, 1 picture, 1 trial
    model.sort(column, Qt.SortOrder.DescendingOrder)
    texts = [model.index(row, column).data() for row in range(model.rowCount())]
    assert texts == ["3 trials", "1 picture", "1 trial"]
    assert model.line(0).aoi == "face"
    model.sort(-1)
    assert model.line(2).aoi == "hand"
    assert model.rowCount(QModelIndex()) == 3


def test_cells_of_a_heat_map_are_coloured_and_can_be_read() -> None:
    model = ResultsModel()
    model.show_table(transition_matrix(summarise_areas(areas())))
    brush = [model.index(2, 1).data(role) for role in
             (Qt.ItemDataRole.BackgroundRole, Qt.ItemDataRole.ForegroundRole)]  # fmt: skip
    dark, light = sorted(b.color().lightness() for b in brush)
    assert light - dark > 80
    assert model.index(1, 1).data(Qt.ItemDataRole.BackgroundRole) is None


def test_segmentation_says_how_well_the_final_maps_cut_areas_out() -> None:
    half = Curve(np.linspace(0.5, 1, 256), np.linspace(1, 0, 256))
    found = AoiAttention(0.2, 0.1, 2.0, 1.0, 0.4, 0.25, half)
    flat = AoiAttention(0.1, 0.1, 1.0, 1.0)
    maps = (
        MapRow("a", "sam-s", "saliency", "face", 0, found, NAN),
        MapRow("b", "sam-s", "saliency", "face", 0, flat, NAN),
        MapRow("b", "flat", "saliency", "face", 0, flat, NAN),
    )
    shown = segmentation(summarise_areas(areas(*maps)))
    assert [title for title, _ in shown.titles[4:]] == ["F adaptive ↑", "F max ↑", "MAE ↓"]
    best = largest_f(half)
    assert [[cell.text for cell in line.cells] for line in shown.lines] == [
        ["face", "sam-s saliency", "1 picture", "10.0", "0.400", f"{best:.3f}", "0.250"],
        ["face", "flat saliency", "0 pictures", "10.0", "NA", "NA", "NA"],
    ]
    assert "beta² = 0.3" in shown.caption
