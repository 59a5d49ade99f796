"""What CAM and Grad-CAM cost over the bare pass, and the other methods beside them.

Run from the root of the project: python tests/benchmark/bench_cams.py [threads]
The bundled classifier, and torchvision's ResNet-50 with random weights (speed only). All passes
take turns, and for each the shortest of several counts, in processor time.
"""

import sys
import time
from collections.abc import Callable

import torch
from torch import nn

from gazelab.nets.card import find_card
from gazelab.nets.catalog import architecture
from gazelab.nets.classifier import Classifier
from gazelab.nets.explain import explained
from gazelab.nets.explainer import open_classifier
from gazelab.nets.methods import METHODS, MethodChoice
from gazelab.nets.runtime import build

ROUNDS = 40
GOALS = {"cam": 1.05, "grad-cam": 1.15}


def main() -> None:
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    card = find_card("cam")
    measure("cam, 160 x 160", open_classifier(card, build(card)), 160)
    made = architecture("torchvision-resnet50")
    assert made.classifier is not None
    measure("ResNet-50, 224 x 224", made.classifier(made.build({}, 1000)), 224)


def measure(title: str, classifier: Classifier, side: int) -> None:
    classifier.net.eval().to(memory_format=torch.channels_last)
    pixels = torch.randn(1, 3, side, side).contiguous(memory_format=torch.channels_last)
    passes = {"pass": lambda: bare(classifier.net, pixels)}
    passes |= {m.id: method(classifier, pixels, m.id) for m in METHODS if m.needs != "scores"}
    best = dict.fromkeys(passes, float("inf"))
    for _ in range(ROUNDS):
        for name, run in passes.items():
            start = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - start)
    print(f"{title}: bare pass {1000 * best['pass']:.1f} ms, {torch.get_num_threads()} threads")
    for name, seconds in best.items():
        goal = f" (goal {GOALS[name]})" if name in GOALS else ""
        if name != "pass":
            print(f"  {name:12}{1000 * seconds:7.1f} ms  {seconds / best['pass']:.3f}x{goal}")


def bare(net: nn.Module, pixels: torch.Tensor) -> None:
    with torch.inference_mode():
        net(pixels)


def method(classifier: Classifier, pixels: torch.Tensor, name: str) -> Callable[[], object]:
    choice = MethodChoice(name, layer=next(reversed(classifier.layers)))
    names = tuple(map(str, range(2000)))
    return lambda: explained(classifier, pixels, names, choice)


if __name__ == "__main__":
    main()
