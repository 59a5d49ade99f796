"""Learn to name the class of a picture through attention, alone or guided by people's gaze."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.nets.attention_losses import doubly_stochastic, entropy, guidance, js_divergence
from gazelab.nets.catalog import architecture
from gazelab.nets.soft_attention import GlimpseNet
from gazelab.nets.training.config import TrainConfig
from gazelab.nets.training.data import Fixations, View, as_input, random_view, recoloured
from gazelab.nets.training.guided import attend, human_maps, pooled
from gazelab.nets.training.problems import Batch, parts

_NAT_PER_BIT = float(np.log(2))


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is known of a picture: its class, and the gaze at it where there is any."""

    label: int
    gaze: Fixations | None = None


class AttendedProblem:
    """Name the class at every step of attention.

    Networks return class scores (n, steps, classes) and attention (n, steps, rows, columns).
    One whose `takes_gaze` is true is also given the human density.
    """

    def __init__(
        self,
        names: Sequence[str],
        train: Sequence[tuple[np.ndarray, Labelled]],
        validation: Sequence[tuple[np.ndarray, Labelled]],
        config: TrainConfig,
    ) -> None:
        self.names = names
        self.n_validation = len(validation)
        self._train = train
        self._validation = parts(validation)
        self._size = config.input.size
        self._smoothing = config.train.label_smoothing
        self._augment = config.augment
        self._terms = config.glimpses
        self._guidance = config.guidance
        by_step = config.guidance is not None and config.guidance.by == "steps"
        steps = architecture(config.model.architecture).steps(config.model.options)
        self._gaze_steps = steps if by_step else 1

    def prepare(self, net: nn.Module) -> None:
        """Give the network the prior it may want: where people look in the training pictures."""
        if not isinstance(net, GlimpseNet) or net.prior is None:
            return
        total = torch.from_numpy(
            sum(self._human(known, View())[0].sum(0) for _, known in self._train)
        )
        net.set_prior(total / total.sum().clamp_min(1) + 1e-3 / total.numel())

    def batch(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        """Return pixels, classes (n,), human density (n, steps, h, w) and known (n, steps)."""
        shown = []
        for index in indices:
            picture, known = self._train[index]
            view = random_view(rng, self._augment)
            pixels = recoloured(view.cut(picture, self._size), rng, self._augment)
            shown.append((pixels, known.label, *self._human(known, view)))
        return _stacked(shown)

    def loss(self, net: nn.Module, batch: Batch) -> Tensor:
        """Return the loss of each picture, (n,)."""
        pixels, classes, human, known = batch
        scores, attention = attend(net, pixels, human)
        loss = _cross_entropy(scores, classes, self._smoothing).mean(1)
        if attention.shape[1] > 1:
            loss = loss + self._terms.doubly_stochastic * doubly_stochastic(attention)
            loss = loss + self._terms.entropy * entropy(attention).mean(1)
        if self._guidance is not None and self._guidance.weight:
            loss = loss + self._guidance.weight * self._divergence(attention, human, known)
        return loss

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Return cross-entropy over all steps, accuracy, and how the attention moves.

        `accuracy` is of the last step. `entropy` (of each step) and `js` (from step to step)
        are in bit; `guidance`, in nat, is there where gaze is.
        """
        rows = []
        for part in self._validation:
            shown = [
                (View().cut(picture, self._size), known.label, *self._human(known, View()))
                for picture, known in part
            ]
            pixels, classes, human, known = _stacked(shown)
            scores, attention = attend(net, pixels, human)
            attention = attention / attention.sum((-2, -1), keepdim=True)
            right = scores.argmax(-1) == classes[:, None]
            each = {
                "loss": _cross_entropy(scores, classes, 0).mean(1),
                "accuracy": right[:, -1],
                "accuracy_step_1": right[:, 0],
                "entropy": entropy(attention).mean(1) / _NAT_PER_BIT,
            }
            if attention.shape[1] > 1:
                change = js_divergence(attention[:, 1:], attention[:, :-1])
                each["js"] = change.mean(1) / _NAT_PER_BIT
            if self._guidance is not None:
                each["guidance"] = self._divergence(attention, human, known)
            rows.append({name: values.double() for name, values in each.items()})
        return {name: float(torch.cat([row[name] for row in rows]).mean()) for name in rows[0]}

    def _divergence(self, attention: Tensor, human: Tensor, known: Tensor) -> Tensor:
        if self._guidance is not None and self._guidance.by == "density":
            attention = attention.mean(1, keepdim=True)
        steps = min(attention.shape[1], human.shape[1])
        human = pooled(human, attention.shape[-2:])
        return guidance(attention[:, :steps], human[:, :steps], known[:, :steps])

    def _human(self, known: Labelled, view: View) -> tuple[np.ndarray, np.ndarray]:
        return human_maps(known.gaze, view, self._gaze_steps, self._size)


def _cross_entropy(scores: Tensor, classes: Tensor, smoothing: float) -> Tensor:
    """Return (n, steps)."""
    n, steps, _ = scores.shape
    repeated = classes.repeat_interleave(steps)
    each = F.cross_entropy(
        scores.flatten(0, 1).float(), repeated, reduction="none", label_smoothing=smoothing
    )
    return each.view(n, steps)


def _stacked(shown: Sequence[tuple[np.ndarray, int, np.ndarray, np.ndarray]]) -> Batch:
    pixels, labels, human, known = zip(*shown, strict=True)
    return (
        as_input(pixels),
        torch.tensor(labels),
        torch.from_numpy(np.stack(human)),
        torch.from_numpy(np.stack(known)),
    )
