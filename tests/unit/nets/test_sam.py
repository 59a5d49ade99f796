import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from gazelab.nets.sam import AttentiveConvLSTM, GaussianPriors, SamS


@pytest.fixture(scope="module")
def net() -> SamS:
    torch.manual_seed(1)
    return SamS(channels=16, steps=3, priors=4).eval()


@pytest.mark.parametrize("size", [(64, 96), (96, 48)])
def test_every_step_gives_a_density_and_attention_over_the_whole_picture(
    net: SamS, size: tuple[int, int]
) -> None:
    rows, columns = size
    with torch.no_grad():
        log_density, attention = net(torch.rand(2, 3, *size) * 2 - 1)
    assert log_density.shape == (2, 3, rows // 4, columns // 4)
    assert attention.shape == (2, 3, rows // 16, columns // 16)
    ones = torch.ones(2, 3)
    torch.testing.assert_close(log_density.exp().sum((-2, -1)), ones)
    torch.testing.assert_close(attention.sum((-2, -1)), ones)


def test_gradients_reach_every_parameter() -> None:
    torch.manual_seed(0)
    net = SamS(channels=16, steps=3, priors=4)
    log_density, _ = net(torch.rand(2, 3, 64, 96) * 2 - 1)
    (log_density * torch.rand_like(log_density)).sum().backward()
    dead = [
        name
        for name, parameter in net.named_parameters()
        if parameter.grad is None or not parameter.grad.abs().max() > 0
    ]
    assert not dead


@given(st.integers(0, 1000), st.integers(1, 12), st.integers(1, 12))
def test_no_prior_is_born_dead(seed: int, rows: int, columns: int) -> None:
    torch.manual_seed(seed)
    priors = GaussianPriors(8)
    maps = priors(rows + 1, columns + 1)
    assert maps.shape == (1, 8, rows + 1, columns + 1)
    (maps * torch.rand_like(maps)).sum().backward()
    for parameter in priors.parameters():
        assert parameter.grad is not None
        assert (parameter.grad.abs().sum(1) > 0).all()


def test_even_attention_passes_the_features_at_full_strength() -> None:
    lstm = AttentiveConvLSTM(8)
    torch.nn.init.zeros_(lstm.attend.weight)
    seen: list[torch.Tensor] = []
    lstm.gates_input.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    x = torch.randn(1, 8, 5, 7)
    _, attention = lstm(x, 2)
    torch.testing.assert_close(attention, torch.full((1, 2, 5, 7), 1 / 35))
    torch.testing.assert_close(seen[0], x)


def test_a_picture_is_treated_the_same_alone_and_among_others(net: SamS) -> None:
    pixels = torch.rand(3, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        together, alone = net(pixels)[0][1], net(pixels[1:2])[0][0]
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-4)


def test_reducing_channels_first_is_the_same_as_enlarging_first(net: SamS) -> None:
    class Enlarging(SamS):
        def _reduced(self, middle: Tensor, coarse: Tensor) -> Tensor:
            size = middle.shape[-2:]
            both = torch.cat([middle, functional.interpolate(coarse, size, mode="bilinear")], 1)
            whole = self.whole(both.mean((2, 3)))[:, :, None, None]
            return functional.relu(self.reduce_norm(self.reduce(both) + whole))

    plain = Enlarging(channels=16, steps=3, priors=4).eval()
    plain.load_state_dict(net.state_dict())
    pixels = torch.rand(2, 3, 48, 80) * 2 - 1
    with torch.no_grad():
        for found, expected in zip(net(pixels), plain(pixels), strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
