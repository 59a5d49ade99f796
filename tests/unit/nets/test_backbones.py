from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.image import read_rgb, resized
from gazelab.errors import ModelError
from gazelab.nets.backbones import (
    IMAGENET_FILE,
    Conv,
    InvertedResidual,
    MobileNetV2,
    load_imagenet,
)


@given(st.integers(1, 9), st.integers(1, 9))
def test_interleaved_grids_equal_a_dilated_convolution(rows: int, columns: int) -> None:
    torch.manual_seed(rows * 10 + columns)
    layer = Conv(3, 3, 3, dilation=2, groups=3, linear=True)
    x = torch.randn(2, 3, rows, columns)
    expected = torch.nn.functional.conv2d(
        x, layer.conv.weight, layer.conv.bias, padding=2, dilation=2, groups=3
    )
    torch.testing.assert_close(layer(x), expected)


def test_strided_convolutions_pad_right_and_below_only() -> None:
    layer = Conv(2, 2, 3, stride=2, linear=True)
    x = torch.randn(1, 2, 8, 10)
    padded = torch.nn.functional.pad(x, (0, 1, 0, 1))
    expected = torch.nn.functional.conv2d(padded, layer.conv.weight, layer.conv.bias, stride=2)
    torch.testing.assert_close(layer(x), expected)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 6]))
def test_blocks_give_the_same_with_and_without_gradients(
    rows: int, columns: int, expansion: int
) -> None:
    torch.manual_seed(rows * 10 + columns)
    block = InvertedResidual(4, 5, expansion, stride=2, dilation=1)
    x = torch.randn(2, 4, rows, columns)
    with torch.no_grad():
        inferred = block(x)
    torch.testing.assert_close(inferred, block(x).detach())


@pytest.mark.parametrize(("stride", "grid"), [(16, (4, 6)), (32, (2, 3))])
def test_feature_grids_follow_the_output_stride(stride: int, grid: tuple[int, int]) -> None:
    with torch.no_grad():
        fine, middle, last = MobileNetV2(stride, head=True)(torch.zeros(1, 3, 64, 96))
    assert fine.shape == (1, 32, 8, 12)
    assert middle.shape == (1, 96, 4, 6)
    assert last.shape == (1, 1280, *grid)


def test_missing_starting_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"mobilenet_v2.*\[start\]"):
        load_imagenet(MobileNetV2(), tmp_path)


def test_starting_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    arrays = {"000_w": np.zeros((32, 3, 3, 4), np.float32), "000_b": np.zeros(32, np.float32)}
    np.savez(tmp_path / "mobilenet_v2_1.0_224_quant.npz", **arrays)
    with pytest.raises(ModelError, match="do not fit"):
        load_imagenet(MobileNetV2(), tmp_path)


@pytest.mark.parametrize(
    ("category", "expected"),
    [("platypus", "platypus"), ("llama", "llama"), ("soccer_ball", "soccer ball")],
)
def test_imagenet_weights_name_everyday_pictures(
    shared_data: Path, category: str, expected: str
) -> None:
    weights = shared_data / "weights"
    net = MobileNetV2(output_stride=32, head=True).eval()
    load_imagenet(net, weights)
    pixels = resized(
        read_rgb(sorted((shared_data / "caltech101" / category).iterdir())[0]), 224, 224
    )
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        features = net(x)[-1].mean((2, 3)).numpy()[0]
    with np.load(weights / IMAGENET_FILE, allow_pickle=False) as file:
        last = max(name for name in file.files if name.endswith("_w"))
        weight, bias = file[last].reshape(1001, -1), file[last.replace("_w", "_b")]
    labels = (weights / "imagenet_labels.txt").read_text().splitlines()
    assert labels[int((weight @ features + bias).argmax())].startswith(expected)
