from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import picture

from gazelab.nets.training.config import AugmentTable
from gazelab.nets.training.data import (
    Fixations,
    View,
    load_pictures,
    random_view,
    recoloured,
    softened,
    targets,
)
from gazelab.task import finish

SIDE = 128


def _fixations(x: list[float], y: list[float]) -> Fixations:
    return Fixations(np.array(x), np.array(y), 1 + np.arange(len(x)), (SIDE, SIDE), 4.0)


@given(st.integers(0, 10_000), st.integers(8, SIDE - 9), st.integers(8, SIDE - 9))
def test_fixations_move_with_the_picture(seed: int, column: int, row: int) -> None:
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[row - 2 : row + 3, column - 2 : column + 3] = 255
    table = AugmentTable(crop_min=0.7, aspect=0.2)
    view = random_view(np.random.default_rng(seed), table)
    moved = view.moved(_fixations([column + 0.5], [row + 0.5]))
    if not len(moved.x_px):
        return
    shown = view.cut(pixels, (64, 64))[..., 0].astype(float)
    if not shown.any():
        return
    rows, columns = np.indices(shown.shape)
    centre = (rows * shown).sum() / shown.sum(), (columns * shown).sum() / shown.sum()
    assert abs(centre[0] - moved.y_px[0] / moved.shape[0] * 64 + 0.5) < 1.5
    assert abs(centre[1] - moved.x_px[0] / moved.shape[1] * 64 + 0.5) < 1.5


@given(st.integers(0, 10_000))
def test_a_view_lies_within_the_picture(seed: int) -> None:
    view = random_view(np.random.default_rng(seed), AugmentTable(crop_min=0.5, aspect=0.4))
    assert 0 <= view.left and view.left + view.width <= 1 + 1e-9
    assert 0 <= view.top and view.top + view.height <= 1 + 1e-9


def test_fixations_outside_the_view_are_dropped() -> None:
    moved = View(left=0.5, width=0.5).moved(_fixations([10, 100], [10, 100]))
    assert moved.x_px.tolist() == [36]
    assert moved.shape == (SIDE, SIDE / 2)


def test_a_coarser_step_has_a_wider_density_and_no_counts() -> None:
    density, counts = targets(_fixations([40, 60], [40, 60]), (32, 32), (2.0, 1.0))
    np.testing.assert_allclose(density.sum((1, 2)), 1, rtol=1e-5)
    assert density[0].max() < density[1].max()
    assert counts.sum((1, 2)).tolist() == [0, 2]


def test_recolouring_keeps_the_picture_and_nothing_changes_at_zero() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    same = recoloured(pixels, np.random.default_rng(1), AugmentTable())
    assert np.abs(same.astype(int) - pixels).max() <= 1
    grey = recoloured(pixels, np.random.default_rng(1), AugmentTable(grey=1.0))
    assert (grey[..., 0] == grey[..., 1]).all() and (grey[..., 0] == grey[..., 2]).all()


def test_softening_takes_fine_detail_and_keeps_the_rest() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    table = AugmentTable(soften=1.0)
    shown = [softened(pixels, np.random.default_rng(seed), table) for seed in range(20)]
    contrasts = [each.std() / pixels.std() for each in shown]
    assert {each.shape for each in shown} == {pixels.shape}
    assert min(contrasts) < 0.2 and max(contrasts) > 0.4  # some much, some little
    np.testing.assert_allclose([each.mean() for each in shown], pixels.mean(), rtol=0.02)


def test_as_many_pictures_are_softened_as_the_table_says() -> None:
    pixels = np.zeros((32, 32, 3), np.uint8)
    number = [
        softened(pixels, np.random.default_rng(seed), AugmentTable(soften=0.25)) is not pixels
        for seed in range(400)
    ]
    assert 70 <= sum(number) <= 130


def test_unreadable_pictures_are_left_out_with_the_reason(tmp_path: Path) -> None:
    picture(tmp_path / "good.png", 300, 400)
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    loaded = finish(load_pictures([tmp_path / "good.png", tmp_path / "bad.png"], (64, 96)))
    assert loaded.pictures[tmp_path / "good.png"].shape == (90, 120, 3)
    ((path, reason),) = loaded.skipped
    assert path.name == "bad.png"
    assert "bad.png" in reason


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_fixation_on_the_edge_stays_on_the_picture(mirrored: bool) -> None:
    moved = View(mirrored=mirrored).moved(_fixations([0.0, SIDE - 1e-9], [0.0, SIDE - 1e-9]))
    assert (moved.x_px < SIDE).all()
    targets(moved, (16, 16), (1.0,))


def test_steps_that_share_out_the_viewing_have_their_own_fixations() -> None:
    fixations = _fixations([10, 20, 30, 40], [10, 20, 30, 40])
    density, counts = targets(fixations, (32, 32), (0.75,) * 3, parts=(1, 2, 9))
    assert counts.sum((1, 2)).tolist() == [1, 3, 0]
    assert np.unravel_index(density[0].argmax(), (32, 32)) == (2, 2)
    np.testing.assert_allclose(density.sum((1, 2)), [1, 1, 0], rtol=1e-5)


def test_a_crop_keeps_the_number_of_a_fixation_in_its_scanpath() -> None:
    moved = View(left=0.5, width=0.5).moved(_fixations([10, 100], [10, 100]))
    assert moved.number.tolist() == [2]
