import torch
from torch import Tensor

from gazelab.nets.robustness import fooled

WEIGHT = torch.tensor([[1.0, -2.0], [0.0, 0.0]])


def _linear(pixels: Tensor) -> Tensor:
    """Scores (x - 2 y, 0) of pictures of two pixels: class 0 where x > 2 y."""
    return pixels.flatten(1) @ WEIGHT.T


def test_a_linear_classifier_is_fooled_as_worked_out_by_hand() -> None:
    # The attack on class 0 lowers x - 2y by 3 epsilon; the margin is 0.3, so it takes over 0.1.
    pixels = torch.tensor([[0.5, 0.1]]).view(1, 1, 1, 2)
    changed = fooled(_linear, pixels, torch.tensor([0]), [0.09, 0.11])
    assert changed.tolist() == [[False], [True]]


def test_a_wrong_answer_counts_as_fooled_only_when_it_changes() -> None:
    # Named 0 although it is 1: the attack raises x - 2y further, and nothing changes.
    pixels = torch.tensor([[0.5, 0.1]]).view(1, 1, 1, 2)
    assert not fooled(_linear, pixels, torch.tensor([1]), [0.1, 1.0]).any()


def test_the_attack_stays_among_the_pixels_there_are() -> None:
    # At x = -1 the attack cannot lower x; only y rises, to its limit of 1.
    seen: list[Tensor] = []

    def watch(pixels: Tensor) -> Tensor:
        seen.append(pixels.detach().clone())
        return _linear(pixels)

    fooled(watch, torch.tensor([[-1.0, 0.95]]).view(1, 1, 1, 2), torch.tensor([0]), [0.5])
    assert seen[-1].flatten().tolist() == [-1.0, 1.0]


def test_no_gradient_is_left_behind() -> None:
    layer = torch.nn.Linear(2, 2)
    with torch.no_grad():
        fooled(
            lambda x: layer(x.flatten(1)), torch.rand(3, 1, 1, 2), torch.tensor([0, 1, 0]), [0.1]
        )
    assert layer.weight.grad is None
