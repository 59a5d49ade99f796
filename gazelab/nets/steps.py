"""How often a model looks, where that is for its user to say. Does not import torch."""

import msgspec

from gazelab.errors import SettingsError
from gazelab.nets.card import ModelCard

MOST_STEPS = 12
"""Glimpses at most."""

_FREE = frozenset({"glimpsenet"})
"""Architectures whose first t steps are the same whatever their number is."""


def steps_are_free(card: ModelCard) -> bool:
    """Return whether a model can take more or fewer steps than it was trained with."""
    return card.architecture in _FREE


def with_steps(card: ModelCard, steps: int) -> ModelCard:
    """Return the card of a model that takes so many steps; 0 for as many as it was trained with.

    Raises SettingsError.
    """
    if steps in (0, card.steps):
        return card
    if not steps_are_free(card):
        raise SettingsError(
            f"{card.title} always takes {card.steps} step{'s' * (card.steps > 1)}.",
            "Leave out the number of steps.",
        )
    if not 1 <= steps <= MOST_STEPS:
        raise SettingsError(f"The number of steps must lie in 1...{MOST_STEPS}, not {steps}.")
    return msgspec.structs.replace(card, steps=steps, options=card.options | {"steps": steps})
