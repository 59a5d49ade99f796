"""A network's looks at a picture, and the sizes to which pictures are scaled."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from gazelab.nets.catalog import architecture
from gazelab.nets.looks import input_shape, looked
from gazelab.nets.sam import SamS

PIXELS = torch.rand((1, 3, 64, 96), generator=torch.Generator().manual_seed(3)) * 2 - 1


def net(**looking: float) -> SamS:
    torch.manual_seed(2)
    return SamS(channels=16, steps=2, priors=4, **looking).eval()


def density(made: SamS, pixels: Tensor = PIXELS) -> Tensor:
    with torch.no_grad():
        return looked(made, pixels)[0]


def test_a_mirrored_network_sees_left_and_right_alike() -> None:
    both = density(net(mirrored=True))
    torch.testing.assert_close(density(net(mirrored=True), PIXELS.flip(-1)).flip(-1), both)
    once = density(net())
    torch.testing.assert_close((once + density(net(), PIXELS.flip(-1)).flip(-1)) / 2, both)
    assert not torch.allclose(both, once, rtol=1e-2)


@pytest.mark.parametrize(
    "looking",
    [{}, {"mirrored": True}, {"scale": 0.6}, {"mirrored": True, "scale": 0.75, "blur_px": 9.0}],
)
def test_maps_of_any_looks_sum_to_1_on_the_grids_of_the_network(
    looking: dict[str, float],
) -> None:
    with torch.no_grad():
        log_density, attended = net()(PIXELS)
        maps, attention = looked(net(**looking), PIXELS)
    assert maps.shape == log_density.shape and attention.shape == attended.shape
    assert maps.min() > 0
    torch.testing.assert_close(maps.sum((-2, -1)), torch.ones(1, 2))
    torch.testing.assert_close(attention.sum((-2, -1)), torch.ones(1, 2))


def test_a_second_look_is_at_the_smaller_picture() -> None:
    made, sizes = net(scale=0.5), []
    made.register_forward_pre_hook(lambda _, inputs: sizes.append(tuple(inputs[0].shape[-2:])))
    density(made)
    assert sizes == [(64, 96), (32, 48)]


def test_the_blur_is_a_gaussian_in_pixels_of_the_input() -> None:
    made = net(blur_px=8.0)
    made.forward = lambda _: (impulse.log(), attention)  # type: ignore[method-assign]
    impulse, attention = torch.zeros(1, 1, 32, 40), torch.ones(1, 1, 8, 10) / 80
    impulse[..., 16, 18] = 1
    y, x = torch.arange(32.0)[:, None] - 16, torch.arange(40.0) - 18
    gaussian = torch.exp(-(x**2 + y**2) / (2 * 2.0**2))  # a cell is 4 pixels
    found = density(made, torch.zeros(1, 3, 128, 160))[0, 0]
    torch.testing.assert_close(found, gaussian / gaussian.sum(), atol=1e-7, rtol=1e-4)


@pytest.mark.parametrize("looking", [{"scale": 1.5}, {"scale": 0.0}, {"blur_px": -1.0}])
def test_looks_that_make_no_sense_are_refused(looking: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(looking))):
        architecture("sam-s").build(looking, 0)


@given(st.integers(1, 6000), st.integers(1, 6000))
def test_input_keeps_the_aspect_ratio_and_the_area(rows: int, columns: int) -> None:
    high, wide = input_shape(rows, columns, 240 * 320)
    assert high % 16 == 0 and wide % 16 == 0
    assert 0.85 < high * wide / (240 * 320) < 1.15
    aspect = min(max(columns / rows, 1 / 3), 3)
    assert abs(wide / high / aspect - 1) < 0.11


def test_a_four_to_three_picture_is_taken_as_in_training() -> None:
    assert input_shape(600, 800, 240 * 320) == (240, 320)
    assert input_shape(800, 600, 240 * 320) == (320, 240)
