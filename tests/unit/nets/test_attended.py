import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gazelab.nets.soft_attention import GlimpseNet
from gazelab.nets.training.attended import AttendedProblem, Labelled
from gazelab.nets.training.config import TrainConfig
from gazelab.nets.training.data import Fixations, View
from gazelab.nets.training.guided import human_maps, pooled

SIZE = 64


def _config(**tables: object) -> TrainConfig:
    given = {
        "model": {"id": "m", "title": "M", "architecture": "glimpsenet"},
        "data": {"trained_on": "noise"},
        "train": {"epochs": 1, "batch": 2},
        "input": {"size": (SIZE, SIZE)},
        "augment": {"flip": 0.0},
    }
    return msgspec.convert(given | tables, TrainConfig)


def _gaze(*points: tuple[float, float]) -> Fixations:
    x, y = (np.array(column, float) for column in zip(*points, strict=True))
    return Fixations(x, y, 1 + np.arange(len(x)), (100.0, 100.0), 8.0)


def _problem(gaze: Fixations | None = None, **tables: object) -> AttendedProblem:
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (80, 80, 3), np.uint8) for _ in range(4)]
    known = [(picture, Labelled(k % 2, gaze)) for k, picture in enumerate(pictures)]
    return AttendedProblem([f"p{k}" for k in range(4)], known, known[:2], _config(**tables))


class Fixed(nn.Module):
    """Answers with the scores and attention it is given."""

    def __init__(self, scores: Tensor, attention: Tensor) -> None:
        super().__init__()
        self.scores = nn.Parameter(scores, requires_grad=False)
        self.attention = nn.Parameter(attention, requires_grad=False)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        n = len(pixels)
        return self.scores.expand(n, -1, -1), self.attention.expand(n, -1, -1, -1)


def _even(steps: int) -> Tensor:
    return torch.full((1, steps, 4, 4), 1 / 16)


def test_every_step_is_trained_to_name_the_class() -> None:
    problem = _problem(glimpses={"doubly_stochastic": 0.0, "entropy": 0.0})
    batch = problem.batch([0], np.random.default_rng(0))  # class 0
    net = Fixed(torch.tensor([[[2.0, 0.0], [0.0, 0.0]]]), _even(2))
    expected = (np.log1p(np.exp(-2)) + np.log(2)) / 2
    assert float(problem.loss(net, batch)) == pytest.approx(expected)


def test_each_term_is_weighted_by_the_configuration() -> None:
    attention = torch.zeros(1, 2, 4, 4)
    attention[..., 0, 0] = 1  # twice the same cell: (2/16 - 2)^2 + 15 (2/16)^2 = 3.75
    net = Fixed(torch.zeros(1, 2, 2), attention)
    losses = []
    for weight in (0.0, 1.0):
        problem = _problem(glimpses={"doubly_stochastic": weight, "entropy": 0.0})
        losses.append(float(problem.loss(net, problem.batch([0], np.random.default_rng(0)))))
    assert losses[1] - losses[0] == pytest.approx(3.75)
    flat = Fixed(torch.zeros(1, 2, 2), _even(2))
    problem = _problem(glimpses={"doubly_stochastic": 0.0, "entropy": 0.5})
    loss = float(problem.loss(flat, problem.batch([0], np.random.default_rng(0))))
    assert loss == pytest.approx(np.log(2) + 0.5 * np.log(16), rel=1e-5)


def test_steps_are_guided_one_by_one_and_only_where_there_is_gaze() -> None:
    table = {"project": "x", "weight": 1.0, "by": "steps", "sigma_px": 8.0}
    attention = _even(2).clone()
    model = {"id": "m", "title": "M", "architecture": "glimpsenet", "options": {"steps": 2}}
    problem = _problem(
        _gaze((20, 20)),
        model=model,
        guidance=table,
        glimpses={"doubly_stochastic": 0, "entropy": 0},
    )
    batch = problem.batch([0], np.random.default_rng(0))
    assert batch[3].tolist() == [[1, 0]]
    first = pooled(batch[2], (4, 4))[0, 0]
    kl = float((first * (first.clamp_min(1e-12) * 16).log()).sum())
    loss = float(problem.loss(Fixed(torch.zeros(1, 2, 2), attention), batch))
    assert loss == pytest.approx(np.log(2) + kl, rel=1e-4)


def test_gaze_moves_with_the_crop_of_the_picture() -> None:
    known = _gaze((75, 50))
    whole, _ = human_maps(known, View(), 1, (SIZE, SIZE))
    right, _ = human_maps(known, View(left=0.5, width=0.5), 1, (SIZE, SIZE))
    gone, there = human_maps(known, View(width=0.5), 1, (SIZE, SIZE))
    assert np.unravel_index(whole[0].argmax(), (8, 8))[1] in (5, 6)
    assert np.unravel_index(right[0].argmax(), (8, 8))[1] in (3, 4)
    assert not gone.any() and there.tolist() == [0]
    assert whole.sum() == pytest.approx(1)


def test_pooled_density_keeps_its_sum_on_any_grid() -> None:
    density = torch.rand(1, 1, 8, 8)
    density /= density.sum()
    for grid in ((4, 4), (8, 8), (3, 5), (13, 13)):
        assert float(pooled(density, grid).sum()) == pytest.approx(1, rel=1e-5)
    assert not pooled(torch.zeros(1, 1, 8, 8), (4, 4)).any()


def test_guidance_brings_attention_nearer_to_gaze() -> None:
    gaze = _gaze((15, 80), (20, 85))
    table = {"project": "x", "weight": 1.0, "sigma_px": 8.0}
    before, after = {}, {}
    for weight in (0.0, 1.0):
        problem = _problem(gaze, guidance=table | {"weight": weight})
        torch.manual_seed(1)
        net = GlimpseNet(2, steps=2, hidden=16)
        with torch.no_grad():
            before[weight] = problem.validate(net.eval())["guidance"]
        optimiser = torch.optim.Adam(net.parameters(), 3e-3)
        for _ in range(12):
            loss = problem.loss(net.train(), problem.batch([0, 1, 2, 3], np.random.default_rng(0)))
            optimiser.zero_grad()
            loss.mean().backward()
            optimiser.step()
        with torch.no_grad():
            after[weight] = problem.validate(net.eval())["guidance"]
    assert before[0.0] == before[1.0]
    assert after[1.0] < 0.8 * before[1.0]
    assert after[1.0] < after[0.0]


def test_validation_says_how_attention_moves() -> None:
    attention = torch.zeros(1, 2, 4, 4)
    attention[0, 0, 0, 0] = attention[0, 1, 3, 3] = 1
    row = _problem().validate(Fixed(torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]), attention))
    assert row["js"] == pytest.approx(1, rel=1e-5)
    assert row["entropy"] == pytest.approx(0, abs=1e-5)
    assert row["accuracy"] == row["accuracy_step_1"] == 0.5
    assert "guidance" not in row


def test_the_prior_is_where_people_look_in_the_training_pictures() -> None:
    problem = _problem(_gaze((10, 50)), guidance={"project": "x", "sigma_px": 8.0})
    net = GlimpseNet(2, steps=1, hidden=16, prior=True)
    problem.prepare(net)
    assert net.prior is not None
    assert int(net.prior[0, 0].sum(0).argmax()) < 4
    assert (net.prior > 0).all()
