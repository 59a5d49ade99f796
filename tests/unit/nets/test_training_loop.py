import copy
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from tiny_training import TABLE, Toy, toy_net
from torch import Tensor, nn

from gazelab.errors import ModelError
from gazelab.nets.sam import SamS
from gazelab.nets.training import checkpoint
from gazelab.nets.training.checkpoint import Checkpoint
from gazelab.nets.training.config import AugmentTable, LossTable, TrainTable
from gazelab.nets.training.data import Fixations
from gazelab.nets.training.loop import Fit, Trainer
from gazelab.nets.training.problems import SaliencyProblem
from gazelab.task import finish


def _trainer(folder: Path, toy: Toy | None = None, table: TrainTable = TABLE) -> Trainer:
    return Trainer(toy_net(), toy or Toy(), table, folder)


def _equal(a: Fit, b: Fit) -> bool:
    same = all(torch.equal(a.weights[name], b.weights[name]) for name in a.weights)
    return same and a.log == b.log


def _stop_in_epoch_three(folder: Path) -> None:
    task = _trainer(folder).run()
    for step in task:
        if "epoch 3" in step.note:
            task.close()
            break


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    first = finish(_trainer(tmp_path / "a").run())
    assert _equal(first, finish(_trainer(tmp_path / "b").run()))
    assert first.log[-1]["val_loss"] < first.log[0]["val_loss"]


@pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux")
def test_the_weights_do_not_depend_on_who_prepares_the_batches(tmp_path: Path) -> None:
    alone = finish(_trainer(tmp_path / "a").run())
    table = msgspec.structs.replace(TABLE, workers=2)
    assert _equal(alone, finish(_trainer(tmp_path / "b", table=table).run()))


def test_a_stopped_run_continues_as_if_it_had_not_been_stopped(tmp_path: Path) -> None:
    whole = finish(_trainer(tmp_path / "whole").run())
    _stop_in_epoch_three(tmp_path / "stopped")
    torch.manual_seed(99)  # whatever the process did meanwhile
    assert _equal(whole, finish(_trainer(tmp_path / "stopped").run(resume=True)))


@pytest.mark.parametrize("stop_after", range(1, 13, 3))
def test_a_run_closed_after_any_step_continues_as_if_it_had_not_been(
    tmp_path: Path, stop_after: int
) -> None:
    whole = finish(_trainer(tmp_path / "whole").run())
    task = _trainer(tmp_path / "stopped").run()
    for _ in range(stop_after):
        next(task)
    task.close()
    assert checkpoint.load(tmp_path / "stopped").values["step"] == stop_after
    assert _equal(whole, finish(_trainer(tmp_path / "stopped").run(resume=True)))


def _saliency_trainer(folder: Path) -> Trainer:
    """Return what trains a saliency network, in half precision where that is quick."""
    rng = np.random.default_rng(3)
    pictures = [
        (
            rng.integers(0, 256, (80, 100, 3), np.uint8),
            Fixations(rng.uniform(0, 100, 9), rng.uniform(0, 80, 9), np.arange(9), (80, 100), 9.0),
        )
        for _ in range(6)
    ]
    loss = LossTable(steps=(0.5, 1.0), widths=(1.0, 1.0))
    names = [str(number) for number in range(4)]
    problem = SaliencyProblem(names, pictures[:4], pictures[4:], (64, 80), loss, AugmentTable())
    torch.manual_seed(7)
    net = SamS(channels=16, steps=2, priors=4)
    return Trainer(net, problem, TrainTable(epochs=2, batch=2, half=True), folder)


def test_half_precision_is_repeated_and_continued_bit_by_bit(tmp_path: Path) -> None:
    whole = finish(_saliency_trainer(tmp_path / "whole").run())
    task = _saliency_trainer(tmp_path / "stopped").run()
    for _ in range(3):
        next(task)
    task.close()
    assert _equal(whole, finish(_saliency_trainer(tmp_path / "stopped").run(resume=True)))


