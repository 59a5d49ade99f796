import pytest
import torch

from gazelab.nets.mlnet import MlNet
from gazelab.nets.objectives import mlnet_loss, penalty

BACKBONES = ("vgg16", "mobilenet-v2")


def _net(backbone: str) -> MlNet:
    torch.manual_seed(1)
    return MlNet(backbone)


@pytest.fixture(scope="module", params=BACKBONES)
def net(request: pytest.FixtureRequest) -> MlNet:
    return _net(request.param).eval()


@pytest.mark.parametrize("size", [(64, 96), (112, 48), (16, 16)])
def test_it_gives_one_density_over_the_whole_picture(net: MlNet, size: tuple[int, int]) -> None:
    with torch.no_grad():
        (log_density,) = net(torch.rand(2, 3, *size) * 2 - 1)
    assert log_density.shape == (2, 1, size[0] // 4, size[1] // 4)
    torch.testing.assert_close(log_density.exp().sum((-2, -1)), torch.ones(2, 1))


@pytest.mark.parametrize("backbone", BACKBONES)
def test_gradients_reach_every_parameter(backbone: str) -> None:
    net = _net(backbone)
    (log_density,) = net(torch.rand(2, 3, 64, 96) * 2 - 1)
    (log_density * torch.rand_like(log_density)).sum().backward()
    dead = [
        name
        for name, parameter in net.named_parameters()
        if parameter.grad is None or not parameter.grad.abs().max() > 0
    ]
    assert not dead


def test_the_paper_size_has_the_parameters_of_the_paper() -> None:
    vgg, mix, readout, prior = 14_714_688, 9 * (256 + 512 + 512) * 64 + 64, 64 + 1, 6 * 8
    assert sum(p.numel() for p in _net("vgg16").parameters()) == vgg + mix + readout + prior


def test_an_unknown_backbone_is_named() -> None:
    with pytest.raises(ValueError, match="vgg19"):
        MlNet("vgg19")


def test_an_untouched_prior_changes_nothing_and_a_learned_one_does(net: MlNet) -> None:
    pixels = torch.rand(1, 3, 64, 96) * 2 - 1
    with torch.no_grad():
        before = net(pixels)[0].exp()
        assert penalty(net) == 0
        net.prior[:, 4:] = -0.5
        after = net(pixels)[0].exp()
        assert float(penalty(net)) == pytest.approx(0.5**2 / 2)
        net.prior.zero_()
    left, right = slice(0, 10), slice(14, 24)
    gain = after / before
    assert float(gain[..., left].min()) > 1 > float(gain[..., right].max())
    torch.testing.assert_close(
        gain[..., right].mean() / gain[..., left].mean(), torch.tensor(0.5), rtol=1e-2, atol=0
    )


def test_training_makes_a_small_example_better() -> None:
    net = _net("mobilenet-v2")
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3)
    pixels = torch.rand(2, 3, 32, 32) * 2 - 1
    human = torch.full((2, 1, 8, 8), 0.1)
    human[0, 0, 2, 2] = human[1, 0, 5, 6] = 1.0
    human = human / human.sum((-2, -1), keepdim=True)
    found = []
    for _ in range(12):
        loss = mlnet_loss(net(pixels)[0], human, human, (1.0,)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append(loss.item())
    assert found[-1] < 0.5 * found[0]
