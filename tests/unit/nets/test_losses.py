import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.maps import cc
from gazelab.metrics.points import log_likelihood as metric_log_likelihood
from gazelab.metrics.points import nss
from gazelab.nets import losses


def _case(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    predicted, human = rng.random((2, 6, 7)) + 0.01
    counts = rng.integers(0, 3, (6, 7))
    counts[2, 3] += 1
    return predicted / predicted.sum(), human / human.sum(), counts


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.float64))[None, None]


@given(st.integers(0, 10_000))
def test_training_terms_equal_the_metrics(seed: int) -> None:
    predicted, human, counts = _case(seed)
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    prediction, truth = Prediction(predicted), Truth(predicted.shape, cells, human)
    log_density = _tensor(np.log(predicted))
    assert losses.scanpath_saliency(log_density, _tensor(counts)).item() == pytest.approx(
        nss(prediction, truth), abs=1e-6
    )
    assert losses.correlation(log_density, _tensor(human)).item() == pytest.approx(
        cc(prediction, truth), abs=1e-6
    )
    assert losses.log_likelihood(log_density, _tensor(counts)).item() == pytest.approx(
        metric_log_likelihood(prediction, truth), abs=1e-6
    )
    kl = float(np.sum(human * np.log(human / predicted)))
    assert losses.kl_divergence(log_density, _tensor(human)).item() == pytest.approx(kl, abs=1e-6)


def test_a_perfect_prediction_has_no_divergence() -> None:
    human = _case(1)[1]
    assert losses.kl_divergence(_tensor(np.log(human)), _tensor(human)).item() == pytest.approx(0)
    assert losses.correlation(_tensor(np.log(human)), _tensor(human)).item() == pytest.approx(1)


def test_steps_count_by_their_weights() -> None:
    good, bad, counts = _case(2)
    log_density = torch.cat([_tensor(np.log(bad)), _tensor(np.log(good))], 1)
    weights = [losses.Weights(steps=steps) for steps in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0))]
    first, last, both = (
        losses.saliency_loss(log_density, _tensor(good), _tensor(counts), w).item() for w in weights
    )
    assert both == pytest.approx((first + last) / 2)
    assert last < first


def test_a_flat_map_gives_a_finite_loss() -> None:
    flat = torch.full((1, 1, 4, 4), -math.log(16), requires_grad=True)
    human = torch.full((1, 1, 4, 4), 1 / 16)
    loss = losses.saliency_loss(flat, human, torch.ones(1, 1, 4, 4), losses.Weights(steps=(1.0,)))
    loss.sum().backward()
    assert flat.grad is not None
    assert torch.isfinite(flat.grad).all()


def test_confusion_is_the_chance_of_taking_a_fixation_for_one_of_another_step() -> None:
    even = torch.full((1, 2, 2, 2), 0.25, dtype=torch.float64).log()
    counts = torch.zeros(1, 2, 2, 2, dtype=torch.float64)
    assert losses.confusion(even, counts).item() == 0
    counts[0, 0, 0, 0], counts[0, 1, 1, 1] = 3, 1
    assert losses.confusion(even, counts).item() == pytest.approx(math.log(2))
    first = [[0.7, 0.1], [0.1, 0.1]]
    second = [[0.1, 0.1], [0.1, 0.7]]
    apart = torch.tensor([[first, second]], dtype=torch.float64).log()
    assert losses.confusion(apart, counts).item() == pytest.approx(-math.log(0.7 / 0.8))
    weights = losses.Weights(steps=(1, 1)), losses.Weights(steps=(1, 1), apart=0.5)
    human = torch.full_like(counts, 0.25)
    without, with_ = (losses.saliency_loss(apart, human, counts, w).item() for w in weights)
    assert with_ - without == pytest.approx(0.5 * -math.log(0.7 / 0.8))