@pytest.mark.parametrize("optimiser", ["adamw", "sgd", "rmsprop"])
@pytest.mark.parametrize("schedule", ["cosine", "step", "plateau", "constant"])
def test_every_optimiser_and_schedule_learns_and_continues(
    tmp_path: Path, optimiser: str, schedule: str
) -> None:
    changes = {"optimiser": optimiser, "schedule": schedule, "drop_epochs": 1, "drop": 0.5}
    table = msgspec.structs.replace(TABLE, **changes, save_every_steps=2)
    whole = finish(_trainer(tmp_path / "whole", table=table).run())
    assert whole.log[-1]["val_loss"] < whole.log[0]["val_loss"]
    task = _trainer(tmp_path / "stopped", table=table).run()
    for _ in range(8):
        next(task)
    del task  # closed, as when the program ends
    assert _equal(whole, finish(_trainer(tmp_path / "stopped", table=table).run(resume=True)))


def test_checkpoints_are_written_every_so_many_steps(tmp_path: Path) -> None:
    table = msgspec.structs.replace(TABLE, save_every_steps=2, save_every_s=0)
    seen = []
    for step in _trainer(tmp_path, table=table).run():
        found = [int(path.name[5:14]) for path in tmp_path.glob("step-*")]
        seen.append((step.done, max(found, default=0)))
    assert seen[:6] == [(1, 0), (2, 2), (3, 3), (4, 3), (5, 5), (6, 6)]  # an epoch has 3 steps


def test_a_batch_in_parts_gives_nearly_the_same_weights(tmp_path: Path) -> None:
    torch.manual_seed(7)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    weights = []
    for parts in (1, 4):
        table = msgspec.structs.replace(TABLE, accumulate=parts)
        trainer = Trainer(copy.deepcopy(net), Toy(), table, tmp_path / str(parts))
        weights.append(finish(trainer.run()).weights["0.weight"])
    torch.testing.assert_close(*weights, rtol=1e-4, atol=1e-5)


def test_a_short_memory_is_told_and_remembered(tmp_path: Path) -> None:
    def full(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if len(inputs[0]) > 2 and module.training:
            raise torch.OutOfMemoryError("the GPU is full")

    trainer = _trainer(tmp_path)
    trainer.net.register_forward_pre_hook(full)
    notes = [step.note for step in trainer.run()]
    assert "each batch in 2 parts" in notes[0]
    assert checkpoint.load(tmp_path).values["parts"] == 2


def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path) -> None:
    whole = finish(_trainer(tmp_path / "whole").run())
    _stop_in_epoch_three(tmp_path / "stopped")
    newest = max((tmp_path / "stopped").iterdir())
    data = bytearray(newest.read_bytes())
    data[-3] ^= 4
    newest.write_bytes(data)
    assert _equal(whole, finish(_trainer(tmp_path / "stopped").run(resume=True)))


def test_a_finished_run_is_not_run_again(tmp_path: Path) -> None:
    first = finish(_trainer(tmp_path).run())
    toy = Toy()
    assert _equal(first, finish(_trainer(tmp_path, toy).run(resume=True)))
    assert not toy.modes


