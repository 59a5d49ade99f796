"""Where training computes: batches carried to the device, and networks used from outside it.

On the processor the same configuration gives the same weights, bit by bit, with the same
version, kind of processor and number of threads. On a GPU the fastest convolutions are chosen
by trial and sums are formed in any order (`torch.backends.cudnn.benchmark` on, `.deterministic`
off): the same configuration gives the same pictures in the same order, and weights that agree
to rounding.
"""

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from gazelab.nets.training.problems import Batch

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""What `mallopt` sets: how much is freed before memory goes back, and what is mapped apart."""

_KEPT_BYTES, _USUAL_BYTES = 2**31 - 1, 2**25


def carried(batch: Batch, device: torch.device) -> Batch:
    """Return a batch on the device, its pictures in the layout that convolutions like best."""
    pixels, *others = batch
    layout = torch.channels_last if pixels.ndim == 4 else torch.preserve_format
    return (
        pixels.to(device, non_blocking=True, memory_format=layout),
        *(tensor.to(device, non_blocking=True) for tensor in others),
    )


def half_precision(device: torch.device, on: bool) -> torch.autocast:
    """Return the context in which convolutions are computed in bfloat16, where that is quicker.

    Processors without AVX-512 take many times as long for it, so there it is left off.
    """
    quick = device.type != "cpu" or torch.backends.cpu.get_cpu_capability() == "AVX512"
    return torch.autocast(device.type, torch.bfloat16, enabled=on and quick)


@contextlib.contextmanager
def tuned(device: torch.device) -> Iterator[None]:
    """Choose the fastest convolutions by trial, on a GPU; keep freed memory, on a processor."""
    before = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = before or device.type == "cuda"
    try:
        with _memory_kept() if device.type == "cpu" else contextlib.nullcontext():
            yield
    finally:
        torch.backends.cudnn.benchmark = before


@contextlib.contextmanager
def _memory_kept() -> Iterator[None]:
    """Let freed memory stay with the process, where the C library is that of GNU.

    Every step takes and frees the same large tensors. Given back to the system in between, each
    of their pages is fetched anew and filled with zeros, which takes a seventh of a step.
    """
    c: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(c, "mallopt"):
        yield
        return
    c.mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)
    c.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
    try:
        yield
    finally:
        c.mallopt(_MMAP_THRESHOLD, _USUAL_BYTES)
        c.mallopt(_TRIM_THRESHOLD, 2 * _USUAL_BYTES)
        c.malloc_trim(0)


class FromOutside(nn.Module):
    """A network on a device that takes and gives tensors in the processor's memory.

    Other attributes are those of the network.
    """

    def __init__(self, net: nn.Module, device: torch.device) -> None:
        super().__init__()
        self.net = net
        self.device = device

    def forward(self, *inputs: Any) -> Any:
        """Return what the network makes of the inputs."""
        return _moved(self.net(*_moved(inputs, self.device)), torch.device("cpu"))

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("net"), name)


def _moved(value: Any, device: torch.device) -> Any:
    """Move every tensor in nested tuples, lists and dictionaries."""
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, tuple | list):
        return tuple(_moved(item, device) for item in value)
    if isinstance(value, dict):
        return {name: _moved(item, device) for name, item in value.items()}
    return value
