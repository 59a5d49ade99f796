"""The losses equal the formulas of the papers, written out on their own here."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from gazelab.nets.losses import Weights
from gazelab.nets.objectives import mlnet_loss, objective, penalty

SAM_2018 = Weights(kl=10.0, cc=2.0, nss=1.0, steps=(1.0,))
EPS = 1e-15
"""Keeps divisions by 0 away; the paper's 1e-7 would be seen in maps as small as these."""


def _case(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a predicted map, human density and a binary map of fixations."""
    rng = np.random.default_rng(seed)
    predicted, human = rng.random((2, 6, 7)) + 0.01
    fixated = rng.random((6, 7)) < 0.3
    fixated[2, 3] = True
    return predicted, human / human.max(), fixated


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.float64))[None, None]


def _sam_2018(y: np.ndarray, q: np.ndarray, fixated: np.ndarray) -> float:
    """Return 10 KL - 2 CC - NSS of Cornia et al. (2018)."""
    y = y / y.max()
    p, q = y / (y.sum() + EPS), q / (q.sum() + EPS)
    kl = np.sum(q * np.log(q / (p + EPS) + EPS))
    n = p.size
    covariance = np.sum(p * q) - p.sum() * q.sum() / n
    spread = (np.sum(p**2) - p.sum() ** 2 / n) * (np.sum(q**2) - q.sum() ** 2 / n)
    z = (y - y.mean()) / (y.std() + EPS)
    nss = np.sum(fixated * z) / fixated.sum()
    return float(10 * kl - 2 * covariance / np.sqrt(spread) - nss)


@given(st.integers(0, 10_000))
def test_weights_of_10_2_and_1_are_the_loss_of_sam(seed: int) -> None:
    y, q, fixated = _case(seed)
    density = (y / y.sum(), q / q.sum())
    found = objective("density", SAM_2018)(
        _tensor(np.log(density[0])), _tensor(density[1]), _tensor(fixated)
    )
    assert found.item() - 2 == pytest.approx(_sam_2018(y, q, fixated), abs=1e-6)


@given(st.integers(0, 10_000))
def test_mlnet_weighs_deviations_by_how_much_people_looked(seed: int) -> None:
    y, g, fixated = _case(seed)
    expected = np.mean((y / y.max() - g) ** 2 / (1 - g + 0.1))
    found = objective("mlnet", Weights(steps=(1.0,)))(
        _tensor(np.log(y / y.sum())), _tensor(g / g.sum()), _tensor(fixated)
    )
    assert found.item() == pytest.approx(float(expected))


def test_mlnet_counts_steps_by_their_weights() -> None:
    y, g, fixated = _case(3)
    maps = torch.cat([_tensor(np.log(y)), _tensor(np.log(g))], 1)
    first, last, both = (
        mlnet_loss(maps, _tensor(g), _tensor(fixated), steps).item()
        for steps in ((1.0, 0.0), (0.0, 1.0), (1.0, 3.0))
    )
    assert last == pytest.approx(0)
    assert both == pytest.approx(first / 4)


def test_most_networks_add_nothing() -> None:
    assert penalty(nn.Linear(2, 2)) == 0
