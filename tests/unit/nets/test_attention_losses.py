import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from gazelab.nets.attention_losses import doubly_stochastic, entropy, guidance, js_divergence


def _maps(seed: int, steps: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.softmax(torch.randn(2, steps, 20, generator=generator) * 2, -1).view(
        2, steps, 4, 5
    )


@given(st.integers(0, 1000))
def test_doubly_stochastic_is_the_sum_of_squares_over_positions(seed: int) -> None:
    maps = _maps(seed)
    slowly = [
        sum(
            (3 / 20 - sum(float(maps[n, t, r, c]) for t in range(3))) ** 2
            for r in range(4)
            for c in range(5)
        )
        for n in range(2)
    ]
    np.testing.assert_allclose(doubly_stochastic(maps), slowly, rtol=1e-4, atol=1e-7)


def test_glimpses_that_share_out_the_picture_cost_nothing() -> None:
    maps = torch.zeros(1, 2, 2, 2)
    maps[0, 0, 0], maps[0, 1, 1] = 0.5, 0.5
    assert doubly_stochastic(maps) == 0
    assert doubly_stochastic(maps[:, [0, 0]]) == pytest.approx(1.0)


def test_entropy_is_zero_for_one_cell_and_largest_for_an_even_map() -> None:
    maps = torch.zeros(1, 2, 4, 4)
    maps[0, 0, 1, 2] = 1
    maps[0, 1] = 1 / 16
    np.testing.assert_allclose(entropy(maps)[0], [0, np.log(16)], atol=1e-6)


def test_js_divergence_is_zero_together_and_log_two_apart() -> None:
    maps = torch.zeros(1, 2, 1, 2)
    maps[0, 0, 0, 0] = maps[0, 1, 0, 1] = 1
    assert float(js_divergence(maps[:, :1], maps[:, 1:])) == pytest.approx(np.log(2))
    assert float(js_divergence(maps[:, :1], maps[:, :1])) == pytest.approx(0, abs=1e-6)


@given(st.integers(0, 1000))
def test_guidance_is_kl_over_the_known_steps(seed: int) -> None:
    attention, human = _maps(seed), _maps(seed + 1)
    known = torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    kl = (human * (human / attention).log()).sum((2, 3))
    expected = torch.stack([(kl[0, 0] + kl[0, 2]) / 2, torch.tensor(0.0)])
    torch.testing.assert_close(guidance(attention, human, known), expected, rtol=1e-4, atol=1e-5)


def test_guidance_does_not_ask_for_a_sum_of_one() -> None:
    attention, human = _maps(0), _maps(1)
    known = torch.ones(2, 3)
    torch.testing.assert_close(
        guidance(7 * attention, human, known), guidance(attention, human, known)
    )
