"""The gradient of a batch, in as many parts as the memory asks for, and what went wrong in it."""

import gc
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gazelab.errors import ModelError
from gazelab.nets.training.device import half_precision
from gazelab.nets.training.problems import Batch, Problem


class Gradient:
    """Adds up the gradient of a batch part by part; `parts` doubles when the memory is short.

    The gradient is that of the whole batch whatever the number of parts, but for rounding and
    for layers that look at a whole batch, such as batch norms. A part has at least one picture.
    """

    def __init__(self, net: nn.Module, problem: Problem, half: bool, parts: int) -> None:
        self.parts = parts
        self._net = net
        self._problem = problem
        self._half = half

    def add(self, batch: Batch, total: int, seed: int) -> Tensor:
        """Put the gradient of the sum of losses / `total` into the network, return the losses.

        seed : of what the network draws. Raises ModelError when the memory is too small for a
        single picture.
        """
        while True:
            try:
                return self._in_parts(batch, total, seed)
            except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
            # Outside of `except`, which holds on to the tensors of the attempt
            self._net.zero_grad()
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            if self.parts >= len(batch[0]):
                raise ModelError(
                    "The memory is too small for a single training picture.",
                    "Choose a smaller [input] size, or a smaller network.",
                )
            self.parts = min(2 * self.parts, len(batch[0]))

    def _in_parts(self, batch: Batch, total: int, seed: int) -> Tensor:
        torch.manual_seed(seed)
        self._net.zero_grad()
        number = min(self.parts, len(batch[0]))
        split = [tensor.tensor_split(number) for tensor in batch]
        losses = []
        for part in zip(*split, strict=True):
            with half_precision(part[0].device, self._half):
                each = self._problem.loss(self._net, part)
            torch.autograd.backward(each.sum() / total)
            losses.append(each.detach().float())
        return torch.cat(losses)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the memory of a GPU or of the computer is used up."""
    known = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return known or "DefaultCPUAllocator" in str(error)


def name_of_not_finite(net: nn.Module, batch: Batch, losses: Tensor, names: Sequence[str]) -> str:
    """Return in words which number of a step is not finite; empty if none is found.

    names : of the pictures of the batch.
    """
    bad = (~torch.isfinite(losses)).nonzero()
    if not len(bad):
        gradients = ((name, p.grad) for name, p in net.named_parameters())
        wrong = (name for name, g in gradients if g is not None and not torch.isfinite(g).all())
        return next((f"the gradient of {name}" for name in wrong), "")
    picture = names[int(bad[0])]
    for number, tensor in enumerate(batch):
        if not torch.isfinite(tensor).all():
            return f"input {number} of the batch with {picture}"
    for name, parameter in net.named_parameters():
        if not torch.isfinite(parameter).all():
            return f"the parameter {name}"
    return f"the loss of {picture}"
