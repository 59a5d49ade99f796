"""The small nouns: geometry, stimulus, attention."""

import math

import numpy as np
import pytest

from gazelab.data.attention import Attention, names_of_parts
from gazelab.data.geometry import Blur
from gazelab.data.stimulus import Stimulus


def test_a_blur_is_the_same_from_degrees_and_from_pixels() -> None:
    assert Blur.from_deg(1.5, 24.0) == Blur(36.0, 1.5)
    assert Blur.from_px(36.0, 24.0) == Blur(36.0, 1.5)


def test_without_geometry_degrees_are_undefined() -> None:
    assert math.isnan(Blur.from_px(24.0).sigma_deg)
    assert math.isnan(Blur.from_deg(1.0, math.nan).sigma_px)


def test_a_stimulus_has_rows_first() -> None:
    assert Stimulus("a", "a.png", 800, 600, "").shape == (600, 800)


def test_attention_ends_with_its_final_map() -> None:
    maps = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    attention = Attention("a.png", "sam", "attention", maps, ("1", "2"))
    assert attention.key == ("a.png", "sam", "attention")
    np.testing.assert_array_equal(attention.final, maps[1])


@pytest.mark.parametrize(
    ("shape", "steps"), [((3, 4), ("1", "2", "3")), ((2, 3, 4), ("1",)), ((1, 1, 3, 4), ("1",))]
)
def test_attention_has_a_name_for_each_step(shape: tuple[int, ...], steps: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="maps"):
        Attention("a.png", "sam", "attention", np.zeros(shape, np.float32), steps)


def test_of_a_signed_map_the_positive_part_counts() -> None:
    maps = np.array([[[-2.0, 0.0, 3.0]]], np.float32)
    evidence = Attention("a.png", "cam", "evidence", maps, ("1",))
    assert evidence.signed
    np.testing.assert_array_equal(evidence.positive, [[[0, 0, 3]]])
    np.testing.assert_array_equal(evidence.final, [[0, 0, 3]])
    attention = Attention("a.png", "cam", "attention", maps.clip(0), ("1",))
    assert not attention.signed
    assert attention.positive is attention.maps


def test_the_parts_of_a_viewing_are_named_by_their_fixations() -> None:
    assert names_of_parts((1, 3, 5, 8)) == ("1-2", "3-4", "5-7", "8+")
    assert names_of_parts((1, 2)) == ("1", "2+")
    assert names_of_parts(()) == ()


def test_the_map_of_a_whole_viewing_is_the_mean_of_its_parts() -> None:
    maps = np.array([[[1, 3]], [[6, 2]]], np.float32)
    in_time = Attention("a", "m", "saliency", maps, ("1", "2+"), parts=(1, 2))
    np.testing.assert_allclose(in_time.final, [[0.5, 0.5]])
    assert in_time.beside == (1, 2)
    usual = Attention("a", "m", "saliency", maps, ("1", "2"))
    np.testing.assert_array_equal(usual.final, maps[-1])
    assert usual.beside == 2
