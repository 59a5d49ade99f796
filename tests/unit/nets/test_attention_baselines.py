from pathlib import Path

import pytest
import torch
from tiny_models import tiny_model
from torch import Tensor

from gazelab.errors import ModelError
from gazelab.nets.attention_baselines import ATTENTIONS, BODIES, AttentionClassifier, needs_gaze
from gazelab.nets.classifier import looking
from gazelab.nets.explainer import Explainer, card_layers
from gazelab.nets.methods import MethodChoice
from gazelab.nets.runtime import build
from gazelab.nets.start import load_start

PIXELS = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 2 - 1


def _net(attention: str, backbone: str = "mobilenet-v2") -> AttentionClassifier:
    torch.manual_seed(5)
    return AttentionClassifier(3, attention, backbone).eval()


def _of(net: AttentionClassifier, human: Tensor | None = None) -> tuple[Tensor, Tensor]:
    with torch.no_grad():
        scores, attention = net(PIXELS, human)
    return scores[:, 0], attention[:, 0]


def _with_weights_of(attention: str, other: AttentionClassifier) -> AttentionClassifier:
    net = _net(attention)
    net.load_state_dict(other.state_dict(), strict=False)
    return net


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_shapes_and_sums(attention: str) -> None:
    scores, maps = _of(_net(attention))
    assert scores.shape == (2, 3)
    assert maps.shape == (2, 4, 4)
    assert (maps >= 0).all()
    if attention not in ("sigmoid", "activation"):
        torch.testing.assert_close(maps.sum((1, 2)), torch.ones(2))


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_every_layer_learns(attention: str) -> None:
    net = _net(attention).train()
    net(PIXELS)[0].square().sum().backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        # a shift of all scores does not change a softmax
        if name != "attend.score.bias":
            assert parameter.grad.abs().max() > 0, name


def test_activation_is_the_energy_of_the_features_and_weights_nothing() -> None:
    net = _net("activation")
    with torch.no_grad():
        features = net.body.features(net.backbone, PIXELS)
        expected = net.classify(features.mean((2, 3)))
    scores, maps = _of(net)
    torch.testing.assert_close(maps, features.square().sum(1))
    torch.testing.assert_close(scores, expected)


def test_the_softmax_weights_features_by_attention_times_positions() -> None:
    net = _net("softmax")
    scores, maps = _of(net)
    with torch.no_grad():
        features = net.body.features(net.backbone, PIXELS)
        expected = net.classify((features * maps[:, None]).sum((2, 3)))
    torch.testing.assert_close(scores, expected)


def test_the_literal_softmax_is_nearly_even_and_the_one_on_scores_is_not() -> None:
    softmax = _net("softmax")
    with torch.no_grad():
        assert softmax.attend is not None
        softmax.attend.score.weight.mul_(200)
    literal, sigmoid = (_with_weights_of(name, softmax) for name in ("softmax-literal", "sigmoid"))
    sharp, flat, free = (_of(net)[1] for net in (softmax, literal, sigmoid))
    e = torch.exp(torch.tensor(1.0))
    assert (flat.amax((1, 2)) / flat.amin((1, 2)) <= e + 1e-4).all()
    assert (sharp.amax((1, 2)) / sharp.amin((1, 2)) > e).all()
    assert ((free >= 0) & (free <= 1)).all() and not torch.allclose(free.sum((1, 2)), torch.ones(2))


def test_human_attention_is_the_density_on_the_grid_of_the_network() -> None:
    human = torch.zeros(2, 1, 8, 8)
    human[0, 0, :2, 2:4] = 0.25
    _, maps = _of(_net("human"), human)
    expected = torch.zeros(4, 4)
    expected[0, 1] = 1
    torch.testing.assert_close(maps[0], expected)
    torch.testing.assert_close(maps[1], torch.full((4, 4), 1 / 16))  # nobody looked at it


def test_human_attention_decides_what_is_seen() -> None:
    net = _net("human")
    left, right = torch.zeros(2, 1, 8, 8), torch.zeros(2, 1, 8, 8)
    left[..., :2], right[..., 6:] = 1 / 16, 1 / 16
    assert net.takes_gaze
    assert not torch.allclose(_of(net, left)[0], _of(net, right)[0])


def test_which_baselines_are_trained_with_gaze() -> None:
    assert [name for name in ATTENTIONS if needs_gaze({"attention": name})] == [
        "supervised",
        "human",
    ]
    assert not needs_gaze({})


@pytest.mark.parametrize(
    ("backbone", "grid"), [("alexnet", 13), ("vgg16", 14), ("resnet50", 7), ("mobilenet-v2", 14)]
)
def test_attention_sits_before_the_last_pooling_of_every_backbone(backbone: str, grid: int) -> None:
    net = _net("softmax", backbone)
    with torch.no_grad():
        scores, attention = net(torch.zeros(1, 3, 224, 224))
    assert scores.shape == (1, 1, 3)
    assert attention.shape == (1, 1, grid, grid)
    assert BODIES[backbone].channels == net.attend.narrow.in_channels  # type: ignore[union-attr]


@pytest.mark.parametrize(("attention", "backbone"), [("softest", "vgg16"), ("softmax", "vgg17")])
def test_unknown_names_are_refused(attention: str, backbone: str) -> None:
    with pytest.raises(ValueError, match="must be one of"):
        AttentionClassifier(3, attention, backbone)


@pytest.mark.parametrize("name", ["alexnet", "resnet50"])
def test_a_backbone_starts_from_the_weights_of_torchvision(name: str, tmp_path: Path) -> None:
    from torchvision import models

    torch.manual_seed(9)
    whole = getattr(models, name)(weights=None)
    torch.save(whole.state_dict(), tmp_path / "weights.pth")
    net = _net("softmax", name)
    load_start(net, tmp_path / "weights.pth")
    own = net.backbone.state_dict()
    assert own
    assert all(torch.equal(tensor, whole.state_dict()[key]) for key, tensor in own.items())


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    torch.save({"features.0.weight": torch.zeros(3)}, tmp_path / "weights.pth")
    with pytest.raises(ModelError, match="do not fit"):
        load_start(_net("softmax", "alexnet"), tmp_path / "weights.pth")


@pytest.mark.parametrize("backbone", BODIES)
def test_attention_methods_look_into_every_layer(backbone: str) -> None:
    net = _net("softmax", backbone)
    opened = net.classifier()
    pixels = torch.rand(1, 3, 64, 64) * 2 - 1
    for layer in (next(iter(opened.layers)), next(reversed(opened.layers))):
        with looking(opened, layer, pixels, gradients=True) as seen:
            (gradient,) = torch.autograd.grad(seen.logits[:, 1].sum(), seen.features)
        assert gradient.shape == seen.features.shape and gradient.abs().max() > 0
        with torch.no_grad():
            torch.testing.assert_close(seen.logits, net(pixels)[0][:, 0])


def test_attention_methods_do_not_look_into_people(tmp_path: Path) -> None:
    card = tiny_model(tmp_path, "attention-classifier", ("a", "b"), options={"attention": "human"})
    with pytest.raises(ModelError, match="where people did"):
        Explainer(card, build(card), [MethodChoice("grad-cam")])
    assert card_layers(card) == ()
