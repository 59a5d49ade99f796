import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gazelab.nets.catalog import architecture
from gazelab.nets.classifier import looking
from gazelab.nets.soft_attention import GlimpseNet
from gazelab.nets.steps import MOST_STEPS

NAMES = ("cat", "cup", "dog", "hat", "sun")


def _net(**options: int | bool) -> GlimpseNet:
    torch.manual_seed(4)
    return GlimpseNet(len(NAMES), hidden=16, **options).eval()  # type: ignore[arg-type]


def _pixels(rows: int = 64, columns: int = 96) -> Tensor:
    return torch.rand(2, 3, rows, columns, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.parametrize(("rows", "columns"), [(64, 96), (32, 32), (80, 48)])
def test_every_step_has_scores_and_attention_that_sums_to_one(rows: int, columns: int) -> None:
    with torch.no_grad():
        scores, attention = _net(steps=3)(_pixels(rows, columns))
    assert scores.shape == (2, 3, len(NAMES))
    assert attention.shape == (2, 3, rows // 16, columns // 16)
    torch.testing.assert_close(attention.sum((2, 3)), torch.ones(2, 3))
    assert (attention >= 0).all()


def test_fewer_steps_are_the_first_of_more() -> None:
    net = _net(steps=2)
    with torch.no_grad():
        few = net(_pixels())
        net.steps = MOST_STEPS
        many = net(_pixels())
    for some, more in zip(few, many, strict=True):
        torch.testing.assert_close(some, more[:, :2], rtol=0, atol=0)


@pytest.mark.parametrize("steps", [0, MOST_STEPS + 1])
def test_a_number_of_steps_that_cannot_be_had_is_refused(steps: int) -> None:
    with pytest.raises(ValueError, match="steps"):
        _net(steps=steps)


@pytest.mark.parametrize("prior", [False, True])
def test_every_layer_learns(prior: bool) -> None:
    net = _net(steps=3, prior=prior).train()
    if prior:
        net.set_prior(torch.rand(8, 8) + 0.1)
    scores, attention = net(_pixels())
    (scores.square().mean() + attention.square().mean()).backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_without_coverage_a_glimpse_does_not_know_where_the_one_before_was() -> None:
    with_, without = _net(steps=2, coverage=True), _net(steps=2, coverage=False)
    assert with_.attend_coverage is not None and without.attend_coverage is None
    without.load_state_dict(
        {k: v for k, v in with_.state_dict().items() if not k.startswith("attend_coverage")}
    )
    with torch.no_grad():
        seen, unseen = with_(_pixels())[1], without(_pixels())[1]
        torch.testing.assert_close(seen[:, 0], unseen[:, 0])
        assert not torch.allclose(seen[:, 1], unseen[:, 1])
        with_.attend_coverage.weight.zero_()
        torch.testing.assert_close(with_(_pixels())[1], unseen)


def test_the_inverse_temperature_stays_above_one() -> None:
    net = _net()
    with torch.no_grad():
        net.temperature.fill_(-50)
        assert net.inverse_temperature >= 1
        flat = net(_pixels())[1].amax()
        net.temperature.fill_(30)
        assert net(_pixels())[1].amax() > flat


def test_a_prior_draws_attention_to_where_people_look() -> None:
    net = _net(steps=1, prior=True)
    density = torch.full((8, 8), 1e-4)
    density[:, 6:] = 1.0
    with torch.no_grad():
        before = net(_pixels(64, 64))[1][..., 3].sum()
        net.set_prior(density)
        after = net(_pixels(64, 64))[1][..., 3].sum()
    assert after > 1.9 * before


def test_each_step_names_its_most_probable_classes() -> None:
    net = _net(steps=2)
    explain = architecture("glimpsenet").explain
    with torch.no_grad():
        ((shown,), _) = explain(net, _pixels(), NAMES)
        probabilities = torch.softmax(net(_pixels())[0][0], -1)
    assert shown.kind == "attention"
    assert len(shown.step_notes) == len(shown.maps) == 2
    for note, of_step in zip(shown.step_notes, probabilities, strict=True):
        best = int(of_step.argmax())
        assert note.startswith(f"{NAMES[best]} {float(of_step[best]):.2f}, ")
    np.testing.assert_allclose(shown.maps.sum((1, 2)), 1, rtol=1e-5)


def test_steps_are_counted_from_the_options() -> None:
    made = architecture("glimpsenet")
    assert made.steps({}) == 6
    assert made.steps({"steps": 9}) == 9
    assert isinstance(made.build({"steps": 9, "coverage": False}, 3), nn.Module)


def test_attention_methods_explain_the_last_glimpse() -> None:
    net = _net(steps=3)
    opened = net.classifier()
    for layer in ("stage 3", "stage 7"):
        with looking(opened, layer, _pixels(), gradients=True) as seen:
            (gradient,) = torch.autograd.grad(seen.logits[:, 1].sum(), seen.features)
        assert gradient.abs().max() > 0
        with torch.no_grad():
            torch.testing.assert_close(seen.logits, net(_pixels())[0][:, -1])


def test_classes_that_are_hardly_possible_are_not_named() -> None:
    net = _net(steps=1)
    with torch.no_grad():
        net.classify.weight.zero_()
        net.classify.bias.copy_(torch.tensor([0.0, 9.0, 1.0, 6.0, 0.0]))
        ((shown,), _) = architecture("glimpsenet").explain(net, _pixels(), NAMES)
    assert shown.step_notes == ("cup 0.95, hat 0.05",)
