"""The processes of one run, as `torchrun` starts them, and how they share the work.

Without `torchrun` a run is one process, and everything here does nothing.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor, distributed

_PATIENCE = timedelta(days=1)
"""How long processes wait for one another: one may be measuring or writing."""


@dataclass(frozen=True, slots=True)
class Team:
    """One process among `size`; the one with rank 0 writes and speaks for all."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes and speaks for all."""
        return self.rank == 0

    def share(self, number: int) -> slice:
        """Return the places of `number` items that this process takes; sizes differ by 1."""
        return slice(number * self.rank // self.size, number * (self.rank + 1) // self.size)

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over all processes; types and sizes are equal."""
        if self.size == 1:
            return
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(flat)
        parts = torch.split(flat, [tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view(tensor.shape))

    def copy_first(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by that of the first process."""
        if self.size > 1:
            for tensor in tensors:
                distributed.broadcast(tensor, 0)

    def told(self, text: str) -> str:
        """Return the text of the first process."""
        return self.said(text if self.leads else "")[0]

    def said(self, text: str) -> list[str]:
        """Return the texts of all processes, by rank; all have come this far then."""
        if self.size == 1:
            return [text]
        data = text.encode()
        lengths = [torch.zeros(1, dtype=torch.int64) for _ in range(self.size)]
        distributed.all_gather(lengths, torch.tensor([len(data)]))
        longest = max(1, *(int(length) for length in lengths))
        said = [torch.zeros(longest, dtype=torch.uint8) for _ in range(self.size)]
        ours = torch.frombuffer(bytearray(data.ljust(longest, b"\0")), dtype=torch.uint8)
        distributed.all_gather(said, ours)
        pairs = zip(said, lengths, strict=True)
        return [one.numpy().tobytes()[: int(length)].decode() for one, length in pairs]


ALONE = Team()


@contextlib.contextmanager
def joined() -> Iterator[Team]:
    """Join the processes that `torchrun` started, each on a GPU of its own where there are some.

    A block within such a block joins nothing anew.
    """
    if not distributed.is_available() or not distributed.is_torchelastic_launched():
        yield ALONE
        return
    if distributed.is_initialized():
        yield Team(distributed.get_rank(), distributed.get_world_size())
        return
    with_gpu = torch.cuda.is_available()
    if with_gpu:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]) % torch.cuda.device_count())
    _load_what_keeps_groups()
    backend = "cpu:gloo,cuda:nccl" if with_gpu else "gloo"
    distributed.init_process_group(backend, timeout=_PATIENCE)
    try:
        yield Team(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()


def _load_what_keeps_groups() -> None:
    """Import the module whose defaults are the group that exists when it is first imported.

    Optimisers import it. The group would outlive its block with its threads, and one of them
    can abort the process while the interpreter ends.
    """
    import torch.distributed.nn.functional  # noqa: F401
