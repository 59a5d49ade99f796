"""How many pictures a second a model sees on a GPU: from files to maps, and its parts.

Run from the root of the project:
    python tests/benchmark/bench_gpu.py [MODEL [PICTURES]]
MODEL is an id, sam-s if left out. PICTURES is a folder, or a number of pictures of noise of
800 x 600 pixels that are made for the purpose.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from gazelab.data.image import image_size, opencv
from gazelab.data.stimulus import Stimulus
from gazelab.io.images import image_files
from gazelab.nets import feed
from gazelab.nets.card import ModelCard, find_card
from gazelab.nets.runtime import Model, run_model
from gazelab.task import finish

BATCHES = (1, 16, 32, 64)
SEEN = 256


def noise(folder: Path, number: int) -> None:
    """Write JPEG files whose detail costs about what that of photographs does."""
    rng = np.random.default_rng(0)
    for k in range(number):
        coarse = rng.integers(0, 256, (75, 100, 3), np.uint8)
        pixels = opencv().resize(coarse, (800, 600), interpolation=opencv().INTER_CUBIC)
        assert opencv().imwrite(str(folder / f"{k:05d}.jpg"), pixels)


def per_second(number: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return number / (time.perf_counter() - start)


def measure(card: ModelCard, files: list[Path]) -> None:
    device = torch.device("cuda")
    model = Model(card, device)
    threads = feed.reading_threads(on_gpu=True)
    print(f"{card.title} on {model.device_name}; {os.cpu_count()} cores")

    def decode() -> None:
        for _ in feed.read_ahead(model.read, files, threads):
            pass

    found = max(per_second(len(files), decode) for _ in range(2))
    print(f"reading and scaling alone, {threads} threads: {found:.0f} pictures/s")
    pixels = model.read(files[0])
    for batch in BATCHES:
        several = [pixels] * batch
        model.maps(several)
        repeats = max(SEEN // batch, 1)
        found = per_second(
            repeats * batch, lambda r=repeats, s=several: [model.maps(s) for _ in range(r)]
        )
        print(f"the network alone, batches of {batch}: {found:.0f} pictures/s")
    images = []
    for path in files:
        rows, columns = image_size(path)
        images.append((Stimulus(path.name, path.name, columns, rows, ""), path))
    for name in ("first", "second", "third"):
        found = per_second(len(images), lambda: finish(run_model(card, images, "cuda")))
        print(f"from files to maps, loading the model included, {name} run: {found:.0f} pictures/s")


def main() -> None:
    if not torch.cuda.is_available():
        print("There is no GPU here that can be used; nothing was measured.")
        return
    card = find_card(sys.argv[1] if len(sys.argv) > 1 else "sam-s")
    pictures = sys.argv[2] if len(sys.argv) > 2 else "1000"
    if Path(pictures).is_dir():
        measure(card, list(image_files(Path(pictures))))
        return
    with tempfile.TemporaryDirectory() as folder:
        noise(Path(folder), int(pictures))
        measure(card, sorted(Path(folder).iterdir()))


if __name__ == "__main__":
    main()
