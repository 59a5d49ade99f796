import platform

import pytest
import torch
from torch import Tensor, nn

from gazelab.nets.training.device import FromOutside, carried, half_precision, tuned

CPU = torch.device("cpu")
LARGE_BYTES = 2**26


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.steps = 3
        self.linear = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, dict[str, list[Tensor]]]:
        return self.linear(x), {"steps": [x] * self.steps}


def test_a_network_is_used_from_outside_as_if_it_were_here() -> None:
    net = _Net()
    outside = FromOutside(net, CPU).eval()
    x = torch.ones(4, 2)
    logits, more = outside(x)
    assert torch.equal(logits, net(x)[0])
    assert len(more["steps"]) == 3
    assert outside.steps == 3
    assert not hasattr(outside, "glimpses")
    assert not net.training


def test_a_carried_batch_has_pictures_as_convolutions_like_them() -> None:
    batch = torch.rand(2, 3, 4, 5), torch.rand(2, 4, 6, 7), torch.tensor([1, 2])
    pixels, density, classes = carried(batch, CPU)
    assert pixels.is_contiguous(memory_format=torch.channels_last)
    assert density.is_contiguous()
    assert torch.equal(pixels, batch[0]) and torch.equal(classes, batch[2])


@pytest.mark.parametrize(
    ("on", "capability", "dtype"),
    [
        (True, "AVX512", torch.bfloat16),
        (True, "AVX2", torch.float32),
        (False, "AVX512", torch.float32),
    ],
)
def test_half_precision_is_used_where_it_is_wanted_and_quick(
    on: bool, capability: str, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    x = torch.rand(3, 3)
    with half_precision(CPU, on):
        assert (x @ x).dtype is dtype


def test_trying_convolutions_is_for_the_run_alone() -> None:
    before = torch.backends.cudnn.benchmark
    with tuned(torch.device("cuda")):
        assert torch.backends.cudnn.benchmark
    assert torch.backends.cudnn.benchmark == before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="that of GNU can be told to")
def test_while_training_on_a_processor_freed_memory_is_used_again() -> None:
    resource = pytest.importorskip("resource")

    def new_pages() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        torch.zeros(LARGE_BYTES, dtype=torch.uint8)
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

    with tuned(CPU):
        pages = [new_pages() for _ in range(4)]
    assert pages[-1] < LARGE_BYTES / resource.getpagesize() / 4
