"""Each formula against its paper's, written out in loops, and against what must hold."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from tiny_classifiers import noise, tiny_classifier
from torch import Tensor

from gazelab.nets import attribution
from gazelab.nets.attribution import OF_FEATURES, OF_GRADIENTS, cam, eigen_cam, score_cam
from gazelab.nets.classifier import looking

Loop = Callable[[np.ndarray, np.ndarray], np.ndarray]


def weighted(features: np.ndarray, weights: list[float]) -> np.ndarray:
    return sum(w * channel for w, channel in zip(weights, features, strict=True))


def loop_grad_cam(features: np.ndarray, g: np.ndarray) -> np.ndarray:
    return weighted(features, [channel.mean() for channel in g])


def loop_grad_cam_plus(features: np.ndarray, g: np.ndarray) -> np.ndarray:
    weights = []
    for channel, of in zip(features, g, strict=True):
        weight = 0.0
        for value in of.ravel():
            if value > 0:
                a = value**2 / (2 * value**2 + channel.sum() * value**3)
                weight += a * value
        weights.append(weight)
    return weighted(features, weights)


def loop_hires_cam(features: np.ndarray, g: np.ndarray) -> np.ndarray:
    return sum(channel * of for channel, of in zip(features, g, strict=True))


def loop_layer_cam(features: np.ndarray, g: np.ndarray) -> np.ndarray:
    return sum(channel * np.maximum(of, 0) for channel, of in zip(features, g, strict=True))


def loop_x_grad_cam(features: np.ndarray, g: np.ndarray) -> np.ndarray:
    weights = []
    for channel, of in zip(features, g, strict=True):
        shares = channel / channel.sum() if channel.sum() else np.zeros_like(channel)
        weights.append((shares * of).sum())
    return weighted(features, weights)


LOOPS: dict[str, Loop] = {
    "grad-cam": loop_grad_cam,
    "grad-cam++": loop_grad_cam_plus,
    "hires-cam": loop_hires_cam,
    "layer-cam": loop_layer_cam,
    "xgrad-cam": loop_x_grad_cam,
}

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))


def numbers(low: float) -> st.SearchStrategy[float]:
    """Return numbers that are 0 or far enough from it that cubes do not vanish."""
    return st.floats(low, 8).map(lambda x: 0.0 if abs(x) < 1e-3 else x)


@st.composite
def layers(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draw features as after a ReLU, and gradients."""
    shape = draw(SHAPES)
    features = draw(npst.arrays(np.float64, shape, elements=numbers(0.0)))
    return features, draw(npst.arrays(np.float64, shape, elements=numbers(-8.0)))


def batch(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array)[None]


def test_every_formula_has_a_loop() -> None:
    assert LOOPS.keys() == OF_GRADIENTS.keys()


