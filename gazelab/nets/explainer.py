"""The attention methods that were asked for, applied to the classifier of a card."""

from collections.abc import Iterator, Sequence

import msgspec
from torch import Tensor, nn

from gazelab.data.stimulus import Stimulus
from gazelab.errors import ModelError
from gazelab.nets.card import LayerSpec, ModelCard
from gazelab.nets.catalog import architecture
from gazelab.nets.classifier import Classifier, layers_of
from gazelab.nets.explain import Maps, explained
from gazelab.nets.methods import (
    EXPECTED,
    PREDICTED,
    MethodChoice,
    checked,
    expected_class,
    source_of,
)


class NoClassError(ModelError):
    """It is not known which class a picture shows."""


def open_classifier(card: ModelCard, net: nn.Module) -> Classifier:
    """Return the network of a card opened for attention methods.

    Raises ModelError for a model that names no classes.
    """
    opened = architecture(card.architecture).classifier
    if opened is None or not card.classes:
        raise ModelError(
            f"{card.id} names no classes, so that attention methods cannot be applied to it.",
            "Run it without a method.",
        )
    return opened(net)


def card_layers(card: ModelCard) -> tuple[LayerSpec, ...]:
    """Return the layers of a card's architecture; none where attention methods cannot look."""
    made = architecture(card.architecture)
    if made.classifier is None or not card.classes:
        return ()
    net = made.build(card.options, len(card.classes))
    try:
        opened = made.classifier(net)
    except ModelError:
        return ()
    return layers_of(opened, card.input.rows, card.input.columns)


class Explainer:
    """A classifier and the methods to apply to it.

    Raises ModelError for a network that names no classes, SettingsError for a method, class or
    layer that there is not.
    """

    def __init__(self, card: ModelCard, net: nn.Module, methods: Sequence[MethodChoice]) -> None:
        self._card = card
        self._classifier = open_classifier(card, net)
        if not card.layers:
            rows, columns = card.input.rows, card.input.columns
            layers = layers_of(self._classifier, rows, columns)
            card = msgspec.structs.replace(card, layers=layers)
        self._methods = tuple(dict.fromkeys(checked(choice, card) for choice in methods))

    def check(self, stimulus: Stimulus) -> None:
        """Raise NoClassError when a method asks for the class of a picture that has none."""
        if any(choice.target == EXPECTED for choice in self._methods):
            self._expected(stimulus)

    def maps(
        self, stimuli: Sequence[Stimulus], pixels: Tensor
    ) -> Iterator[tuple[Stimulus, str, Maps]]:
        """Yield stimulus, name of the source and map, for each method and each picture."""
        for choice in self._methods:
            classes = self._classes(stimuli, choice)
            found = explained(self._classifier, pixels, self._card.classes, choice, classes)
            source = source_of(self._card.id, choice)
            for stimulus, maps in zip(stimuli, found, strict=True):
                yield stimulus, source, maps

    def _classes(self, stimuli: Sequence[Stimulus], choice: MethodChoice) -> list[int] | None:
        """Return the class of each picture that a method is to look for; None: as predicted."""
        if choice.target in ("", PREDICTED):
            return None
        if choice.target == EXPECTED:
            return [self._expected(stimulus) for stimulus in stimuli]
        return [self._card.classes.index(choice.target)] * len(stimuli)

    def _expected(self, stimulus: Stimulus) -> int:
        name = expected_class(stimulus, self._card.classes)
        if not name:
            raise NoClassError(
                f"{stimulus.id}: neither a label of this picture nor the name of its folder is a "
                f"class of {self._card.id}."
            )
        return self._card.classes.index(name)
