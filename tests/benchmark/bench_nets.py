"""How long the bundled models take: to load, and for one picture.

Run from the root of the project: python tests/benchmark/bench_nets.py [threads]
"""

import os
import statistics
import sys
import time

import numpy as np

PICTURES = 20


def main() -> None:
    start = time.perf_counter()
    import torch

    from gazelab.nets.card import cards
    from gazelab.nets.runtime import Model, choose_device

    print(f"import torch and the networks: {time.perf_counter() - start:.2f} s")
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count() or 1
    torch.set_num_threads(threads)
    device = choose_device("auto")
    for card in cards():
        start = time.perf_counter()
        model = Model(card, device)
        loaded_s = time.perf_counter() - start
        pixels = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
        fitted = model.fitted(pixels)
        times_ms = []
        for _ in range(PICTURES):
            start = time.perf_counter()
            model.maps([fitted])
            times_ms.append(1000 * (time.perf_counter() - start))
        rows, columns = fitted.shape[:2]
        print(
            f"{card.id} on {model.device_name}, {threads} threads: load {loaded_s:.2f} s; "
            f"{columns}x{rows} median {statistics.median(times_ms):.0f} ms, "
            f"best {min(times_ms):.0f} ms a picture"
        )


if __name__ == "__main__":
    main()
