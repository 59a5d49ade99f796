"""A lesson: what a network is trained on, and how the result is measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gazelab.nets.card import CardScore, ModelCard
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.training.registry import Material


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of a model, in words how they were measured, and texts by file name."""

    scores: tuple[CardScore, ...]
    protocol: str
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lesson:
    """Material for training, the names of its classes, and how to measure the result.

    measure : from the card of the model, whose weights are written, to its scores.
    """

    material: "Material"
    measure: Callable[[ModelCard], Task[Measured]]
    names: tuple[str, ...] = ()
