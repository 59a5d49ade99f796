import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor

from gazelab.nets.attention_baselines import ATTENTIONS
from gazelab.nets.catalog import architecture
from gazelab.nets.salient_objects import ENCODERS, LAYERS, SalientObjectNet
from gazelab.nets.training.config import TrainConfig
from gazelab.nets.training.data import Fixations
from gazelab.nets.training.masked import Masked, MaskProblem

PIXELS = torch.rand(2, 3, 64, 48, generator=torch.Generator().manual_seed(1)) * 2 - 1


def _net(attention: str = "softmax", backbone: str = "mobilenet-v2") -> SalientObjectNet:
    torch.manual_seed(5)
    return SalientObjectNet(attention, backbone).eval()


def _problem(gaze: Fixations | None = None, **tables: object) -> MaskProblem:
    """Bright squares on dark noise."""
    rng = np.random.default_rng(0)
    known = []
    for _ in range(6):
        picture = rng.integers(0, 60, (64, 64, 3), np.uint8)
        mask = np.zeros((64, 64), bool)
        row, column = rng.integers(4, 30, 2)
        mask[row : row + 26, column : column + 26] = True
        picture[mask] += 180
        known.append((picture, Masked(mask, gaze)))
    given = {
        "model": {"id": "m", "title": "M", "architecture": "salient-object-net"},
        "data": {"trained_on": "squares"},
        "train": {"epochs": 1, "batch": 2},
        "input": {"size": (64, 64)},
    }
    config = msgspec.convert(given | tables, TrainConfig)
    return MaskProblem([str(k) for k in range(6)], known, known[:2], config)


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_every_layer_has_a_mask_and_attention(attention: str) -> None:
    with torch.no_grad():
        scores, maps = _net(attention)(PIXELS)
    assert scores.shape == (2, LAYERS, 64, 48)
    assert maps.shape == (2, LAYERS, 8, 6)
    if attention not in ("sigmoid", "activation"):
        torch.testing.assert_close(maps.sum((2, 3)), torch.ones(2, LAYERS))


@pytest.mark.parametrize("backbone", ENCODERS)
def test_every_layer_learns(backbone: str) -> None:
    net = _net("sigmoid", backbone).train()
    net(torch.cat([PIXELS, PIXELS], 3))[0].square().sum().backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_names_that_are_not_known_are_refused() -> None:
    with pytest.raises(ValueError, match="attention must be one of"):
        SalientObjectNet("softest")
    with pytest.raises(ValueError, match="backbone must be one of"):
        SalientObjectNet(backbone="vgg17")


def test_human_attention_decides_what_is_segmented() -> None:
    left, right = torch.zeros(2, 1, 8, 6), torch.zeros(2, 1, 8, 6)
    left[..., 0], right[..., 5] = 1 / 8, 1 / 8
    net = _net("human")
    with torch.no_grad():
        assert not torch.allclose(net(PIXELS, left)[0], net(PIXELS, right)[0])


def test_masks_and_attention_are_shown_step_by_step() -> None:
    with torch.no_grad():
        ((masks, attention), _) = architecture("salient-object-net").explain(_net(), PIXELS, ())
    assert (masks.kind, attention.kind) == ("saliency", "attention")
    assert masks.maps.shape == (LAYERS, 64, 48)
    assert 0 <= masks.maps.min() and masks.maps.max() <= 1
    assert "not where people look" in masks.note


def test_the_mask_moves_with_the_picture() -> None:
    problem = _problem(augment={"crop_min": 0.6, "flip": 0.5})
    pixels, masks, _, _ = problem.batch(list(range(6)), np.random.default_rng(3))
    bright = (pixels.mean(1) > 0).float()
    agree = (bright == (masks > 0.5)).float().mean((1, 2))
    assert (agree > 0.95).all()


def test_training_finds_the_object() -> None:
    problem = _problem()
    net = _net()
    with torch.no_grad():
        before = problem.validate(net)
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    for step in range(12):
        loss = problem.loss(net.train(), problem.batch(list(range(6)), np.random.default_rng(step)))
        optimiser.zero_grad()
        loss.mean().backward()
        optimiser.step()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0  # catch up with the few steps there were
    with torch.no_grad():
        net(problem.batch(list(range(6)), np.random.default_rng(0))[0])
        after = problem.validate(net.eval())
    assert after["loss"] < 0.8 * before["loss"]


def test_guidance_counts_for_every_layer() -> None:
    gaze = Fixations(np.array([5.0]), np.array([5.0]), np.array([1]), (64.0, 64.0), 6.0)
    losses: list[Tensor] = []
    for weight in (0.0, 1.0):
        problem = _problem(gaze, guidance={"project": "x", "weight": weight})
        with torch.no_grad():
            losses.append(problem.loss(_net(), problem.batch([0], np.random.default_rng(0))))
    assert losses[1] > losses[0] + 1.0
