"""Batches prepared ahead by child processes, so that a GPU does not wait for pictures.

Children are forked, so they share the pictures in memory, and write their batches into a ring
of shared memory that was mapped before; through the pipes go only step numbers and shapes. A
child that dies, hangs or fails is no loss: the batch is then prepared in this process, and
batches do not depend on where they were prepared.
"""

import contextlib
import json
import mmap
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Generator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from gazelab.data.image import opencv
from gazelab.nets.training.problems import Batch

Prepare: TypeAlias = Callable[[int], Batch]
"""Step -> its batch, the same however often it is called."""

_EACH = 2
"""Batches that each child may be ahead."""

_MOST_WORKERS = 8
_WAIT_S = 60.0
_CAN_FORK = sys.platform == "linux"
_ALIGN = 64


def default_workers(device: torch.device) -> int:
    """Return how many children prepare batches: none where the processor also trains."""
    if device.type == "cpu":
        return 0
    return min(_MOST_WORKERS, max((os.cpu_count() or 1) - 1, 0))


def batches(prepare: Prepare, steps: range, workers: int, pinned: bool = False) -> Generator[Batch]:
    """Yield the batch of each step in order, prepared by `workers` children (on Linux).

    A batch holds until the next one is asked for. pinned : into memory a GPU reads from
    directly. Close the iterator to end the children.
    """
    if not workers or not steps or not _CAN_FORK:
        yield from map(prepare, steps)
        return
    first = prepare(steps[0])
    with contextlib.closing(_Ring(prepare, steps[1:], workers, _room_for(first), pinned)) as ring:
        yield first
        for step in steps[1:]:
            batch = ring.take(step)
            yield prepare(step) if batch is None else batch


class _Ring:
    """The children, their pipes, and the shared memory: step s lies in slot s modulo slots."""

    def __init__(
        self, prepare: Prepare, steps: range, workers: int, slot_bytes: int, pinned: bool
    ) -> None:
        self._steps = steps
        self._slots = workers * _EACH
        self._slot_bytes = slot_bytes
        self._memory = mmap.mmap(-1, self._slots * slot_bytes)
        self._children: list[tuple[BaseProcess, Connection]] = []
        self._broken = [False] * workers
        fork = multiprocessing.get_context("fork")
        for _ in range(workers):
            ours, theirs = fork.Pipe()
            others = [pipe for _, pipe in self._children]
            child = fork.Process(
                target=_serve,
                args=(prepare, theirs, [*others, ours], memoryview(self._memory), slot_bytes),
                daemon=True,
            )
            with warnings.catch_warnings():
                # Forking beside threads is safe here: children take no lock of the parent's
                warnings.simplefilter("ignore", DeprecationWarning)
                child.start()
            theirs.close()
            self._children.append((child, ours))
        self._pinned = pinned and _pin(self._memory)
        for step in steps[: self._slots]:
            self._ask(step)

    def take(self, step: int) -> Batch | None:
        """Return the batch of a step, None where its child failed; ask for a later one.

        The slot of the step before is free by now.
        """
        if step - 1 in self._steps and step - 1 + self._slots in self._steps:
            self._ask(step - 1 + self._slots)
        number = step % len(self._children)
        if self._broken[number]:
            return None
        pipe = self._children[number][1]
        try:
            if not pipe.poll(_WAIT_S):
                raise EOFError
            layouts = json.loads(pipe.recv_bytes())
        except (EOFError, OSError):
            self._broken[number] = True
            return None
        if layouts is None:
            return None
        return _read(self._memory, step % self._slots * self._slot_bytes, layouts)

    def close(self) -> None:
        """End the children."""
        for child, pipe in self._children:
            pipe.close()
            child.kill()
            child.join()
        if self._pinned:
            _unpin(self._memory)

    def _ask(self, step: int) -> None:
        number = step % len(self._children)
        if self._broken[number]:
            return
        try:
            self._children[number][1].send_bytes(json.dumps([step, step % self._slots]).encode())
        except OSError:
            self._broken[number] = True


def _serve(
    prepare: Prepare,
    pipe: Connection,
    parents: list[Connection],
    memory: memoryview,
    slot_bytes: int,
) -> None:
    """Prepare what is asked for until the parent is gone; the child's whole life.

    parents : ends of pipes that belong to the parent. As long as a child holds them too, its
    elder siblings would not notice that the parent has ended.
    """
    for theirs in parents:
        theirs.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's business
    torch.set_num_threads(1)
    opencv().setNumThreads(0)  # with 1 it would join threads that a fork leaves behind
    while True:
        try:
            step, slot = json.loads(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            part = memory[slot * slot_bytes : (slot + 1) * slot_bytes]
            layouts = _write(part, prepare(step))
        except Exception:  # the parent prepares the batch itself and meets the same error
            layouts = None
        pipe.send_bytes(json.dumps(layouts).encode())


_Layout: TypeAlias = tuple[str, list[int], list[int], int]
"""Of a tensor in a slot: its type, its shape and axes in the order of memory, its offset."""


def _write(part: memoryview, batch: Batch) -> list[_Layout]:
    """Put the tensors of a batch into a slot; ValueError where it is too small."""
    layouts: list[_Layout] = []
    offset = 0
    for tensor in batch:
        strides = tensor.stride()
        axes = sorted(range(tensor.ndim), key=lambda axis: -strides[axis])
        array = tensor.permute(axes).contiguous().numpy()
        end = offset + array.nbytes
        part[offset:end] = array.reshape(-1).view(np.uint8).data
        layouts.append((array.dtype.name, list(array.shape), axes, offset))
        offset = _aligned(end)
    return layouts


def _read(memory: mmap.mmap, start: int, layouts: list[_Layout]) -> Batch:
    """Return the tensors of a slot, without a copy."""
    tensors: list[Tensor] = []
    for dtype, shape, axes, offset in layouts:
        size = torch.Size(shape).numel()
        kind = getattr(torch, dtype)
        flat = torch.frombuffer(memory, dtype=kind, count=size, offset=start + offset)
        back = sorted(range(len(axes)), key=axes.__getitem__)
        tensors.append(flat.view(shape).permute(back))
    return tuple(tensors)


def _room_for(batch: Batch) -> int:
    """Return the bytes of a slot; all batches of a run are equal in size."""
    size = sum(_aligned(tensor.numel() * tensor.element_size()) for tensor in batch)
    return -(-size // mmap.PAGESIZE) * mmap.PAGESIZE


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGN) * _ALIGN


def _pin(memory: mmap.mmap) -> bool:
    """Let a GPU read the memory directly; without that, copies are slower but right."""
    cuda: Any = torch.cuda.cudart()  # type: ignore[no-untyped-call]
    return int(cuda.cudaHostRegister(_address(memory), len(memory), 0)) == 0


def _unpin(memory: mmap.mmap) -> None:
    cuda: Any = torch.cuda.cudart()  # type: ignore[no-untyped-call]
    torch.cuda.synchronize()
    cuda.cudaHostUnregister(_address(memory))


def _address(memory: mmap.mmap) -> int:
    return torch.frombuffer(memory, dtype=torch.uint8).data_ptr()
