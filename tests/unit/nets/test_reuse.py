from collections.abc import Iterator

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gazelab.nets import reuse
from gazelab.nets.reuse import WeightedConv2d, convolved, reuse_pays
from gazelab.nets.sam import AttentiveConvLSTM
from gazelab.nets.winograd import quicken

CHANNELS = 64


@pytest.fixture(autouse=True)
def without_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


@given(st.integers(1, 3), st.integers(1, 7), st.integers(1, 7), st.booleans())
def test_reused_features_give_the_plain_convolution(
    n: int, rows: int, columns: int, bias: bool
) -> None:
    torch.manual_seed(rows * 10 + columns)
    conv = WeightedConv2d(CHANNELS, 24, 3, padding=1, bias=bias)
    x = torch.randn(n, CHANNELS, rows, columns)
    assert reuse_pays(x, 2)
    weighted = conv.of_features(x, 2)
    for _ in range(2):
        map_ = torch.rand(n, 1, rows, columns)
        torch.testing.assert_close(weighted(map_), conv(x * map_), rtol=0, atol=1e-5)


@given(st.integers(1, 3), st.integers(1, 4), st.sampled_from([1, 2]))
def test_channels_that_several_maps_share_are_convolved_as_if_each_had_them(
    n: int, times: int, dilation: int
) -> None:
    torch.manual_seed(10 * n + times)
    conv = torch.nn.Conv2d(5 + 3, 6, 3, padding=dilation, dilation=dilation)
    x, same = torch.randn(n * times, 5, 7, 9), torch.randn(n, 3, 7, 9)
    expected = conv(torch.cat([x, same.repeat_interleave(times, 0)], 1))
    torch.testing.assert_close(convolved(conv, x, same), expected, rtol=0, atol=1e-5)
    other = torch.nn.Sequential(conv)
    torch.testing.assert_close(convolved(other, x, same), expected, rtol=0, atol=0)


@pytest.mark.parametrize("state_bias", [False, True])
@pytest.mark.parametrize(("dtype", "close"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_the_lstm_gives_the_same_with_and_without(
    state_bias: bool, dtype: torch.dtype, close: float
) -> None:
    torch.manual_seed(1)
    lstm = AttentiveConvLSTM(CHANNELS, state_bias).to(dtype)
    lstm.attend.weight.mul_(3)  # so that attention is far from even
    x = torch.randn(2, CHANNELS, 15, 20, dtype=dtype)
    reused = lstm(x, 4)
    with torch.enable_grad():
        plain = lstm(x, 4)
    assert float(plain[1].detach().max()) * 15 * 20 > 3
    for found, expected in zip(reused, plain, strict=True):
        torch.testing.assert_close(found, expected.detach(), rtol=0, atol=close)


def test_a_bias_of_the_state_counts_from_the_first_step() -> None:
    torch.manual_seed(2)
    lstm = AttentiveConvLSTM(8, state_bias=True)
    x = torch.randn(1, 8, 5, 6)
    before = lstm(x, 1)[0]
    for conv in (lstm.gates_state, lstm.gates_input):
        assert conv.bias is not None
    bias, same = lstm.gates_state.bias, lstm.gates_input.bias
    assert bias is not None and same is not None
    bias += 0.5
    moved = lstm(x, 1)[0]
    bias -= 0.5
    same += 0.5
    torch.testing.assert_close(lstm(x, 1)[0], moved)
    assert not torch.allclose(before, moved)


def test_features_are_not_reused_where_that_does_not_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    x = torch.zeros(1, CHANNELS, 4, 4)
    assert reuse_pays(x, 4)
    assert not reuse_pays(x, 1)
    assert not reuse_pays(x[:, :16], 4)
    with torch.enable_grad():
        assert not reuse_pays(x, 4)
    with torch.autocast("cpu", torch.bfloat16):
        assert not reuse_pays(x, 4)
    monkeypatch.setattr(reuse, "_MOST_BYTES", 1000)
    assert not reuse_pays(x, 4)


def test_a_quickened_lstm_still_has_gradients() -> None:
    torch.manual_seed(3)
    lstm = AttentiveConvLSTM(256)
    x = torch.randn(1, 256, 6, 6)
    expected = lstm(x, 2)[0]
    quicken(lstm)
    assert type(lstm.gates_state) is not torch.nn.Conv2d
    with torch.enable_grad():
        x.requires_grad_()
        found = lstm(x, 2)[0]
        found.sum().backward()
    assert x.grad is not None
    torch.testing.assert_close(found.detach(), expected, rtol=0, atol=1e-4)