def test_nothing_to_continue_from_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no checkpoint"):
        finish(_trainer(tmp_path).run(resume=True))


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    finish(_trainer(tmp_path).run())
    other = Trainer(nn.Linear(4, 1), Toy(), TABLE, tmp_path)
    with pytest.raises(ModelError, match="another network"):
        finish(other.run(resume=True))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"seed": 6}, "the seed was 5 and is 6 now"),
        ({"batch": 2}, "the batch was 4 and is 2 now"),
        ({"optimiser": "sgd"}, "the optimiser was adamw and is sgd now"),
    ],
)
def test_what_a_run_is_built_on_must_not_change_while_it_is_stopped(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    _stop_in_epoch_three(tmp_path)
    table = msgspec.structs.replace(TABLE, **change)
    with pytest.raises(ModelError, match=sentence):
        finish(_trainer(tmp_path, table=table).run(resume=True))


def test_a_run_may_go_on_at_another_rate_and_for_longer(tmp_path: Path) -> None:
    _stop_in_epoch_three(tmp_path)
    table = msgspec.structs.replace(TABLE, rate=0.001, epochs=6, schedule="constant")
    assert len(finish(_trainer(tmp_path, table=table).run(resume=True)).log) == 6


def test_validation_uses_the_average_and_puts_the_network_back(tmp_path: Path) -> None:
    toy = Toy()
    trainer = _trainer(tmp_path, toy)
    fit = finish(trainer.run())
    assert toy.modes == [False] * 4
    own = trainer.net.state_dict()
    assert not torch.equal(own["0.weight"], toy.validated[-1]["0.weight"])
    best = int(fit.best["epoch"]) - 1
    assert torch.equal(fit.weights["0.weight"], toy.validated[best]["0.weight"])


def test_a_number_that_is_not_finite_stops_the_run_and_is_named(tmp_path: Path) -> None:
    finish(_trainer(tmp_path / "good").run())
    toy = Toy()
    toy.poison = 6
    trainer = _trainer(tmp_path / "good", toy, TrainTable(epochs=9, batch=4, seed=5, half=False))
    with pytest.raises(ModelError, match="item 6"):
        finish(trainer.run(resume=True))
    kept = checkpoint.load(tmp_path / "good").tensors.values()
    assert all(torch.isfinite(tensor.float()).all() for tensor in kept)


def test_a_gradient_that_is_not_finite_is_named(tmp_path: Path) -> None:
    trainer = _trainer(tmp_path)
    weight = next(trainer.net.parameters())
    weight.register_hook(lambda gradient: gradient * torch.inf)
    with pytest.raises(ModelError, match=r"gradient of 0\.weight"):
        finish(trainer.run())


def test_a_validation_that_is_not_finite_stops_the_run(tmp_path: Path) -> None:
    class Blind(Toy):
        def validate(self, net: nn.Module) -> dict[str, float]:
            return {"loss": float("nan")}

    with pytest.raises(ModelError, match="validation loss"):
        finish(_trainer(tmp_path, Blind()).run())


def test_a_run_without_progress_ends_early(tmp_path: Path) -> None:
    table = TrainTable(epochs=50, batch=4, rate=0.0, backbone_rate=0.0, patience=3, half=False)
    toy = Toy()
    finish(_trainer(tmp_path, toy, table).run())
    assert len(toy.modes) <= 5


def test_only_the_newest_two_checkpoints_and_their_best_weights_are_kept(tmp_path: Path) -> None:
    for step in (5, 20, 100, 101):
        tensors = {"t": torch.full((2,), float(step))}
        best = checkpoint.save_best(tmp_path, step - step % 10, tensors)
        checkpoint.save(tmp_path, step, Checkpoint(tensors, {"step": step}, best))
    names = sorted(path.name[:14] for path in tmp_path.iterdir())
    assert names == ["best-000000100", "best-000000100", "step-000000100", "step-000000101"]
    found = checkpoint.load(tmp_path)
    assert found.values == {"step": 101}
    assert found.best is not None and found.best["t"].tolist() == [101, 101]
    checkpoint.clear(tmp_path)
    assert not list(tmp_path.iterdir())


def test_damaged_best_weights_give_way_to_those_before(tmp_path: Path) -> None:
    for step in (1, 2):
        best = checkpoint.save_best(tmp_path, step, {"t": torch.full((2,), float(step))})
        checkpoint.save(tmp_path, step, Checkpoint({}, {"step": step}, best))
    newest = tmp_path / best
    newest.write_bytes(newest.read_bytes()[:-1])
    found = checkpoint.load(tmp_path)
    assert found.values == {"step": 1}
    assert found.best is not None and found.best["t"].tolist() == [1, 1]
