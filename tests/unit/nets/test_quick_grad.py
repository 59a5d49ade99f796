import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from gazelab.nets.quick_grad import halving, relu6

CHANNELS = 4


def _gradients(y: Tensor, of: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    torch.manual_seed(3)
    return torch.autograd.grad(y, of, torch.randn(y.shape).to(y.dtype))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_limited_values_and_their_gradient_are_those_of_torch(dtype: torch.dtype) -> None:
    x = torch.tensor([-3.0, 0.0, 1e-3, 5.9, 6.0, 9.0, torch.nan]).to(dtype).requires_grad_()
    found, expected = relu6(x), functional.relu6(x)
    torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)
    torch.testing.assert_close(*(_gradients(y, (x,)) for y in (found, expected)), rtol=0, atol=0)


def test_without_gradients_values_are_limited_in_place() -> None:
    x = torch.tensor([-1.0, 7.0])
    with torch.no_grad():
        assert relu6(x) is x
    assert x.tolist() == [0, 6]


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([torch.float32, torch.bfloat16]))
def test_halving_and_its_gradients_are_those_of_the_convolution(
    rows: int, columns: int, dtype: torch.dtype
) -> None:
    torch.manual_seed(10 * rows + columns)
    shapes = (2, CHANNELS, rows, columns), (CHANNELS, 1, 3, 3), (CHANNELS,)
    given_ = tuple(torch.randn(shape).to(dtype).requires_grad_() for shape in shapes)
    exact = tuple(tensor.detach().double().requires_grad_() for tensor in given_)
    x, weight, bias = exact
    expected = functional.conv2d(
        functional.pad(x, (0, 2, 0, 2)), weight, bias, stride=2, groups=CHANNELS
    )
    found = halving(*given_)
    assert found.dtype is dtype
    close = 1e-5 if dtype is torch.float32 else 0.02
    for ours, theirs in zip(
        (found, *_gradients(found, given_)), (expected, *_gradients(expected, exact)), strict=True
    ):
        torch.testing.assert_close(ours.double(), theirs, rtol=close, atol=close * 4)


def test_weights_in_single_precision_learn_from_features_in_half() -> None:
    x = torch.randn(1, CHANNELS, 4, 6).bfloat16()
    weight = torch.randn(CHANNELS, 1, 3, 3, requires_grad=True)
    halving(x, weight, None).sum().backward()
    assert weight.grad is not None and weight.grad.dtype is torch.float32
    expected = x[..., ::2, ::2].float().sum((0, 2, 3))
    torch.testing.assert_close(weight.grad[:, 0, 0, 0], expected, rtol=0.01, atol=0.01)
