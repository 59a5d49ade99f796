"""Maps over the stimulus: colours, ranges, and a stimulus that stays visible."""

import warnings

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from gazelab.app.canvas.colormaps import (
    DIVERGING,
    NAMES,
    OKABE_ITO,
    participant_colour,
    participant_letter,
    rgb,
    table,
)
from gazelab.app.canvas.overlay import codes, overlay_image
from gazelab.data.image import opencv


def alphas(argb):
    return np.array([code >> 24 for code in argb])


@pytest.mark.parametrize("name", NAMES)
def test_alpha_grows_with_value_from_nothing_to_the_opacity(name):
    alpha = alphas(table(name, "value", 0.6))
    assert alpha[0] == 0
    assert alpha[255] == round(255 * 0.6)
    assert (np.diff(alpha) >= 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_lightness_grows_with_value(name):
    light = [QColor.fromRgb(code & 0xFFFFFF) for code in table(name, "solid")]
    luminance = np.array([0.2126 * c.red() + 0.7152 * c.green() + 0.0722 * c.blue() for c in light])
    assert luminance[255] - luminance[0] > 100
    assert (np.diff(luminance[::16]) > 0).all()


def test_values_below_the_threshold_are_not_drawn():
    alpha = alphas(table("viridis", "value", 1.0, 0.5))
    assert (alpha[:127] == 0).all() and (alpha[128:] > 0).all()


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="jet"):
        table("jet")
    with pytest.raises(ValueError, match="alpha mode"):
        table("viridis", "none")


def test_participants_differ_in_colour_or_letter():
    marks = {(participant_colour(k), participant_letter(k)) for k in range(100)}
    assert len(marks) == 100
    assert len(set(OKABE_ITO)) == len(OKABE_ITO)
    assert [participant_letter(k) for k in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_codes_scale_by_the_maximum_or_a_shared_one():
    values = np.array([[0, 1], [2, 4]], np.float32)
    assert codes(values, (2, 2)).tolist() == [[0, 64], [128, 255]]
    assert codes(values, (2, 2), vmax=8).tolist() == [[0, 32], [64, 128]]
    assert codes(values, (2, 2), vmax=2).max() == 255


@pytest.mark.parametrize(
    "values", [np.zeros((3, 4)), np.full((3, 4), np.nan), np.zeros((0, 0)), np.full((2, 2), -1.0)]
)
def test_a_map_without_anything_to_show_is_transparent(values):
    image = overlay_image(values, (8, 6), "viridis")
    assert (image.width(), image.height()) == (8, 6)
    assert QColor.fromRgba(image.pixel(4, 3)).alpha() == 0


def test_a_constant_map_is_even_and_values_that_are_not_finite_stay_clear():
    image = overlay_image(np.full((3, 4), 0.2), (8, 6), "viridis", 0.5)
    assert {image.pixel(x, y) for x in range(8) for y in range(6)} == {image.pixel(0, 0)}
    spoiled = np.array([[np.nan, 1.0], [-5.0, 0.5]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert codes(spoiled, (2, 2)).tolist() == [[0, 255], [0, 128]]


def test_enlarging_is_smooth_and_keeps_the_peak_where_it_is():
    values = np.zeros((30, 40), np.float32)
    values[12, 31] = 1
    big = codes(values, (800, 600))
    row, column = np.unravel_index(big.argmax(), big.shape)
    assert 240 <= row < 260 and 620 <= column < 640
    assert np.abs(np.diff(big[250].astype(int))).max() < 30


@pytest.mark.parametrize("name", NAMES)
def test_the_stimulus_stays_visible_under_a_map(qapp, name):
    stripes = np.zeros((60, 80, 4), np.uint8)
    stripes[:, ::2, :3] = 255
    stripes[..., 3] = 255
    image = QImage(stripes.data, 80, 60, QImage.Format.Format_RGB32).copy()
    values = np.tile(np.linspace(0, 1, 80), (60, 1))
    painter = QPainter(image)
    painter.drawImage(0, 0, overlay_image(values, (80, 60), name))
    painter.end()
    for x in range(0, 80, 8):
        contrast = abs(QColor(image.pixel(x, 5)).green() - QColor(image.pixel(x + 1, 5)).green())
        assert contrast > 50


def test_signed_codes_have_zero_in_the_middle():
    values = np.array([[-2, -1], [0, 4]], np.float32)
    assert codes(values, (2, 2), signed=True).tolist() == [[64, 96], [128, 255]]
    assert codes(values, (2, 2), vmax=2, signed=True).tolist() == [[0, 64], [128, 255]]
    assert codes(-values, (2, 2), signed=True).tolist() == [[191, 159], [128, 0]]


@pytest.mark.parametrize("values", [np.zeros((3, 4)), np.full((3, 4), np.nan), np.zeros((0, 0))])
def test_a_signed_map_without_anything_to_show_is_transparent(values):
    image = overlay_image(values, (8, 6), DIVERGING)
    assert QColor.fromRgba(image.pixel(4, 3)).alpha() == 0


def test_signed_values_are_as_visible_as_they_are_far_from_zero():
    alpha = alphas(table(DIVERGING, "value", 0.6))
    assert alpha[0] == alpha[255] == round(255 * 0.6)
    assert alpha[127] == alpha[128] == 0
    np.testing.assert_array_equal(alpha, alpha[::-1])
    assert (np.diff(alpha[128:]) >= 0).all()
    assert (alphas(table(DIVERGING, "value", 1.0, 0.5))[65:190] == 0).all()


def test_over_a_stimulus_small_signed_values_fade_without_turning_white():
    shown = {code & 0xFFFFFF for code in table(DIVERGING, "value")}
    ends = [table(DIVERGING, "solid")[end] & 0xFFFFFF for end in (0, 255)]
    assert shown == set(ends)
    middle = QColor.fromRgb(table(DIVERGING, "solid")[128] & 0xFFFFFF)
    assert min(middle.red(), middle.green(), middle.blue()) > 235


def test_the_signs_differ_in_hue_not_in_lightness_also_for_colour_blind_eyes():
    colours = rgb(DIVERGING).astype(np.float32)[None] / 255
    lab = opencv().cvtColor(colours, opencv().COLOR_RGB2LAB)[0]
    np.testing.assert_allclose(lab[:, 0], lab[::-1, 0], atol=1.0)
    assert (np.diff(lab[128:, 0]) < 0).all()
    for deficiency in DEFICIENT.values():
        seen = np.clip(colours**2.2 @ np.array(deficiency, np.float32).T, 0, 1) ** (1 / 2.2)
        lab = opencv().cvtColor(seen, opencv().COLOR_RGB2LAB)[0]
        assert np.linalg.norm(lab[0] - lab[255]) > 70
        assert np.linalg.norm(lab[64] - lab[191]) > 30


DEFICIENT = {
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}
"""How red, green and blue look without one kind of cone (Machado et al. 2009, rounded)."""
