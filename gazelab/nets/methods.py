"""Attention methods: the ways to read a map out of a network that names classes.

Their formulas are in `gazelab.nets.attribution`. This module does not import torch, so that
they can be listed, chosen and named in no time.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.nets.card import LayerSpec, ModelCard

PREDICTED, EXPECTED = "predicted", "expected"
"""Targets that are another class on another picture: the one that the network names, and the
one that the picture shows by its labels or by the name of its folder."""

_CLOSE = 5


@dataclass(frozen=True, slots=True)
class Method:
    """One way to read a map out of a classifier.

    needs : "weights" of the linear layer behind an average over positions, the "gradients" of
    the class's logit at a layer, only the "features" of a layer, or "scores" of many masked
    pictures. of_class : whether the map belongs to a class. signed : whether what lies below 0
    speaks against the class; else nothing below 0 is given. about : one sentence.
    """

    id: str
    title: str
    needs: Literal["weights", "gradients", "features", "scores"]
    of_class: bool
    signed: bool
    about: str
    citation: str


METHODS: tuple[Method, ...] = (
    Method(
        "cam", "CAM", "weights", True, True,
        "The features of the last layer, weighted as the class's linear layer weights them: the "
        "mean of the map, with the bias, is exactly the class's logit.",
        "Zhou, Khosla, Lapedriza, Oliva & Torralba (2016), Learning Deep Features for "
        "Discriminative Localization, CVPR",
    ),
    Method(
        "grad-cam", "Grad-CAM", "gradients", True, True,
        "The features of a layer, each channel weighted by the mean of its gradient.",
        "Selvaraju, Cogswell, Das, Vedantam, Parikh & Batra (2017), Grad-CAM: Visual Explanations "
        "from Deep Networks via Gradient-based Localization, ICCV",
    ),
    Method(
        "grad-cam++", "Grad-CAM++", "gradients", True, False,
        "As Grad-CAM, but positive gradients only, weighted so that several objects of one class "
        "count alike.",
        "Chattopadhay, Sarkar, Howlader & Balasubramanian (2018), Grad-CAM++: Generalized "
        "Gradient-based Visual Explanations for Deep Convolutional Networks, WACV",
    ),
    Method(
        "hires-cam", "HiResCAM", "gradients", True, True,
        "The features times their own gradients, position by position, summed over channels: "
        "nothing is averaged over positions.",
        "Draelos & Carin (2020), Use HiResCAM instead of Grad-CAM for Faithful Explanations of "
        "Convolutional Neural Networks, arXiv:2011.08891",
    ),
    Method(
        "layer-cam", "LayerCAM", "gradients", True, False,
        "As HiResCAM, with positive gradients only: also sharp at early, fine layers.",
        "Jiang, Zhang, Hou, Cheng & Wei (2021), LayerCAM: Exploring Hierarchical Class Activation "
        "Maps for Localization, IEEE Transactions on Image Processing 30, 5875-5888",
    ),
    Method(
        "xgrad-cam", "XGrad-CAM", "gradients", True, True,
        "As Grad-CAM, but the gradients are averaged with the features as weights.",
        "Fu, Hu, Dong, Guo, Gao & Li (2020), Axiom-based Grad-CAM: Towards Accurate Visualization "
        "and Explanation of CNNs, BMVC",
    ),
    Method(
        "score-cam", "Score-CAM", "scores", True, False,
        "The features, each channel weighted by the class's logit for the picture masked with it: "
        "no gradients, but a run of the network for every channel, so it is slow.",
        "Wang, Wang, Du, Yang, Zhang, Ding, Mardziel & Hu (2020), Score-CAM: Score-Weighted Visual "
        "Explanations for Convolutional Neural Networks, CVPR Workshops",
    ),
    Method(
        "eigen-cam", "Eigen-CAM", "features", False, False,
        "The strongest pattern that the channels of a layer share, their first principal "
        "component; it knows no class.",
        "Muhammad & Yeasin (2020), Eigen-CAM: Class Activation Map using Principal Components, "
        "IJCNN",
    ),
    Method(
        "activation", "activation energy", "features", False, False,
        "The sum over channels of the squared features; it knows no class.",
        "Lai, Khan, Nie, Sun, Shen & Shao (2021), Understanding More About Human and Machine "
        "Attention in Deep Neural Networks, IEEE Transactions on Multimedia 23, 2086-2099",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """A method and what it is applied to.

    method : id. target : PREDICTED, EXPECTED or the name of a class; without effect where the
    method knows no class. layer : name of a layer, the last when "". signed : keep what speaks
    against the class; only for methods that are signed.
    """

    method: str
    target: str = PREDICTED
    layer: str = ""
    signed: bool = False


def method_of(method_id: str) -> Method:
    """Return the method of this id or title; raises SettingsError that names those there are."""
    for method in METHODS:
        if method_id.casefold() in (method.id, method.title.casefold()):
            return method
    known = ", ".join(method.id for method in METHODS)
    raise SettingsError(f"There is no attention method '{method_id}'.", f"Methods: {known}.")


def methods_for(card: ModelCard) -> tuple[Method, ...]:
    """Return the methods that can be applied to a model; none unless it names classes."""
    if not card.layers:
        return ()
    return tuple(m for m in METHODS if m.needs != "weights" or card.layers[-1].averaged)


def checked(choice: MethodChoice, card: ModelCard) -> MethodChoice:
    """Return a choice with all names as the card writes them, and with a layer.

    card : of a classifier, with its layers. Raises SettingsError for what there is not, with
    what there is.
    """
    method = method_of(choice.method)
    if method not in methods_for(card):
        raise SettingsError(
            f"{method.title} needs a network that ends in an average over positions and one "
            f"linear layer, which {card.id} does not.",
            "Grad-CAM is the nearest method.",
        )
    if choice.signed and not method.signed:
        signed = ", ".join(m.id for m in methods_for(card) if m.signed)
        raise SettingsError(f"{method.title} gives no signed maps.", f"Methods that do: {signed}.")
    target = class_named(choice.target, card) if method.of_class else ""
    return MethodChoice(method.id, target, _layer(choice, method, card).name, choice.signed)


def source_of(model_id: str, choice: MethodChoice) -> str:
    """Return the name of the source of maps that a checked choice gives."""
    method = method_of(choice.method)
    parts = [method.title]
    if method.of_class:
        whose = choice.target in (PREDICTED, EXPECTED)
        parts.append(f"{choice.target} class" if whose else f"class {choice.target}")
    if method.needs != "weights":
        parts.append(f"layer {choice.layer}")
    return f"{model_id}: {', '.join(parts)}"


def class_named(name: str, card: ModelCard) -> str:
    """Return a target as the card writes it; raises SettingsError with names that are close."""
    if name in (PREDICTED, EXPECTED) or name in card.classes:
        return name
    plain = {plain_class(known): known for known in card.classes}
    if plain_class(name) in plain:
        return plain[plain_class(name)]
    close = difflib.get_close_matches(plain_class(name), list(plain), _CLOSE)
    holding = [key for key in plain if plain_class(name) and plain_class(name) in key][:_CLOSE]
    some = ", ".join(plain[key] for key in dict.fromkeys([*close, *holding]))
    hint = f"Close to it: {some}." if some else f"`gazelab models info {card.id}` lists them."
    raise SettingsError(f"{card.id} knows no class '{name}'.", hint)


def expected_class(stimulus: Stimulus, classes: Sequence[str]) -> str:
    """Return the class that a picture shows by its labels or its folders; "" if not known."""
    plain = {plain_class(known): known for known in classes}
    folders = reversed(PurePosixPath(stimulus.id).parts[:-1])
    words = (plain_class(word) for word in (*stimulus.labels, *folders))
    return next((plain[word] for word in words if word in plain), "")


def _layer(choice: MethodChoice, method: Method, card: ModelCard) -> LayerSpec:
    if method.needs == "weights" or not choice.layer:
        return card.layers[-1]
    for layer in card.layers:
        if layer.name.casefold() == choice.layer.casefold():
            return layer
    known = ", ".join(layer.name for layer in card.layers)
    raise SettingsError(f"{card.id} has no layer '{choice.layer}'.", f"Layers: {known}.")


def plain_class(name: str) -> str:
    """Return the name of a class without what differs from list to list: case, _ and -."""
    return name.casefold().replace("_", " ").replace("-", " ").strip()
