"""How long models take: to load, and for one picture of 320x240.

Run from the root of the project: python tests/benchmark/bench_nets.py [threads]

The bundled models first. Then the saliency models in the size of their papers, with random
weights: the plain form, beside the form that runs on a processor, in turn on the same picture;
each figure is the best of several. Processor time counts all threads.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

SHAPE = (240, 320)
PICTURES = 20
ROUNDS = 5
SALIENCY = ("sam-s", "sam-vgg", "sam-resnet", "mlnet")


def main() -> None:
    start = time.perf_counter()
    import torch

    from gazelab.nets.card import cards
    from gazelab.nets.runtime import choose_device

    print(f"import torch and the networks: {time.perf_counter() - start:.2f} s")
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count() or 1)
    print(f"{torch.get_num_threads()} threads on {choose_device('auto')}")
    for card in cards():
        bundled(card)
    for name in SALIENCY:
        forms_of(name)


def bundled(card) -> None:
    from gazelab.nets.runtime import Model, choose_device

    start = time.perf_counter()
    model = Model(card, choose_device("auto"))
    loaded_s = time.perf_counter() - start
    fitted = model.fitted(noise())
    times = [timed(lambda: model.maps([fitted])) for _ in range(PICTURES)]
    print(f"{card.id}: load {loaded_s:.2f} s; {best(times)}")


def forms_of(name: str) -> None:
    """Compare the plain network, the reuse of features alone, and the form that is run."""
    import torch
    from tiny_models import random_model

    from gazelab.nets import reuse
    from gazelab.nets.runtime import Model, build

    with tempfile.TemporaryDirectory() as folder:
        card = random_model(Path(folder), name, {})
        start = time.perf_counter()
        model = Model(card, torch.device("cpu"))
        loaded_s = time.perf_counter() - start
        net = build(card).to(memory_format=torch.channels_last)
    pixels = torch.from_numpy(noise()).permute(2, 0, 1)[None] / 127.5 - 1
    pixels = pixels.contiguous(memory_format=torch.channels_last)

    def maps(net):
        log_density, *attention = net(pixels)
        return [log_density.exp(), *attention]

    def plain():
        most, reuse._MOST_BYTES = reuse._MOST_BYTES, 0
        try:
            return maps(net)
        finally:
            reuse._MOST_BYTES = most

    forms = {"plain": plain, "reuse": lambda: maps(net), "run": lambda: maps(model._net)}
    with torch.inference_mode():
        expected = plain()
        apart = [
            max(float((a - b).abs().max() / b.max()) for a, b in zip(run(), expected, strict=True))
            for run in forms.values()
        ]
        times = {form: [] for form in forms}
        for _ in range(ROUNDS):
            for form, run in forms.items():
                times[form].append(timed(run))
    print(f"{name}, {card.parameters:,} parameters: load {loaded_s:.2f} s")
    for (form, of_form), difference in zip(times.items(), apart, strict=True):
        ratio = min(cpu for _, cpu in times["plain"]) / min(cpu for _, cpu in of_form)
        print(f"  {form:5} {best(of_form)}, x {ratio:.2f}, differs by {difference:.0e} of the peak")


def noise() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (*SHAPE, 3), np.uint8)


def timed(run: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def best(times: list[tuple[float, float]]) -> str:
    wall, cpu = (min(part) for part in zip(*times, strict=True))
    return f"{wall:.0f} ms a picture, {cpu:.0f} ms processor time"


if __name__ == "__main__":
    main()
