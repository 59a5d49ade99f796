from collections.abc import Iterator

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from gazelab.nets.sam_paper import sam_vgg
from gazelab.nets.winograd import WinogradConv2d, quicken


@pytest.fixture(autouse=True)
def without_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


@given(
    st.sampled_from([3, 5]),
    st.integers(1, 4),
    st.tuples(st.integers(1, 2), st.integers(1, 11), st.integers(1, 11)),
    st.booleans(),
    st.sampled_from([torch.contiguous_format, torch.channels_last]),
)
def test_fewer_products_give_the_same_convolution(
    kernel: int, dilation: int, shape: tuple[int, int, int], bias: bool, layout: torch.memory_format
) -> None:
    torch.manual_seed(kernel * 10 + dilation)
    padding = kernel // 2 * dilation
    conv = nn.Conv2d(7, 5, kernel, padding=padding, dilation=dilation, bias=bias)
    n, rows, columns = shape
    x = torch.randn(n, 7, rows, columns).to(memory_format=layout)
    torch.testing.assert_close(WinogradConv2d(conv)(x), conv(x), rtol=0, atol=2e-5)


def test_rounding_stays_small_over_many_channels() -> None:
    torch.manual_seed(1)
    for kernel in (3, 5):
        conv = nn.Conv2d(512, 256, kernel, padding=kernel // 2)
        x = torch.randn(1, 512, 12, 12).relu()
        exact = conv.double()(x.double()).float()
        found = WinogradConv2d(conv.float())(x)
        assert float((found - exact).abs().max()) < 5e-5 * float(exact.std())


def test_only_wide_convolutions_that_keep_the_size_are_replaced() -> None:
    wide = nn.Conv2d(256, 256, 3, padding=1)
    others = (
        nn.Conv2d(256, 256, 3, padding=1, stride=2),
        nn.Conv2d(256, 256, 3),
        nn.Conv2d(256, 256, 1),
        nn.Conv2d(256, 256, 3, padding=1, groups=2),
        nn.Conv2d(256, 256, 3, padding=1, padding_mode="reflect"),
        nn.Conv2d(256, 256, (3, 5), padding=(1, 2)),
        nn.Conv2d(64, 256, 3, padding=1),
    )
    net = nn.Sequential(wide, *others)
    quicken(net)
    assert isinstance(net[0], WinogradConv2d)
    assert tuple(net[1:]) == others


def test_a_whole_network_gives_the_same_maps() -> None:
    torch.manual_seed(1)
    net = sam_vgg(channels=256, steps=2, priors=4).eval()
    for conv in (net.wide_1, net.wide_2, net.readout, net.lstm.attend):
        conv.weight.mul_(15)  # so that the maps are far from even
    pixels = torch.rand(1, 3, 64, 80) * 2 - 1
    density, attention = net(pixels)
    quicken(net)
    assert isinstance(net.lstm.gates_state, WinogradConv2d)
    found_density, found_attention = net(pixels)
    for found, plain in ((found_density.exp(), density.exp()), (found_attention, attention)):
        assert float(plain.max()) > 2 * float(plain.mean())
        torch.testing.assert_close(found, plain, rtol=0, atol=1e-4 * float(plain.max()))
