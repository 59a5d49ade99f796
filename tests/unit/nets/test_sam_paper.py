from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gazelab.nets.losses import Weights, saliency_loss
from gazelab.nets.sam_paper import PaperPriors, Sam, sam_resnet, sam_vgg

MAKERS = {"vgg": sam_vgg, "resnet": sam_resnet}
RANGES = (((0.25, 0.75), (0.35, 0.65)), ((0.1, 0.9), (0.2, 0.8)))
"""Of the centres along x and y, and of the widths: those of the paper."""


def _small(make: Callable[..., Sam]) -> Sam:
    torch.manual_seed(1)
    return make(channels=16, steps=3, priors=4)


@pytest.fixture(scope="module", params=MAKERS)
def net(request: pytest.FixtureRequest) -> Sam:
    return _small(MAKERS[request.param]).eval()


@pytest.mark.parametrize("size", [(64, 96), (112, 48), (16, 16)])
def test_every_step_gives_a_density_and_attention_over_the_whole_picture(
    net: Sam, size: tuple[int, int]
) -> None:
    rows, columns = size
    with torch.no_grad():
        log_density, attention = net(torch.rand(2, 3, *size) * 2 - 1)
    assert log_density.shape == (2, 3, rows // 4, columns // 4)
    assert attention.shape == (2, 3, rows // 8, columns // 8)
    ones = torch.ones(2, 3)
    torch.testing.assert_close(log_density.exp().sum((-2, -1)), ones)
    torch.testing.assert_close(attention.sum((-2, -1)), ones)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_gradients_reach_every_parameter(make: Callable[..., Sam]) -> None:
    net = _small(make)
    log_density, _ = net(torch.rand(2, 3, 64, 96) * 2 - 1)
    (log_density * torch.rand_like(log_density)).sum().backward()
    dead = [
        name
        for name, parameter in net.named_parameters()
        if parameter.grad is None or not parameter.grad.abs().max() > 0
    ]
    assert not dead


def test_fewer_steps_are_the_first_of_more(net: Sam) -> None:
    pixels = torch.rand(1, 3, 48, 64) * 2 - 1
    with torch.no_grad():
        three = net(pixels)
        net.steps = 1
        one = net(pixels)
        net.steps = 3
    for few, many in zip(one, three, strict=True):
        torch.testing.assert_close(few, many[:, :1])
    assert not torch.equal(three[1][:, 0], three[1][:, 1])


def _parameters(make: Callable[..., Sam]) -> int:
    with torch.device("meta"):
        net = make()
    return sum(parameter.numel() for parameter in net.parameters())


def test_sam_vgg_has_the_parameters_of_the_paper() -> None:
    assert _parameters(sam_vgg) == 51_835_841


def test_sam_resnet_lacks_only_the_folded_batch_norms_of_the_paper() -> None:
    """Each had a scale, a shift, a mean and a variance for each channel it normalised."""
    from torchvision.models import resnet50

    with torch.device("meta"):
        norms = [m for m in resnet50().modules() if isinstance(m, torch.nn.BatchNorm2d)]
    folded = 4 * sum(norm.num_features for norm in norms)
    assert _parameters(sam_resnet) == 70_146_561 - folded == 70_040_321


@given(st.integers(0, 1000), st.floats(-100, 100))
def test_priors_stay_in_the_ranges_of_the_paper(seed: int, moved: float) -> None:
    torch.manual_seed(seed)
    priors = PaperPriors(8)
    with torch.no_grad():
        priors.centre += moved
        priors.width -= moved
    for found, ranges in zip(priors.gaussians(), RANGES, strict=True):
        for values, (low, high) in zip(found.detach().unbind(1), ranges, strict=True):
            assert low - 1e-6 <= float(values.min()) and float(values.max()) <= high + 1e-6


@given(st.integers(0, 1000))
def test_priors_start_where_they_can_learn(seed: int) -> None:
    torch.manual_seed(seed)
    priors = PaperPriors(8)
    centre, width = priors.gaussians()
    assert 0.3 <= float(centre.detach().min()) and float(centre.detach().max()) <= 0.7
    assert 0.1 <= float(width.detach().min()) and float(width.detach().max()) <= 0.31
    maps = priors(15, 20)
    (maps * torch.rand_like(maps)).sum().backward()
    for parameter in priors.parameters():
        assert parameter.grad is not None
        assert (parameter.grad.abs() > 0).all()


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_training_makes_a_small_example_better(make: Callable[..., Sam]) -> None:
    """People look at the bright half."""
    net = _small(make)
    pixels = torch.zeros(2, 3, 48, 64)
    pixels[0, ..., :32] = pixels[1, ..., 32:] = 1
    human = torch.full((2, 1, 12, 16), 0.05)
    human[0, ..., :8] = human[1, ..., 8:] = 1
    human = human / human.sum((-2, -1), keepdim=True)
    weights = Weights(kl=10, cc=2, nss=1, steps=(0, 0, 1))
    own = [p for name, p in net.named_parameters() if not name.startswith("backbone.")]
    optimiser = torch.optim.AdamW(own, lr=3e-3)
    found = []
    for _ in range(14):
        loss = saliency_loss(net(pixels)[0], human, human, weights).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append(loss.item())
    assert found[-1] < 0.7 * found[0]
