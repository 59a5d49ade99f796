"""Apply an attention method to a network that names classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gazelab.data.attention import EVIDENCE, Explanation
from gazelab.nets import attribution
from gazelab.nets.classifier import Classifier, Seen, looking
from gazelab.nets.methods import PREDICTED, Method, MethodChoice, method_of

Found = tuple[Tensor, Tensor, Tensor]
"""Maps (n, rows, columns), the class of each (n,), and logits (n, classes)."""


@dataclass(frozen=True, slots=True)
class Maps:
    """What a network shows for one picture: (steps, rows, columns) float32, finite.

    kind : as in `Attention.kind`; >= 0 unless it is evidence. note, step_notes : as there.
    explanation : of a classifier's.
    """

    kind: str
    maps: np.ndarray
    note: str = ""
    step_notes: tuple[str, ...] = ()
    explanation: Explanation | None = None


def usual_method(classifier: Classifier) -> MethodChoice:
    """Return what a classifier shows unless something else is asked for: the class it names.

    The true CAM where there is one, else Grad-CAM, at the last layer.
    """
    method = "grad-cam" if classifier.linear is None else "cam"
    return MethodChoice(method, PREDICTED, next(reversed(classifier.layers)))


def explained(
    classifier: Classifier,
    pixels: Tensor,
    names: Sequence[str],
    choice: MethodChoice,
    classes: Sequence[int] | None = None,
) -> list[Maps]:
    """Return the map of each picture that a method gives.

    choice : its layer is one of the classifier's. classes : the class of each picture; the
    one that the network names when None.
    """
    method = method_of(choice.method)
    wanted = None if classes is None else torch.tensor(classes, device=pixels.device)
    maps, of, logits = _found(classifier, pixels, choice, wanted)
    if not choice.signed:
        maps = maps.clamp_min(0)
    chances = torch.softmax(logits.float(), 1)
    return [
        _shown(map_, class_, chance, names, choice, method)
        for map_, class_, chance in zip(
            maps.float().cpu().numpy(), of.tolist(), chances.cpu(), strict=True
        )
    ]


def _found(
    classifier: Classifier, pixels: Tensor, choice: MethodChoice, classes: Tensor | None
) -> Found:
    method = method_of(choice.method)
    gradients = method.needs == "gradients"
    with looking(classifier, choice.layer, pixels, gradients=gradients) as seen:
        of = seen.logits.argmax(1) if classes is None else classes
        maps = _maps(classifier, pixels, seen, of, method)
    return maps.detach(), of, seen.logits.detach()


def _maps(
    classifier: Classifier, pixels: Tensor, seen: Seen, classes: Tensor, method: Method
) -> Tensor:
    features = seen.features
    if method.needs == "weights":
        assert classifier.linear is not None
        return attribution.cam(features, classifier.linear.weight[classes].to(features.dtype))
    if method.needs == "features":
        return attribution.OF_FEATURES[method.id](features)
    if method.needs == "scores":
        return attribution.score_cam(classifier, pixels, features, classes)
    chosen = seen.logits.gather(1, classes[:, None]).sum()
    (gradients,) = torch.autograd.grad(chosen, features)
    return attribution.OF_GRADIENTS[method.id](features.detach(), gradients)


def _shown(
    map_: np.ndarray,
    class_: int,
    chances: Tensor,
    names: Sequence[str],
    choice: MethodChoice,
    method: Method,
) -> Maps:
    """Return a map with what must be said of it."""
    name = names[class_] if method.of_class else ""
    note = []
    if method.of_class:
        first = int(chances.argmax())
        beside = "" if first == class_ else f" ({names[first]} {float(chances[first]):.2f})"
        note = [f"class {name}", f"probability {float(chances[class_]):.2f}{beside}"]
    if not map_.max() > 0:
        note.append("no positive evidence" if method.of_class else "no activation")
    layer = "" if method.needs == "weights" else choice.layer
    explanation = Explanation(method.id, choice.target if name else "", layer, name)
    kind = EVIDENCE if choice.signed else "attention"
    return Maps(kind, map_[None], ", ".join(note), explanation=explanation)