@pytest.mark.parametrize("method", OF_GRADIENTS)
@given(layer=layers())
def test_a_formula_is_that_of_its_paper(method: str, layer: tuple[np.ndarray, np.ndarray]) -> None:
    features, gradients = layer
    found = OF_GRADIENTS[method](batch(features), batch(gradients))[0].numpy()
    np.testing.assert_allclose(found, LOOPS[method](features, gradients), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("method", OF_GRADIENTS)
@given(layer=layers(), factor=st.sampled_from([1e-12, 1e6]))
def test_maps_are_finite_whatever_the_scale(
    method: str, layer: tuple[np.ndarray, np.ndarray], factor: float
) -> None:
    features, gradients = layer
    shifted = features - features.mean() if features.size > 1 else features
    for values in (features, shifted, -features, np.full_like(features, features.flat[0])):
        found = OF_GRADIENTS[method](batch(values).float(), batch(gradients * factor).float())
        assert torch.isfinite(found).all()


@given(layer=layers())
def test_a_negative_sum_does_not_blow_grad_cam_plus_up(
    layer: tuple[np.ndarray, np.ndarray],
) -> None:
    features, gradients = layer
    found = OF_GRADIENTS["grad-cam++"](batch(-features), batch(gradients))
    most = features.sum() * np.maximum(gradients, 0).sum()
    assert found.abs().max() <= most / 2 + 1e-9


@pytest.mark.parametrize("method", OF_FEATURES)
@given(layer=layers())
def test_maps_of_features_alone_are_finite_and_not_negative(
    method: str, layer: tuple[np.ndarray, np.ndarray]
) -> None:
    found = OF_FEATURES[method](batch(layer[0]).float())
    assert torch.isfinite(found).all()
    assert float(found.min()) >= -1e-4 * max(float(found.max()), 1e-3)


@given(layer=layers())
def test_activation_energy_is_the_sum_of_squares(layer: tuple[np.ndarray, np.ndarray]) -> None:
    found = attribution.activation(batch(layer[0]))[0].numpy()
    np.testing.assert_allclose(found, (layer[0] ** 2).sum(0), rtol=1e-12)


@given(features=npst.arrays(np.float64, SHAPES, elements=numbers(-8.0)))
def test_eigen_cam_holds_the_most_that_one_pattern_of_channels_can(features: np.ndarray) -> None:
    """The first singular value is the length of the longest projection."""
    found = eigen_cam(batch(features))[0].numpy()
    matrix = features.reshape(len(features), -1)
    size = math.sqrt(max(np.linalg.eigvalsh(matrix @ matrix.T).max(), 0))
    assert np.linalg.norm(found) == pytest.approx(size, rel=1e-6, abs=1e-6)
    again = matrix.T @ (matrix @ found.ravel())
    np.testing.assert_allclose(again, size**2 * found.ravel(), rtol=1e-6, atol=1e-6)
    assert found.sum() >= -1e-6


@given(seed=st.integers(0, 50), class_=st.integers(0, 2))
def test_on_an_averaged_layer_gradient_methods_are_the_cam_over_the_positions(
    seed: int, class_: int
) -> None:
    classifier = tiny_classifier(seed)
    assert classifier.linear is not None
    with looking(classifier, "late", noise(seed=seed), gradients=True) as seen:
        (gradients,) = torch.autograd.grad(seen.logits[:, class_].sum(), seen.features)
    features = seen.features.detach()
    rows, columns = features.shape[2:]
    weight = classifier.linear.weight.detach()[class_].expand(len(features), -1)
    expected = cam(features, weight) / (rows * columns)
    for method in ("grad-cam", "hires-cam", "xgrad-cam"):
        found = OF_GRADIENTS[method](features, gradients)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)


@torch.no_grad()
def test_score_cam_is_that_of_its_paper() -> None:
    """One channel after the other: enlarge, scale to 0...1, mask, run, softmax."""
    classifier = tiny_classifier(3)
    classifier.net.eval()
    pixels = noise()
    classes = torch.tensor([2, 0])
    with looking(classifier, "late", pixels) as seen:
        found = score_cam(classifier, pixels, seen.features, classes)
    blank = classifier.logits(torch.zeros_like(pixels[:1]))[0]
    for number, class_ in enumerate(classes.tolist()):
        scores, kept = [], []
        for channel in seen.features[number]:
            if channel.max() == channel.min():
                continue
            size = pixels.shape[2:]
            mask = torch.nn.functional.interpolate(channel[None, None], size, mode="bilinear")
            mask = (mask - mask.min()) / (mask.max() - mask.min())
            logits = classifier.logits(pixels[number : number + 1] * mask)[0]
            scores.append(float(logits[class_] - blank[class_]))
            kept.append(channel)
        weights = np.exp(scores) / np.exp(scores).sum()
        expected = sum(w * channel.numpy() for w, channel in zip(weights, kept, strict=True))
        assert len(kept) > 1
        np.testing.assert_allclose(found[number].numpy(), expected, rtol=1e-4, atol=1e-6)


def test_score_cam_of_constant_features_is_zero() -> None:
    classifier, pixels = tiny_classifier(), noise(1)
    features = torch.full((1, 6, 5, 7), 2.0)
    with torch.no_grad():
        assert not score_cam(classifier, pixels, features, torch.tensor([1])).any()
